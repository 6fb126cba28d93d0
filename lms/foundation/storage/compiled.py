"""Compiled templates and courses on disk: made once, and loaded by each process that starts later."""

from __future__ import annotations

import hmac
import importlib.util
import marshal
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from lms.foundation.config.shipped import PACKAGE
from lms.foundation.keys import secret_key

FOLDER = "compiled"
_SEAL_BYTES = 32


@dataclass(frozen=True)
class CompiledFiles:
    """Files that take long to make from something else, by name. Each is good while what it was made from is the same.

    Loading such a file runs code in it. So it lies in a folder that nobody but this account can open, and one that
    anybody else could have written to isn't used. In a data folder, each is sealed with the secret of its site as well.
    """

    folder: Path
    data: Path | None = None

    def find(self, name: str, made_from: str) -> bytes | None:
        """Return a file's content; None if it isn't there, was made from something else, or is damaged or foreign."""
        try:
            whole = (self.folder / name).read_bytes() if _is_private(self.folder) else b""
        except OSError:
            return None
        content = whole[_SEAL_BYTES:]
        return content if hmac.compare_digest(whole[:_SEAL_BYTES], self._seal(name, made_from, content)) else None

    def store(self, name: str, made_from: str, content: bytes) -> None:
        """Store a file. If that isn't possible, the next process makes it again."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(self.folder):
                return
            handle, half = tempfile.mkstemp(dir=self.folder, prefix=f".{name}.", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._seal(name, made_from, content) + content)
                os.replace(half, self.folder / name)
            except OSError:
                Path(half).unlink(missing_ok=True)

    def _seal(self, name: str, made_from: str, content: bytes) -> bytes:
        key = secret_key(self.data) if self.data else b""
        return hmac.digest(key, f"compiled {name} {made_from} ".encode() + content, "sha256")


def _is_private(folder: Path) -> bool:
    """Decide whether a folder is this account's own, and nobody else can write to it or read it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077


def compiled_courses(data: Path) -> CompiledFiles:
    """Return where courses are stored as they were read."""
    return CompiledFiles(data / FOLDER, data)


def compiled_templates(data: Path) -> CompiledFiles:
    """Return where compiled templates are: beside our compiled modules if this account owns them, else in data."""
    if PACKAGE.stat().st_uid == os.geteuid() and os.access(PACKAGE, os.W_OK):
        return CompiledFiles(PACKAGE / "__pycache__" / "templates")
    return CompiledFiles(data / FOLDER, data)


class CompiledTemplates(BytecodeCache):
    """Jinja's compiled templates, for one kind of environment: some of them escape and others don't."""

    def __init__(self, files: CompiledFiles, kind: str) -> None:
        self._files, self._kind = files, kind

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code to which this source was compiled before, if it was."""
        content = self._files.find(self._name(bucket), _stamp(bucket.checksum))
        if content is not None:
            bucket.code = marshal.loads(content)  # noqa: S302 - ours, see above

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code to which this source was compiled."""
        self._files.store(self._name(bucket), _stamp(bucket.checksum), marshal.dumps(bucket.code))

    def _name(self, bucket: Bucket) -> str:
        return f"{self._kind}-{bucket.key}"


def _stamp(checksum: str) -> str:
    return f"{_versions()} {checksum}"


@cache
def _versions() -> str:
    """Return the versions that a compiled template depends on: Python's, Jinja's and ours, which has filters."""
    return f"{importlib.util.MAGIC_NUMBER.hex()} {version('jinja2')} {version('sidelight')}"
