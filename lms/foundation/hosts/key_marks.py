"""Fingerprints of the site's keys in the database, so that a host notices if it has different ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock
from lms.foundation.db import Base, db

# Files in LMS_DATA/keys that every host of a site needs, each the same everywhere.
SIGNING_KEYS = ("document-signing.pem", "badge-signing.pem")
SHARED_KEYS = ("secret", "audit", *SIGNING_KEYS)
# Not a key: it's there from the moment that a restore loads a database until all of the restore is done.
UNFINISHED_RESTORE = "unfinished restore"
# Not a key either: its time is when the last whole backup was made.
LAST_BACKUP = "last backup"


class KeyMark(Base):
    """The fingerprint of a key file that the hosts of this site have, and since when."""

    __tablename__ = "key_mark"
    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    since: Mapped[datetime]


def list_marks() -> dict[str, str]:
    """Return the fingerprint of each key that a host noted, by the name of its file."""
    return {row.name: row.fingerprint for row in db.session.scalars(select(KeyMark))}


def find_backup_mark() -> datetime | None:
    """Return when a server last made a whole backup; None if none did."""
    return db.session.scalar(select(KeyMark.since).where(KeyMark.name == LAST_BACKUP))


def list_other_keys(here: Mapping[str, str], marks: Mapping[str, str]) -> list[str]:
    """Return the names of keys that the site has and this host doesn't: they're missing here, or differ."""
    return [name for name in SHARED_KEYS if name in marks and here.get(name) != marks[name]]


def note_marks(here: Mapping[str, str], *, instead: bool = False) -> None:
    """Note the fingerprints of keys that have none yet; with `instead`, replace the fingerprints of all keys."""
    if instead:
        db.session.execute(delete(KeyMark).where(KeyMark.name.in_(SHARED_KEYS)))
    known = {} if instead else list_marks()
    for name in SHARED_KEYS:
        if name in here and name not in known:
            db.session.add(KeyMark(name=name, fingerprint=here[name], since=clock.now()))
