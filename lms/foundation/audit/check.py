"""Verify the audit trail against its seals, in flat memory, and name what was changed, removed or added."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select

from lms.foundation import ids
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.audit.seals import (
    LATE_SECONDS,
    SEALS,
    AuditSeal,
    digest_of,
    digest_of_batch,
    first_unsealed,
    mark_of,
    mark_of_key,
    read_between,
    read_entries,
)
from lms.foundation.db import db

Kind = Literal["changed", "removed", "added", "seal changed", "seal removed", "other key"]


# The year 2100: a later moment is that of an id that was changed.
FAR_AWAY = 4_102_444_800


@dataclass(frozen=True)
class Finding:
    """Something that isn't as it was sealed: the number of the entry (of the one before, if it was added) or seal."""

    kind: Kind
    number: int
    at: datetime | None
    event: str = ""


@dataclass
class TrailReport:
    """What the seals show; `late` entries were sealed long after they were written, as they were found then."""

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    late: int = 0
    late_until: datetime | None = None
    other_keys: list[tuple[int, int]] = field(default_factory=list)
    counts: dict[Kind, int] = field(default_factory=dict)
    first: Finding | None = None
    newest_mac: str = ""
    newest_at: datetime | None = None
    has_mac: bool = False


def verify_trail(key: bytes | None, kept_mac: str = "", now: float | None = None) -> TrailReport:
    """Walk the whole chain; `has_mac` says whether it holds a MAC that somebody kept elsewhere."""
    with db.engine.connect() as connection:
        walk = _Walk(connection, key, kept_mac)
        for number in _list_numbers(connection):
            seal = _read_seal(connection, number)
            walk.check_chain(number, seal)
            if seal is not None:
                walk.check_entries(seal)
        walk.finish(time.time() if now is None else now)
    return walk.report


def _list_numbers(connection: Connection) -> list[int]:
    return list(connection.execute(select(SEALS.c.number).order_by(SEALS.c.number)).scalars())


def _read_seal(connection: Connection, number: int) -> AuditSeal | None:
    """Return a seal; None for one that was changed to what can't be read."""
    try:
        seal = AuditSeal(**connection.execute(select(SEALS).where(SEALS.c.number == number)).one()._mapping)
        words = (seal.first_id, seal.last_id, seal.digest, seal.previous, seal.key_mark, seal.mac)
        readable = isinstance(seal.marks, bytes) and all(isinstance(word, str) for word in words)
    except (ValueError, TypeError):
        return None
    return seal if readable else None


class _Walk:
    """The walk along the chain: what was seen so far, and entries that no seal has named yet."""

    def __init__(self, connection: Connection, key: bytes | None, kept_mac: str) -> None:
        self.report = TrailReport()
        self._connection, self._key, self._kept_mac = connection, key, kept_mac
        self._key_mark = mark_of_key(key) if key else ""
        self._before: AuditSeal | None = None
        self._number = 0
        self._bad: set[int] = set()
        self._seen_to = ""
        self._not_named: dict[str, tuple[int, str]] = {}
        self._first_id = ""

    def check_chain(self, number: int, seal: AuditSeal | None) -> None:
        """Check a seal's MAC, and that it follows the one before."""
        before, report = self._before, self.report
        report.seals += 1
        if number != self._number + 1:
            self._find("seal removed", self._number + 1, self._seen_to)
            self._seen_to = max(self._seen_to, seal.first_id[:-1] if seal else "")
        elif before and seal and seal.previous != before.sha256():
            self._name_seal(before)
        self._number, self._before = number, seal
        if seal is None:
            self._find("seal changed", number, self._seen_to)
            return
        if seal.key_mark != self._key_mark:
            self._note_other_key(seal, before)
        elif self._key is None or seal.mac != seal.mac_under(self._key):
            self._name_seal(seal)
        report.newest_mac, report.newest_at = seal.mac, seal.sealed_at
        report.has_mac = report.has_mac or seal.mac == self._kept_mac

    def _note_other_key(self, seal: AuditSeal, before: AuditSeal | None) -> None:
        """Note seals that can't be checked by themselves; after one of the present key, that's a finding."""
        spans = self.report.other_keys
        if spans and spans[-1][1] == seal.number - 1:
            spans[-1] = (spans[-1][0], seal.number)
        else:
            spans.append((seal.number, seal.number))
        if before is not None and before.key_mark == self._key_mark:
            self._find("other key", seal.number, seal.first_id)

    def _name_seal(self, seal: AuditSeal) -> None:
        if seal.number not in self._bad:
            self._bad.add(seal.number)
            self._find("seal changed", seal.number, seal.first_id)

    def check_entries(self, seal: AuditSeal) -> None:
        """Compare the entries of a seal with its marks, and remember what else is between them."""
        try:
            numbered = enumerate(seal.read_marks(), self.report.sealed + 1)
            marks = {entry_id: (place, mark, event) for place, (entry_id, mark, event) in numbered}
        except (ValueError, TypeError):
            self._name_seal(seal)
            marks = {}
        digests: dict[str, bytes] = {}
        place = self.report.sealed
        for entry in self._read(seal.last_id):
            if entry.id in marks:
                place, digests[entry.id] = marks[entry.id][0], digest_of(entry)
            elif marks:
                self._not_named[entry.id] = (place, str(entry.event))
        self._read_earlier([number for number in marks if number not in digests], digests)
        whole = True
        for number, (place, mark, event) in marks.items():
            if number not in digests:
                self._find("removed", place, number, event)
            elif mark_of(digests[number]) != mark:
                self._find("changed", place, number, event)
            else:
                continue
            whole = False
        if whole and digest_of_batch([digests[number] for number in marks]) != seal.digest:
            self._name_seal(seal)
        self._count(seal, len(marks))

    def _count(self, seal: AuditSeal, entries: int) -> None:
        report = self.report
        report.sealed += entries
        if ids.time_of(seal.first_id) < seal.sealed_at.timestamp() - LATE_SECONDS:
            report.late, report.late_until = report.late + entries, seal.sealed_at

    def _read(self, to: str) -> Iterator[Row[Any]]:
        for batch in read_between(self._connection, self._seen_to, to):
            yield from batch
        self._seen_to = max(self._seen_to, to)

    def _read_earlier(self, numbers: list[str], digests: dict[str, bytes]) -> None:
        """Read entries that came after ones with later ids, as when the clock was set back."""
        for entry in read_entries(self._connection, numbers):
            digests[entry.id] = digest_of(entry)
            self._not_named.pop(entry.id, None)

    def finish(self, now: float) -> None:
        """Name what was added between sealed entries, and count what isn't sealed yet."""
        newest = self._before
        may_wait = first_unsealed(self._connection, newest, now)
        for number, (place, event) in self._not_named.items():
            if number > may_wait:
                self.report.unsealed += 1
            else:
                self._find("added", place, number, event)
        query = select(func.count()).where(AuditEntry.id > self._seen_to)
        self.report.unsealed += self._connection.execute(query).scalar_one()
        if newest and newest.key_mark != self._key_mark:
            self._find("other key", newest.number, newest.first_id)

    def _find(self, kind: Kind, number: int, entry_id: str, event: str = "") -> None:
        """Count a finding; of all, the one with the earliest entry is the first."""
        self.report.counts[kind] = self.report.counts.get(kind, 0) + 1
        if self.report.first is None or entry_id < self._first_id:
            seconds = int(ids.time_of(entry_id))
            at = datetime.fromtimestamp(seconds, UTC) if 0 < seconds < FAR_AWAY else None
            self.report.first, self._first_id = Finding(kind, number, at, event), entry_id
