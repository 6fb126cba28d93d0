"""Whether the length, the place or the warmth of replies gives the helpful one away."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from lms.content.conversations.roads import Roads, State
from lms.content.model.conversation import Conversation, End, Reply, Turn
from lms.content.model.report import Report
from lms.content.questions.parts import bare

ENOUGH_TURNS = 3
# A share says something from here on, and so does where a guesser arrives; shorter conversations are only practice.
ENOUGH_FOR_SHARES = 15
MORE_THAN_ITS_SHARE = 0.2
# What sounds kind, the kindest first.
KIND = ("reassurance", "affirmation", "complex reflection", "simple reflection")
Choice = list[tuple[int, Reply]]
Pick = Callable[[State, int, Choice], tuple[int, Reply]]


def check_guesses(conversation: Conversation, roads: Roads, report: Report) -> None:
    """Report when somebody who never reads the replies could tell which of them helps."""
    choices = _choices(conversation, roads)
    if len({turn for turn, _choice in choices}) < ENOUGH_FOR_SHARES:
        _check_small(conversation, report)
        return
    expected = sum(_steady(choice) / len(choice) for _turn, choice in choices) / len(choices)
    for code, pick, word in (("HELPFUL_SHORTEST", min, "shortest"), ("HELPFUL_LONGEST", max, "longest")):
        count = sum(pick(choice, key=_length)[1].fit == "steady" for _turn, choice in choices)
        if count / len(choices) > expected + MORE_THAN_ITS_SHARE:
            fair = round(expected * len(choices))
            message = f"The {word} reply is steady in {count} of {len(choices)} turns. About {fair} would say nothing."
            report.add(code, 1, message)
    for words, pick_one in _walkers(conversation):
        end = _walk(conversation, roads, pick_one)
        if end is not None and end.good:
            report.add("GUESSED_TO_A_GOOD_END", 1, f"Somebody who always takes {words} reaches “{end.id}”.")


def _choices(conversation: Conversation, roads: Roads) -> list[tuple[str, Choice]]:
    """Each set of replies that is offered at a turn and holds both steady ones and others, once."""
    found: dict[tuple[str, tuple[int, ...]], Choice] = {}
    for state in roads.moves:
        turn = conversation.places[state.place]
        choice = turn.offered(state.memory) if isinstance(turn, Turn) else []
        if 0 < _steady(choice) < len(choice):
            found[state.place, tuple(index for index, _reply in choice)] = choice
    return [(turn, choice) for (turn, _indices), choice in found.items()]


def _steady(choice: Choice) -> int:
    return sum(reply.fit == "steady" for _index, reply in choice)


def _check_small(conversation: Conversation, report: Report) -> None:
    turns = [turn for turn in conversation.turns if len({reply.fit == "steady" for reply in turn.replies}) == 2]
    if len(turns) < ENOUGH_TURNS:
        return
    if all(turn.replies[0].fit == "steady" for turn in turns):
        report.add("HELPFUL_FIRST", 1)
    if all(max(enumerate(turn.replies), key=_length)[1].fit == "steady" for turn in turns):
        report.add("HELPFUL_LONGEST", 1)


def _length(choice: tuple[int, Reply]) -> int:
    return len(unescape(bare(choice[1].text)))


def _kindness(choice: tuple[int, Reply]) -> int:
    return KIND.index(choice[1].label) if choice[1].label in KIND else len(KIND)


def _walkers(conversation: Conversation) -> tuple[tuple[str, Pick], ...]:
    def as_shown(state: State, step: int, _choice: Choice) -> tuple[int, Reply]:
        turn = conversation.places[state.place]
        assert isinstance(turn, Turn)
        return conversation.shown_order(turn, state.memory, step)[0]

    return (
        ("the shortest reply", lambda _state, _step, choice: min(choice, key=_length)),
        ("the longest reply", lambda _state, _step, choice: max(choice, key=_length)),
        ("the first reply in the file", lambda _state, _step, choice: choice[0]),
        ("the first reply as it’s shown", as_shown),
        ("the reply that sounds kindest", lambda _state, _step, choice: min(choice, key=_kindness)),
    )


def _walk(conversation: Conversation, roads: Roads, pick: Pick) -> End | None:
    """Return the end that somebody reaches who picks like this; None for someone who goes round in a circle."""
    state = next(iter(roads.moves))
    seen: set[State] = set()
    step = 0
    while state not in seen:
        place = conversation.places[state.place]
        if isinstance(place, End):
            return place
        seen.add(state)
        moves = dict(roads.moves[state])
        choice = [(index, reply) for index, reply in place.offered(state.memory) if index in moves]
        if not choice:
            break
        state = moves[pick(state, step, choice)[0]]
        step += 1
    return None
