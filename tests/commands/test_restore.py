"""A backup that isn't as it should be restores nothing, and a restore that is killed leaves no half site."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms.app import create_app
from lms.cli import main
from lms.foundation.backup import databases
from lms.foundation.backup.data_folder import UnfinishedRestore
from tests.builders.backups import Members, at, members_of, packed, with_manifest
from tests.conftest import settings_for
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def backup(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a site that has keys."""
    folder = tmp_path_factory.mktemp("backup")
    shutil.copytree(filled_sqlite, folder / "data")
    with pytest.MonkeyPatch.context() as patch:
        lms = at(folder / "data", "sqlite", patch)
        assert lms("upgrade", "--no-backup").exit_code == 0
        assert lms("backup", folder / "b.tar.gz").exit_code == 0
        assert lms("backup", folder / "bare.tar.gz", "--without-keys").exit_code == 0
    return folder / "b.tar.gz"


def changed(members: Members) -> bytes:
    return packed({**members, "data/keys/secret": b"x" * 32})


def lacking(members: Members) -> bytes:
    return packed({name: content for name, content in members.items() if name != "data/keys/secret"})


def first_is(name: str, **odd: Any) -> Callable[[Members], bytes]:
    return lambda members: packed({name: b"words", **members}, **odd)


def forged(members: Members) -> bytes:
    """Return a whole archive whose secret isn't the one that the manifest has the fingerprint of."""
    import hashlib

    secret = bytes(range(32))
    digest = hashlib.sha256(secret).hexdigest()
    with_secret = {**members, "data/keys/secret": secret}
    return with_manifest(lambda manifest: manifest["members"].update({"data/keys/secret": digest}))(with_secret)


BAD: dict[str, tuple[Callable[[Members], bytes], str]] = {
    "cut short": (lambda members: packed(members)[:20_000], "cut short in database.sqlite"),
    "without its end": (lambda members: packed(members)[:-6], "damaged near its end"),
    "without its manifest": (
        lambda members: packed({name: content for name, content in members.items() if name != "manifest.json"}),
        "cut short after data/keys/secret",
    ),
    "a changed file": (changed, "other bytes than its manifest says in data/keys/secret"),
    "a missing file": (lacking, "lacks data/keys/secret"),
    "another key": (forged, "The key secret isn’t the one"),
    "a file too many": (first_is("data/more"), "in data/more"),
    "a file twice": (lambda members: packed({"data/keys": b"", **members}), "twice"),
    "a path that climbs": (first_is("data/../../climbed"), "'data/../../climbed'"),
    "an absolute path": (first_is("/tmp/climbed"), "'/tmp/climbed'"),
    "a path of elsewhere": (first_is("restore-work/x"), "'restore-work/x'"),
    "a link": (first_is("data/link", type=b"2", linkname="/etc/passwd", size=0), "'data/link'"),
    "another table": (with_manifest(lambda manifest: manifest["rows"].update(person=7)), "The table person has 6 rows"),
    "a newer schema": (with_manifest(lambda manifest: manifest.update(revision="9999")), "Install that version"),
    "a newer format": (with_manifest(lambda manifest: manifest.update(format=2)), "in a format that this one"),
    "another database": (with_manifest(lambda manifest: manifest.update(database="postgresql")), "of the same kind"),
    "a manifest of nothing": (lambda members: packed({**members, "manifest.json": b"[]"}), "manifest.json can’t be"),
    "an encrypted file": (lambda _members: b"-----BEGIN PGP MESSAGE-----", "decrypt it first"),
    "an empty file": (lambda _members: b"", "isn’t a backup"),
    "a database of other bytes": (lambda members: with_database(members, b"SQLite format 3\0"), "is damaged"),
}


def with_database(members: Members, content: bytes) -> bytes:
    import hashlib

    content += b"x" * 4096
    digest = hashlib.sha256(content).hexdigest()
    return with_manifest(lambda manifest: manifest["members"].update({"database.sqlite": digest}))(
        {**members, "database.sqlite": content}
    )


