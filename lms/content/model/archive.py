"""A course as a zip file: safely in from anywhere, and out so that the same files give the same bytes."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from posixpath import basename
from typing import IO, Literal, TypeAlias

from lms.content.model import bundle as bundles
from lms.content.model.bundle import Bundle, StoredFile, is_hidden_part, is_text, size_allowed

# What a zip may hold besides the course: folders have entries of their own, and a Mac writes one more for each file.
MAX_ENTRIES = 4 * bundles.MAX_FILES
_MAX_DIRECTORY = 4 * 1024 * 1024
# Deflate makes a text 20 times smaller at most. What shrinks further, and isn't tiny, was made to fill a disk.
_MOST_SQUEEZED, _TINY = 200, 1024 * 1024
_CHUNK = 64 * 1024
# "PK\5\6", four numbers of two bytes, the size and the place of the list of entries, and the length of a comment.
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
# Before it, a large zip has "PK\6\7" with a place, and before that "PK\6\6" with the same numbers in eight bytes each.
_LOCATOR = struct.Struct("<4sLQL")
_LARGE_END = struct.Struct("<4sQ2H2L4Q")
# The oldest day that a zip can hold.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_UTF8_NAME, _MADE_ON_UNIX = 0x800, 3
_CONTROLS = dict.fromkeys(range(32))
_LEFT_BY_SYSTEMS = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin"})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

NoArchive: TypeAlias = Literal["no zip", "too many entries"]


class _Spool:
    """A file without a name in which media lie one behind the other; it's gone once nobody holds one of them."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it's open as long as a bundle is held
        weakref.finalize(self, self.file.close)

    def read(self, start: int, size: int) -> bytes:
        """Return a part of it."""
        return os.pread(self.file.fileno(), size, start)


@dataclass
class _Taken:
    """What was read so far; `size` counts what came out, whatever the zip says of itself."""

    spool: _Spool = field(default_factory=_Spool)
    files: dict[str, bytes | StoredFile] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0


def from_zip(file: IO[bytes]) -> Bundle | NoArchive:
    """Read a zip file that can be anybody's; what's unsafe or too large stays unread and is named in `refused`.

    No more than a course's size is unpacked, and media lie in a temporary file meanwhile. One folder round the whole
    course is taken off, and what Mac and Windows leave beside files is passed over.
    """
    if (problem := _look_at_end(file)) is not None:
        return problem
    taken = _Taken()
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                return "too many entries"
            for entry, path in _within(_named(entries, taken)):
                _take(archive, entry, path, taken)
    except _BROKEN:
        return "no zip"
    return Bundle(taken.files, tuple(taken.refused))


