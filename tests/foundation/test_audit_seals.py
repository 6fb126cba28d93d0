"""The audit trail is sealed in a chain, and whatever is changed in the database afterwards is named."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa

from lms.accounts.actions import note_export
from lms.app import at_work
from lms.foundation import ids
from lms.foundation.audit.check import TrailReport, verify_trail
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.audit.seals import SEALS, seal_entries
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.keys import BadKey, audit_key, find_audit_key
from tests.conftest import Site, app_of

HOUR = 3600.0
ENTRIES = cast(sa.Table, AuditEntry.__table__)


def run(site: Site, statement: Any, values: Any = None) -> None:
    """Change the database behind the site's back."""
    with site.inside(), db.engine.begin() as connection:
        connection.execute(sa.text(statement) if isinstance(statement, str) else statement, values or {})


def seal(site: Site, after_hours: float = 1, **more: Any) -> int:
    with site.inside():
        return seal_entries(site.settings.data, now=time.time() + after_hours * HOUR, **more)


def verify(site: Site, kept_mac: str = "") -> TrailReport:
    with site.inside():
        return verify_trail(find_audit_key(site.settings.data), kept_mac, now=time.time() + 3 * HOUR)


def entry(at: float, **more: Any) -> dict[str, Any]:
    """Return a row as a process writes it whose clock says so."""
    row = {"id": f"{ids.lowest_at(at)[:14]}{ids.inner_id()[14:]}", "at": datetime.fromtimestamp(int(at), UTC)}
    return {**row, "event": "ListExported", "facts": {}, **more}


@contextmanager
def kept(site: Site) -> Iterator[None]:
    """Put the trail and its seals back afterwards."""
    with site.inside(), db.engine.connect() as connection:
        before = {table: connection.execute(sa.select(table)).mappings().all() for table in (ENTRIES, SEALS)}
    yield
    for table, rows in before.items():
        run(site, sa.delete(table))
        run(site, sa.insert(table), [dict(row) for row in rows])


@pytest.fixture
def sealed(site: Site) -> Site:
    """A site with three seals: its first entries, and then two of three lists each."""
    for kind in ("", "people", "certificates"):
        for count in range(3 if kind else 0):
            site.do(note_export, None, kind, count)
        assert seal(site) >= 3
    assert verify(site).first is None
    return site


