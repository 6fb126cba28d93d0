"""What has to outlast a power cut is synced before anybody is told of it; `./dev drill power-cut` cuts the power."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lms.certification.keys.opening import keys_of
from lms.foundation.db import db
from lms.foundation.keys import audit_key
from lms.foundation.storage.files import FileStore
from tests.conftest import Site


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes of all files and folders in the order in which they're synced."""
    found: list[int] = []
    sync = os.fsync

    def note(handle: int) -> None:
        found.append(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return found


def on_disk(path: Path, synced: list[int]) -> bool:
    """Whether a file was synced, and after it the folder in which it has its name."""
    file, folder = path.stat().st_ino, path.parent.stat().st_ino
    return file in synced and folder in synced[synced.index(file) :]


def test_keys_that_the_site_makes_are_on_the_disk_before_anything_is_signed(
    sqlite_site: Site, synced: list[int]
) -> None:
    with sqlite_site.inside():
        keys_of(sqlite_site.settings)
        audit_key(sqlite_site.settings.data)
    made = [path for path in (sqlite_site.settings.data / "keys").iterdir() if path.is_file()]
    assert len(made) >= 4
    assert [path.name for path in made if not on_disk(path, synced)] == []


def test_a_stored_file_is_on_the_disk_when_its_digest_is_known(tmp_path: Path, synced: list[int]) -> None:
    store = FileStore(tmp_path / "files")
    for digest in (store.put(b"a picture"), store.put_pieces([b"a ", b"recording"])):
        (path,) = (tmp_path / "files").rglob(digest)
        assert on_disk(path, synced)


def test_a_commit_is_on_the_disk_when_it_is_acknowledged(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        assert db.session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 2, "FULL"
