"""Rules of practice conversations: where a path leads, the order of replies, and when counts are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.model.conversation import Conversation, End, Memory, Reply, Turn

LONGEST_PATH = 200
RELEASED_AT_EACH = 10


@dataclass(frozen=True)
class Played:
    """A conversation along a path of replies: the turns so far as they were heard, and where one stands now.

    `memories` hold what was known at each step, and last what is known now.
    """

    steps: tuple[tuple[Turn, int], ...]
    place: Turn | End
    memories: tuple[Memory, ...]

    @property
    def memory(self) -> Memory:
        """What was said so far."""
        return self.memories[-1]

    @property
    def path(self) -> str:
        """The path as a row or a hidden field carries it."""
        return ".".join(str(index) for _turn, index in self.steps)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The path as numbers of replies."""
        return tuple(index for _turn, index in self.steps)

    @property
    def end(self) -> End | None:
        """The end, once one is reached."""
        return self.place if isinstance(self.place, End) else None


def play(conversation: Conversation, path: str) -> Played:
    """Walk a path of reply numbers from the start; what does not lead anywhere, or is not offered, is left off."""
    memory = conversation.known
    memories = [memory]
    place = conversation.places[conversation.start].heard(memory)
    steps: list[tuple[Turn, int]] = []
    for part in path.split(".")[:LONGEST_PATH]:
        plain = part.isascii() and part.isdigit() and len(part) < 4
        if not plain or not isinstance(place, Turn) or int(part) >= len(place.replies):
            break
        reply = place.replies[int(part)]
        if not reply.when.holds(memory):
            break
        steps.append((place, int(part)))
        memory = memory.union(reply.sets)
        memories.append(memory)
        place = conversation.places[reply.goes_to].heard(memory)
    return Played(tuple(steps), place, tuple(memories))


def cut(path: str, steps: int) -> str:
    """Return a path as far as a number of steps."""
    return ".".join(path.split(".")[: max(steps, 0)]) if path else ""


def moved(path: str, asked: Mapping[str, str]) -> str:
    """Return the path after what a page asked for: a reply, one turn back, an earlier turn, or the start."""
    steps = len(path.split(".")) if path else 0
    if "reply" in asked:
        return f"{path}.{asked['reply']}" if path else asked["reply"]
    if "back" in asked:
        return cut(path, steps - 1)
    if "from" in asked:
        return cut(path, int(asked["from"]) if asked["from"].isdecimal() and len(asked["from"]) < 4 else 0)
    return "" if "restart" in asked else path


def another_way(turn: Turn, chosen: int, memory: Memory) -> Reply | None:
    """Return the author's own steadier reply of a turn; None where the chosen one is steady, or no other is offered."""
    if turn.replies[chosen].fit == "steady":
        return None
    return next((reply for _index, reply in turn.offered(memory) if reply.fit == "steady"), None)


def is_released(held_runs: int) -> bool:
    """Decide whether so many finished runs that were held back come out now: at each tenth, never one by one."""
    return held_runs >= RELEASED_AT_EACH


def in_tens(count: int) -> int:
    """Return a count as it is shown: whole tens."""
    return count - count % RELEASED_AT_EACH