THE_FIFTH = "the event of the fifth entry"
FIFTH = "(SELECT min(id) FROM (SELECT id FROM audit_entry ORDER BY id LIMIT 100 OFFSET 4) AS later)"
# What somebody does to the database, and the kind, number and event of the first finding.
SPOILED: dict[str, tuple[str, tuple[str, int, str]]] = {
    "an event": (f"UPDATE audit_entry SET event = 'SignedOut' WHERE id = {FIFTH}", ("changed", 5, THE_FIFTH)),
    "facts": (f"UPDATE audit_entry SET facts = '{{}}' WHERE id = {FIFTH}", ("changed", 5, THE_FIFTH)),
    "who": (f"UPDATE audit_entry SET actor_id = 'x' WHERE id = {FIFTH}", ("changed", 5, THE_FIFTH)),
    "when": (f"UPDATE audit_entry SET at = '2020-01-01' WHERE id = {FIFTH}", ("changed", 5, THE_FIFTH)),
    "an entry gone": (f"DELETE FROM audit_entry WHERE id = {FIFTH}", ("removed", 5, THE_FIFTH)),
    "two entries gone": (f"DELETE FROM audit_entry WHERE id >= {FIFTH}", ("removed", 5, THE_FIFTH)),
    "an entry copied": (
        "INSERT INTO audit_entry (id, at, event, facts) "
        f"SELECT substr(id, 1, 35) || 'g', at, 'OperatorNamed', facts FROM audit_entry WHERE id = {FIFTH}",
        ("added", 5, "OperatorNamed"),
    ),
    "an entry before all": (
        "INSERT INTO audit_entry (id, at, event, facts) VALUES ('0001', '2020-01-01', 'OperatorNamed', '{}')",
        ("added", 0, "OperatorNamed"),
    ),
    "a digest": ("UPDATE audit_seal SET digest = 'x' WHERE number = 2", ("seal changed", 2, "")),
    "marks": ("UPDATE audit_seal SET marks = previous_marks WHERE number = 2", ("seal changed", 2, "")),
    "the MAC of the newest": ("UPDATE audit_seal SET mac = 'x' WHERE number = 3", ("seal changed", 3, "")),
    "when it was sealed": (
        "UPDATE audit_seal SET sealed_at = '2020-01-01 00:00:00' WHERE number = 1",
        ("seal changed", 1, ""),
    ),
    "its end": ("UPDATE audit_seal SET last_id = 'zz' WHERE number = 1", ("seal changed", 1, "")),
    "a seal gone": ("DELETE FROM audit_seal WHERE number = 2", ("seal removed", 2, "")),
    "the first seal gone": ("DELETE FROM audit_seal WHERE number = 1", ("seal removed", 1, "")),
    "a number": ("UPDATE audit_seal SET number = 9 WHERE number = 3", ("seal removed", 3, "")),
    "another key": ("UPDATE audit_seal SET key_mark = 'x', mac = 'x' WHERE number = 2", ("other key", 2, "")),
    "another newest key": ("UPDATE audit_seal SET key_mark = 'x', mac = 'x' WHERE number = 3", ("other key", 3, "")),
}
# What only SQLite takes.
UNREADABLE: dict[str, tuple[str, tuple[str, int, str]]] = {
    "facts that are no JSON": (
        f"UPDATE audit_entry SET facts = '{{' WHERE id = {FIFTH}",
        ("changed", 5, THE_FIFTH),
    ),
    "no moment": (f"UPDATE audit_entry SET at = 'soon' WHERE id = {FIFTH}", ("changed", 5, THE_FIFTH)),
    "an event of bytes": (
        f"UPDATE audit_entry SET event = x'00ff' WHERE id = {FIFTH}",
        ("changed", 5, THE_FIFTH),
    ),
    "a seal of no moment": ("UPDATE audit_seal SET sealed_at = 'soon' WHERE number = 2", ("seal changed", 2, "")),
    "marks of text": ("UPDATE audit_seal SET marks = 'soon' WHERE number = 2", ("seal changed", 2, "")),
}


def test_the_first_entry_or_seal_that_was_changed_removed_or_added_is_named(sealed: Site) -> None:
    spoiled = SPOILED | (UNREADABLE if sealed.settings.sqlite else {})
    with sealed.inside():
        events = list(db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.id)))
    for name, (statement, (kind, number, event)) in spoiled.items():
        expected = (kind, number, events[4] if event == THE_FIFTH else event)
        with kept(sealed):
            run(sealed, statement.replace("previous_marks", "(SELECT marks FROM audit_seal WHERE number = 1)"))
            first = verify(sealed).first
            assert first and (first.kind, first.number, first.event) == expected, (name, first, expected)
            assert first.at is None or abs(first.at.timestamp() - time.time()) < HOUR, name
    assert verify(sealed).first is None


def test_the_newest_entries_wait_for_a_seal_and_a_kept_mac_shows_that_seals_are_gone(sealed: Site) -> None:
    sealed.do(note_export, None, "people", 1)
    report = verify(sealed)
    assert (report.unsealed, report.seals, report.first) == (1, 3, None)
    mac = report.newest_mac
    assert verify(sealed, mac).has_mac and len(mac) == 64
    run(sealed, "DELETE FROM audit_seal WHERE number = 3")
    report = verify(sealed, mac)
    assert (report.unsealed, report.first, report.has_mac) == (4, None, False)


def test_entries_from_before_there_were_seals_are_sealed_as_found_and_that_is_said(site: Site) -> None:
    old = [entry(time.time() - 90 * 24 * HOUR + second) for second in range(1500)]
    run(site, sa.insert(ENTRIES), old)
    count = len(old)
    with site.inside():
        total = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0
    assert seal(site, 0) == total and seal(site, 0) == 0
    report = verify(site)
    assert report.first is None and report.sealed == total and count <= report.late <= total
    assert report.late_until and abs(report.late_until.timestamp() - time.time()) < 60


