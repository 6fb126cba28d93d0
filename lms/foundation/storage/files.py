"""Files in the data folder: bytes kept under their SHA-256, files written whole, and their age.

Where several hosts share their files, the folder holds copies of them for a day, and what is stored is stored there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lms.foundation.storage.elsewhere import Elsewhere

# The folder of copies; the files of a host that has them to itself are in `files`.
COPIES = "files-copies"
HOUR, COPY_KEPT = 3600.0, 24 * 3600.0


def sync_folder(folder: Path) -> None:
    """Make sure that what was put into a folder, or renamed there, is still there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, changed_at: float | None = None) -> None:
    """Write a file that nobody sees half-written; its time is set, in seconds since 1970, before it takes its place.

    Until then it is called `.NAME.….part`, which is what a process leaves that is killed meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if changed_at is not None:
            os.utime(temporary, (changed_at, changed_at))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def changed_at(path: Path) -> float | None:
    """Return when a file was last changed, in seconds since 1970; None when another process deleted it meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


class FileStore:
    """Bytes in a folder: `put` keeps them once, `get` gives them back unchanged, `size` counts them unread.

    If files are shared elsewhere, a missing one is copied from there first, and every method may raise FilesAway.
    """

    def __init__(self, folder: Path, elsewhere: Elsewhere | None = None) -> None:
        self._folder, self._elsewhere = folder, elsewhere

    @property
    def is_shared(self) -> bool:
        """True if several hosts share these files, so that one may have to be copied from elsewhere first."""
        return self._elsewhere is not None

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise KeyError(digest)
        return self._folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep bytes and return their digest; a second time nothing is written, unless they're damaged or gone."""
        digest = hashlib.sha256(content).hexdigest()
        if not (self.renew(digest) and self.is_whole(digest)):
            write_whole(self._path(digest), content)
            self._share(digest)
        return digest

    def put_pieces(self, pieces: Iterable[bytes]) -> str:
        """Keep bytes that come in pieces, never all of them in memory, and return their digest."""
        self._folder.mkdir(parents=True, exist_ok=True)
        sha = hashlib.sha256()
        handle, temporary = tempfile.mkstemp(prefix=".pieces.", suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    sha.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            path = self._path(sha.hexdigest())
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        self._share(sha.hexdigest())
        return sha.hexdigest()

    def _share(self, digest: str) -> None:
        """Store a file elsewhere too; if that isn't possible, it isn't stored here either."""
        if self._elsewhere is None:
            return
        try:
            self._elsewhere.put(_name(digest), self._path(digest))
        except BaseException:
            self._path(digest).unlink(missing_ok=True)
            raise

    def _here(self, digest: str) -> Path:
        """Return the file of a digest, copied from elsewhere if need be; raise KeyError where there is none."""
        path = self._path(digest)
        if path.exists():
            return path
        if self._elsewhere is None:
            raise KeyError(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".copy.", suffix=".part", dir=path.parent)
        os.close(handle)
        try:
            if not self._elsewhere.fetch(_name(digest), Path(temporary)):
                raise KeyError(digest)
            if not _has_digest(Path(temporary), digest):
                raise KeyError(digest)
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        return path

    def __contains__(self, digest: str) -> bool:
        if self._elsewhere is not None:
            return self._elsewhere.stored_at(_name(digest)) is not None
        return self._path(digest).exists()

    def is_whole(self, digest: str) -> bool:
        """Return whether the bytes of a digest are there and undamaged; shared ones are fetched for that."""
        path = self._path(digest)
        if self._elsewhere is not None:
            path.unlink(missing_ok=True)
        try:
            return _has_digest(self._here(digest), digest)
        except (KeyError, FileNotFoundError):
            return False

    def renew(self, digest: str) -> bool:
        """Return whether a digest is there; if so, it counts as stored now, so that nobody forgets it meanwhile.

        Shared bytes that are stored again for that must be whole: a damaged copy would take the place of a good one.
        """
        if self._elsewhere is not None:
            stored_at = self._elsewhere.stored_at(_name(digest))
            if stored_at is not None and stored_at < time.time() - HOUR:
                if not self.is_whole(digest):
                    return False
                self._share(digest)
            return stored_at is not None
        path = self._path(digest)
        with suppress(OSError):
            # Bytes that somebody else owns, or that can't be changed, keep their age.
            os.utime(path)
        return path.exists()

    def forget(self, digest: str, before: float) -> None:
        """Delete the bytes of a digest that were stored before a moment, in seconds since 1970; the others stay."""
        path = self._path(digest)
        stored_at = self._elsewhere.stored_at(_name(digest)) if self._elsewhere else changed_at(path)
        if stored_at is not None and stored_at < before:
            if self._elsewhere is not None:
                self._elsewhere.delete(_name(digest))
            path.unlink(missing_ok=True)

    def forget_copies(self) -> None:
        """Delete the copies of yesterday: what was deleted elsewhere is gone from every host within a day."""
        if self._elsewhere is None:
            return
        before = time.time() - COPY_KEPT
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if (changed_at(path) or before) < before:
                path.unlink(missing_ok=True)

    def part(self, digest: str, at: int, most: int) -> bytes:
        """Return some bytes of a digest from a place on; raise KeyError when there are none."""
        try:
            with self._here(digest).open("rb") as file:
                file.seek(at)
                return file.read(most)
        except FileNotFoundError:
            raise KeyError(digest) from None

    def size(self, digest: str) -> int:
        """Return how many bytes a digest has; raise KeyError when there are none."""
        try:
            return self._here(digest).stat().st_size
        except FileNotFoundError:
            raise KeyError(digest) from None

    def path(self, digest: str) -> Path:
        """Return the file of a digest, to be sent in pieces; raise KeyError when there is none."""
        self.size(digest)
        return self._path(digest)

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest; raise KeyError when there are none."""
        try:
            return self._here(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None


class Copied(NamedTuple):
    """How many files were stored elsewhere, how many were there already, and the paths of damaged ones, left here."""

    stored: int
    there: int
    damaged: list[Path]


def share_all(folder: Path, elsewhere: Elsewhere) -> Copied:
    """Store elsewhere what a folder of files holds; what's there already is read, because it may be half a file."""
    stored, there, damaged = 0, 0, list[Path]()
    if not folder.is_dir():
        return Copied(stored, there, damaged)
    with tempfile.TemporaryDirectory(prefix=".copy.", suffix=".part", dir=folder) as work:
        copy = Path(work, "copy")
        for path in sorted(folder.glob("[0-9a-f][0-9a-f]/[!.]*")):
            if elsewhere.fetch(_name(path.name), copy) and _has_digest(copy, path.name):
                there += 1
            elif _has_digest(path, path.name):
                elsewhere.put(_name(path.name), path)
                stored += 1
            else:
                damaged.append(path)
    return Copied(stored, there, damaged)


def _has_digest(path: Path, digest: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _name(digest: str) -> str:
    return f"files/{digest[:2]}/{digest}"
