"""Private files: nobody but the account that the site runs as can read the data folder and the database file."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

# What only a data folder of this site holds. A folder without any of it may be somebody else's, such as /tmp.
OWN = ("keys", "files", "jobs.db", "sidelight.db", "write.lock")


def make_private(data: Path, database_url: str) -> None:
    """Make the data folder with mode 0700 and a database file with 0600, or give them these modes.

    What cannot be made or changed is left for whoever opens it, who says so in better words.
    """
    with suppress(OSError):
        _folder(data)
    if database_url.startswith("sqlite:///"):
        file = Path(database_url.removeprefix("sqlite:///"))
        with suppress(OSError):
            _file(file)
        for suffix in ("-wal", "-shm"):
            with suppress(OSError):
                Path(f"{file}{suffix}").chmod(0o600)


def _folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        return
    found = folder.stat()
    is_open = stat.S_IMODE(found.st_mode) & 0o077 and not found.st_mode & stat.S_ISVTX
    is_ours = not any(folder.iterdir()) or any((folder / name).exists() for name in OWN)
    if is_open and is_ours and found.st_uid == os.geteuid():
        folder.chmod(0o700)


def _file(file: Path) -> None:
    # SQLite gives the files beside it the mode of the database.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        file.chmod(0o600)
