"""What we remember of certificates: awards, their documents, and what is still to be rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, bindparam, func, literal, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Programme
from lms.accounts.rules import zone_of
from lms.certification.awards.rules import Level, State, state_of
from lms.certification.keys.records import SigningKey
from lms.foundation import clock, ids
from lms.foundation.db import Base, copy_of, db, first_row
from lms.foundation.web.throttle import Misses
from lms.library.course_cache import for_staff

RENDER_TRIES, RENDER_REST = 20, timedelta(hours=1)


class Award(Base):
    """The decision that somebody has a certificate; never deleted. `current_for` is unique: one stands at a time.

    `badge_open` says whether its holder opened the badge's address to everybody, closed it again, or never did either.
    """

    __tablename__ = "award"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    code: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    current_for: Mapped[str | None] = mapped_column(unique=True)
    course_id: Mapped[str] = mapped_column(index=True)
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

    @property
    def level(self) -> Level:
        """Return which of the two levels it tells of."""
        return "ready" if self.facts.get("level") == "ready" else "completed"

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
    """How long the certificates of a course stand in a programme, when it has a rule of its own."""

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


class ApiKey(Base):
    """A key with which a programme of somebody's own may ask the register; only its digest is kept."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    label: Mapped[str] = mapped_column(unique=True)
    key_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class NameRequest(Base):
    """A holder asks for their certificate in another name; the row goes when it is answered."""

    __tablename__ = "name_request"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    name: Mapped[str]
    asked_at: Mapped[datetime]


class Document(Base):
    """The bytes of a certificate's PDF, kept once and served unchanged."""

    __tablename__ = "document"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]


class RenderRequest(Base):
    """A PDF that is to be made, or was; `letters` are those of its name that its design cannot print."""

    __tablename__ = "render_request"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    requested_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    letters: Mapped[str | None]
    done_at: Mapped[datetime | None]


class NameConfirmation(Base):
    """A coordinator confirmed that somebody known under another name in a programme has this one on certificates.

    The name is kept as names are compared, without case, marks and spaces.
    """

    __tablename__ = "name_confirmation"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]


def get_award(award_id: str) -> Award:
    """Return an award by its inner key."""
    return db.session.get_one(Award, award_id)


# The register is asked with every look-up: one statement over the tables themselves, which gives one row whether or
# not anybody has the code, so that an unknown code costs what a known one does.
_award, _programme, _misses = Award.__table__, Programme.__table__, Misses.__table__
_signing_key = SigningKey.__table__
_AWARD = _award.c.keys()
_asked = select(literal(1).label("asked")).subquery()
_badge_keys = select(func.aggregate_strings(_signing_key.c.public, " ")).where(_signing_key.c.kind == "badge")
_ENTRY = select(
    *_award.c,
    _programme.c.name.label("programme"),
    _programme.c.facts.label("its_facts"),
    _misses.c.count,
    _misses.c.since,
    _badge_keys.scalar_subquery(),
).select_from(
    _asked.outerjoin(_award, _award.c.code == bindparam("code"))
    .outerjoin(_programme, _programme.c.id == _award.c.programme_id)
    .outerjoin(_misses, _misses.c.key == bindparam("misses"))
)


@dataclass(frozen=True)
class Entry:
    """What the register has under a code, and how often its asker's network had codes that nobody has.

    `badge_keys` are the public keys that ever signed a badge here, as multikeys with a space between each two.
    """

    award: Award | None
    programme: str
    programme_facts: Mapping[str, Any]
    misses: int | None
    misses_since: datetime | None
    badge_keys: str

    def day_of(self, otherwise: str) -> date:
        """Return what day it is where its programme is, or in another zone for a programme without its own."""
        return clock.today(zone_of(self.programme_facts, otherwise))


def find_entry(code: str, misses_key: str) -> Entry:
    """Return the register's entry under a code, in one statement; its award is a copy that is never written back."""
    row = first_row(_ENTRY, {"code": code, "misses": misses_key})
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    *columns, programme, facts, misses, since, keys = tuple(row)
    if columns[0] is None:
        return Entry(None, "", {}, misses, since, keys or "")
    return Entry(copy_of(Award, dict(zip(_AWARD, columns, strict=True))), programme, facts, misses, since, keys or "")


def find_award(code: str) -> Award | None:
    """Return the award behind a code."""
    return db.session.scalar(select(Award).where(Award.code == code))


def find_award_of_document(sha256: str) -> Award | None:
    """Return the award whose kept PDF has a digest."""
    query = select(Award).join(Document, Document.award_id == Award.id)
    return db.session.scalar(query.where(Document.sha256 == sha256))


def find_awards(codes: list[str]) -> dict[str, Award]:
    """Return the awards behind many codes, by code, in one statement."""
    return {award.code: award for award in db.session.scalars(select(Award).where(Award.code.in_(codes)))}


def find_api_key(key_sha256: str) -> ApiKey | None:
    """Return the key that is in use under a digest."""
    return db.session.scalar(select(ApiKey).where(ApiKey.key_sha256 == key_sha256, ApiKey.ended_at.is_(None)))


def find_api_key_by_label(label: str) -> ApiKey | None:
    """Return the key under a label, in use or ended."""
    return db.session.scalar(select(ApiKey).where(ApiKey.label == label))


def list_api_keys() -> list[ApiKey]:
    """Return all keys, the oldest first."""
    return list(db.session.scalars(select(ApiKey).order_by(ApiKey.id)))


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


