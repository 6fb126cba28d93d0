"""Certificates that end: whose holders and coordinators are to be told, each of each notice once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Row, Select, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.notifications import preferences
from lms.accounts.records import Person
from lms.certification.awards.events import EndTold
from lms.certification.awards.records import Award, get_award, list_awards_of_enrolment
from lms.certification.awards.validity import NOTICES, TOLD_AFTER_MOST, notice_due
from lms.foundation.db import Base, db
from lms.foundation.events import announce
from lms.foundation.mail import outbox as mail_outbox

EARLIEST = timedelta(days=max(NOTICES.values()))
SentNotices = dict[str, dict[str, date]]
# A certificate, its code and the notice of its end.
DueNotice = tuple[str, str, str]


class EndNotice(Base):
    """That somebody was told of an end: one row for each certificate, notice and reader, so that it is once."""

    __tablename__ = "end_notice"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    notice: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    told_on: Mapped[date]


def _ending(today: date) -> Select[Any]:
    """Find certificates that stand and whose end is near, or not long past; not those of accounts that are closed."""
    return (
        select(Award)
        .join(Person, Person.id == Award.person_id)
        .where(
            Award.valid_until.between(today - TOLD_AFTER_MOST, today + EARLIEST),
            Award.current_for.is_not(None),
            Award.withdrawn_at.is_(None),
            Award.waiting.is_(False),
            Person.disabled_at.is_(None),
        )
        .order_by(Award.valid_until, Award.id)
    )


def _by_award(query: Select[Any]) -> SentNotices:
    found: SentNotices = {}
    for row in db.session.scalars(query):
        found.setdefault(row.award_id, {})[row.notice] = row.told_on
    return found


def _due(award: Any, today: date, wanted: Collection[str], sent: SentNotices) -> str | None:
    if award.valid_until is None:
        return None
    return notice_due(award.passed_on, award.valid_until, today, wanted, sent.get(award.id, {}))


# What is asked for each minute is read without the rest of the row.
_NEEDED = (Award.id, Award.person_id, Award.passed_on, Award.valid_until, Award.code)
# Where a pass over certificates by their ends goes on: after one that ends on a day.
Place = tuple[date, str]


def _slice(query: Select[Any], after: Place | None, most: int) -> tuple[Sequence[Row[Any]], Place | None]:
    """Return the next certificates of a query in the order of their ends, and where to go on; None at the end."""
    if after is not None:
        later = and_(Award.valid_until == after[0], Award.id > after[1])
        query = query.where(Award.valid_until >= after[0], or_(Award.valid_until > after[0], later))
    rows: Any = db.session.execute(query.with_only_columns(*_NEEDED).limit(most)).all()
    return rows, (rows[-1].valid_until, rows[-1].id) if len(rows) == most else None


def _sent_to(awards: Iterable[Row[Any]], reader_id: str | None) -> SentNotices:
    """Return what a reader was told of some certificates; for no reader, what each holder was told of their own."""
    holders = {award.id: award.person_id for award in awards}
    found: SentNotices = {}
    for row in db.session.scalars(select(EndNotice).where(EndNotice.award_id.in_(holders))):
        if row.person_id == (reader_id or holders[row.award_id]):
            found.setdefault(row.award_id, {})[row.notice] = row.told_on
    return found


def list_due(today: date, after: Place | None, most: int) -> tuple[list[tuple[str, str]], Place | None]:
    """Return (award, holder) of certificates of whose end their holders are to be told now, and where to go on.

    So many of those that end about now are looked at, whichever of them are due.
    """
    awards, following = _slice(_ending(today), after, most)
    chosen = preferences.list_wanting_ends({award.person_id for award in awards})
    sent = _sent_to(awards, None)
    due = [
        (award.id, award.person_id)
        for award in awards
        if _due(award, today, chosen.get(award.person_id, preferences.BY_DEFAULT), sent)
        and not preferences.rests(award.person_id, today)
    ]
    return due, following


def take_due(award_id: str, today: date) -> str | None:
    """Return the notice that a holder is to be given now, and keep that they were; None when there is none any more."""
    award = db.session.scalar(_ending(today).where(Award.id == award_id))
    if award is None or award.valid_until is None or preferences.rests(award.person_id, today):
        return None
    sent = _by_award(select(EndNotice).where(EndNotice.award_id == award_id, EndNotice.person_id == award.person_id))
    notice = _due(award, today, preferences.list_consents(award.person_id), sent)
    if notice is not None:
        _keep(award.id, notice, award.person_id, today)
        announce(EndTold(award.person_id, award.programme_id, award.id, award.valid_until, notice))
    return notice


def _keep(award_id: str, notice: str, person_id: str, today: date) -> None:
    db.session.merge(EndNotice(award_id=award_id, notice=notice, person_id=person_id, told_on=today))
    db.session.flush()


def _of_others(programme_id: str, reader_id: str, today: date) -> Select[Any]:
    return _ending(today).where(Award.programme_id == programme_id, Award.person_id != reader_id)


def _due_among(awards: Sequence[Row[Any]], reader_id: str, today: date) -> list[DueNotice]:
    sent = _sent_to(awards, reader_id)
    due = [(award.id, award.code, _due(award, today, NOTICES, sent)) for award in awards]
    return [(award_id, code, notice) for award_id, code, notice in due if notice]


def list_due_in(
    programme_id: str, reader_id: str, today: date, after: Place | None, most: int
) -> tuple[list[str], Place | None]:
    """Return the codes of certificates of whose end a coordinator is to be told now, and where to go on.

    So many of a programme's certificates that end about now are looked at, whichever of them are due.
    """
    awards, following = _slice(_of_others(programme_id, reader_id, today), after, most)
    return [code for _award_id, code, _notice in _due_among(awards, reader_id, today)], following


def take_due_in(programme_id: str, reader_id: str, shown: Sequence[str], today: date) -> list[str]:
    """Return the codes of those that are shown to the coordinator, and keep that they were told of them."""
    query = _of_others(programme_id, reader_id, today)
    query = query.where(Award.code.in_(shown))
    awards: Any = db.session.execute(query.with_only_columns(*_NEEDED)).all()
    found = _due_among(awards, reader_id, today)
    for award_id, _code, notice in found:
        _keep(award_id, notice, reader_id, today)
    return [code for _award_id, code, _notice in found]


def carry_over(award_id: str, new_award_id: str) -> None:
    """Let what was told of a certificate count for the one that takes its place with the same dates."""
    for row in db.session.scalars(select(EndNotice).where(EndNotice.award_id == award_id)):
        _keep(new_award_id, row.notice, row.person_id, row.told_on)


def mail_key(award_id: str, notice: str) -> str:
    """Return the word under which a holder's letter can be taken back while it waits."""
    return f"end {award_id} {notice}"


def take_back(award_id: str) -> None:
    """Take back what waits to tell a holder of an end that no longer matters; what never left was not told."""
    holder = get_award(award_id).person_id
    query = select(EndNotice).where(EndNotice.award_id == award_id, EndNotice.person_id == holder)
    for row in db.session.scalars(query):
        if mail_outbox.take_back(mail_key(award_id, row.notice)):
            db.session.delete(row)


def take_back_before(award_id: str) -> None:
    """Take back what waits to tell of the ends of certificates that this one follows in its cycle."""
    award = get_award(award_id)
    for before in list_awards_of_enrolment(award.enrolment_id) if award.cycle > 1 else ():
        if before.cycle < award.cycle:
            take_back(before.id)


def list_told(person_id: str) -> list[tuple[EndNotice, Award]]:
    """Return of which ends somebody was told, with the certificates, their own and others'."""
    rows = db.session.scalars(select(EndNotice).where(EndNotice.person_id == person_id).order_by(EndNotice.told_on))
    return [(row, get_award(row.award_id)) for row in rows]
