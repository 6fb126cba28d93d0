"""Email preferences: which emails somebody gets and when, and updates that wait for the next one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ForeignKey, Index, Select, delete, exists, select, true
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Membership, Person, Programme, get_person
from lms.accounts.rules import zone_of
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.mail.outbox import QUIET_FROM, QUIET_UNTIL, Quiet

# When the holder of a certificate can be told of its end: so many days before, and the day after.
ENDS = ("ends-90", "ends-60", "ends-30", "ends-7", "ended")
# Emails about courses that a programme asks somebody to take: when they are assigned, and reminders.
ASSIGNED = ("assigned", "assignment-reminders")
# What an email may be sent for when somebody asked for it; what is always sent stands in nobody's row.
PURPOSES = (*ASSIGNED, "answers", "refreshers", *ENDS, "approvals", "programme-ends", "programme-names")
# What is sent until somebody takes it off; a row then says so.
BY_DEFAULT = (*ASSIGNED, "ends-60", "approvals")
A_WEEK = timedelta(days=7)
AT_ONCE = 500


class Consent(Base):
    """Somebody wants emails of one kind, or takes off one that comes by default; without a row they chose nothing."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_purpose", "purpose", "given", "person_id"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    given: Mapped[bool] = mapped_column(default=False)


class Choices(Base):
    """What somebody chose for themselves: quiet hours, a pause from emails, and their learning preferences.

    Without a `zone`, quiet hours are in their programme's time zone.
    """

    __tablename__ = "choices"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    quiet_from: Mapped[time] = mapped_column(default=QUIET_FROM)
    quiet_until: Mapped[time] = mapped_column(default=QUIET_UNTIL)
    zone: Mapped[str | None]
    snoozed_until: Mapped[date | None]
    weekly: Mapped[bool] = mapped_column(default=True)
    told_on: Mapped[date | None]
    wins_hidden: Mapped[bool] = mapped_column(default=False)
    check_at_once: Mapped[bool] = mapped_column(default=False)


class WaitingLine(Base):
    """Something somebody wants to be told, until it goes into an email."""

    __tablename__ = "waiting_line"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    path: Mapped[str]
    since: Mapped[datetime]


OWN_TABLES = (Consent, Choices, WaitingLine)


def find_choices(person_id: str) -> Choices:
    """Return what somebody chose, or what holds until they choose; the latter is kept nowhere."""
    return db.session.get(Choices, person_id) or Choices(
        person_id=person_id,
        quiet_from=QUIET_FROM,
        quiet_until=QUIET_UNTIL,
        weekly=True,
        wins_hidden=False,
        check_at_once=False,
    )


def quiet_hours(person_id: str) -> Quiet:
    """Return somebody's quiet hours, in their own time zone or else their programme's."""
    found = find_choices(person_id)
    return Quiet(found.quiet_from, found.quiet_until, found.zone or programme_zone(person_id))


def programme_zone(person_id: str) -> str:
    """Return the time zone of the last programme that somebody joined and that has one, or an empty string."""
    query = select(Programme.facts).join(Membership, Membership.programme_id == Programme.id)
    newest = query.where(Membership.person_id == person_id).order_by(Membership.created_at.desc(), Membership.id.desc())
    return next((zone for facts in db.session.scalars(newest) if (zone := zone_of(facts, ""))), "")


def choose(person_id: str, **changes: object) -> None:
    """Keep what somebody chooses."""
    row = find_choices(person_id)
    for name, value in changes.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()


def list_consents(person_id: str) -> set[str]:
    """Return what somebody wants emails for."""
    query = select(Consent.purpose, Consent.given).where(Consent.person_id == person_id)
    return _wanted({row.purpose: row.given for row in db.session.execute(query)})


def _wanted(chosen: dict[str, bool]) -> set[str]:
    return {purpose for purpose, given in {**dict.fromkeys(BY_DEFAULT, True), **chosen}.items() if given}


def list_wanting_ends(person_ids: Collection[str]) -> dict[str, set[str]]:
    """Return what those of some people want who chose anything about the ends of certificates; by default, others."""
    chosen: dict[str, dict[str, bool]] = {}
    query = select(Consent.person_id, Consent.purpose, Consent.given)
    query = query.where(Consent.person_id.in_(person_ids), Consent.purpose.in_(ENDS))
    for person_id, purpose, given in db.session.execute(query):
        chosen.setdefault(person_id, {})[purpose] = given
    return {person_id: _wanted(found) for person_id, found in chosen.items()}


def who_wants(purpose: str) -> Select[str]:
    """Return the query for the ids of those who asked for emails of one kind."""
    return select(Consent.person_id).where(Consent.purpose == purpose, Consent.given == true())


def list_wanting(purpose: str, after: str, most: int) -> list[str]:
    """Return the ids of those who asked for emails of one kind and whose account is open, after an id."""
    query = who_wants(purpose).join(Person, Person.id == Consent.person_id)
    query = query.where(Consent.person_id > after, Person.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Consent.person_id).limit(most)))


