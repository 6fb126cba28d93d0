"""Seals over the audit trail: a chain of HMACs in batches, under a key that is kept outside the database."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import Base, db, run, write
from lms.foundation.keys import audit_key

log = logging.getLogger("lms.audit")

BATCH = 1000
# How long one sweep goes on, so that a long trail from before delays no certificate.
SWEEP_SECONDS = 5.0
# An entry gets its id when it is written and is seen when its write is kept, so it may come after one with a later id.
# So far back an entry that comes late is still sealed; one with an earlier id was added.
LATE_SECONDS = 600.0
# More than that is told as that many, so that counting takes milliseconds.
UNSEALED_MOST = 10_000
# Marks take less than 100 bytes an entry.
MARKS_MOST = 4 * 1024 * 1024

# What the driver returns, because a changed entry may hold what no column takes.
_ENTRIES = "SELECT id, at, event, actor_id, person_id, programme_id, facts FROM audit_entry"
_BETWEEN = text(f"{_ENTRIES} WHERE id > :after AND id <= :to ORDER BY id LIMIT {BATCH}")
_OF_IDS = text(f"{_ENTRIES} WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
IDS_AT_ONCE = 500


class AuditSeal(Base):
    """A batch of audit entries as they were when it was sealed.

    `marks` has the id, the start of the digest and the event of each, compressed. `previous` is the SHA-256 of the
    whole seal before, so that a seal vouches for all earlier ones, also for those of a key that was lost since.
    """

    __tablename__ = "audit_seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[str]
    last_id: Mapped[str] = mapped_column(index=True)
    entries: Mapped[int]
    digest: Mapped[str]
    marks: Mapped[bytes]
    previous: Mapped[str]
    key_mark: Mapped[str]
    sealed_at: Mapped[datetime]
    mac: Mapped[str]

    def mac_under(self, key: bytes) -> str:
        """Return the HMAC-SHA256 that this seal has under a key."""
        return hmac.digest(key, self._content(), "sha256").hex()

    def sha256(self) -> str:
        """Return the digest of the whole seal, as the next one names it."""
        return hashlib.sha256(self._content() + self.mac.encode()).hexdigest()

    def read_marks(self) -> list[list[str]]:
        """Return id, mark and event of each entry; raise ValueError for marks that were damaged."""
        try:
            found: list[list[str]] = json.loads(zlib.decompressobj().decompress(self.marks, MARKS_MOST))
        except (zlib.error, RecursionError, TypeError):
            raise ValueError("not marks") from None
        for mark in found:
            number, digest, event = mark
            if not (isinstance(number, str) and isinstance(digest, str) and isinstance(event, str)):
                raise ValueError("not marks")
        return found

    def _content(self) -> bytes:
        marks, at = hashlib.sha256(self.marks).hexdigest(), self.sealed_at.isoformat()
        values = (self.number, self.first_id, self.last_id, self.entries, self.digest, marks, self.previous)
        return json.dumps([*values, self.key_mark, at]).encode()


SEALS = cast(Table, AuditSeal.__table__)


def mark_of_key(key: bytes) -> str:
    """Return by what a key is known again, which tells nothing of it."""
    return hmac.digest(key, b"audit key", "sha256").hex()[:16]


def digest_of(entry: Row[Any]) -> bytes:
    """Return the SHA-256 of an entry in canonical JSON, the same on every database."""
    values = [entry.id, _moment(entry.at), entry.event, entry.actor_id, entry.person_id, entry.programme_id]
    canonical = json.dumps([*values, facts_of(entry.facts)], sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(canonical.encode()).digest()


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC).isoformat()
    except (TypeError, ValueError):
        return value


def facts_of(value: Any) -> Any:
    """Return the facts of an entry as the driver has them, which a changed one may not be."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def mark_of(digest: bytes) -> str:
    """Return the start of an entry's digest, by which a changed one is found in its batch."""
    return digest.hex()[:16]


