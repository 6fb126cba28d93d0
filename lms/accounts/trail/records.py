"""Queries of the audit trail: the newest entries that match a filter, read by index, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from lms.accounts.addresses import normal_email
from lms.accounts.members.word_records import find_everywhere
from lms.accounts.records import Person
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db

PAGE = 50
PEOPLE_MOST = 10


@dataclass(frozen=True)
class Filter:
    """Which entries are asked for: of an event, of or by a person, of a programme, from a moment until before another.

    Events that are `left_out` are never shown.
    """

    left_out: Collection[str] = ()
    event: str = ""
    person_id: str = ""
    programme_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what an entry has to meet, but for its person."""
        found = [AuditEntry.event == self.event if self.event else AuditEntry.event.not_in(self.left_out)]
        if self.programme_id:
            found.append(AuditEntry.programme_id == self.programme_id)
        if self.since:
            found.append(AuditEntry.at >= self.since)
        if self.until:
            found.append(AuditEntry.at < self.until)
        return found


def list_entries(asked: Filter, before: datetime | None, most: int = PAGE) -> tuple[list[AuditEntry], bool]:
    """Return a page of entries, the newest first, and whether there are earlier ones.

    A page is longer where its last moment has more entries than there's room for: pages go by moments, because an
    entry's own number is for inner use. What a person did and what happened to them are two statements, because each
    has an index of its own.
    """
    conditions = asked.conditions()
    if before:
        conditions.append(AuditEntry.at < before)
    roads = [conditions]
    if asked.person_id:
        roads = [[*conditions, column == asked.person_id] for column in (AuditEntry.person_id, AuditEntry.actor_id)]
    found: dict[str, AuditEntry] = {}
    for road in roads:
        query = select(AuditEntry).where(*road).order_by(AuditEntry.at.desc())
        found.update((row.id, row) for row in db.session.scalars(query.limit(most)))
    if len(found) < most:
        return _in_order(found), False
    last = _in_order(found)[most - 1].at
    for road in roads:
        found.update(
            (row.id, row) for row in db.session.scalars(select(AuditEntry).where(*road, AuditEntry.at == last))
        )
    more = any(db.session.scalar(select(AuditEntry.id).where(*road, AuditEntry.at < last).limit(1)) for road in roads)
    return [row for row in _in_order(found) if row.at >= last], more


def _in_order(found: dict[str, AuditEntry]) -> list[AuditEntry]:
    return sorted(found.values(), key=lambda row: (row.at, row.id), reverse=True)


def find_people(search: str) -> list[Person]:
    """Return up to eleven people who have for each word of a search one in their name, address or staff number.

    Whoever has exactly this address comes first, and the others by name.
    """
    found = find_everywhere(search, PEOPLE_MOST + 1)
    exact = Person.email == normal_email(search)
    query = select(Person).where(or_(Person.id.in_(found), exact))
    return list(db.session.scalars(query.order_by(~exact, Person.display_name, Person.id).limit(PEOPLE_MOST + 1)))


def find_names(person_ids: Collection[str]) -> dict[str, Person]:
    """Return those people of a page who still have an account, by inner id."""
    return {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(person_ids)))}
