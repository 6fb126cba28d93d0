"""Closed accounts whose time is over: who is told so by email, and who is to be deleted a month after that."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.events import AccountEndingTold
from lms.accounts.members.records import Member
from lms.accounts.records import Person
from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.events import announce

# Between the email and the deletion. Whoever was closed by mistake has this long to ask for the account again.
NOTICE = timedelta(days=30)


class AccountEnding(Base):
    """That somebody was told that their closed account will be deleted, and on which day.

    They were told by email; who has none is on the list of their coordinators, who can reach them.
    """

    __tablename__ = "account_ending"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    told_at: Mapped[datetime]
    deletes_on: Mapped[date] = mapped_column(index=True)


def _closed_before(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    # The empty row that holds the certificates of a deleted account together has no password.
    return Person.disabled_at.is_not(None), Person.disabled_at < moment, Person.password_hash != ""


def _stays(stays: Select[str]) -> ColumnElement[bool]:
    """Return whether somebody is among those whom a query finds, asked for one person at a time."""
    return stays.where(stays.selected_columns[0] == Person.id).correlate(Person).exists()


def list_untold(closed_before: datetime, stays: Select[str], most: int) -> list[str]:
    """Return a few whose account has been closed for long enough, who weren't told yet, and who don't have to stay."""
    told = exists().where(AccountEnding.person_id == Person.id)
    query = select(Person.id).where(*_closed_before(closed_before), ~told, ~_stays(stays))
    return list(db.session.scalars(query.order_by(Person.id).limit(most)))


def list_due(closed_before: datetime, stays: Select[str], today: date, most: int) -> list[str]:
    """Return a few whose account is to be deleted now."""
    query = select(Person.id).join(AccountEnding, AccountEnding.person_id == Person.id)
    due = (*_closed_before(closed_before), AccountEnding.deletes_on <= today, ~_stays(stays))
    return list(db.session.scalars(query.where(*due).order_by(Person.id).limit(most)))


def unreachable(programme_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Return which notices are of people in a programme whom no email reaches, because they have a sign-in name."""
    here = exists().where(Member.programme_id == programme_id, Member.person_id == AccountEnding.person_id)
    nobody = exists().where(Person.id == AccountEnding.person_id, Person.email.not_like("%@%"))
    return here.where(Member.left_at.is_(None)).correlate(AccountEnding), nobody.correlate(AccountEnding)


def list_unreachable(programme_id: str, most: int) -> list[tuple[Person, date]]:
    """Return the first of those people with the day on which their account will be deleted."""
    query = select(Person, AccountEnding.deletes_on).join(AccountEnding, AccountEnding.person_id == Person.id)
    order = (AccountEnding.deletes_on, Person.id)
    rows = db.session.execute(query.where(*unreachable(programme_id)).order_by(*order).limit(most))
    return [(row[0], row[1]) for row in rows]


def note_told(person_id: str, deletes_on: date) -> bool:
    """Keep that somebody is told, if their account is still closed and they weren't told; return whether so."""
    person = db.session.get(Person, person_id)
    if person is None or person.disabled_at is None or find_ending(person_id) is not None:
        return False
    db.session.add(AccountEnding(person_id=person_id, told_at=clock.now(), deletes_on=deletes_on))
    announce(AccountEndingTold(person_id, deletes_on))
    return True


def find_ending(person_id: str) -> AccountEnding | None:
    """Return that somebody was told, if they were."""
    return db.session.get(AccountEnding, person_id)


def forget_ending(person_id: str) -> None:
    """Take back that an account will be deleted, as when it is opened again."""
    db.session.execute(delete(AccountEnding).where(AccountEnding.person_id == person_id))


def forget_endings_since(closed_after: datetime) -> None:
    """Take it back for accounts that now stay longer, because the setting was changed; they are told again in time."""
    longer = exists().where(Person.id == AccountEnding.person_id, Person.disabled_at >= closed_after)
    db.session.execute(delete(AccountEnding).where(longer))
