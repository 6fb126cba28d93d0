"""Refreshers: a few questions from finished courses, weekly or monthly, for people who turn them on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.notifications import preferences
from lms.accounts.records import Membership, Programme
from lms.foundation.db import Base, db
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.records import Enrolment

Pace = Literal["weekly", "monthly"]
PACES: dict[str, timedelta] = {"weekly": timedelta(days=7), "monthly": timedelta(days=30)}
AT_A_TIME = 3


class Refresher(Base):
    """Somebody wants refreshers: how often, and on which day the next ones are due."""

    __tablename__ = "refresher"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    pace: Mapped[str]
    next_on: Mapped[date] = mapped_column(index=True)


class RefresherShown(Base):
    """The day on which somebody last saw a question; their answer isn’t stored."""

    __tablename__ = "refresher_shown"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    shown_on: Mapped[date]


OWN_TABLES = (Refresher, RefresherShown)


def pick(names: Iterable[str], shown: Mapping[str, date], lot: str) -> list[str]:
    """Return the questions of one set: never shown first, then shown longest ago, ties broken by `lot`."""

    def place(name: str) -> tuple[date, str]:
        return shown.get(name, date.min), hashlib.sha256(f"{lot}|{name}".encode()).hexdigest()

    return sorted(names, key=place)[:AT_A_TIME]


def list_finished(person_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (digest, facts of the programme) of each course whose check somebody passed, each course once.

    What a programme teaches ends with the membership in it.
    """
    query = (
        select(Enrolment.course_id, Attempt.digest, Programme.facts)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Programme, Programme.id == Enrolment.programme_id)
        .join(Membership, Membership.programme_id == Enrolment.programme_id)
        .where(Enrolment.person_id == person_id, Membership.person_id == person_id, Result.passed)
        .order_by(Result.at)
    )
    newest = {course_id: (digest, facts) for course_id, digest, facts in db.session.execute(query)}
    return list(newest.values())


def find_refresher(person_id: str) -> Refresher | None:
    """Return how often somebody wants refreshers, if they do."""
    return db.session.get(Refresher, person_id)


def shown_on(person_id: str) -> dict[str, date]:
    """Return the day on which somebody last saw each question."""
    rows = db.session.scalars(select(RefresherShown).where(RefresherShown.person_id == person_id))
    return {row.question: row.shown_on for row in rows}


def set_pace(person_id: str, pace: Pace | None, by_letter: bool, today: date) -> None:
    """Turn refreshers on, change how often they come, or turn them off, which deletes their rows."""
    preferences.consent(person_id, "refreshers", by_letter and pace is not None)
    if pace is None:
        for table in OWN_TABLES:
            db.session.execute(delete(table).where(table.person_id == person_id))
        return
    row = find_refresher(person_id) or Refresher(person_id=person_id)
    row.pace, row.next_on = pace, today + PACES[pace]
    db.session.add(row)


def record_shown(person_id: str, names: Iterable[str], today: date) -> None:
    """Store the day on which somebody saw questions, if they have refreshers turned on."""
    if find_refresher(person_id) is None:
        return
    for name in names:
        row = db.session.get(RefresherShown, (person_id, name)) or RefresherShown(person_id=person_id, question=name)
        row.shown_on = today
        db.session.add(row)


def queue_due_reminders(today: date, path: str, most: int) -> int:
    """Queue an email for a few people whose refreshers are due, if they want one, and set the next day of each.

    Return how many there were.

    Refreshers that nobody looked at don't add up: the next ones come as usual.
    """
    due = list(db.session.scalars(select(Refresher).where(Refresher.next_on <= today).limit(most)))
    if due:
        preferences.queue_update([row.person_id for row in due if list_finished(row.person_id)], "refreshers", path)
    for row in due:
        row.next_on = today + PACES[row.pace]
    return len(due)
