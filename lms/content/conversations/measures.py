"""What one way through a practice conversation comes to in counts, and the range of every way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import islice
from types import MappingProxyType

from lms.content.conversations.roads import unfold
from lms.content.model.conversation import Conversation, Turn

REFLECTIONS = ("simple reflection", "complex reflection")
QUESTIONS = ("open question", "closed question", "direct safety question")
SILENCE = "silence"
ENOUGH_WORDS, ENOUGH_REPLIES = 60, 4
# A conversation with more paths gets bounds that hold every path; without a circle they're exact to a part in 4,000.
MOST_PATHS = 2_000
# Each round comes closer to the bound from outside it; a dozen is far below a tenth of a per cent.
_ROUNDS = 12
_TAG = re.compile(r"<[^>]*>")
_STAGE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"\S*\w\S*")
_Steps = dict[str, list[tuple[str, int, int]]]


@dataclass(frozen=True)
class Measures:
    """One way through a conversation in counts: replies, their kinds, and words yours and theirs."""

    turns: int = 0
    kinds: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    reflections: int = 0
    questions: int = 0
    yours: int = 0
    theirs: int = 0

    @property
    def share(self) -> float | None:
        """The colleague's part of all the words; None where nobody said one."""
        return self.theirs / (self.theirs + self.yours) if self.theirs + self.yours else None

    @property
    def enough(self) -> bool:
        """Whether there is enough to show: under 60 words or 4 replies, a number says nothing."""
        return self.turns >= ENOUGH_REPLIES and self.theirs + self.yours >= ENOUGH_WORDS


def words_in(text: str) -> int:
    """Counts the words said in a text of HTML, without its stage directions."""
    said = _STAGE.sub(" ", unescape(_TAG.sub(" ", text.replace("<wbr>", ""))))
    return len(_WORD.findall(said))


def of_run(conversation: Conversation, path: tuple[int, ...]) -> Measures:
    """The counts of one run, by the numbers of its replies; what leads nowhere is left off, as in play."""
    kinds: Counter[str] = Counter()
    yours = theirs = 0
    place = conversation.places.get(conversation.start)
    memory = conversation.known
    for index in path:
        if not isinstance(place, Turn) or not 0 <= index < len(place.replies):
            break
        reply = place.replies[index]
        kinds[reply.label] += 1
        theirs += words_in(place.heard(memory).says)
        yours += _words_of(reply.label, reply.text)
        memory = memory.union(reply.sets)
        place = conversation.places.get(reply.goes_to)
    return Measures(
        turns=kinds.total(),
        kinds=MappingProxyType(dict(kinds)),
        reflections=sum(kinds[label] for label in REFLECTIONS),
        questions=sum(kinds[label] for label in QUESTIONS),
        yours=yours,
        theirs=theirs,
    )


def every_path(conversation: Conversation) -> Iterator[tuple[int, ...]]:
    """Every way from the start to an end that comes to no turn twice, in the order of the file."""
    places = conversation.places
    start = places.get(conversation.start)
    if not isinstance(start, Turn):
        return
    path: list[int] = []
    seen = [start.id]
    waiting = [iter(enumerate(start.replies))]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
            seen.pop()
            del path[-1:]
            continue
        index, reply = step
        place = places.get(reply.goes_to)
        if isinstance(place, Turn):
            if place.id not in seen:
                path.append(index)
                seen.append(place.id)
                waiting.append(iter(enumerate(place.replies)))
        elif place is not None:
            yield (*path, index)


@lru_cache(maxsize=256)
def share_range(conversation: Conversation) -> tuple[float, float]:
    """The lowest and the highest listening share of every path; of a very large graph, bounds that hold them all."""
    conversation = unfold(conversation)
    steps = _steps(conversation)
    shares: list[float] = []
    for path in islice(every_path(conversation), MOST_PATHS + 1):
        place, yours, theirs = conversation.start, 0, 0
        for index in path:
            goes_to, mine, said = steps[place][index]
            place, yours, theirs = goes_to, yours + mine, theirs + said
        if yours + theirs:
            shares.append(theirs / (yours + theirs))
    if len(shares) > MOST_PATHS:
        return _bound(conversation, steps, min), _bound(conversation, steps, max)
    return (min(shares), max(shares)) if shares else (0.0, 1.0)


def _steps(conversation: Conversation) -> _Steps:
    """For each turn its replies: where each goes, your words, and theirs before it."""
    return {
        turn.id: [(reply.goes_to, _words_of(reply.label, reply.text), words_in(turn.says)) for reply in turn.replies]
        for turn in conversation.turns
    }


def _words_of(label: str, text: str) -> int:
    return 0 if label == SILENCE else words_in(text)


def _bound(conversation: Conversation, steps: _Steps, best: Callable[..., float]) -> float:
    """The best share of all walks that stay in a circle no longer than a path can; so no path lies beyond."""
    circles = _circles(steps)
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        # Of all walks, is the best one's `theirs - middle x all words` above nothing?
        above = _best_margin(conversation, steps, circles, middle, best) > 0
        low, high = (middle, high) if above else (low, middle)
    return low if best is min else high


def _best_margin(
    conversation: Conversation, steps: _Steps, circles: list[list[str]], share: float, best: Callable[..., float]
) -> float:
    """The best sum of `theirs - share x all words` from the start to an end."""
    nowhere = float("inf") if best is min else float("-inf")
    margin = {id: 0.0 if id not in steps else nowhere for id in conversation.places}
    for circle in circles:
        for _ in circle:
            for id in circle:
                for goes_to, yours, theirs in steps[id]:
                    onward = margin.get(goes_to, nowhere)
                    margin[id] = best(margin[id], theirs - share * (theirs + yours) + onward)
    return margin[conversation.start]


def _circles(steps: _Steps) -> list[list[str]]:
    """Return the turns in groups that lead back to one another, each group after those that it leads to.

    These are the strongly connected components, by Tarjan's algorithm without recursion.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_turns: list[str] = []
    found: list[list[str]] = []
    for start in steps:
        waiting = [(start, iter(steps[start]))] if start not in number else []
        while waiting:
            id, onward = waiting[-1]
            if id not in number:
                number[id] = lowest[id] = len(number)
                open_turns.append(id)
            for goes_to, _yours, _theirs in onward:
                if goes_to in steps and goes_to not in number:
                    waiting.append((goes_to, iter(steps[goes_to])))
                    break
                if goes_to in open_turns:
                    lowest[id] = min(lowest[id], number[goes_to])
            else:
                waiting.pop()
                if waiting:
                    before = waiting[-1][0]
                    lowest[before] = min(lowest[before], lowest[id])
                if lowest[id] == number[id]:
                    place = open_turns.index(id)
                    found.append(open_turns[place:])
                    del open_turns[place:]
    return found
