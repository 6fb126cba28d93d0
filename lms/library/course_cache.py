"""Course cache: published courses as values, read once from the database, then from a file that each process loads."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import pickle
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import InstrumentedAttribute

from lms.content.model.bundle import Bundle, Files, StoredFile, is_text
from lms.content.model.course import Course
from lms.foundation.config.shipped import PACKAGE
from lms.foundation.late import late
from lms.foundation.storage.compiled import CompiledFiles
from lms.foundation.storage.files import FileStore
from lms.library import records
from lms.library.media import stored_medium, unread_medium

if TYPE_CHECKING:
    from lms.content.lint import check
else:
    check = late("lms.content.lint.check")  # 0.8 s and 12 MB, because workers seldom read courses

log = logging.getLogger("lms.library.course_cache")
_reading = threading.Lock()
_courses: dict[str, Course] = {}
_files: list[FileStore] = []
_counts: list[Callable[[bool], None]] = []
_compiled: list[CompiledFiles] = []
# What makes HTML of a course beside our own code.
_READERS = ("markdown", "markdown-it-py", "mdit-py-plugins", "nh3", "pydantic", "pymdown-extensions", "pyyaml")


def bind(files: FileStore, compiled: CompiledFiles) -> None:
    """Set where the media of courses are kept, and where courses are stored that were read before."""
    _files[:], _compiled[:] = [files], [compiled]


def count_lookups(count: Callable[[bool], None] | None) -> None:
    """Let each look-up be counted, with whether the course was in memory; None lets nothing be counted."""
    _counts[:] = [] if count is None else [count]


def get_course(digest: str) -> Course:
    """Return a published course; raise LookupError for a digest nobody published."""
    found = _courses.get(digest)
    for count in _counts:
        count(found is not None)
    if found is not None:
        return found
    with _reading:
        if digest not in _courses:
            _courses[digest] = _load(digest) or _read(digest)
    return _courses[digest]


def remember(digest: str, course: Course) -> None:
    """Take over a course that this process has just checked, so that it isn't read again from the database."""
    _courses[digest] = replace(course, digest=digest)


def private_courses() -> frozenset[str]:
    """Return the ids of the courses that are private in any version that somebody may open."""
    return private_among(records.current_digests_as_text())


@lru_cache(maxsize=4)
def private_among(digests: str) -> frozenset[str]:
    """Return which of some courses are private: it is asked with each certificate, and changes with a publication."""
    return frozenset(course.id for course in map(get_course, digests.split()) if course.private)


def for_staff(query: Any, course_id: InstrumentedAttribute[str]) -> Any:
    """Return a query without what belongs to private courses.

    Every road from staff to enrolments, awards, requests and observations goes through here.
    """
    return query.where(course_id.not_in(private_courses()))


def read_aside(digests: list[str]) -> Callable[[], None]:
    """Begin to read courses in a process of their own; what is returned waits for it and takes over the values.

    So this process keeps nothing of the reading, and can do something else meanwhile. Call it before any connection to
    the database is open. What could not be read is read when it is asked for. What was read by an earlier process is
    loaded here.
    """
    _courses.update({digest: course for digest in digests if (course := _load(digest)) is not None})
    missing = [digest for digest in digests if digest not in _courses]
    if not missing:
        return lambda: None
    ours, theirs = multiprocessing.Pipe(duplex=False)
    reader = multiprocessing.get_context("fork").Process(target=_send_courses, args=(missing, ours, theirs))
    reader.start()
    theirs.close()

    def take_over() -> None:
        try:
            # They come from our own code in our own child, by a pipe that nobody else holds.
            _courses.update(pickle.loads(ours.recv_bytes()))  # noqa: S301
        except EOFError:
            log.warning("courses could not be read aside; each is read when it is first asked for")
        reader.join()

    return take_over


def _send_courses(digests: list[str], other_end: Connection, to: Connection) -> None:
    # Held open here as well, it would keep this process waiting for ever when the site is stopped while it starts.
    other_end.close()
    with suppress(BrokenPipeError):
        to.send_bytes(pickle.dumps({digest: get_course(digest) for digest in digests}))


def _load(digest: str) -> Course | None:
    """Return a course that an earlier process read with the same code; None when none did."""
    stored = _compiled[0].find(f"course-{digest}", _reader_stamp())
    if stored is None:
        return None
    course: Course = pickle.loads(stored)  # noqa: S301 - from a folder that only this account can write to
    return course


@cache
def _reader_stamp() -> str:
    """Return what decides how a course is read: the state of our code, and the versions of the libraries it uses."""
    code = [(path, path.stat()) for path in sorted((PACKAGE / "content").rglob("*.py"))]
    state = [f"{path.relative_to(PACKAGE)} {found.st_size} {found.st_mtime_ns}" for path, found in code]
    return hashlib.sha256("\n".join([sys.version, *map(version, _READERS), *state]).encode()).hexdigest()


def get_bundle(digest: str) -> Bundle:
    """Return the files of a published version; raise LookupError for a digest nobody published."""
    return Bundle(_contents(digest))


def get_texts(digest: str) -> Bundle:
    """Return the texts of a published version that its files still have; earlier versions kept only Markdown elsewhere.

    Raise LookupError for a digest nobody published.
    """
    files, texts = Files(_contents_to_read(digest)), {}
    for path in files:
        with suppress(KeyError):
            if is_text(path, files.size(path)):
                texts[path] = files[path]
    return Bundle(texts)


def _contents(digest: str) -> dict[str, StoredFile | bytes]:
    manifest, texts = _manifest_and_texts(digest)
    return {path: texts[sha] if sha in texts else _medium(path, sha) for path, sha in manifest.items()}


def _contents_to_read(digest: str) -> dict[str, StoredFile | bytes]:
    """Return the files of a version, to be read as a course, for which the digests of its pictures are enough.

    Shared files aren't looked for, so courses can be read while those can't be reached, and without copying them here.
    """
    if not _files[0].is_shared:
        return _contents(digest)
    manifest, texts = _manifest_and_texts(digest)
    return {path: texts[sha] if sha in texts else unread_medium(_files[0], sha) for path, sha in manifest.items()}


def _manifest_and_texts(digest: str) -> tuple[dict[str, str], dict[str, bytes]]:
    bundle = records.find_bundle(digest)
    if bundle is None:
        raise LookupError(digest)
    return bundle.manifest, records.list_texts(list(bundle.manifest.values()))


def _read(digest: str) -> Course:
    contents = _contents_to_read(digest)
    course = check.reread(Bundle(contents))
    if course is None:
        raise LookupError(f"the bundle {digest} was published, and cannot be read by this version of the site")
    course = replace(course, digest=digest)
    # One that lacks a picture is read again, because the picture may be put back.
    if b"" not in contents.values():
        _compiled[0].store(f"course-{digest}", _reader_stamp(), pickle.dumps(course))
    return course


def _medium(path: str, sha: str) -> StoredFile | bytes:
    """Return a medium of a course; one that is gone leaves its words to stand alone, and the log says which it was."""
    try:
        return stored_medium(_files[0], sha)
    except KeyError:
        log.error("%s of a course is gone from the data folder; its file was files/%s/%s", path, sha[:2], sha)
        return b""
