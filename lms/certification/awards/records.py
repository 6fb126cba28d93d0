"""Awards, one for each certificate, and the validity rules that programmes set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, bindparam, func, insert, literal, or_, select
from sqlalchemy.orm import Mapped, make_transient_to_detached, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from lms.certification.awards.attestation import Attestation, Level
from lms.certification.awards.codes import new_code
from lms.certification.awards.rules import State, state_of
from lms.foundation import clock, ids
from lms.foundation.db import Base, copy_of, db
from lms.foundation.statements.prepared import first_row, run_prepared
from lms.foundation.statements.sql import only_where
from lms.learning.progress.records import Enrolment
from lms.library.course_cache import for_staff

READ_AT_ONCE = 500
SuccessorReason = Literal["renewed", "reissued", "raised"]


class Award(Base):
    """The decision that somebody has a certificate; never deleted. `current_for` is unique: one is current at a time.

    `badge_open` says whether its holder opened the badge's address to everybody, closed it again, or never did either.
    `name_confirmed_at` is when the programme confirmed the name on it; `name_waits_since` is since when it has waited
    for that.
    """

    __tablename__ = "award"
    __table_args__ = (
        # By their ends, on the whole site and in a programme; those that another one follows end nowhere.
        Index("ix_award_ends", "valid_until", "id", **only_where("current_for IS NOT NULL")),
        Index("ix_award_ends_in", "programme_id", "valid_until", "id", **only_where("current_for IS NOT NULL")),
        Index("ix_award_unconfirmed", "programme_id", "id", **only_where("name_waits_since IS NOT NULL")),
        Index("ix_award_course", "course_id", "id"),
        Index("ix_award_waiting", "course_id", **only_where("waiting IS 1", "waiting IS true")),
        Index("ix_award_waiting_in", "programme_id", **only_where("waiting IS 1", "waiting IS true")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    code: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    current_for: Mapped[str | None] = mapped_column(unique=True)
    course_id: Mapped[str]
    digest: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    name: Mapped[str]
    facts: Mapped[dict[str, Any]]
    passed_on: Mapped[date]
    valid_until: Mapped[date | None]
    waiting: Mapped[bool]
    issued_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    replaced_by: Mapped[str | None]
    cycle: Mapped[int] = mapped_column(default=1, server_default="1")
    renewed_by: Mapped[str | None]
    raised_to: Mapped[str | None]
    name_shown: Mapped[bool] = mapped_column(default=False)
    name_seal: Mapped[str | None]
    badge_open: Mapped[bool | None]
    name_confirmed_at: Mapped[datetime | None]
    name_waits_since: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def name_attested(self) -> datetime | None:
        """When its name was confirmed, if that was before it was issued; then its badge and PDF say so."""
        confirmed, issued = self.name_confirmed_at, self.issued_at
        return confirmed if confirmed and issued and confirmed <= issued else None

    @property
    def attestation(self) -> Attestation:
        """What it attests, read from `facts` once, and again when they are others."""
        known: tuple[dict[str, Any], Attestation] | None = getattr(self, "_attested", None)
        if known is None or known[0] is not self.facts:
            known = self._attested = (self.facts, Attestation.from_json(self.facts))
        return known[1]

    @attestation.setter
    def attestation(self, attestation: Attestation) -> None:
        self.facts = attestation.as_json()

    @property
    def level(self) -> Level:
        """Return which of the two levels it is of."""
        return self.attestation.level

    def record_sha256(self) -> str:
        """Return the SHA-256 of what never changes in the record, not even when its holder deletes their account.

        Names are left out, those of observers too. So is what is zero or empty in `facts`, as if it weren't there.
        """
        facts = {name: value for name, value in self.facts.items() if value and name != "observations"}
        observed = [[each["on"], each["role"]] for each in self.facts.get("observations", ())]
        days = [day and day.isoformat() for day in (self.passed_on, self.valid_until)]
        course = [self.course_id, self.digest, self.version, self.title]
        owners = [self.code, self.programme_id, self.person_id, self.enrolment_id, self.cycle]
        record = json.dumps([owners, course, days, facts, observed], sort_keys=True)
        return hashlib.sha256(record.encode()).hexdigest()

    @classmethod
    def first(cls, enrolment: Enrolment) -> Award:
        """Return the first award of an enrolment, for whoever issues it to fill in."""
        return cls(
            id=ids.inner_id(),
            code=new_code(),
            programme_id=enrolment.programme_id,
            person_id=enrolment.person_id,
            enrolment_id=enrolment.id,
            cycle=1,
            name_shown=False,
        )

    def successor(self, reason: SuccessorReason) -> Award:
        """Return the award that follows this one under a new code, issued now, for `follow` to store.

        A reissued or raised certificate keeps version, dates and cycle. A renewed one begins the next cycle, and
        whoever renews sets its version, dates and attestation. What the holder chose for this one (their name or its
        badge open to everybody) says nothing about the next, so a successor is closed until they choose again.
        """
        return Award(
            id=ids.inner_id(),
            code=new_code(),
            programme_id=self.programme_id,
            person_id=self.person_id,
            enrolment_id=self.enrolment_id,
            course_id=self.course_id,
            digest=self.digest,
            version=self.version,
            title=self.title,
            name=self.name,
            name_confirmed_at=self.name_confirmed_at,
            facts=self.facts,
            passed_on=self.passed_on,
            valid_until=self.valid_until,
            waiting=False,
            issued_at=clock.now(),
            cycle=self.cycle + 1 if reason == "renewed" else self.cycle,
            name_shown=False,
            badge_open=None,
        )

    def state(self, today: date) -> State:
        """Return the state it is in on a day."""
        return state_of(
            waiting=self.waiting,
            withdrawn=self.withdrawn_at is not None,
            replaced=self.replaced_by is not None,
            valid_until=self.valid_until,
            today=today,
        )


class ValidityRule(Base):
    """How long certificates of a course are valid in a programme that has its own rule."""

    __tablename__ = "validity_rule"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]
    months: Mapped[int | None]
    window_days: Mapped[int]
    grace_days: Mapped[int]
    minimum_months: Mapped[int]
    fixed_month: Mapped[int]
    fixed_day: Mapped[int]


_INSERT = insert(Award.__table__)  # type: ignore[arg-type]


def follow(before: Award | None, award: Award) -> None:
    """Store an award as the current one of its enrolment, in place of the one before it, if there is one."""
    if before:
        # First and by itself, because an enrolment has one current award at a time.
        before.current_for = None
        db.session.flush()
    award.current_for = award.enrolment_id
    values = {name: getattr(award, name) for name in _INSERT.table.c.keys()}  # noqa: SIM118 - columns, not a dict
    run_prepared(_INSERT, values)
    # From here on, the session knows it as a row that it has read, with what nobody set.
    for name, value in values.items():
        set_committed_value(award, name, value)
    make_transient_to_detached(award)
    db.session.add(award)


def get_award(award_id: str) -> Award:
    """Return an award by its inner key."""
    return db.session.get_one(Award, award_id)


def find_award(code: str) -> Award | None:
    """Return the award behind a code."""
    return db.session.scalar(select(Award).where(Award.code == code))


def find_validity(programme_id: str, course_id: str) -> ValidityRule | None:
    """Return a programme's own rule for a course."""
    return db.session.get(ValidityRule, (programme_id, course_id))