def write_zip(bundle: Bundle, folder: str, to: IO[bytes]) -> None:
    """Write a bundle with one folder round it; the same files give the same bytes, on any day."""
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(bundle.files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", _NO_DAY)
            entry.create_system, entry.external_attr = _MADE_ON_UNIX, (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if path.endswith(".md") else zipfile.ZIP_STORED
            if entry.compress_type == zipfile.ZIP_DEFLATED:
                archive.writestr(entry, bundle.files[path], compresslevel=6)
                continue
            entry.file_size = bundle.files.size(path)
            with archive.open(entry, "w") as file:
                for piece in bundle.files.pieces(path):
                    file.write(piece)


def _look_at_end(file: IO[bytes]) -> NoArchive | None:
    """Read what a zip says of its list of entries, before anything makes values of a hundred thousand of them."""
    size = file.seek(0, 2)
    tail_at = max(0, size - _LONGEST_COMMENT - _END.size - _LOCATOR.size - _LARGE_END.size)
    file.seek(tail_at)
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        return "no zip"
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, at)
    large = _look_at_large_end(tail[:at])
    if large == "no zip":
        return large
    entries, directory = max(entries, large[0]), max(directory, large[1])
    # 0xFFFF stands for "more than that" in both numbers.
    return "too many entries" if entries > MAX_ENTRIES or directory > _MAX_DIRECTORY else None


def _look_at_large_end(before: bytes) -> tuple[int, int] | Literal["no zip"]:
    """Return the two numbers of a large zip, which count more than the usual ones; zeros when it isn't one.

    Its record has to come right before the place where it's named, because that is where it's read from afterwards.
    """
    locator, record = before[-_LOCATOR.size :], before[-_LOCATOR.size - _LARGE_END.size : -_LOCATOR.size]
    if not locator.startswith(b"PK\6\7"):
        return 0, 0
    if len(record) < _LARGE_END.size or not record.startswith(b"PK\6\6"):
        return "no zip"
    _, _, _, _, _, _, _, entries, directory, _ = _LARGE_END.unpack(record)
    return entries, directory


def _named(entries: list[zipfile.ZipInfo], taken: _Taken) -> Iterator[tuple[zipfile.ZipInfo, list[str]]]:
    """Yield the files with the parts of their paths, in the order of their names; name what may not come in."""
    for entry in sorted(entries, key=lambda one: one.orig_filename):
        name = _name_of(entry)
        parts = [part for part in name.split("/") if part not in {"", "."}]
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if _leads_out(name, parts) or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            taken.refused.append(("PATH_OUTSIDE", name.translate(_CONTROLS)))
        elif name.endswith("/") or not parts or _was_left_by_a_system(parts):
            continue
        else:
            yield entry, parts


def _within(files: Iterator[tuple[zipfile.ZipInfo, list[str]]]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield the files with their paths in the course, without one folder that stands round all of them."""
    found = list(files)
    first = {parts[0] for _, parts in found}
    wrapped = len(first) == 1 and any(parts[1:] == ["course.md"] for _, parts in found)
    for entry, parts in found:
        yield entry, "/".join(parts[1:] if wrapped else parts)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return a name as text: in UTF-8 if the zip says so or if it is, else in the old encoding of zip files."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = entry.orig_filename
    # Some programs on Windows write their own separator.
    return name.replace("\\", "/")


def _leads_out(name: str, parts: list[str]) -> bool:
    """Decide whether a path begins at a root or a drive, climbs, or holds a control character, such as a NUL."""
    return name.startswith("/") or name[1:2] == ":" or ".." in parts or name != name.translate(_CONTROLS)


def _was_left_by_a_system(parts: list[str]) -> bool:
    return any(part.lower() in _LEFT_BY_SYSTEMS for part in parts)


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, taken: _Taken) -> None:
    """Read one file into what is taken, or say why not."""
    code = _why_hidden(path) or _why_too_much(entry, path, taken)
    content: bytes | StoredFile = b""
    if code is None:
        spool = None if is_text(path, entry.file_size) else taken.spool
        content, code = _read(archive, entry, _room_for(path, taken), spool)
    if code:
        if code != "hidden":
            taken.refused.append((code, path))
        return
    taken.files[path] = content
    taken.size += content.size if isinstance(content, StoredFile) else len(content)


def _why_hidden(path: str) -> str | None:
    """Return why a name with a dot in front keeps a file out, as in a folder; None when there is no such name."""
    folder, dotted = "", basename(path)
    for part in path.split("/"):
        if part.startswith("."):
            dotted = part
            break
        folder = f"{folder}/{part}".lstrip("/")
    if not dotted.startswith("."):
        return None
    is_folder = path != f"{folder}/{dotted}".lstrip("/")
    return "HIDDEN_FILE" if is_hidden_part(folder, dotted, folder=is_folder) else "hidden"


def _room_for(path: str, taken: _Taken) -> int:
    left = bundles.MAX_TOTAL - taken.size
    return min(left, size_allowed(path))


def _why_too_much(entry: zipfile.ZipInfo, path: str, taken: _Taken) -> str | None:
    """Return the code for what is too large by what the zip says; what it really is gets counted while reading."""
    if path in taken.files:
        return "SAME_NAME"
    if len(taken.files) >= bundles.MAX_FILES:
        return "TOO_MANY_FILES"
    if entry.file_size > _TINY and entry.file_size > _MOST_SQUEEZED * entry.compress_size:
        return "COURSE_TOO_LARGE"
    return _too_large(path, entry.file_size, taken)


def _too_large(path: str, size: int, taken: _Taken) -> str | None:
    if size > size_allowed(path):
        return "FILE_TOO_LARGE"
    return "COURSE_TOO_LARGE" if taken.size + size > bundles.MAX_TOTAL else None


def _read(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, spool: _Spool | None
) -> tuple[bytes | StoredFile, str | None]:
    """Return a file, in memory or in the spool, or why it stays unread: encrypted, broken, rarely packed, too large."""
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return b"", "UNREADABLE_FILE"
    into = spool.file if spool else BytesIO()
    start, size, digest = into.seek(0, os.SEEK_END), 0, hashlib.sha256()
    try:
        with archive.open(entry) as source:
            while piece := source.read(_CHUNK):
                size += len(piece)
                if size > room:
                    into.truncate(start)
                    return b"", "COURSE_TOO_LARGE"
                digest.update(piece)
                into.write(piece)
    except _BROKEN:
        into.truncate(start)
        return b"", "UNREADABLE_FILE"
    into.flush()
    if spool is None:
        into.seek(0)
        return into.read(), None

    def part(at: int, most: int) -> bytes:
        return spool.read(start + at, min(most, size - at))

    return StoredFile(size, partial(spool.read, start, size), digest.hexdigest(), part), None
