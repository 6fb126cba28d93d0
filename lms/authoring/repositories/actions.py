"""What people do with repositories: set one up, remove it, ask for its course, and bring the course in as a draft."""

from __future__ import annotations

from dataclasses import dataclass

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.checking import Readings
from lms.authoring.drafts.files import digest_of, store_media
from lms.authoring.drafts.records import Draft, list_drafts, list_files
from lms.authoring.repositories import records
from lms.authoring.repositories.events import CourseAskedFromSource, CourseSourceRemoved, CourseSourceSet
from lms.authoring.repositories.fetching import CannotPull, Origin, pull
from lms.authoring.repositories.records import CourseSource
from lms.content.comparison.compare import Difference, compare
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course
from lms.content.model.report import Finding
from lms.foundation import clock
from lms.foundation.background import jobs
from lms.foundation.db import db, write
from lms.foundation.events import announce
from lms.foundation.per_app import get_or_make
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest


@dataclass(frozen=True)
class BroughtIn:
    """A course was read: with its draft by public id, or none when nothing differs from the published version."""

    course: Course
    commit: str
    warnings: int
    published: str | None
    differences: tuple[Difference, ...]
    draft: str | None
    was_open: bool = False


@dataclass(frozen=True)
class Stopped:
    """No draft was started; `reason` says why in a word, and `message` to who runs a command."""

    reason: str
    message: str
    errors: tuple[Finding, ...] = ()


def bring_in(programme_id: str, origin: Origin, course_id: str | None = None) -> BroughtIn | Stopped:
    """Fetch a course, check it, compare it with the published version, and start a draft; never inside a write.

    The page's job and the commands all come here. A course of another id than the one expected changes nothing.
    """
    try:
        pulled = pull(origin)
    except CannotPull as why:
        return Stopped(why.reason, str(why))
    reading = get_or_make(Readings).of(pulled.bundle)
    course, errors = reading.course, tuple(one for one in reading.findings if one.severity == "error")
    if course is None:
        return Stopped("errors", f"The course has {len(errors)} errors, so no draft was started.", errors)
    if course_id and course.id != course_id:
        return Stopped("other", f"The folder holds the course {course.id}, not {course_id}. Nothing was changed.")
    digest = find_newest_digest(course.id)
    known = get_course(digest) if digest else None
    differences = tuple(one for one in compare(known, course) if not one.is_untouched) if known else ()
    found = find_or_start_draft(programme_id, pulled.bundle, course) if known is None or differences else None
    if isinstance(found, Refused):
        return Stopped("drafts", found.message)
    draft, was_open = found or (None, False)
    version = known.version if known else None
    return BroughtIn(course, pulled.commit, len(reading.findings), version, differences, draft, was_open)


def find_or_start_draft(programme_id: str, bundle: Bundle, course: Course) -> tuple[str, bool] | Refused:
    """Return the draft with these files by public id, and whether it was open before; never inside a write."""
    found = _open_draft(programme_id, bundle, course.id)
    started = found or _start(programme_id, bundle, course, find_newest_digest(course.id))
    return started if isinstance(started, Refused) else (started, found is not None)


def _open_draft(programme_id: str, bundle: Bundle, course_id: str) -> str | None:
    """Return the open draft that has these files already."""
    for draft in list_drafts(programme_id, most=drafts.DRAFTS_MOST + 1):
        if draft.course_id == course_id and digest_of(list_files(draft.id)) == bundle.digest:
            return draft.public_id
    return None


def _start(programme_id: str, bundle: Bundle, course: Course, base: str | None) -> str | Refused:
    store_media(bundle)
    started: Draft | Refused = write(drafts.start, programme_id, None, bundle, course.id, course.title, base)
    return started if isinstance(started, Refused) else started.public_id


def set_source(programme_id: str, course_id: str, origin: Origin) -> Refused | None:
    """Let a programme bring in a course from a repository, which is expected to be checked; replace an earlier one."""
    source = records.find_source(programme_id, course_id)
    if source is None and records.count_sources(programme_id) >= records.SOURCES_MOST:
        return Refused(
            _("A programme can have %(most)s repositories at most. Nothing was saved.", most=records.SOURCES_MOST)
        )
    if source is None:
        source = CourseSource(programme_id=programme_id, course_id=course_id)
        db.session.add(source)
    elif source.origin == origin:
        return None
    source.address, source.branch, source.folder = origin.address, origin.branch, origin.folder
    source.state, source.asked_at, source.started_at, source.ended_at = "new", None, None, None
    source.draft = source.reason = source.detail = None
    announce(CourseSourceSet(programme_id, course_id))
    return None


def remove_source(programme_id: str, course_id: str) -> bool:
    """Forget where a course comes from, and return whether it was known; its drafts and versions stay."""
    source = records.find_source(programme_id, course_id)
    if source is None:
        return False
    db.session.delete(source)
    announce(CourseSourceRemoved(programme_id, course_id))
    return True


def ask(programme_id: str, course_id: str) -> bool:
    """Ask the job process to bring in a course; asking again while it waits changes nothing."""
    source = records.find_source(programme_id, course_id)
    if source is None or source.state == "waiting":
        return source is not None
    source.state, source.asked_at, source.started_at, source.ended_at = "waiting", clock.now(), None, None
    source.draft = source.reason = source.detail = None
    announce(CourseAskedFromSource(programme_id, course_id))
    jobs.push(records.WORK, source.id)
    return True
