"""Small groups are not counted: the one place that decides which numbers may be shown beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The smallest group of a programme that is told as a number.
LEAST = 5


@dataclass(frozen=True)
class Shown:
    """A whole and its parts as they may be shown; None stands for what may not."""

    whole: int | None
    parts: tuple[int | None, ...]


def suppress(parts: Sequence[int], least: int = LEAST) -> Shown:
    """Return a whole and its parts without any number from which a group smaller than `least` could be worked out.

    A small part takes the next smallest with it, for it could be had by taking the others from the whole; a whole
    that is small is not shown either. Nobody at all is a group as well.
    """
    whole = sum(parts)
    if whole < least:
        return Shown(None, (None,) * len(parts))
    order = sorted(range(len(parts)), key=lambda place: parts[place])
    hidden = [place for place in order if parts[place] < least]
    rest = [place for place in order if place not in hidden]
    while hidden and rest and sum(parts[place] for place in hidden) < least:
        hidden.append(rest.pop(0))
    return Shown(whole, tuple(None if place in hidden else count for place, count in enumerate(parts)))
