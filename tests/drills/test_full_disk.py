"""A full disk: a calm page says what is safe, pages can be read meanwhile, and all goes on once there's room."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg.errors
import pytest
from sqlalchemy.exc import DBAPIError

from lms.foundation.web.error_pages import _is_full
from tests.builders.learning import COURSE, answer, begin, open_check, plan
from tests.conftest import Site
from tests.inspector import Page

Make = Callable[..., Site]


@contextmanager
def small_disk(folder: Path, filled: Path) -> Iterator[Callable[[], Path]]:
    """Put the data of a site on a disk of its own, and give what fills that disk to its last byte."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("no disk can be mounted here, which takes root")

    def fill() -> Path:
        with closing(sqlite3.connect(folder / "sidelight.db")) as connection:
            # What stands in the log already could be written over.
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        ballast = folder / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        assert shutil.disk_usage(folder).free == 0
        return ballast

    try:
        shutil.copytree(filled, folder, dirs_exist_ok=True)
        yield fill
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def saved_on(page: Page) -> list[tuple[str, str]]:
    """Return what was chosen on the page of a question, as it is saved."""
    return [field for field in page.form_with("Save and continue").fields if field[0].startswith("q-") and field[1]]


def test_a_learner_submits_on_a_full_disk_and_again_once_there_is_room(
    make_sqlite_site: Make, filled_sqlite: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "data", filled_sqlite) as fill:
        site = make_sqlite_site()
        sam = site.visitor("sam")
        begin(sam).form("/done").submit()
        first = open_check(sam)
        typed = plan(site, "sam")
        second = first.form_with("Save and continue").submit("Save and continue", **typed[0])
        ballast = fill()
        refused = second.form_with("Save and continue").submit("Save and continue", expect=503, **typed[1])
        assert refused.h1 == "We can’t save anything just now" and refused.response.headers["Retry-After"] == "5"
        assert "Everything you saved before is safe. What you just sent isn’t saved yet." in refused.main
        assert sam.get(COURSE).h1 and saved_on(sam.get(first.path)) and not saved_on(sam.get(second.path))
        ballast.unlink()
        over = answer(site, "sam", sam.get(first.path))
        assert over.form("/submit").submit().h1 == "You passed the check"


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (DBAPIError("", {}, sqlite_error(sqlite3.SQLITE_FULL)), True),
        (DBAPIError("", {}, sqlite_error(sqlite3.SQLITE_IOERR)), False),
        (DBAPIError("", {}, psycopg.errors.DiskFull()), True),
        (DBAPIError("", {}, psycopg.errors.OutOfMemory()), False),
        (DBAPIError("", {}, psycopg.errors.SerializationFailure()), False),
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EACCES, ""), False),
        (ValueError("full"), False),
    ],
)
def test_what_a_database_and_a_disk_say_when_they_are_full(error: Exception, full: bool) -> None:
    assert _is_full(error) is full
