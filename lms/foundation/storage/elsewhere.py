"""Where the hosts of a site share their files: a folder that all of them mount, or an S3 bucket."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lms.foundation.config.shared_files import SharedFiles
from lms.foundation.turns import one_of

if TYPE_CHECKING:
    from obstore.store import S3Store

R = TypeVar("R")

CONNECT_MOST, ANSWER_MOST = timedelta(seconds=3), timedelta(seconds=10)
# After a failed request, no other one waits: for this long, only files that are on this host are available.
REST_SECONDS = 5.0
# A thread that waits for a file can't show a page, so only this many of a process may wait.
WAITING_MOST = 2


class FilesAway(Exception):
    """The shared files can't be reached now; nothing was changed."""


class Elsewhere(Protocol):
    """Named files that all hosts share. Each method raises FilesAway while they can't be reached."""

    def put(self, name: str, file: Path) -> None:
        """Store a file under a name, replacing any earlier one."""

    def fetch(self, name: str, to: Path) -> bool:
        """Copy the file with a name to a path; return whether there is one."""

    def stored_at(self, name: str) -> float | None:
        """Return when a file was stored, in seconds since 1970; None if there is none."""

    def delete(self, name: str) -> None:
        """Delete the file with a name, if there is one."""

    def list_names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder."""


class MountedFolder:
    """A folder that all hosts mount."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            # If nothing were mounted, files would be stored on this host alone.
            if not self._folder.is_dir():
                raise FilesAway(f"{self._folder} isn't there")
            yield
        except OSError as error:
            raise FilesAway(str(error)) from error

    def put(self, name: str, file: Path) -> None:
        """Store a file under a name, replacing any earlier one."""
        path = self._folder / name
        with self._reached():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as to, file.open("rb") as source:
                    shutil.copyfileobj(source, to)
                    to.flush()
                    os.fsync(to.fileno())
                os.replace(part, path)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise

    def fetch(self, name: str, to: Path) -> bool:
        """Copy the file with a name to a path; return whether there is one."""
        with self._reached():
            try:
                shutil.copyfile(self._folder / name, to)
            except FileNotFoundError:
                return False
            return True

    def stored_at(self, name: str) -> float | None:
        """Return when a file was stored, in seconds since 1970; None if there is none."""
        with self._reached():
            try:
                return (self._folder / name).stat().st_mtime
            except FileNotFoundError:
                return None

    def delete(self, name: str) -> None:
        """Delete the file with a name, if there is one."""
        with self._reached():
            (self._folder / name).unlink(missing_ok=True)

    def list_names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder."""
        with self._reached():
            return [f"{folder}/{path.name}" for path in (self._folder / folder).glob("[!.]*")]


class Bucket:
    """A bucket of an S3-compatible storage, whose client is opened in the process that first asks for a file.

    Its threads don't survive a fork, so a process that is forked later opens one of its own, or does without.
    """

    def __init__(self, shared: SharedFiles) -> None:
        self._shared = shared
        self._store: S3Store | None = None
        self._places = threading.BoundedSemaphore(WAITING_MOST)
        self._rests_until = 0.0

    def _open(self) -> S3Store:
        if self._store is None:
            # Imported here because most sites have no bucket: 10 ms and 8 MB.
            from obstore.store import S3Store

            more: Any = {"endpoint": self._shared.endpoint} if self._shared.endpoint else {}
            if self._shared.region:
                more["region"] = self._shared.region
            self._store = S3Store(
                self._shared.bucket,
                prefix=self._shared.prefix or None,
                client_options={
                    "connect_timeout": CONNECT_MOST,
                    "timeout": ANSWER_MOST,
                    "allow_http": self._shared.endpoint.startswith("http://"),
                },
                retry_config={"max_retries": 1, "retry_timeout": ANSWER_MOST},
                **more,
            )
        return self._store

    def _ask(self, ask: Callable[[S3Store], R], otherwise: Callable[[], R]) -> R:
        """Return the bucket's answer, or that of `otherwise` if nothing has the name."""
        if time.monotonic() < self._rests_until:
            raise FilesAway("the bucket could not be reached a moment ago")
        with one_of(self._places):
            # Imported here for the same reason as its store.
            from obstore.exceptions import BaseError

            try:
                return ask(self._open())
            except FileNotFoundError:
                return otherwise()
            except (BaseError, OSError, ValueError) as error:
                self._rests_until = time.monotonic() + REST_SECONDS
                raise FilesAway(str(error).split("\n", 1)[0]) from error

    def put(self, name: str, file: Path) -> None:
        """Store a file under a name, replacing any earlier one."""
        if not self._ask(lambda store: store.put(name, file) is not None, lambda: False):
            # A bucket that doesn't exist says the same as one that hasn't got a file.
            raise FilesAway(f"there's no bucket called {self._shared.bucket}, or {file} is gone")

    def fetch(self, name: str, to: Path) -> bool:
        """Copy the file with a name to a path; return whether there is one."""

        def ask(store: S3Store) -> bool:
            with to.open("wb") as file:
                for piece in store.get(name).stream():
                    file.write(piece)
            return True

        return self._ask(ask, lambda: False)

    def stored_at(self, name: str) -> float | None:
        """Return when a file was stored, in seconds since 1970; None if there is none."""
        return self._ask(lambda store: store.head(name)["last_modified"].timestamp(), lambda: None)

    def delete(self, name: str) -> None:
        """Delete the file with a name, if there is one."""
        self._ask(lambda store: store.delete(name), lambda: None)

    def list_names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder."""
        return self._ask(lambda store: [each["path"] for page in store.list(folder) for each in page], list)


@dataclass(frozen=True)
class Sharing:
    """Where the hosts of a site share their files; nowhere if one host has them to itself."""

    elsewhere: Elsewhere | None = None


def open_sharing(shared: SharedFiles | None) -> Sharing:
    """Return where a setting says that the hosts of a site share their files."""
    if shared is None:
        return Sharing()
    return Sharing(MountedFolder(Path(shared.folder)) if shared.folder else Bucket(shared))
