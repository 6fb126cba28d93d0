"""Course cache: published courses as values, read from the database once in each process."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from lms.content.model.bundle import Bundle, StoredFile
from lms.content.model.course import Course
from lms.foundation.storage.files import FileStore
from lms.library import records
from lms.library.media import stored_medium

log = logging.getLogger("lms.library.course_cache")
_reading = threading.Lock()
_courses: dict[str, Course] = {}
_files: list[FileStore] = []


def bind(files: FileStore) -> None:
    """Set where the media of courses are kept."""
    _files[:] = [files]


def get_course(digest: str) -> Course:
    """Return a published course; raise LookupError for a digest nobody published."""
    found = _courses.get(digest)
    if found is not None:
        return found
    with _reading:
        if digest not in _courses:
            _courses[digest] = _read(digest)
    return _courses[digest]


def remember(digest: str, course: Course) -> None:
    """Take over a course that this process has just checked, so that it isn't read again from the database."""
    _courses[digest] = replace(course, digest=digest)


def private_courses() -> frozenset[str]:
    """Return the ids of the courses that are private in any version that somebody may open."""
    current = map(get_course, records.list_current_digests())
    return frozenset(course.id for course in current if course.private)


def for_staff(query: Any, course_id: InstrumentedAttribute[str]) -> Any:
    """Return a query without what belongs to private courses.

    Every road from staff to enrolments, awards, requests and observations goes through here.
    """
    return query.where(course_id.not_in(private_courses()))


def read_aside(digests: list[str]) -> Callable[[], None]:
    """Begin to read courses in a process of their own; what is returned waits for it and takes over the values.

    So this process keeps nothing of the reading, and can do something else meanwhile. Call it before any connection to
    the database is open. What could not be read is read when it is asked for.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    reader = multiprocessing.get_context("fork").Process(target=_send_courses, args=(digests, ours, theirs))
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


def get_bundle(digest: str) -> Bundle:
    """Return the files of a published version; raise LookupError for a digest nobody published."""
    bundle = records.find_bundle(digest)
    if bundle is None:
        raise LookupError(digest)
    texts = records.list_texts(list(bundle.manifest.values()))
    return Bundle({path: texts[sha] if sha in texts else _medium(path, sha) for path, sha in bundle.manifest.items()})


def _read(digest: str) -> Course:
    contents = get_bundle(digest)
    # Imported here: it takes 0.8 s and 12 MB, and a worker forked after the courses were read may never need it.
    from lms.content.lint.check import reread

    course = reread(contents)
    if course is None:
        raise LookupError(f"the bundle {digest} was published, and cannot be read by this version of the site")
    return replace(course, digest=digest)


def _medium(path: str, sha: str) -> StoredFile | bytes:
    """Return a medium of a course; one that is gone leaves its words to stand alone, and the log says which it was."""
    try:
        return stored_medium(_files[0], sha)
    except KeyError:
        log.error("%s of a course is gone from the data folder; its file was files/%s/%s", path, sha[:2], sha)
        return b""
