"""Ada backs her site up while people use it, and restores all of it somewhere else."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms.app import create_app
from lms.certification.awards.document_records import Document
from lms.foundation.backup.archive import Writer
from lms.foundation.db import db
from lms.foundation.keys import audit_key
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.migrations import upgrade
from tests.builders.backups import at
from tests.builders.learning import earn
from tests.builders.schemas import fill, is_whole
from tests.builders.schemas import opened as opened_database
from tests.builders.serving import until
from tests.conftest import PASSWORD, ROOT, Site, app_of, settings_for
from tests.postgres import Cluster

MADE_BEFORE = ROOT / "tests" / "certification" / "made_before" / "site-0014.tar.xz"
Elsewhere = Callable[[str], tuple[Path, str]]


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """Makes an empty place for a site on a database of the same kind."""
    urls: list[str] = []

    def make(name: str) -> tuple[Path, str]:
        url = ""
        if not site.settings.sqlite:
            server: Cluster = request.getfixturevalue("postgres")
            urls.append(server.create(f"{name}_{tmp_path.name[-12:].strip('_')}".lower()))
            url = urls[-1]
        return tmp_path / name, url or f"sqlite:///{tmp_path / name / 'sidelight.db'}"

    yield make
    for url in urls:
        request.getfixturevalue("postgres").drop(url)


def opened(data: Path, url: str) -> Site:
    settings = settings_for(data, url)
    return Site(app_of(settings), settings)


def closed(site: Site) -> None:
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def delete_account(site: Site, name: str) -> None:
    form = site.visitor(name).get("/account/delete").form("/account/delete")
    form.submit(password=PASSWORD)


def test_a_site_is_restored_elsewhere_with_its_certificates_and_without_those_deleted_since(
    site: Site, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = earn(site, document=True)
    pdf = site.visitor("sam").get(f"/certificates/{code}/pdf").response.data
    lms, backup = at(site.settings.data, site.settings.database_url, monkeypatch), tmp_path / "b" / "sidelight.tar.gz"
    backup.parent.mkdir()
    mac = json.loads(lms("audit", "verify", "--json").output)["newest_mac"]
    made = lms("backup", backup)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600 and list(backup.parent.iterdir()) == [backup]
    verified = lms("restore", backup, "--verify")
    assert verified.exit_code == 0 and "The newest certificate verifies." in verified.output, verified.output
    delete_account(site, "lena")

    data, url = elsewhere("elsewhere")
    lms = at(data, url, monkeypatch)
    told = lms("restore", backup, "--erasures", site.settings.data / "erasures.log")
    assert told.exit_code == 0 and "The newest certificate verifies." in told.output, told.output
    assert "Accounts deleted again, because their owners deleted them after the backup: 1." in told.output
    restored = opened(data, url)
    assert restored.visitor("sam").get(f"/certificates/{code}/pdf").response.data == pdf
    assert "valid" in restored.stranger().get(f"/verify/{code}").text
    told = lms("audit", "verify", "--mac", mac)
    assert told.exit_code == 0 and (data / "keys" / "audit").read_bytes() == audit_key(site.settings.data), told.output
    with restored.inside(), pytest.raises(AssertionError):
        restored.person("lena")
    closed(restored)

    refused = lms("restore", backup)
    assert refused.exit_code == 1 and "would be lost: 5 people, 2 programmes" in refused.output
    # The data folder knows by now who was deleted.
    again = lms("restore", backup, "--replace")
    assert again.exit_code == 0 and "What it had is lost: 5 people" in again.output, again.output
    assert "after the backup: 1." in again.output
    assert not [path for path in data.iterdir() if path.name.startswith("restore-")]

    with restored.inside(), db.engine.begin() as connection:
        connection.execute(sa.update(Document).values(content=pdf.replace(b"Sam", b"Pam", 1) + b"\n"))
    closed(restored)
    assert lms("backup", tmp_path / "forged.tar.gz").exit_code == 0
    for more in (["--verify"], ["--replace"]):
        told = lms("restore", tmp_path / "forged.tar.gz", *more)
        assert told.exit_code == 1 and "doesn’t verify" in told.output, told.output
    kept = opened(data, url)
    with kept.inside():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 1
    closed(kept)


def test_a_backup_made_while_people_save_holds_whole_changes_only(
    site: Site, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, counted = threading.Event(), [0]

    def two_emails() -> None:
        for subject in ("first", "second"):
            queue_mail(site.settings, "sam@example.org", subject, "words " * 2000)

    def keep_writing() -> None:
        while not done.is_set():
            site.do(two_emails)
            counted[0] += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        while counted[0] < 5:
            done.wait(0.01)
        before = counted[0]
        told = at(site.settings.data, site.settings.database_url, monkeypatch)("backup", tmp_path / "b.tar.gz")
        after = counted[0]
    finally:
        done.set()
        writer.join()
    assert told.exit_code == 0 and after > before, told.output
    data, url = elsewhere("quiet")
    told = at(data, url, monkeypatch)("restore", tmp_path / "b.tar.gz")
    assert told.exit_code == 0, told.output
    restored = opened(data, url)
    with restored.inside():
        rows = db.session.execute(sa.text("SELECT subject, count(*) FROM outbox_mail GROUP BY subject")).all()
    counts = dict(tuple(row) for row in rows)
    assert before <= counts["first"] == counts["second"] <= after + 1
    closed(restored)


@pytest.fixture
def made_before(tmp_path: Path) -> Path:
    """A folder with the data folder of a site of an earlier version, and what was made there."""
    with tarfile.open(MADE_BEFORE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def test_a_backup_of_an_earlier_version_is_restored_and_migrated_with_its_old_certificate(
    made_before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, backup = json.loads((made_before / "facts.json").read_text("utf-8")), made_before / "b.tar.gz"
    assert at(made_before / "data", "sqlite", monkeypatch)("backup", backup).exit_code == 0
    told = at(made_before / "data", "sqlite", monkeypatch)("restore", backup, "--into", made_before / "new")
    assert told.exit_code == 0 and "The newest certificate verifies." in told.output, told.output
    restored = opened(made_before / "new", "")
    served = restored.visitor("sam").get(f"/certificates/{facts['code']}/pdf").response.data
    assert served == (made_before / "certificate.pdf").read_bytes()
    closed(restored)


@pytest.mark.postgres
def test_a_backup_of_an_earlier_version_is_migrated_on_postgres_as_well(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, backup = postgres.create("earlier_backup"), postgres.create("restored_backup"), tmp_path / "b.tar.gz"
    app = create_app(settings_for(tmp_path / "old", old))
    upgrade(app, "0020")
    with opened_database(app) as connection:
        before = fill(connection)
        connection.execute(sa.text("DELETE FROM document"))  # its bytes are no certificate
    told = at(tmp_path / "old", old, monkeypatch)("backup", backup)
    assert told.exit_code == 0, told.output
    lms = at(tmp_path / "new", new, monkeypatch)
    assert lms("restore", backup, "--verify").exit_code == 0
    told = lms("restore", backup)
    assert told.exit_code == 0, told.output
    is_whole(create_app(settings_for(tmp_path / "new", new)), {**before, "document": 0})
    for url in (old, new):
        postgres.drop(url)


def test_an_upgrade_backs_up_migrates_and_checks_and_refuses_a_newer_database(
    made_before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made_before / "data"
    lms = at(data, "sqlite", monkeypatch)
    told = lms("upgrade")
    assert told.exit_code == 0 and "went from 0014 to" in told.output and "the site works" in told.output, told.output
    (backup,) = (data / "backups").iterdir()
    assert lms("restore", backup, "--verify").exit_code == 0
    assert "was up to date already" in lms("upgrade", "--no-backup").output
    assert len(list((data / "backups").iterdir())) == 1
    engine = sa.create_engine(f"sqlite:///{data / 'sidelight.db'}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    told = lms("upgrade")
    assert told.exit_code == 1 and "newer version" in told.output and "lms restore FILE --replace" in told.output
    assert len(list((data / "backups").iterdir())) == 1


FULL = """
import resource, sys
from lms.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
main(["backup", sys.argv[1]])
"""


def test_a_backup_that_cannot_be_made_says_why_and_leaves_nothing(
    filled_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, backups = tmp_path / "data", tmp_path / "backups"
    shutil.copytree(filled_sqlite, data)
    backups.mkdir()
    (backups / "old.tar.gz").write_bytes(b"precious")
    (tmp_path / "empty").mkdir()
    for folder, file, words in (
        (data, backups / "old.tar.gz", "already exists"),
        (data, backups, "already exists"),
        (data, data / "b.tar.gz", "in the data folder"),
        (data, tmp_path / "nowhere" / "b.tar.gz", "isn’t a folder"),
        (data, backups / "old.tar.gz" / "b.tar.gz", "isn’t a folder"),
        (tmp_path / "empty", backups / "b.tar.gz", "no site in"),
    ):
        told = at(folder, "sqlite", monkeypatch)("backup", file)
        assert told.exit_code == 1 and words in told.output and "Traceback" not in told.output, (file, told.output)
    full = subprocess.run(
        [sys.executable, "-c", FULL, str(backups / "b.tar.gz")],
        env={"LMS_DATA": str(data), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1 and "isn’t enough room" in full.stderr and "Traceback" not in full.stderr, full.stderr
    assert [path.name for path in backups.iterdir()] == ["old.tar.gz"]
    assert (backups / "old.tar.gz").read_bytes() == b"precious" and not list((tmp_path / "empty").iterdir())
    assert at(data, "sqlite", monkeypatch)("backup", backups / "old.tar.gz", "--force").exit_code == 0


def test_a_backup_that_ends_early_writes_nothing_more_when_python_tidies_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    (tmp_path / "member").write_bytes(b"a member")
    with (tmp_path / "out").open("wb") as out:
        with suppress(KeyboardInterrupt), Writer(out) as writer:
            writer.add("data/member", tmp_path / "member")
            # A traceback keeps what it passed, so both streams are found together and ended in any order.
            writer.itself = writer  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        del writer
        gc.collect()
        written = out.tell()
    assert said == [] and (tmp_path / "out").stat().st_size == written


def test_a_backup_that_is_stopped_leaves_nothing_behind_and_the_earlier_file_as_it_was(
    filled_sqlite: Path, tmp_path: Path
) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    shutil.copytree(filled_sqlite, data)
    # More than can be packed before the signal is there.
    (data / "files" / "large").write_bytes(os.urandom(60_000_000))
    folder.mkdir()
    (folder / "whole.tar.gz").write_bytes(b"the earlier one")
    before = sorted(path.name for path in data.iterdir())
    command = [sys.executable, "-m", "lms.cli", "backup", str(folder / "whole.tar.gz"), "--force"]
    stopped = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LMS_DATA": str(data)}, stderr=subprocess.PIPE)
    until(lambda: len(list(folder.iterdir())) > 1)
    stopped.terminate()
    _out, said = stopped.communicate(timeout=30)
    assert stopped.returncode == 128 + signal.SIGTERM and b"Traceback" not in said
    assert [path.name for path in folder.iterdir()] == ["whole.tar.gz"]
    assert (folder / "whole.tar.gz").read_bytes() == b"the earlier one"
    assert {path.name for path in data.iterdir()} - set(before) <= {"write.lock", "keys", "jobs.db"}