def consent(person_id: str, purpose: str, given: bool) -> None:
    """Give or take back one consent; taken back, nothing of its kind waits any more."""
    if given != (purpose in list_consents(person_id)):
        db.session.execute(delete(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose))
        if given != (purpose in BY_DEFAULT):
            db.session.add(Consent(person_id=person_id, purpose=purpose, given=given))
        db.session.flush()
    if not given:
        gone = delete(WaitingLine).where(WaitingLine.person_id == person_id, WaitingLine.purpose == purpose)
        db.session.execute(gone)


def save_learning_preferences(
    person_id: str, *, long_rest: bool, check_at_once: bool, wins_hidden: bool, pronouns: str, pronouns_shown: bool
) -> None:
    """Keep how somebody likes to be met; pronouns that are not there are not shown."""
    me = get_person(person_id)
    me.long_rest, me.pronouns, me.pronouns_shown = long_rest, pronouns or None, bool(pronouns) and pronouns_shown
    choose(person_id, check_at_once=check_at_once, wins_hidden=wins_hidden)


def save_email_preferences(person_id: str, wanted: set[str], **when: object) -> None:
    """Keep which emails somebody wants, each for itself, and when they may come."""
    for purpose in PURPOSES:
        consent(person_id, purpose, purpose in wanted)
    choose(person_id, **when)


def queue_update(person_ids: list[str], purpose: str, path: str) -> None:
    """Let a line wait for those of some people who want emails of its kind; one that leads to the same page waits once.

    What it says is put into words when it leaves, in its reader's language.
    """
    same = (WaitingLine.person_id == Consent.person_id, WaitingLine.purpose == purpose, WaitingLine.path == path)
    query = who_wants(purpose).where(~exists().where(*same))
    for start in range(0, len(person_ids), AT_ONCE):
        for person_id in db.session.scalars(query.where(Consent.person_id.in_(person_ids[start : start + AT_ONCE]))):
            row = WaitingLine(id=ids.inner_id(), person_id=person_id, purpose=purpose, path=path)
            row.since = clock.now()
            db.session.add(row)
        db.session.flush()


def list_waiting(today: date, after: str, most: int) -> tuple[list[str], str | None]:
    """Return to whom an email may be sent today of what waits for them, and after whom to go on; None at the end.

    So many of those for whom something waits are looked at, whoever of them is due.
    """
    query = select(WaitingLine.person_id).where(WaitingLine.person_id > after).distinct()
    ids = list(db.session.scalars(query.order_by(WaitingLine.person_id).limit(most)))
    rows = select(Person.id, Choices).outerjoin(Choices, Choices.person_id == Person.id)
    rows = rows.where(Person.id.in_(ids), Person.disabled_at.is_(None)).order_by(Person.id)
    due = [person_id for person_id, mine in db.session.execute(rows) if mine is None or _is_time(mine, today)]
    return due, ids[-1] if len(ids) == most else None


def waits(person_id: str, path: str) -> bool:
    """Return whether a line that leads to a page waits for somebody."""
    query = select(WaitingLine.id).where(WaitingLine.person_id == person_id, WaitingLine.path == path)
    return db.session.scalar(query.limit(1)) is not None


def rests(person_id: str, today: date) -> bool:
    """Return whether somebody rests from the emails that they can choose."""
    return _rests(find_choices(person_id), today)


def _rests(mine: Choices, today: date) -> bool:
    return mine.snoozed_until is not None and today < mine.snoozed_until


def is_time(person_id: str, today: date) -> bool:
    """Return whether what waits for somebody may go into an email today."""
    return _is_time(find_choices(person_id), today)


def _is_time(mine: Choices, today: date) -> bool:
    if _rests(mine, today):
        return False
    # A last email on a day that is still to come was written by a clock that ran ahead.
    return not (mine.weekly and mine.told_on and timedelta(0) <= today - mine.told_on < A_WEEK)


def take_due_lines(person_id: str, today: date) -> list[WaitingLine]:
    """Return what an email to somebody holds today, and let it wait no longer; nothing while they rest from emails."""
    if not is_time(person_id, today):
        return []
    query = select(WaitingLine).where(WaitingLine.person_id == person_id).order_by(WaitingLine.since, WaitingLine.id)
    lines = list(db.session.scalars(query))
    for line in lines:
        db.session.delete(line)
    if lines:
        choose(person_id, told_on=today)
    return lines


def off_mark(key: bytes, public_id: str, purpose: str) -> str:
    """Return what stands in the address that turns emails off without signing in; "all" turns off every kind."""
    return str(URLSafeSerializer(key.hex(), salt="letters off").dumps([public_id, purpose]))


def read_off_mark(key: bytes, mark: str) -> tuple[str, str] | None:
    """Return whose emails of which kind an address turns off, or None when it was not made here."""
    try:
        public_id, purpose = URLSafeSerializer(key.hex(), salt="letters off").loads(mark)
    except (BadData, ValueError, TypeError):
        return None
    person_id = db.session.scalar(select(Person.id).where(Person.public_id == public_id))
    return (person_id, purpose) if person_id and purpose in {*PURPOSES, "all"} else None


def turn_off(person_id: str, purpose: str) -> None:
    """Turn emails of one kind off, or all that were asked for; what comes by default was not."""
    for one in PURPOSES if purpose == "all" else (purpose,):
        if purpose != "all" or one not in BY_DEFAULT:
            consent(person_id, one, False)
