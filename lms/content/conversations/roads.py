"""Every road through a conversation, as states: a place, and what was said on the way to it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lms.content.model.conversation import ALWAYS, LIMITS_STATEMENT, Conversation, End, Memory, Reply, Turn

# Five facts and thirty turns make 960 states at most. What has more than these takes seconds to check.
MOST_STATES, MOST_MOVES = 20_000, 60_000


@dataclass(frozen=True)
class State:
    """A place with what was said on the way to it; only facts that somebody asks for are in its memory."""

    place: str
    memory: Memory


@dataclass(frozen=True)
class Roads:
    """Every state that can be reached, each with the replies that are offered and where they lead.

    `came_from` holds the state before it on a shortest road. `whole` is False where there were too many to look at.
    """

    moves: dict[State, tuple[tuple[int, State], ...]]
    came_from: dict[State, State | None]
    whole: bool

    @cached_property
    def memories(self) -> dict[str, list[Memory]]:
        """What can have been said before each place that is reached, the shortest roads first."""
        found: dict[str, list[Memory]] = {}
        for state in self.moves:
            found.setdefault(state.place, []).append(state.memory)
        return found

    def road_to(self, state: State) -> list[str]:
        """Return the places on a shortest road, from the start to this state."""
        road: list[str] = []
        step: State | None = state
        while step is not None:
            road.append(step.place)
            step = self.came_from[step]
        return road[::-1]

    def leading_to(self, goals: set[State]) -> set[State]:
        """Return all states from which one of the goals can be reached, with the goals themselves."""
        back: dict[State, list[State]] = {}
        for state, moves in self.moves.items():
            for _index, goal in moves:
                back.setdefault(goal, []).append(state)
        found: set[State] = set()
        waiting = list(goals)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found.add(state)
                waiting += back.get(state, ())
        return found


def asked_for(conversation: Conversation) -> Memory:
    """Return the facts that something depends on."""
    asked: set[str] = set()
    for turn in conversation.turns:
        conditions = [variant.when for variant in turn.variants] + [reply.when for reply in turn.replies]
        asked.update(turn.answers, *(when.needs | when.unless for when in conditions))
    for end in conversation.ends:
        asked.update(end.needs, *(when.needs | when.unless for when, _html in end.parts))
    return frozenset(asked)


def explore(conversation: Conversation) -> Roads:
    """Walk every road; in a first contact, memory also holds that the limits were stated."""
    kept = asked_for(conversation)
    places = conversation.places
    start = State(conversation.start, conversation.known & kept)
    moves: dict[State, tuple[tuple[int, State], ...]] = {}
    came_from: dict[State, State | None] = {start: None}
    waiting = deque([start] if conversation.start in places else [])
    said = {
        (turn.id, index): _said(conversation, reply, kept)
        for turn in conversation.turns
        for index, reply in enumerate(turn.replies)
    }
    count = 0
    while waiting and len(came_from) <= MOST_STATES and count <= MOST_MOVES:
        state = waiting.popleft()
        place = places[state.place]
        onward = place.offered(state.memory) if isinstance(place, Turn) else []
        moves[state] = tuple(
            (index, State(reply.goes_to, state.memory | said[state.place, index]))
            for index, reply in onward
            if reply.goes_to in places
        )
        count += len(moves[state])
        for _index, goal in moves[state]:
            if goal not in came_from:
                came_from[goal] = state
                waiting.append(goal)
    return Roads(moves, came_from, not waiting)


def _said(conversation: Conversation, reply: Reply, kept: Memory) -> Memory:
    limits = conversation.first_contact and reply.label == LIMITS_STATEMENT
    return kept.intersection(reply.sets) | ({LIMITS_STATEMENT} if limits else frozenset())


@lru_cache(maxsize=256)
def unfold(conversation: Conversation) -> Conversation:
    """Return the same conversation without memory: each turn and end once for every memory in which it is reached.

    What has one memory only keeps its id; others get a number. Reply numbers are those of the offered replies.
    """
    roads = explore(conversation)
    if not asked_for(conversation) or not roads.whole:
        return conversation
    names: dict[State, str] = {}
    counts: dict[str, int] = {}
    for state in roads.moves:
        counts[state.place] = counts.get(state.place, 0) + 1
        number = counts[state.place]
        names[state] = state.place if number == 1 else f"{state.place}_{number}"
    turns: list[Turn] = []
    ends: list[End] = []
    for state, moves in roads.moves.items():
        place = conversation.places[state.place].heard(state.memory)
        if isinstance(place, End):
            ends.append(replace(place, id=names[state], parts=()))
        else:
            replies = tuple(replace(place.replies[index], goes_to=names[goal], when=ALWAYS) for index, goal in moves)
            turns.append(replace(place, id=names[state], replies=replies, variants=()))
    return replace(conversation, turns=tuple(turns), ends=tuple(ends))
