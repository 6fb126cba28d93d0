"""Whom lists of people show otherwise than what is stored of them says: a few hundred people at a time, or a sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from lms.accounts.records import Membership, Person
from lms.coordination.board.status_records import (
    REBUILD_STEP,
    PersonWord,
    Store,
    TrainingStatus,
    expected,
)
from lms.foundation.db import db

TABLES: tuple[Any, Any] = (TrainingStatus.__table__, PersonWord.__table__)


def list_listed_after(programme_id: str, person_id: str) -> list[str]:
    """Return the next people, by inner id, who are learners of a programme or in its lists without being one."""
    found: set[str] = set()
    for table in (Membership, TrainingStatus, PersonWord):
        query = select(table.person_id).where(table.programme_id == programme_id, table.person_id > person_id)
        if table is Membership:
            query = query.where(Membership.role == "learner")
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
    """Return some random people by programme: its learners, and those in its lists."""
    some = list(db.session.scalars(select(Person.id).order_by(func.random()).limit(most)))
    learners = select(Membership.programme_id, Membership.person_id).where(Membership.role == "learner")
    listed = select(TrainingStatus.programme_id, TrainingStatus.person_id)
    found: dict[str, list[str]] = {}
    query = learners.where(Membership.person_id.in_(some)).union(listed.where(TrainingStatus.person_id.in_(some)))
    for programme_id, person_id in db.session.execute(query):
        found.setdefault(programme_id, []).append(person_id)
    return found
