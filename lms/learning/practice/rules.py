"""Rules of practice conversations: where a path leads, the order of replies, and when counts are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.model.conversation import Conversation, End, Reply, Turn

LONGEST_PATH = 200
RELEASED_AT_EACH = 10


@dataclass(frozen=True)
class Played:
    """A conversation along a path of replies: the turns so far, and where one stands now."""

    steps: tuple[tuple[Turn, int], ...]
    place: Turn | End

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
    """Walk a path of reply numbers from the start; what does not lead anywhere is left off."""
    place = conversation.places[conversation.start]
    steps: list[tuple[Turn, int]] = []
    for part in path.split(".")[:LONGEST_PATH]:
        plain = part.isascii() and part.isdigit() and len(part) < 4
        if not plain or not isinstance(place, Turn) or int(part) >= len(place.replies):
            break
        steps.append((place, int(part)))
        place = conversation.places[place.replies[int(part)].goes_to]
    return Played(tuple(steps), place)


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


def shuffled(conversation: Conversation, turn: Turn, step: int) -> list[tuple[int, Reply]]:
    """Return the replies of a turn with their numbers, in an order that says nothing and stays the same at a step."""

    def lot_of(index: int) -> str:
        return hashlib.sha256(f"{conversation.id}|{turn.id}|{step}|{index}".encode()).hexdigest()

    return [(index, turn.replies[index]) for index in sorted(range(len(turn.replies)), key=lot_of)]


def another_way(turn: Turn, chosen: int) -> Reply | None:
    """Return the author's own steadier reply of a turn; None where the chosen one is steady, or there is no other."""
    if turn.replies[chosen].fit == "steady":
        return None
    return next((reply for reply in turn.replies if reply.fit == "steady"), None)


def is_released(held_runs: int) -> bool:
    """Decide whether so many finished runs that were held back come out now: at each tenth, never one by one."""
    return held_runs >= RELEASED_AT_EACH


def in_tens(count: int) -> int:
    """Return a count as it is shown: whole tens."""
    return count - count % RELEASED_AT_EACH