def test_entries_of_a_clock_that_was_behind_are_sealed_while_it_is(sealed: Site) -> None:
    behind = time.time() - 48 * HOUR
    run(sealed, sa.insert(ENTRIES), [entry(behind - 1), entry(behind - 60)])
    assert verify(sealed).counts == {"added": 2}
    assert seal(sealed, -48) == 2 and seal(sealed, -48) == 0
    sealed.do(note_export, None, "people", 1)
    assert seal(sealed) == 1
    assert verify(sealed).first is None
    run(sealed, sa.insert(ENTRIES), [entry(behind + HOUR)])
    assert seal(sealed) == 0 and verify(sealed).counts == {"added": 1}


def test_a_late_entry_of_a_write_that_took_long_is_sealed_with_the_next(site: Site) -> None:
    slow = entry(time.time() - 30)
    site.do(note_export, None, "people", 1)
    assert seal(site, 0) > 0
    run(site, sa.insert(ENTRIES), [slow])
    with site.inside():
        report = verify_trail(find_audit_key(site.settings.data))
    assert report.first is None and report.unsealed == 1
    assert seal(site, 0) == 1 and verify(site).first is None


def test_a_lost_key_starts_a_new_chain_loudly_that_vouches_for_the_old_one(
    sealed: Site, caplog: pytest.LogCaptureFixture
) -> None:
    key = sealed.settings.data / "keys" / "audit"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_bytes()) == 32
    old = key.read_bytes()
    key.unlink()
    first = verify(sealed).first
    assert first and first.kind == "other key" and not key.exists()
    sealed.do(note_export, None, "people", 1)
    with caplog.at_level(logging.ERROR, "lms.audit"):
        assert seal(sealed) == 1
    assert "THE AUDIT TRAIL HAS ANOTHER KEY" in caplog.text and key.read_bytes() != old
    report = verify(sealed)
    assert report.first is None and report.other_keys == [(1, 3)]
    with kept(sealed):
        run(sealed, SPOILED["facts"][0])
        assert verify(sealed).counts == {"changed": 1}
    run(sealed, "UPDATE audit_seal SET sealed_at = '2020-01-01 00:00:00' WHERE number = 3")
    first = verify(sealed).first
    assert first and (first.kind, first.number) == ("seal changed", 3)


@pytest.mark.parametrize("content", [b"", b"x" * 32, b"short", bytes(range(33))])
def test_a_key_of_anything_but_32_bytes_is_refused(sqlite_site: Site, content: bytes) -> None:
    (sqlite_site.settings.data / "keys").mkdir(exist_ok=True)
    (sqlite_site.settings.data / "keys" / "audit").write_bytes(content)
    for ask in (audit_key, find_audit_key):
        with pytest.raises(BadKey, match="keys/audit"):
            ask(sqlite_site.settings.data)
    with pytest.raises(BadKey):
        seal(sqlite_site)


def seal_on_and_on(settings: Settings) -> None:
    with at_work(app_of(settings)):
        while True:
            seal_entries(settings.data)


def test_two_job_processes_of_which_one_is_killed_seal_every_entry_once(site: Site) -> None:
    run(site, sa.insert(ENTRIES), [entry(time.time() - HOUR + number / 10) for number in range(9_000)])
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=seal_on_and_on, args=(site.settings,)) for _ in range(2)]
    for child in children:
        child.start()
    try:
        _wait_for(lambda: verify(site).seals >= 3)
        os.kill(children[0].pid or 0, signal.SIGKILL)
        _wait_for(lambda: verify(site).unsealed == 0)
    finally:
        for child in children:
            child.kill()
            child.join()
    threads = [threading.Thread(target=seal, args=(site,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify(site)
    with site.inside():
        total = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    assert (report.first, report.sealed, report.unsealed) == (None, total, 0)


def _wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_row_of_the_trail_costs_no_other_statement_and_a_sweep_seals_it(sqlite_site: Site) -> None:
    with sqlite_site.statements() as asked:
        sqlite_site.do(note_export, None, "people", 1)
    assert [statement.split()[0] for statement in asked] == ["INSERT"]
    sqlite_site.work()
    with sqlite_site.inside():
        assert verify_trail(find_audit_key(sqlite_site.settings.data), now=time.time() + 1).unsealed == 0
