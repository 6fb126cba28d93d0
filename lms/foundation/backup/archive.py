"""Backup archives: one compressed tar file whose last member, the manifest, holds the digest of every other."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database.sqlite"
# The data folder and, from PostgreSQL, one file for each table.
DATA, TABLES = "data", "tables"
MANIFEST_MOST = 64 * 1024 * 1024
CHUNK = 256 * 1024
SHOWN_MOST = 5


class BadBackup(Exception):
    """A backup that can't be used; the message says what is the matter with it and what to do."""


@dataclass(frozen=True)
class Schema:
    """What a database held: its kind, schema revision, row counts and, for PostgreSQL, the columns in order."""

    database: str
    revision: str
    rows: dict[str, int]
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: `members` has the SHA-256 of each by name, `keys` the fingerprint of each by file name."""

    version: str
    made_at: str
    database: str
    revision: str
    rows: dict[str, int]
    columns: dict[str, list[str]]
    keys: dict[str, str]
    keys_included: bool
    members: dict[str, str]

    def as_json(self) -> bytes:
        """Return it as it stands in the archive."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest of an archive; raise BadBackup for one that can't be read or is of a later format."""
    try:
        found = json.loads(content)
        if found.pop("format") > FORMAT:
            raise BadBackup(
                "A newer version of Sidelight made this backup, in a format that this one doesn’t know. Install that "
                "version or a later one, and restore with it."
            )
        manifest = Manifest(**{field.name: found[field.name] for field in fields(Manifest)})
        texts = (manifest.version, manifest.made_at, manifest.database, manifest.revision)
        tables = (manifest.rows, manifest.columns, manifest.keys, manifest.members)
        if not all(isinstance(value, str) for value in texts) or not all(isinstance(value, dict) for value in tables):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadBackup(f"The backup is damaged: {MANIFEST} can’t be read. Please use another backup.") from None
    return manifest


class _Digesting:
    """A file that takes the digest of what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        content = self._file.read(size)
        self._digest.update(content)
        return content

    def hexdigest(self) -> str:
        """Return the SHA-256 of what was read so far."""
        return self._digest.hexdigest()


class Writer:
    """Writes an archive to an open file, from its first byte to its last, with flat memory; the manifest comes last.

    After an error inside its `with`, nothing is left that would write to the file later: a stream that is only
    forgotten tries to end itself when Python stops, and prints a traceback if the one below it went first.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._zip = gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6)
        self._tar = tarfile.open(fileobj=self._zip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.members: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._tar.__exit__(kind, error, trace)
        finally:
            self._zip.close()

    def add(self, name: str, path: Path) -> None:
        """Add a file, as long as it is now; what is appended meanwhile is left out."""
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = found.st_size, int(found.st_mtime), 0o600
            content: Any = _Digesting(file)
            self._tar.addfile(info, content)
        self.members[name] = content.hexdigest()


def _check_name(info: tarfile.TarInfo) -> None:
    """Refuse a member that isn't a plain file at a place where backups have one."""
    first, *more = info.name.split("/")
    if first == DATA:
        at_home = bool(more) and all(part not in {"", ".", ".."} and not re.search(r"[\\\0]", part) for part in more)
    elif first == TABLES:
        at_home = len(more) == 1 and re.fullmatch(r"[a-z0-9_]+\.copy", more[0]) is not None
    else:
        at_home = info.name in {MANIFEST, DATABASE}
    if not info.isreg() or not at_home:
        raise BadBackup(
            f"The backup holds {info.name!r}, which no backup of Sidelight does: somebody changed the file. "
            "Nothing was written. Please use another backup."
        )


def _write(info: tarfile.TarInfo, tar: tarfile.TarFile, folder: Path) -> str:
    """Write one member below a folder and return its digest."""
    target = folder / info.name
    source = tar.extractfile(info)
    assert source is not None
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (FileExistsError, NotADirectoryError):
        raise BadBackup(f"The backup holds {info.name!r} twice. Please use another backup.") from None
    with os.fdopen(handle, "wb") as file:
        while content := source.read(CHUNK):
            digest.update(content)
            file.write(content)
    os.utime(target, (info.mtime, info.mtime))
    return digest.hexdigest()


def unpack(source: BinaryIO, folder: Path) -> Manifest:
    """Write the members of an archive below a folder and return its manifest once every digest is right."""
    found: dict[str, str] = {}
    manifest = None
    try:
        with (
            gzip.GzipFile(fileobj=source, mode="rb") as unzipped,
            tarfile.open(fileobj=unzipped, mode="r|") as tar,
        ):
            for info in tar:
                _check_name(info)
                if manifest is not None or (info.name == MANIFEST and info.size > MANIFEST_MOST):
                    raise BadBackup("The backup is damaged: something follows its end. Please use another backup.")
                found[info.name] = ""
                found[info.name] = _write(info, tar, folder)
                if info.name == MANIFEST:
                    manifest = read_manifest((folder / MANIFEST).read_bytes())
            # The checksum of the compression comes after the end of the tar.
            while unzipped.read(CHUNK):
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, OverflowError, UnicodeError):
        raise BadBackup(_where_it_ends(found, manifest)) from None
    if manifest is None:
        raise BadBackup(_where_it_ends(found, manifest))
    _compare(found, manifest)
    return manifest


def _where_it_ends(found: dict[str, str], manifest: Manifest | None) -> str:
    if not found:
        return (
            "This isn’t a backup of Sidelight, or its start is damaged. If it’s encrypted, decrypt it first, for "
            "example: gpg --decrypt FILE | lms restore -"
        )
    last = list(found)[-1]
    if manifest is not None:
        return "The backup is damaged near its end. Please use another backup."
    at = f"in {last}" if not found[last] else f"after {last}"
    return f"The backup is damaged or cut short {at}. Please use another backup."


def _compare(found: dict[str, str], manifest: Manifest) -> None:
    found = {name: digest for name, digest in found.items() if name != MANIFEST}
    changed = sorted(name for name in found if found[name] != manifest.members.get(name))
    missing = sorted(set(manifest.members) - set(found))
    for names, words in ((missing, "lacks"), (changed, "holds other bytes than its manifest says in")):
        if names:
            more = f" and {len(names) - SHOWN_MOST} more" if len(names) > SHOWN_MOST else ""
            raise BadBackup(f"The backup {words} {', '.join(names[:SHOWN_MOST])}{more}. Please use another backup.")
