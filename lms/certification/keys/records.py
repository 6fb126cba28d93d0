"""Public signing keys: every key that ever signed here, until when, and whether it's trusted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Date, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.keys.events import KeyCompromised
from lms.certification.keys.key_dates import KeyDates
from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.events import announce

# The kinds of which one key at a time signs here. The third, "time", is a timestamp server's certificate.
OWN_KINDS = ("document", "badge")


class SigningKey(Base):
    """A public key that signs or once signed: a certificate in PEM for documents and times, a multikey for badges.

    `until` is when another key took its place. What it signed from the day `compromised_from` on isn't trusted.
    """

    __tablename__ = "signing_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    public: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    compromised_from: Mapped[date | None] = mapped_column(Date)

    @property
    def dates(self) -> KeyDates:
        """Its last day, and the day from which it isn't trusted."""
        return KeyDates(self.until.date() if self.until else None, self.compromised_from)


def list_keys() -> list[SigningKey]:
    """Return every public key that ever signed here, the oldest first."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.since, SigningKey.id)))


def find_compromised(key_ids: Collection[str]) -> list[str]:
    """Return which of some keys are marked as compromised."""
    query = select(SigningKey.id).where(SigningKey.id.in_(key_ids), SigningKey.compromised_from.is_not(None))
    return list(db.session.scalars(query))


def note_keys(found: Iterable[tuple[str, str, str]]) -> None:
    """Record public keys, given as (id, kind, public); each replaces the present one of its kind."""
    now = clock.now()
    for key_id, kind, public in found:
        key = db.session.get(SigningKey, key_id)
        if key is None:
            db.session.add(SigningKey(id=key_id, kind=kind, public=public, since=now))
        else:
            # An earlier key was put back.
            key.until = None
        if kind in OWN_KINDS:
            earlier = select(SigningKey).where(SigningKey.kind == kind, SigningKey.id != key_id)
            for other in db.session.scalars(earlier.where(SigningKey.until.is_(None))):
                other.until = now
    db.session.flush()


def note_time_keys(found: Iterable[tuple[str, str]]) -> None:
    """Record the certificates of timestamp servers whose timestamps our PDFs have, given as (id, PEM)."""
    note_keys((key_id, "time", public) for key_id, public in found)


def mark_compromised(key_ids: Iterable[str], day: date) -> None:
    """Mark keys as compromised from a day on. Marking them again can move the day back, but never forward."""
    for key_id in key_ids:
        key = db.session.get_one(SigningKey, key_id)
        key.compromised_from = min(day, key.compromised_from or day)
        announce(KeyCompromised(key.id, key.kind, key.compromised_from))
    db.session.flush()
