"""A programme's list in numbers: how many people have which status."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from lms.coordination.board.list_records import Board, filter_of
from lms.coordination.board.rules import Sum, TrainingState, Turns, Wanted, status_on, turns_of
from lms.coordination.board.status_records import TrainingStatus
from lms.foundation.db import db
from lms.foundation.per_app import get_or_make

# Numbers of a programme with this many rows or more are kept for a moment: a second for each hundred thousand.
KEPT_FROM, ROWS_A_SECOND = 5_000, 100_000


@dataclass
class SumsCache:
    """The numbers of large programmes, each until its moment is over."""

    sums: dict[tuple[str, date], tuple[float, list[Sum]]] = field(default_factory=dict)


def count_all(board: Board) -> list[Sum]:
    """Return a programme's list in numbers, from one statement that reads an index in its order.

    For a large programme they may be as old as that takes some fifty times over, so that paging through its list costs
    no more than it does for a small one.
    """
    cache, key = get_or_make(SumsCache).sums, (board.programme_id, board.today)
    until, sums = cache.get(key, (0.0, []))
    if time.monotonic() < until:
        return sums
    sums = _count(board)
    rows = sum(one.count for one in sums)
    if rows >= KEPT_FROM:
        for old in [kept for kept in cache if kept[0] == board.programme_id]:
            cache.pop(old, None)
        cache[key] = (time.monotonic() + rows / ROWS_A_SECOND, sums)
    return sums


def _count(board: Board) -> list[Sum]:
    facts: Any = [TrainingStatus.course_id, TrainingStatus.phase, TrainingStatus.valid_until]
    facts += [TrainingStatus.ready, TrainingStatus.on_hold]
    query: Any = select(*facts, func.count()).where(*filter_of(board, Wanted()).conditions).group_by(*facts)
    found: Counter[tuple[str, TrainingState, tuple[int, int] | None]] = Counter()
    turns: dict[str, Turns] = {}
    for course_id, phase, until, ready, on_hold, people in db.session.connection().execute(query).all():
        if course_id not in turns:
            turns[course_id] = turns_of(board.courses.get(course_id), board.today)
        state = status_on(board.today, turns[course_id], phase, until, ready=ready and not on_hold)
        ends_in = (until.year, until.month) if until and until >= board.today else None
        found[course_id, state, ends_in] += people
    return [Sum(*key, people) for key, people in found.items()]
