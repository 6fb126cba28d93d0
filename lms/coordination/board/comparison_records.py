"""Compare what lists of people show and count with what it's made from: for some people, a sample, or all sums."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, delete, extract, func, insert, literal, literal_column, select, union_all

from lms.accounts.members.records import Member
from lms.accounts.members.word_records import PersonWord
from lms.accounts.records import Person
from lms.coordination.board.rules import HELD
from lms.coordination.board.status_records import (
    REBUILD_STEP,
    Store,
    TrainingStatus,
    expected,
)
from lms.coordination.board.sum_records import NO_END, Facts, StatusCount
from lms.foundation.db import db

TABLES: tuple[Any, Any] = (TrainingStatus.__table__, PersonWord.__table__)
_COUNT: Any = StatusCount.__table__


def list_listed_after(programme_id: str, person_id: str) -> list[str]:
    """Return the next people, by inner id, who are or were in a programme, or are in its lists without that."""
    found: set[str] = set()
    for table in (Member, TrainingStatus, PersonWord):
        query = select(table.person_id).where(table.programme_id == programme_id, table.person_id > person_id)
        found.update(db.session.scalars(query.distinct().order_by(table.person_id).limit(REBUILD_STEP)))
    return sorted(found)[:REBUILD_STEP]


def list_differing(store: Store, programme_id: str, person_ids: Sequence[str], private: Collection[str]) -> list[str]:
    """Return which of some people are listed otherwise than they should be."""
    should = expected(store, programme_id, person_ids, private)
    differing: set[str] = set()
    for table, rows in zip(TABLES, should, strict=True):
        query = select(table).where(table.c.programme_id == programme_id, table.c.person_id.in_(person_ids))
        differing |= {key for key, _values in _as_set(store.execute(query).mappings()) ^ _as_set(rows)}
    return sorted(differing)


def _as_set(rows: Any) -> set[tuple[str, tuple[tuple[str, Any], ...]]]:
    return {(row["person_id"], tuple(sorted(row.items()))) for row in rows}


def sample(most: int) -> Mapping[str, list[str]]:
    """Return some random people by programme: its members and former ones, and those in its lists."""
    some = list(db.session.scalars(select(Person.id).order_by(func.random()).limit(most)))
    members = select(Member.programme_id, Member.person_id)
    listed = select(TrainingStatus.programme_id, TrainingStatus.person_id)
    found: dict[str, list[str]] = {}
    query = members.where(Member.person_id.in_(some)).union(listed.where(TrainingStatus.person_id.in_(some)))
    for programme_id, person_id in db.session.execute(query):
        found.setdefault(programme_id, []).append(person_id)
    return found


def list_miscounted(store: Store, programme_id: str) -> dict[Facts, int]:
    """Return the facts whose count differs from a programme's statuses, with how many people the count lacks.

    It is one statement, so that nothing changes between the two sides.
    """
    should, counted = _counted_from_statuses(), _COUNT.c
    names = ("course_id", "phase", "until", "ready")
    sums = select(*(counted[name] for name in names), -counted.people).where(counted.programme_id == programme_id)
    statuses = select(*(should.c[name] for name in names), literal(1)).where(should.c.programme_id == programme_id)
    both = union_all(statuses, sums).subquery().c
    facts, missing = both[0:4], func.sum(both[4])
    query = select(*facts, missing).group_by(*facts).having(missing != 0)
    return {(row[0], row[1], row[2], bool(row[3])): int(row[4]) for row in store.execute(query)}


def recount(store: Store) -> None:
    """Write all sums again from all statuses."""
    should = _counted_from_statuses()
    store.execute(delete(_COUNT))
    month = extract("year", should.c.until) * 100 + extract("month", should.c.until)
    query = select(*should.c, month, literal_column("''"), func.count()).group_by(*should.c)
    columns = [*should.c.keys(), "month", "change_id", "people"]
    store.execute(insert(_COUNT).from_select(columns, query))


def _counted_from_statuses() -> Any:
    """Return all statuses as they are counted: what `sum_records.facts_of` says, in SQL."""
    status = TABLES[0].c
    held = status.phase.in_(HELD)
    until = case((held, func.coalesce(status.valid_until, NO_END)), else_=NO_END).label("until")
    ready = and_(held, status.ready, ~status.on_hold).label("ready")
    return select(status.programme_id, status.course_id, status.phase, until, ready).subquery()
