"""No figure of a question gives away a group under ten: every small world is tried, with all that is shown of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest

from lms.authoring.statistics.cell_rules import show_parts

# A group under ten that could be any of so many sizes, for all that is shown.
STAYS_OPEN = 5


def shares(whole: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which people fall into parts; the last part is those who left the question empty."""
    if parts == 1:
        yield (whole,)
        return
    for first in range(whole + 1):
        for rest in shares(whole - first, parts - 1):
            yield (first, *rest)


def given_away(worlds: dict[object, list[tuple[int, ...]]]) -> list[object]:
    """Return what is shown of worlds in which somebody could tell the size of a group under ten almost exactly."""
    found = []
    for seen, alike in worlds.items():
        sizes = [set(cells) for cells in zip(*alike, strict=True)]
        if any(min(size) < 10 and len(size) < STAYS_OPEN for size in sizes):
            found.append(seen)
    return found


@pytest.mark.parametrize(("whole", "options"), [(10, 4), (20, 4), (30, 3), (40, 3), (60, 2), (100, 2)])
@pytest.mark.parametrize("nobody_left_it_empty", [True, False])
def test_what_is_shown_of_a_question_gives_no_small_group_away(
    whole: int, options: int, nobody_left_it_empty: bool
) -> None:
    worlds: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for world in shares(whole, options + 1):
        if world[-1] and nobody_left_it_empty:
            continue
        worlds[show_parts(whole, world[:-1])].append(world[:-1])
    assert given_away(worlds) == []


@pytest.mark.parametrize("options", [2, 3])
def test_neither_do_the_figures_of_last_week_beside_those_of_today(options: int) -> None:
    worlds: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for before, more in product(shares(20, options), shares(10, options)):
        now = tuple(map(sum, zip(before, more, strict=True)))
        worlds[show_parts(20, before), show_parts(30, now)].append((*before, *now))
    assert given_away(worlds) == []


def test_two_texts_of_a_question_beside_their_sum_tell_no_more() -> None:
    """What is shown of both is added up after rounding, so the sum says nothing that its parts don't."""
    worlds: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for first, second in product(shares(20, 2), shares(20, 2)):
        shown = show_parts(20, first), show_parts(20, second)
        worlds[(*shown, tuple(map(sum, zip(*shown, strict=True))))].append((*first, *second))
    assert given_away(worlds) == []


def test_parts_are_shown_in_tens() -> None:
    assert show_parts(100, (64, 27, 9, 0)) == (60, 20, 0, 0)
    assert show_parts(100, (100, 0)) == (90, 0) and show_parts(10, (10, 0)) == (0, 0)
