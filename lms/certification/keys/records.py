"""Public signing keys: every key that ever signed here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock
from lms.foundation.db import Base, db


class SigningKey(Base):
    """A public key that signs or once signed: a certificate in PEM for documents, a multikey for badges."""

    __tablename__ = "signing_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    public: Mapped[str]
    since: Mapped[datetime]


def list_keys() -> list[SigningKey]:
    """Return every public key that ever signed here, the oldest first."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.since, SigningKey.id)))


def note_keys(found: Iterable[tuple[str, str, str]]) -> None:
    """Remember public keys, given as (id, kind, public), for ever."""
    for key_id, kind, public in found:
        if db.session.get(SigningKey, key_id) is None:
            db.session.add(SigningKey(id=key_id, kind=kind, public=public, since=clock.now()))
    db.session.flush()