def digest_of_batch(digests: list[bytes]) -> str:
    """Return the SHA-256 over the digests of a batch."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def read_between(connection: Connection, after: str, to: str) -> Iterator[list[Row[Any]]]:
    """Return the entries with ids after one and up to another, in batches."""
    while batch := list(connection.execute(_BETWEEN, {"after": after, "to": to})):
        yield batch
        after = batch[-1].id


def read_entries(connection: Connection, numbers: list[str]) -> Iterator[Row[Any]]:
    """Return the entries that have these ids."""
    for start in range(0, len(numbers), IDS_AT_ONCE):
        yield from connection.execute(_OF_IDS, {"ids": numbers[start : start + IDS_AT_ONCE]})


def find_newest(connection: Connection) -> AuditSeal | None:
    """Return the newest seal."""
    row = connection.execute(select(SEALS).order_by(SEALS.c.number.desc()).limit(1)).first()
    return AuditSeal(**row._mapping) if row else None


def seal_entries(data: Path, now: float | None = None, seconds: float = SWEEP_SECONDS) -> int:
    """Seal the entries that aren't sealed yet, in batches, for some seconds, and return how many were.

    A batch is one row, so a seal is there whole or not at all. Where another process sealed meanwhile, its seal counts.
    """
    now, until, sealed = time.time() if now is None else now, time.monotonic() + seconds, 0
    with db.engine.connect() as connection:
        newest = find_newest(connection)
        after = first_unsealed(connection, newest, now)
        known = _sealed_after(connection, after)
    key: bytes | None = None
    while time.monotonic() < until:
        with db.engine.connect() as connection:
            batch = next(read_between(connection, after, ids.lowest_at(now + 1)), [])
        if not batch:
            break
        after = batch[-1].id
        fresh = [entry for entry in batch if entry.id not in known]
        if not fresh:
            continue
        key = key or audit_key(data)
        seal = _make_seal(key, newest, fresh, now)
        if not write(_append, seal):
            break
        newest, sealed = seal, sealed + len(fresh)
    return sealed


def count_unsealed() -> tuple[int, datetime | None]:
    """Return how many entries came after the newest seal, up to UNSEALED_MOST, and when the first was written."""
    after = select(func.max(AuditSeal.last_id)).scalar_subquery()
    newer = select(AuditEntry.at).where(AuditEntry.id > func.coalesce(after, "")).order_by(AuditEntry.id)
    some = newer.limit(UNSEALED_MOST).subquery()
    row = db.session.execute(select(func.count(), func.min(some.c.at))).one()
    return row[0], row[1]


def first_unsealed(connection: Connection, newest: AuditSeal | None, now: float) -> str:
    """Return the id after which an entry may be unsealed without having been added."""
    if newest is None:
        return ""
    last: str = connection.execute(select(func.max(AuditSeal.last_id))).scalar_one()
    return min(last, ids.lowest_at(min(now, newest.sealed_at.timestamp()) - LATE_SECONDS))


def _sealed_after(connection: Connection, after: str) -> set[str]:
    """Return the ids of entries that are sealed already, among those after one."""
    known: set[str] = set()
    for row in connection.execute(select(SEALS).where(SEALS.c.last_id > after)):
        try:
            known.update(mark[0] for mark in AuditSeal(**row._mapping).read_marks())
        except ValueError:
            log.error("audit seal %s is damaged: run lms audit verify", row.number)
    return known


def _make_seal(key: bytes, newest: AuditSeal | None, batch: list[Row[Any]], now: float) -> AuditSeal:
    digests = [digest_of(entry) for entry in batch]
    marks = [[entry.id, mark_of(digest), str(entry.event)] for entry, digest in zip(batch, digests, strict=True)]
    seal = AuditSeal(
        number=newest.number + 1 if newest else 1,
        first_id=batch[0].id,
        last_id=batch[-1].id,
        entries=len(batch),
        digest=digest_of_batch(digests),
        marks=zlib.compress(json.dumps(marks, separators=(",", ":")).encode()),
        previous=newest.sha256() if newest else "",
        key_mark=mark_of_key(key),
        sealed_at=datetime.fromtimestamp(int(now), UTC),
    )
    if newest and newest.key_mark != seal.key_mark:
        log.error(
            "THE AUDIT TRAIL HAS ANOTHER KEY: keys/audit isn't the one that made seal %s, so a new chain starts with "
            "seal %s. If you didn't lose the key, find out who changed it",
            newest.number,
            seal.number,
        )
    seal.mac = seal.mac_under(key)
    return seal


def _append(seal: AuditSeal) -> bool:
    """Store a seal unless another process stored one since; two with one number can't both be kept."""
    newest = db.session.scalar(select(func.max(SEALS.c.number))) or 0
    if newest != seal.number - 1:
        return False
    run(insert(SEALS), {column.name: getattr(seal, column.name) for column in SEALS.columns})
    return True