def first_pass_of(enrolment_id: str) -> date | None:
    """Return the day of the first pass that a certificate of an enrolment tells of."""
    return db.session.scalar(
        select(Award.passed_on).where(Award.enrolment_id == enrolment_id).order_by(Award.passed_on)
    )


def _for_staff_of(programme_id: str) -> Any:
    """Return the query for a programme's awards as its staff see them: none of a private course."""
    return for_staff(select(Award).where(Award.programme_id == programme_id), Award.course_id)


def find_award_for_staff(programme_id: str, code: str) -> Award | None:
    """Return the award behind a code, when the staff of a programme may see it."""
    found: Award | None = db.session.scalar(_for_staff_of(programme_id).where(Award.code == code))
    return found


def list_standing_of_course(programme_id: str, course_id: str, most: int) -> list[Award]:
    """Return a programme's current certificates of one course that expire last, by name."""
    query = _for_staff_of(programme_id).where(Award.course_id == course_id, Award.current_for.is_not(None))
    last = query.order_by(Award.valid_until.desc(), Award.id.desc()).limit(most)
    return sorted(db.session.scalars(last), key=lambda award: award.name)


def find_award_of_enrolment(enrolment_id: str) -> Award | None:
    """Return the current award of an enrolment, not one that it replaced."""
    return db.session.scalar(select(Award).where(Award.current_for == enrolment_id))


_CURRENT = select(Award.__table__).where(Award.__table__.c.current_for == bindparam("enrolment"))

HAS_CURRENT = _CURRENT.with_only_columns(literal(1))


def find_current_copy(enrolment_id: str) -> Award | None:
    """Return the award of an enrolment that stands, as a copy that is never written back."""
    row = first_row(_CURRENT, {"enrolment": enrolment_id})
    return None if row is None else copy_of(Award, dict(zip(Award.__table__.c.keys(), row, strict=True)))


