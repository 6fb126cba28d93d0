"""Files in the data folder: bytes kept under their SHA-256, files written whole, and their age."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


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


def changed_at(path: Path) -> float | None:
    """Return when a file was last changed, in seconds since 1970; None when another process deleted it meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


class FileStore:
    """Bytes in a folder: `put` keeps them once, `get` gives them back unchanged, `size` counts them unread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise KeyError(digest)
        return self._folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep bytes and return their digest; a second time nothing is written."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.renew(digest):
            write_whole(self._path(digest), content)
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
        return sha.hexdigest()

    def __contains__(self, digest: str) -> bool:
        return self._path(digest).exists()

    def renew(self, digest: str) -> bool:
        """Return whether a digest is there; if so, it counts as stored now, so that nobody forgets it meanwhile."""
        path = self._path(digest)
        with suppress(OSError):
            # Bytes that somebody else owns, or that can't be changed, keep their age.
            os.utime(path)
        return path.exists()

    def forget(self, digest: str, before: float) -> None:
        """Delete the bytes of a digest that were stored before a moment, in seconds since 1970; the others stay."""
        path = self._path(digest)
        stored_at = changed_at(path)
        if stored_at is not None and stored_at < before:
            path.unlink(missing_ok=True)

    def part(self, digest: str, at: int, most: int) -> bytes:
        """Return some bytes of a digest from a place on; raise KeyError when there are none."""
        try:
            with self._path(digest).open("rb") as file:
                file.seek(at)
                return file.read(most)
        except FileNotFoundError:
            raise KeyError(digest) from None

    def size(self, digest: str) -> int:
        """Return how many bytes a digest has; raise KeyError when there are none."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            raise KeyError(digest) from None

    def path(self, digest: str) -> Path:
        """Return the file of a digest, to be sent in pieces; raise KeyError when there is none."""
        self.size(digest)
        return self._path(digest)

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest; raise KeyError when there are none."""
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