def test_a_bad_backup_is_named_with_what_is_damaged_and_nothing_is_written(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members, file, data = members_of(backup), tmp_path / "bad.tar.gz", tmp_path / "new" / "data"
    lms = at(data, "sqlite", monkeypatch)
    data.parent.mkdir()
    for name, (spoil, words) in BAD.items():
        file.write_bytes(spoil(members))
        for more in ([], ["--verify"]):
            if name == "another database" and more:
                continue
            told = lms("restore", file, *more)
            assert told.exit_code == 1 and words in told.output and "Traceback" not in told.output, (name, told.output)
            assert list(data.parent.iterdir()) == [], name
    told = lms("restore", tmp_path / "nowhere")
    assert told.exit_code == 1 and "No such file" in told.output
    assert not (tmp_path / "climbed").exists() and not (tmp_path / "new" / "climbed").exists()


def test_a_backup_of_a_site_with_shared_files_says_that_they_are_not_in_it(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lms = at(backup.parent / "data", "sqlite", monkeypatch)
    assert "NO PICTURES" not in lms("backup", tmp_path / "alone.tar.gz").output
    monkeypatch.setenv("LMS_FILES_URL", f"file:{tmp_path / 'shared'}")
    (tmp_path / "shared").mkdir()
    told = lms("backup", tmp_path / "b.tar.gz")
    assert told.exit_code == 0 and "NO PICTURES" in told.output, told.output


def test_a_backup_without_keys_says_so_and_takes_the_right_keys_only(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, keys = backup.with_name("bare.tar.gz"), backup.parent / "data" / "keys"
    told = at(backup.parent / "data", "sqlite", monkeypatch)("backup", tmp_path / "b.tar.gz", "--without-keys")
    assert "NO KEYS" in told.output and not [name for name in members_of(bare) if "keys" in name]
    told = at(tmp_path / "none", "sqlite", monkeypatch)("restore", bare)
    assert told.exit_code == 0 and "KEYS ARE MISSING: badge-signing.pem" in told.output, told.output
    shutil.copytree(keys, tmp_path / "right" / "keys")
    told = at(tmp_path / "right", "sqlite", monkeypatch)("restore", bare)
    assert told.exit_code == 0 and "MISSING" not in told.output, told.output
    shutil.copytree(keys, tmp_path / "other" / "keys")
    (tmp_path / "other" / "keys" / "secret").write_bytes(bytes(range(32)))
    told = at(tmp_path / "other", "sqlite", monkeypatch)("restore", bare)
    assert told.exit_code == 1 and "The key secret isn’t the one" in told.output
    # A data folder whose signing keys are in no backup is no empty place.
    (tmp_path / "other" / "keys" / "badge-signing.pem").write_text("another")
    told = at(tmp_path / "other", "sqlite", monkeypatch)("restore", backup)
    assert told.exit_code == 1 and "would be lost" in told.output
    assert (tmp_path / "other" / "keys" / "badge-signing.pem").read_text() == "another"


def test_a_folder_of_other_things_keeps_them(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home" / "files").mkdir(parents=True)
    mine = [tmp_path / "home" / "letter.txt", tmp_path / "home" / "files" / "photo.jpg"]
    for path in mine:
        path.write_text("mine")
    lms = at(tmp_path / "home", "sqlite", monkeypatch)
    told = lms("restore", backup)
    assert told.exit_code == 1 and "has files, which would be lost" in told.output, told.output
    assert [path.read_text() for path in mine] == ["mine", "mine"]
    mine.pop().unlink()
    assert lms("restore", backup).exit_code == 0
    assert lms("restore", backup, "--replace").exit_code == 0 and mine[0].read_text() == "mine"


def _restore_until(file: Path, rename: int, load_of: str = "") -> None:
    """Restore in a process that is killed just before it gives something another name, or loads a table."""
    seen = opened = 0

    def on_event(event: str, args: tuple[Any, ...]) -> None:
        nonlocal seen, opened
        if event == "open" and load_of and str(args[0]).endswith(load_of):
            opened += 1
            # It's written, counted and loaded.
            if opened == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        if event not in {"os.rename", "os.remove"}:
            return
        frame = sys._getframe(1)
        callers = {one.f_code.co_filename for one in (frame, frame.f_back) if one}
        seen += any(name.endswith("data_folder.py") for name in callers)
        if seen == rename:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(on_event)
    main(["restore", str(file), "--replace"], standalone_mode=False)


def programmes_in(data: Path) -> set[str]:
    engine = sa.create_engine(f"sqlite:///{data / 'sidelight.db'}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        return set(connection.scalars(sa.text("SELECT slug FROM programme")))


def test_a_restore_that_is_killed_leaves_the_old_site_or_one_that_waits_for_the_restore(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, unfinished, killed = tmp_path / "data", 0, 0
    assert at(data, "sqlite", monkeypatch)("init", "--programme", "other").exit_code == 0
    shutil.copytree(data, tmp_path / "before")
    for rename in range(1, 30, 3):
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "before", data)
        child = multiprocessing.get_context("fork").Process(target=_restore_until, args=(backup, rename))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
        try:
            create_app(settings_for(data))
        except UnfinishedRestore:
            unfinished += 1
            lms = at(data, "sqlite", monkeypatch)
            assert "run the same lms restore again" in lms("people", "list").output
            assert "run the same lms restore again" in lms("backup", tmp_path / "b.tar.gz").output
            assert lms("restore", backup).exit_code == 0
            assert programmes_in(data) == {"harbour", "meadow"}
        else:
            assert programmes_in(data) in ({"other"}, {"harbour", "meadow"})
    assert child.exitcode == 0 and killed >= 3 and unfinished >= 3
    assert programmes_in(data) == {"harbour", "meadow"} and not (data / "restore-work").exists()


@pytest.mark.postgres
@pytest.mark.parametrize(("rename", "table"), [(99, "membership.copy"), (1, "")])
def test_a_restore_into_postgres_that_is_killed_loads_all_tables_or_none(
    postgres: Cluster, filled_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rename: int, table: str
) -> None:
    full, empty = postgres.clone(filled_postgres), postgres.create(f"killed_{rename}")
    file, data = tmp_path / "b.tar.gz", tmp_path / "data"
    assert at(tmp_path / "full", full, monkeypatch)("backup", file).exit_code == 0
    lms = at(data, empty, monkeypatch)
    child = multiprocessing.get_context("fork").Process(target=_restore_until, args=(file, rename, table))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    found = databases.find_schema(empty)
    assert (found is None) if table else (found is not None and found.rows["person"] == 6)
    with pytest.raises(UnfinishedRestore):
        create_app(settings_for(data, empty))
    told = lms("restore", file)
    assert told.exit_code == 0, told.output
    assert "Sam Osei" in lms("people", "list").output and not (data / "restore-work").exists()
    for url in (full, empty):
        postgres.drop(url)
