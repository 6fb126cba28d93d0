"""A programme's list in numbers: how many people have which status, in sums that every change of a status adds to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, delete, func, insert, literal_column, select, text, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.coordination.board.rules import HELD, OfferedCourse, Sum, TrainingState, status_on, turns_of
from lms.foundation import ids
from lms.foundation.db import Base, connection_of_write, db, run, write

# Stands for the last day if there's none, or if it doesn't matter.
NO_END = date.max
# A sweep adds up at most so many changes in a write, and makes so many writes.
AT_ONCE, ROUNDS = 250, 80
_CHANGES = "change_id <> ''"

# A course, a phase, the last day of the certificate, and whether somebody is ready to practise without a hold.
Facts = tuple[str, str, date, bool]


class StatusCount(Base):
    """How many people of a programme have the same facts in a course: the sum of `people` in all rows with these facts.

    Whatever changes a status adds a row for each of the facts with +1 or -1 or the like, and changes none, so that
    writers don't wait for each other. `change_id` is random there. A sweep adds such rows to the one where it is empty.
    `month` is that of `until`, as 202703, because a page asks for most months as a whole.
    """

    __tablename__ = "status_count"
    __table_args__ = (
        Index("ix_status_count_changes", "change_id", sqlite_where=text(_CHANGES), postgresql_where=text(_CHANGES)),
        {"sqlite_with_rowid": False},
    )
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    ready: Mapped[bool] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[date] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]


_COUNT: Any = StatusCount.__table__
_FACTS = (_COUNT.c.course_id, _COUNT.c.phase, _COUNT.c.until, _COUNT.c.ready)
# Written out, because a database uses the index of changes only for a condition without values.
_IS_CHANGE = _COUNT.c.change_id != literal_column("''")
ADD_CHANGES: Any = insert(_COUNT)


def facts_of(course_id: str, phase: str, valid_until: date | None, ready: bool, on_hold: bool) -> Facts:
    """Return the facts under which a status is counted; `comparison_records` has the same in SQL."""
    if phase not in HELD:
        return course_id, phase, NO_END, False
    return course_id, phase, valid_until or NO_END, bool(ready) and not on_hold


def changes_of(programme_id: str, before: list[Facts], after: list[Facts]) -> list[dict[str, Any]]:
    """Return the rows to add when statuses of a programme are written again; none if they are counted as before."""
    if before == after:
        return []
    found = Counter(after)
    found.subtract(before)
    return as_changes(programme_id, found)


def as_changes(programme_id: str, missing: Mapping[Facts, int]) -> list[dict[str, Any]]:
    """Return the rows that add so many people to each of some facts, or take them away."""
    return [_as_row(programme_id, facts, ids.public_id(), people) for facts, people in missing.items() if people]


def _as_row(programme_id: str, facts: Facts, change_id: str, people: int) -> dict[str, Any]:
    named = zip(("course_id", "phase", "until", "ready"), facts, strict=True)
    month = _month_of(facts[2])
    return {"programme_id": programme_id, **dict(named), "month": month, "change_id": change_id, "people": people}


def _month_of(day: date) -> int:
    return day.year * 100 + day.month


def count_all(programme_id: str, courses: Mapping[str, OfferedCourse], today: date) -> list[Sum]:
    """Return a programme's list in numbers as it is now, without private courses."""
    turns = {id_: turns_of(course, today) for id_, course in courses.items()}
    gone = turns_of(None, today)
    days = {today, *(day for each in turns.values() for day in (each.open_until, each.lapsed_before))}
    asked = {"programme": programme_id, "by_day": sorted({_month_of(day) for day in days})}
    found: Counter[tuple[str, TrainingState, tuple[int, int] | None]] = Counter()
    for course_id, phase, ready, until, people in db.session.execute(_counted(), asked):
        if course_id in courses and courses[course_id].private:
            continue
        end = None if until == NO_END else until
        state = status_on(today, turns.get(course_id, gone), phase, end, ready=ready)
        found[course_id, state, (end.year, end.month) if end and end >= today else None] += people
    return [Sum(*key, people) for key, people in found.items() if people]


@cache
def _counted() -> Any:
    """Return the query for how many people have which facts: by month, and by day where a status turns within a month.

    Of a month, it returns any of its days, because no status changes between them.
    """
    facts = (_COUNT.c.course_id, _COUNT.c.phase, _COUNT.c.ready)
    here, people = _COUNT.c.programme_id == bindparam("programme"), func.sum(_COUNT.c.people)
    by_day = _COUNT.c.month.in_(bindparam("by_day", expanding=True))
    months = select(*facts, func.min(_COUNT.c.until).label("until"), people).where(here, ~by_day)
    days = select(*facts, _COUNT.c.until, people).where(here, by_day).group_by(*facts, _COUNT.c.month, _COUNT.c.until)
    return union_all(months.group_by(*facts, _COUNT.c.month), days)


def count_in_training(programme_id: str, course_id: str) -> int:
    """Return how many people of a programme are in the middle of a course; nobody is in a private one."""
    here = (_COUNT.c.programme_id == programme_id, _COUNT.c.course_id == course_id, _COUNT.c.phase == "training")
    return int(db.session.scalar(select(func.sum(_COUNT.c.people)).where(*here)) or 0)


def sweep() -> None:
    """Add changes to the sums, a few hundred in a write; if there are none, no writer waits."""
    for _round in range(ROUNDS):
        if db.session.scalar(select(_COUNT.c.change_id).where(_IS_CHANGE).limit(1)) is None:
            return
        write(add_up)


def add_up() -> None:
    """Add some changes to the sums inside the present write, so that both are saved or neither is."""
    connection = connection_of_write()
    some = select(_COUNT.c.change_id).where(_IS_CHANGE).limit(AT_ONCE)
    columns = (_COUNT.c.programme_id, *_FACTS, _COUNT.c.people)
    found: Counter[tuple[str, Facts]] = Counter()
    taken = delete(_COUNT).where(_IS_CHANGE, _COUNT.c.change_id.in_(some)).returning(*columns)
    for programme_id, course_id, phase, until, ready, people in run(taken, {}):
        found[programme_id, (course_id, phase, until, ready)] += people
    rows = [_as_row(*key, "", people) for key, people in sorted(found.items()) if people]
    if not rows:
        return
    kind: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = kind.insert(_COUNT)
    sums = {"people": _COUNT.c.people + added.excluded.people}
    run(added.on_conflict_do_update(index_elements=list(_COUNT.primary_key), set_=sums), rows)
    nobody = [{f"no_{name}": row[name] for name in row if name != "people"} for row in rows]
    key = [each == bindparam(f"no_{each.name}") for each in _COUNT.primary_key]
    run(delete(_COUNT).where(*key, _COUNT.c.people == 0), nobody)
