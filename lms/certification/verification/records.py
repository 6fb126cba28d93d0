"""Looking a code up in one statement, and API keys with which programs verify certificates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Programme
from lms.accounts.rules import zone_of
from lms.certification.awards.records import Award
from lms.certification.awards.rules import State, state_of
from lms.certification.keys.records import SigningKey
from lms.foundation import clock, ids
from lms.foundation.db import Base, copy_of, db
from lms.foundation.statements.prepared import first_row
from lms.foundation.statements.sql import aggregate_text
from lms.foundation.web.throttle import Misses


class ApiKey(Base):
    """A key with which a programme of somebody's own may ask the register; only its digest is kept."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    label: Mapped[str] = mapped_column(unique=True)
    key_sha256: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


# Behind a key that is marked as compromised.
DOUBTED = "!"

# The register is asked with every look-up: one statement over the tables themselves, which gives one row whether or
# not anybody has the code, so that an unknown code costs what a known one does.
_award, _programme, _misses = Award.__table__, Programme.__table__, Misses.__table__
_signing_key = SigningKey.__table__
_AWARD = _award.c.keys()
_asked = select(literal(1).label("asked")).subquery()
_written = case(
    (_signing_key.c.compromised_from.is_(None), _signing_key.c.public), else_=_signing_key.c.public + DOUBTED
)
_badge_keys = select(aggregate_text(_written, " ")).where(_signing_key.c.kind == "badge")
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

    `badge_keys` are the public keys that ever signed a badge here, as multikeys with a space between each two, and a
    mark behind those that are compromised.
    """

    award: Award | None
    programme: str
    programme_facts: Mapping[str, Any]
    misses: int | None
    misses_since: datetime | None
    badge_keys: str

    def day_of(self, otherwise: str) -> date:
        """Return what day it is where its programme is, or in another zone for a programme without its own."""
        return clock.today(self.zone_of(otherwise))

    def zone_of(self, otherwise: str) -> str:
        """Return the time zone of its programme, or another one for a programme without its own."""
        return zone_of(self.programme_facts, otherwise)


def find_entry(code: str, misses_key: str) -> Entry:
    """Return the register's entry under a code, in one statement; its award is a copy that is never written back."""
    row = first_row(_ENTRY, {"code": code, "misses": misses_key})
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    *columns, programme, facts, misses, since, keys = tuple(row)
    if columns[0] is None:
        return Entry(None, "", {}, misses, since, keys or "")
    return Entry(copy_of(Award, dict(zip(_AWARD, columns, strict=True))), programme, facts, misses, since, keys or "")


class Listed(NamedTuple):
    """What a list of codes shows of a certificate, and the time zone of its programme if it has its own."""

    title: str
    version: str
    passed_on: date
    valid_until: date | None
    name: str
    name_shown: bool
    waiting: bool
    withdrawn: bool
    replaced: bool
    programme_id: str
    timezone: str | None

    def state(self, today: date) -> State:
        """Return the state it is in on a day."""
        return state_of(
            waiting=self.waiting,
            withdrawn=self.withdrawn,
            replaced=self.replaced,
            valid_until=self.valid_until,
            today=today,
        )


_LISTED = select(
    _award.c.code,
    _award.c.title,
    _award.c.version,
    _award.c.passed_on,
    _award.c.valid_until,
    _award.c.name,
    _award.c.name_shown,
    _award.c.waiting,
    _award.c.withdrawn_at.is_not(None),
    _award.c.replaced_by.is_not(None),
    _award.c.programme_id,
    _programme.c.facts["timezone"].as_string(),
).join_from(_award, _programme, _programme.c.id == _award.c.programme_id)


def list_by_code(codes: Collection[str]) -> dict[str, Listed]:
    """Return the certificates behind many codes, by code, in one statement and without an object for each row."""
    rows = db.session.execute(_LISTED.where(_award.c.code.in_(codes))).all()
    return {code: Listed(*values) for code, *values in rows}


def find_api_key(key_sha256: str) -> ApiKey | None:
    """Return the key that is in use under a digest."""
    return db.session.scalar(select(ApiKey).where(ApiKey.key_sha256 == key_sha256, ApiKey.ended_at.is_(None)))


def find_api_key_by_label(label: str) -> ApiKey | None:
    """Return the key under a label, in use or ended."""
    return db.session.scalar(select(ApiKey).where(ApiKey.label == label))


def list_api_keys() -> list[ApiKey]:
    """Return all keys, the oldest first."""
    return list(db.session.scalars(select(ApiKey).order_by(ApiKey.id)))


def find_newest_code() -> str | None:
    """Return the code of the certificate that was stored last."""
    code: str | None = db.session.scalar(select(Award.code).order_by(Award.id.desc()).limit(1))
    return code
