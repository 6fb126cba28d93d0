"""The data folder in a backup: which files belong in it, and how restored ones take their place."""

from __future__ import annotations

import fnmatch
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lms.foundation.audit.report import LAST_VERIFIED
from lms.foundation.storage.compiled import FOLDER as COMPILED
from lms.foundation.storage.files import COPIES, sync_folder

# Not in a backup: what the site makes again, the database, which is copied by itself, and backups.
LAST_BACKUP = "last-backup"
# Compiled files contain code, so a site only loads those that it made.
LEFT_OUT = ("jobs.*", "*.lock", "backups", COMPILED, COPIES, LAST_BACKUP, LAST_VERIFIED, "restore-*", ".*.part")
HALF_WRITTEN = (".*.part", ".secret-*")
KEYS = "keys"
# A restore works in one folder, on the same disk as the site. While files change places, a mark says so.
WORK, MARK = "restore-work", "restore-unfinished"
# What a site makes in its data folder. Whatever else is there, a restore replaces only what it brings itself.
MADE_BY_SITE = (KEYS, "files", "care", "designs-that-worked", "batches", "mail", "erasures.log", "sidelight.db*")
# What a restore may replace in a folder without a site.
OF_NO_VALUE = {"care", "erasures.log", "sidelight.db"}


class UnfinishedRestore(Exception):
    """A restore into a data folder was interrupted while it replaced the site; the message says what to do."""


def check_finished(data: Path) -> None:
    """Raise UnfinishedRestore for a data folder whose restore was interrupted while it replaced the site."""
    if (data / MARK).exists():
        raise UnfinishedRestore(
            f"A restore into {data} was interrupted half-way, so the site isn’t whole. "
            "Please run the same lms restore again. It starts over."
        )


def list_files(data: Path, database: Path | None, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """Return the files of a data folder that belong in a backup, as (name in it, path), in order."""
    apart = {f"{database}{suffix}" for suffix in ("", "-wal", "-shm", "-journal")} if database else set()
    for folder, folders, files in os.walk(data, followlinks=True):
        here = Path(folder).relative_to(data)
        if here == Path():
            folders[:] = [name for name in folders if not _is_left_out(name) and (with_keys or name != KEYS)]
        folders.sort()
        for name in sorted(files):
            path = Path(folder, name)
            left_out = here == Path() and _is_left_out(name)
            half = any(fnmatch.fnmatch(name, pattern) for pattern in HALF_WRITTEN)
            if not (left_out or half or str(path) in apart) and path.is_file():
                yield str(here / name), path


def _is_left_out(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in LEFT_OUT)


def begin_placing(data: Path) -> None:
    """Mark a data folder, so that nothing starts there before `end_placing`."""
    with (data / MARK).open("wb") as file:
        os.fsync(file.fileno())
    sync_folder(data)


def place(data: Path, restored: Path, database: Path | None) -> None:
    """Put restored files in the place of those of a marked data folder, and a database file in its own."""
    old = data / WORK / "old"
    old.mkdir()
    for path in sorted(data.iterdir()):
        if _is_replaced(path.name, restored):
            path.rename(old / path.name)
    copy = restored / "sidelight.db"
    if database:
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        if database.parent != data:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(copy, f"{database}.part")
            Path(f"{database}.part").chmod(0o600)
            os.replace(f"{database}.part", database)
        else:
            copy.rename(database)
    copy.unlink(missing_ok=True)
    for path in sorted(restored.iterdir()):
        if not _is_left_out(path.name):
            path.rename(data / path.name)
    sync_folder(data)


def _is_replaced(name: str, restored: Path) -> bool:
    if name in {"backups", WORK, MARK}:
        return False
    return (restored / name).exists() or any(
        fnmatch.fnmatch(name, one) for one in (*MADE_BY_SITE, "jobs.*", "*.lock", LAST_BACKUP, LAST_VERIFIED)
    )


def list_in_the_way(data: Path, restored: Path) -> list[str]:
    """Return what a folder without a site holds that a restore would replace; keys are looked at by themselves."""
    return [
        path.name
        for path in sorted(data.iterdir())
        if _is_replaced(path.name, restored)
        and not (_is_left_out(path.name) or path.name in OF_NO_VALUE or path.name == KEYS)
        and not (path.is_dir() and not any(path.iterdir()))
    ]


def end_placing(data: Path) -> None:
    """Take the mark away once all is on the disk, and then the folder with what was there before."""
    os.sync()
    (data / MARK).unlink(missing_ok=True)
    sync_folder(data)
    shutil.rmtree(data / WORK, ignore_errors=True)