def list_awards_of_enrolment(enrolment_id: str) -> list[Award]:
    """Return all awards of an enrolment, the newest first."""
    return list(db.session.scalars(select(Award).where(Award.enrolment_id == enrolment_id).order_by(Award.id.desc())))


def last_issued(award: Award) -> Award:
    """Return a certificate itself; while it waits for a review, the one that it will renew, if there is one."""
    if not award.waiting:
        return award
    return next((one for one in list_awards_of_enrolment(award.enrolment_id) if not one.waiting), award)


def best_issued(awards: list[Award], today: date) -> Award | None:
    """Return which of an enrolment's awards, the newest first, to show: the newest issued one.

    Where that one was withdrawn and an older one is still valid, it is the older one.
    """
    issued = [award for award in awards if not award.waiting]
    if issued and issued[0].withdrawn_at:
        return next((award for award in issued if award.state(today) == "valid"), issued[0])
    return issued[0] if issued else None


def read_awards_by_enrolment(programme_id: str) -> Iterator[list[Award]]:
    """Return a programme's awards of one enrolment after the other, the newest first, without holding them all."""
    query = select(Award).where(Award.programme_id == programme_id).order_by(Award.enrolment_id, Award.id.desc())
    awards = db.session.scalars(query.execution_options(yield_per=READ_AT_ONCE))
    for _enrolment, found in groupby(awards, key=attrgetter("enrolment_id")):
        yield list(found)


def list_awards_of_person(person_id: str) -> list[Award]:
    """Return somebody's awards, the newest first."""
    return list(db.session.scalars(select(Award).where(Award.person_id == person_id).order_by(Award.id.desc())))


def holders_of_valid(today: date) -> Select[str]:
    """Return the query for the ids of people who have a certificate that is valid today."""
    ends = or_(Award.valid_until.is_(None), Award.valid_until >= today)
    return select(Award.person_id).where(Award.issued_at.is_not(None), Award.withdrawn_at.is_(None), ends)


def list_standing_of_person(person_id: str) -> list[Award]:
    """Return somebody's awards that nothing has followed, the newest first."""
    query = select(Award).where(Award.person_id == person_id, Award.current_for.is_not(None))
    return list(db.session.scalars(query.order_by(Award.id.desc())))


def list_awards_of_programme(programme_id: str) -> list[Award]:
    """Return a programme's awards that stand, the oldest first; what was replaced is left out."""
    query = _for_staff_of(programme_id).where(Award.current_for.is_not(None))
    return list(db.session.scalars(query.order_by(Award.id)))


def list_valid_of(programme_id: str, person_ids: Collection[str], today: date) -> list[Award]:
    """Return the valid certificates of some people as a programme's staff see them, the oldest first."""
    # As an expression, or SQLite would go through all certificates of the programme for a few people.
    query = for_staff(select(Award), Award.course_id).where(
        Award.programme_id.concat("") == programme_id,
        Award.person_id.in_(person_ids),
        ~Award.waiting,
        Award.withdrawn_at.is_(None),
        Award.replaced_by.is_(None),
        or_(Award.valid_until.is_(None), Award.valid_until >= today),
    )
    return list(db.session.scalars(query.order_by(Award.id)))


def list_waiting_in(programme_id: str) -> list[Award]:
    """Return awards of a programme that wait for the review of their course."""
    query = select(Award).where(*_waits_for_review(), Award.programme_id == programme_id)
    return list(db.session.scalars(query.order_by(Award.id)))


def count_waiting(programme_id: str) -> dict[str, int]:
    """Return how many awards of a programme wait for the review of each course, without private ones."""
    query = select(Award.course_id, func.count()).where(*_waits_for_review(), Award.programme_id == programme_id)
    found = db.session.execute(for_staff(query, Award.course_id).group_by(Award.course_id))
    return {row[0]: row[1] for row in found}


def count_waiting_of(course_id: str) -> int:
    """Return how many awards wait for a course's review and nothing else."""
    query = select(func.count()).select_from(Award).where(*_waits_for_review(), Award.course_id == course_id)
    return db.session.scalar(query) or 0


def list_waiting(course_id: str) -> list[Award]:
    """Return awards that wait for a course's review and nothing else."""
    query = select(Award).where(*_waits_for_review(), Award.course_id == course_id)
    return list(db.session.scalars(query.order_by(Award.id)))


def _waits_for_review() -> tuple[ColumnElement[bool], ...]:
    return Award.waiting.is_(True), Award.name_waits_since.is_(None)
