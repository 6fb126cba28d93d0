"""Cells: how many people may be shown beside each other, so that no group under ten can be worked out."""

from __future__ import annotations

from collections.abc import Sequence

# Counts come out with each tenth person, and are shown in tens.
LEAST = 10


def show_parts(whole: int, parts: Sequence[int]) -> tuple[int, ...]:
    """Return the parts of a whole in tens, rounded down; 0 stands for fewer than ten, which may be nobody.

    The whole has to be a multiple of ten. Parts needn't add up to it: what is left is a part that is never shown.
    Where rounding takes away nothing at all, every part under ten would be known to be empty, so the largest is lowered
    by ten more. Figures of several texts or programmes may be added up after this, never before.
    """
    shown = [in_tens(part) for part in parts]
    if shown and whole - sum(shown) < LEAST:
        largest = max(range(len(shown)), key=shown.__getitem__)
        shown[largest] -= LEAST
    return tuple(max(part, 0) for part in shown)


def in_tens(count: int) -> int:
    """Return a count in whole tens, rounded down."""
    return count - count % LEAST


def show_count(count: int) -> int | None:
    """Return a count of people as it may be shown: in tens, and None for fewer than ten."""
    return in_tens(count) or None