def list_standing_of_course(programme_id: str, course_id: str) -> list[Award]:
    """Return a programme's standing certificates of one course, by name."""
    query = _for_staff_of(programme_id).where(Award.course_id == course_id, Award.current_for.is_not(None))
    return list(db.session.scalars(query.order_by(Award.name)))


def find_award_of_enrolment(enrolment_id: str) -> Award | None:
    """Return the award of an enrolment that stands, not one that it replaced."""
    return db.session.scalar(select(Award).where(Award.current_for == enrolment_id))


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


def list_awards_by_enrolment(programme_id: str) -> dict[str, list[Award]]:
    """Return all of a programme's awards by enrolment, the newest first, in one statement."""
    found: dict[str, list[Award]] = {}
    query = select(Award).where(Award.programme_id == programme_id).order_by(Award.id.desc())
    for award in db.session.scalars(query):
        found.setdefault(award.enrolment_id, []).append(award)
    return found


def list_awards_of_person(person_id: str) -> list[Award]:
    """Return somebody's awards, the newest first."""
    return list(db.session.scalars(select(Award).where(Award.person_id == person_id).order_by(Award.id.desc())))


def list_standing_of_person(person_id: str) -> list[Award]:
    """Return somebody's awards that nothing has followed, the newest first."""
    query = select(Award).where(Award.person_id == person_id, Award.current_for.is_not(None))
    return list(db.session.scalars(query.order_by(Award.id.desc())))


def list_awards_of_programme(programme_id: str) -> list[Award]:
    """Return a programme's awards that stand, the oldest first; what was replaced is left out."""
    query = _for_staff_of(programme_id).where(Award.current_for.is_not(None))
    return list(db.session.scalars(query.order_by(Award.id)))


def list_awards() -> list[Award]:
    """Return all awards, the oldest first."""
    return list(db.session.scalars(select(Award).order_by(Award.id)))


def list_waiting(course_id: str) -> list[Award]:
    """Return awards that wait for a course's review."""
    return list(db.session.scalars(select(Award).where(Award.waiting, Award.course_id == course_id).order_by(Award.id)))


def find_name_request(award_id: str) -> NameRequest | None:
    """Return what a holder asked for, while nobody has answered."""
    return db.session.get(NameRequest, award_id)


def list_name_requests(programme_id: str) -> list[tuple[NameRequest, Award]]:
    """Return a programme's open requests for another name, the oldest first."""
    query = select(NameRequest, Award).join(Award, Award.id == NameRequest.award_id)
    query = for_staff(query.where(Award.programme_id == programme_id), Award.course_id)
    rows = db.session.execute(query.order_by(NameRequest.asked_at))
    return [(request, award) for request, award in rows]


def find_letters(award_id: str) -> tuple[str, ...]:
    """Return the letters for which a certificate's PDF waits, as far as it was tried."""
    request = db.session.get(RenderRequest, award_id)
    return tuple((request.letters or "").split()) if request and request.done_at is None else ()


def pdf_is_delayed(award_id: str) -> bool:
    """Decide whether something held up a certificate's PDF when it was last tried."""
    request = db.session.get(RenderRequest, award_id)
    return request is not None and request.done_at is None and request.trouble is not None


def list_confirmed_names(programme_id: str) -> set[tuple[str, str]]:
    """Return (person, name as names are compared) of what coordinators of a programme confirmed."""
    query = select(NameConfirmation.person_id, NameConfirmation.name)
    return {(row[0], row[1]) for row in db.session.execute(query.where(NameConfirmation.programme_id == programme_id))}


def find_document(award_id: str) -> Document | None:
    """Return the kept PDF of an award."""
    return db.session.get(Document, award_id)


def document_is_stored(award_id: str) -> int | None:
    """Return the size of the kept PDF in bytes, or None, without loading it."""
    from sqlalchemy import func

    return db.session.scalar(select(func.length(Document.content)).where(Document.award_id == award_id))


def keep_request(award_id: str) -> None:
    """Ask for a PDF; asking twice is asking once."""
    if db.session.get(RenderRequest, award_id) is None:
        db.session.add(RenderRequest(award_id=award_id, requested_at=clock.now(), tries=0))
        db.session.flush()


def list_unrendered() -> list[str]:
    """Return award ids whose PDF is asked for and not made: after so many attempts, once an hour and for ever."""
    rested = or_(RenderRequest.tried_at.is_(None), RenderRequest.tried_at < clock.now() - RENDER_REST)
    due = or_(RenderRequest.tries < RENDER_TRIES, rested)
    query = select(RenderRequest.award_id).where(RenderRequest.done_at.is_(None), due)
    # Those that gave trouble come last, so that they never hold up the others.
    return list(db.session.scalars(query.order_by(RenderRequest.tries, RenderRequest.requested_at).limit(200)))


def list_troubled(programme_id: str | None = None) -> dict[str, RenderRequest]:
    """Return the requests for PDFs that could not be made so far, by award, of one programme or of all."""
    query = select(RenderRequest).where(RenderRequest.done_at.is_(None), RenderRequest.trouble.is_not(None))
    if programme_id:
        query = query.join(Award, Award.id == RenderRequest.award_id).where(Award.programme_id == programme_id)
        query = for_staff(query, Award.course_id)
    return {row.award_id: row for row in db.session.scalars(query)}
