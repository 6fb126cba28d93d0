"""`lms doctor`: a healthy site is quiet, each thing that is broken is found by itself, and nobody is named."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from lms.accounts import actions as accounts
from lms.certification.keys.findings import check_signing
from lms.cli import main
from lms.foundation import clock
from lms.foundation.backup.last_backup import find_last_backup, note_backup
from lms.foundation.checkup import clocks, database, disk, site
from lms.foundation.db import db, write
from lms.foundation.keys import secret_key
from lms.wellbeing import actions as care
from lms.wellbeing.lines import in_reach
from lms.wellbeing.support_cache import current
from tests.builders.mail import Box
from tests.conftest import PFA, Site, app_of, settings_for

Doctor = Callable[..., Result]

LONG_AGO, ONE_DAY = "'2020-01-01 00:00:00'", "'2099-01-01 00:00:00'"
FACTS = {"lead": "Ingrid Okafor", "contact": "ingrid@harbour.example", "reply_time": "two days", "country": "GB"}
MEADOW = "(SELECT id FROM programme WHERE slug = 'meadow')"
MAIL = (
    "INSERT INTO outbox_mail (id, message_id, recipient, subject, body, html, created_at, not_before, tries) VALUES "
    f"('{{0}}', '<{{0}}>', 'sam@example.org', 'Dear Sam Osei', 'Sam', '', {LONG_AGO}, {LONG_AGO}, {{1}})"
)
KEY = f"INSERT INTO signing_key (id, kind, public, since) VALUES ('old', 'badge', 'old', {LONG_AGO})"
# What breaks a site inside its database, in SQL that both databases know, by the check that finds it.
IN_DATABASE = {
    "clock.records": f"INSERT INTO audit_entry (id, at, event, facts) VALUES ('zz', {ONE_DAY}, 'Test', '{{}}')",
    "queue.email": MAIL.format("late", 0),
    "queue.pdf": f"INSERT INTO render_request (award_id, requested_at, tries) VALUES ('nobody', {LONG_AGO}, 0)",
    "queue.batches": (
        "INSERT INTO batch (id, public_id, programme_id, asked_by, kind, state, turn, made_at) "
        f"SELECT 'old', 'old', {MEADOW}, id, 'file', 'running', 0, {LONG_AGO} FROM person WHERE operator"
    ),
    "badges.lists": f"INSERT INTO status_list (number, stale, signed_at) VALUES (7, false, {LONG_AGO})",
    "keys.signing": KEY,
    "people.operator": f"UPDATE person SET disabled_at = {LONG_AGO} WHERE operator",
    "people.status": "UPDATE training_status SET sort_key = 'zz'",
    "people.numbers": "UPDATE status_count SET people = people + 1",
    # What programmes lack is noted with each change; tests/accounts/test_lacks.py holds it against their rows.
    "programmes.contact": "UPDATE programme SET lacks_contact = true WHERE slug = 'meadow'",
    "programmes.coordinator": "UPDATE programme SET lacks_coordinator = true WHERE slug = 'meadow'",
    "courses.reviews": "DELETE FROM review WHERE role = 'peer'",
    "lines.country": "UPDATE programme SET country = '' WHERE slug = 'meadow'",
}
HTTPS = {"LMS_BASE_URL": "https://training.example.org"}
PROXY, MAIL_URL = {"LMS_TRUSTED_PROXIES": "127.0.0.1"}, {"LMS_MAIL_URL": "smtp://mail.example.org"}
# What breaks it in its settings.
IN_SETTINGS = [
    ("settings.read", {"LMS_TIMEZONE": "Nowhere"}),
    ("settings.names", {"LMS_COLOUR": "blue"}),
    ("settings.address", {"LMS_BASE_URL": "http://training.example.org", "LMS_ALLOW_HTTP": "yes", **MAIL_URL}),
    ("settings.proxies", {**HTTPS, **MAIL_URL}),
    ("settings.mail", {**HTTPS, **PROXY}),
    ("settings.mail", {**HTTPS, **PROXY, **MAIL_URL, "LMS_MAIL_ALLOW_PLAIN": "yes"}),
    ("database.answers", {"LMS_DATABASE_URL": "postgresql://somebody:secret@127.0.0.1:1/none"}),
    ("database.answers", {"LMS_DATABASE_URL": "sqlite:////nowhere/at/all.db"}),
]


def doctor_of(data: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Return `lms doctor …` for a site, with no other setting than its folder and database."""
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_DATA", str(data))
    if not url.startswith("sqlite"):
        monkeypatch.setenv("LMS_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(main, ["doctor", *words])


def urgent(result: Result) -> set[str]:
    """Return the checks that need attention."""
    found = json.loads(result.stdout)["findings"]
    return {row["check"] for row in found if row["needs_attention"]}


def heal(healthy: Site) -> None:
    """Do all that a new site still needs, but for a backup."""
    data = healthy.settings.data
    secret_key(data)
    with healthy.inside():
        for slug, name in (("harbour", "Harbour Hospitals"), ("meadow", "Meadow Schools")):
            write(accounts.set_programme, slug, name, FACTS)
        for line in in_reach(current(data).before, "harbour", "GB"):
            write(care.check_line, line.id, clock.today("UTC"), data)
        db.session.remove()
        db.engine.dispose()


def review(run: CliRunner) -> None:
    for role in ("clinical", "peer", "legal"):
        words = ["review", PFA.name, "--name", "Dr R. Amari", "--date", "2026-11-20", "--role", role]
        assert run.invoke(main, words).exit_code == 0


@pytest.fixture(scope="module")
def healthy_folder(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a healthy site, made once; tests copy it."""
    folder = tmp_path_factory.mktemp("healthy") / "data"
    shutil.copytree(filled_sqlite, folder)
    heal(Site(app_of(settings_for(folder)), settings_for(folder)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LMS_DATA", str(folder))
        review(CliRunner())
    note_backup(settings_for(folder), clock.now())
    return folder


@pytest.fixture
def data(healthy_folder: Path, tmp_path: Path) -> Path:
    """The data folder of a healthy site on SQLite."""
    return Path(shutil.copytree(healthy_folder, tmp_path / "data"))


@pytest.fixture
def doctor(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doctor]:
    """Runs `lms doctor` for a healthy site on SQLite."""
    yield doctor_of(data, "sqlite", monkeypatch)
    clock.shift(timedelta(0))


def run_sql(data: Path, *statements: str) -> None:
    app = app_of(settings_for(data))
    with app.app_context():
        for statement in statements:
            with db.engine.begin() as connection:
                connection.execute(text("PRAGMA foreign_keys=OFF"))
                connection.execute(text(statement))
        db.engine.dispose()


def test_a_healthy_site_is_quiet_and_a_broken_one_names_every_check_and_nobody(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = site.settings.database_url
    lms_doctor = doctor_of(site.settings.data, url, monkeypatch)
    heal(site)
    review(CliRunner())
    assert urgent(lms_doctor("--json")) == {"backup.age"}
    assert CliRunner().invoke(main, ["backup", str(tmp_path / "whole.tar.gz")]).exit_code == 0
    told = lms_doctor()
    assert told.exit_code == 0 and told.output.endswith("Nothing needs attention.\n"), told.output
    with site.inside():
        # A request for a PDF needs no certificate here, so references aren't looked at meanwhile.
        off = "PRAGMA foreign_keys=OFF" if url.startswith("sqlite") else "SET session_replication_role = replica"
        with db.engine.connect() as connection:
            connection.execute(text(off))
            for check, statement in IN_DATABASE.items():
                if check != "programmes.contact":
                    connection.execute(text(statement))
            connection.commit()
        db.engine.dispose()
    broken = lms_doctor("--json")
    assert broken.exit_code == 1 and urgent(broken) == set(IN_DATABASE) - {"programmes.contact"}
    for words in (broken.output, lms_doctor().output):
        for personal in ("Sam", "Osei", "Ada", "Cora", "Mina", "Ingrid", "Amari", "@example.org", "@harbour"):
            assert personal not in words


@pytest.mark.parametrize("check", IN_DATABASE)
def test_each_thing_broken_in_the_database_is_found_by_itself(check: str, data: Path, doctor: Doctor) -> None:
    run_sql(data, IN_DATABASE[check])
    told = doctor("--json")
    assert told.exit_code == 1 and urgent(told) == {check}


@pytest.mark.parametrize(("check", "env"), IN_SETTINGS)
def test_each_setting_that_is_unset_or_dangerous_is_found(
    check: str, env: dict[str, str], doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    told = doctor("--json")
    assert told.exit_code == 1 and urgent(told) == {check} and "secret@" not in told.output


def _spoil_a_table(data: Path) -> None:
    with closing(sqlite3.connect(data / "sidelight.db")) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'library_text'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with (data / "sidelight.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def _stop_jobs(data: Path) -> None:
    (data / "jobs.alive").touch()
    os.utime(data / "jobs.alive", (0, 0))


FILES: list[tuple[str, Callable[[Path], Any]]] = [
    ("database.integrity", _spoil_a_table),
    ("database.answers", lambda data: (data / "sidelight.db").write_bytes(b"\xa5" * 9000)),
    ("database.schema", lambda data: run_sql(data, "UPDATE alembic_version SET version_num = '9999'")),
    ("database.schema", lambda data: run_sql(data, "UPDATE alembic_version SET version_num = '0001'")),
    ("database.schema", lambda data: run_sql(data, "DELETE FROM alembic_version")),
    ("keys.modes", lambda data: (data / "keys" / "secret").chmod(0o644)),
    ("keys.secret", lambda data: (data / "keys" / "secret").unlink()),
    ("keys.secret", lambda data: (data / "keys" / "secret").write_bytes(b"short")),
    ("queue.jobs", _stop_jobs),
    ("queue.email", lambda data: run_sql(data, MAIL.format("lost", 48))),
    ("backup.age", lambda data: note_backup(settings_for(data), clock.now() - timedelta(days=3))),
    ("backup.age", lambda data: (data / "last-backup").write_text("half")),
    ("backup.restore", lambda data: (data / "restore-unfinished").touch()),
    ("lines.file", lambda data: (data / "lines.toml").write_text("[GB")),
    ("lines.age", lambda data: (data / "care" / "notes.json").unlink()),
    ("courses.offered", lambda data: run_sql(data, "DELETE FROM offering")),
]


@pytest.mark.parametrize(("check", "break_it"), FILES)
def test_each_thing_broken_in_the_data_folder_is_found_by_itself(
    check: str, break_it: Callable[[Path], Any], data: Path, doctor: Doctor
) -> None:
    break_it(data)
    before = sorted(path.name for path in (data / "keys").iterdir())
    told = doctor("--json")
    assert told.exit_code == 1 and urgent(told) == {check}, told.output
    assert sorted(path.name for path in (data / "keys").iterdir()) == before


def test_what_cannot_be_broken_here_is_found_by_its_check(tmp_path: Path) -> None:
    now, settings = datetime(2026, 3, 14, tzinfo=UTC), settings_for(tmp_path, LMS_TRUSTED_PROXIES="8.0.0.0/8")
    found = [
        (disk.check_room("disk.data", 400_000_000, 0), disk.check_room("disk.data", 600_000_000, 0)),
        (disk.check_room("disk.database", 9 * 10**9, 10**10), disk.check_room("disk.database", 10**10, 10**10)),
        (database.check_version(14), database.check_version(15)),
        (clocks.check_servers(now, now - timedelta(minutes=1)), clocks.check_servers(now, now + timedelta(seconds=9))),
        (check_signing("", ["badge"]), check_signing("", [])),
        (site.check_proxies(settings), site.check_proxies(replace(settings, trusted_proxies=()))),
    ]
    for bad, good in found:
        assert bad.check == good.check and bad.to_do and not good.to_do


def test_json_says_for_each_check_what_was_found_and_what_to_do(doctor: Doctor) -> None:
    told = json.loads(doctor("--json").stdout)
    assert set(told) == {"needs_attention", "findings"} and told["needs_attention"] == 0
    assert all(set(row) == {"check", "text", "to_do", "needs_attention"} for row in told["findings"])
    checks = [row["check"] for row in told["findings"]]
    assert len(checks) == len(set(checks)) and set(IN_DATABASE) < set(checks)


def test_a_test_email_goes_through_the_mail_server_and_its_answer_is_told(
    doctor: Doctor, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_MAIL_URL", box.url)
    told = doctor("--network")
    assert told.exit_code == 0 and "answers as it should" in told.output and not box.letters
    told = doctor("--mail-to", "vera@example.org")
    assert told.exit_code == 0 and "email was sent" in told.output and "vera" not in told.output
    assert len(box.letters) == 1 and b"Subject: Test email from Sidelight" in box.letters[0]
    monkeypatch.setenv("LMS_MAIL_URL", "smtp://127.0.0.1:1")
    assert urgent(doctor("--json", "--network")) == {"mail.server"}
    assert urgent(doctor("--json", "--mail-to", "vera@example.org")) == {"mail.sent"}
    nowhere = doctor("--mail-to", "vera")
    assert nowhere.exit_code == 1 and "Nothing was sent." in nowhere.output


def test_a_backup_leaves_when_it_was_made_and_a_restored_site_has_made_none(
    data: Path, doctor: Doctor, tmp_path: Path
) -> None:
    (data / "last-backup").unlink()
    run, file = CliRunner(), tmp_path / "whole.tar.gz"
    assert urgent(doctor("--json")) == {"backup.age"}
    assert run.invoke(main, ["backup", str(file)]).exit_code == 0
    made_at = find_last_backup(settings_for(data))
    assert made_at is not None and clock.now() - made_at < timedelta(minutes=1)
    assert run.invoke(main, ["restore", str(file), "--replace"]).exit_code == 0
    assert urgent(doctor("--json")) == {"backup.age"}
