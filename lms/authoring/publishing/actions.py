"""Publishing a draft: prepared outside the write, and done in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.accounts.records import get_programme
from lms.authoring.drafts.checking import Readings
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft
from lms.authoring.publishing.records import Publication
from lms.authoring.publishing.rules import needs_approval
from lms.content.comparison.numbering import carried_over, ready_as
from lms.content.model.bundle import Bundle, for_publishing
from lms.content.model.changes import changes_between
from lms.content.model.course import Correction, Course, Reading
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.per_app import get_or_make, provided
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _
from lms.library import actions as library
from lms.library.course_cache import get_bundle, get_course
from lms.library.media import keep_media
from lms.library.records import (
    find_newest_digest,
    find_owner,
    find_version,
    find_version_by_digest,
    list_line_digests,
    list_newest_ranks,
    next_position,
)
from lms.library.rules import may_publish, newest_that_blocks, rank, version_of


@dataclass(frozen=True)
class Prepared:
    """A draft as it was at a revision, made ready to be published under a version."""

    draft_id: str
    revision: int
    bundle: Bundle
    course: Course
    others: tuple[tuple[Bundle, Course], ...] = ()


def read_as(draft: Draft, version: str) -> Reading:
    """Return what the check says of a draft under a version; its pictures are looked at when it's published."""
    return get_or_make(Readings).of(ready_as(bundle_of(draft), version), draft.id)


def prepare(draft: Draft, version: str, note: str = "") -> Prepared | None:
    """Check a draft under a version and store its pictures, before the write; None when it has problems.

    With a note, it's a correction for safety. Whoever had read the lessons that changed sees the note there, and other
    lines get the same correction where their text was the same.
    """
    revision = draft.revision
    found = _correction_in(draft, version, note) if note else None
    bundle = for_publishing(ready_as(bundle_of(draft), version, found.correction if found else None))
    reading = get_or_make(Readings).of(bundle, draft.id)
    if reading.course is None or not reading.ok:
        return None
    # What it has lies under its digest, so none of it changes meanwhile.
    keep_media(bundle, provided(FileStore))
    others = tuple(_corrected_lines(found, bundle)) if found else ()
    return Prepared(draft.id, revision, bundle, reading.course, others)


@dataclass(frozen=True)
class _Corrected:
    """A correction for safety and the version that it corrects."""

    correction: Correction
    known: Course


def _correction_in(draft: Draft, version: str, note: str) -> _Corrected | None:
    """Return a correction with the lessons that changed; None where it's none, as in a course that's new."""
    course = read_as(draft, version).course
    known = known_version(draft, course.id) if course else None
    if course is None or known is None:
        return None
    lessons = tuple(lesson.id for lesson in changes_between(known, course).changed)
    return _Corrected(Correction(clock.today("UTC").isoformat(), lessons, note), known)


def _corrected_lines(found: _Corrected, bundle: Bundle) -> Iterator[tuple[Bundle, Course]]:
    """Yield the next version of each other line whose text was the same where the correction changes it."""
    base = get_bundle(found.known.digest)
    for digest in list_line_digests(found.known.id):
        other = get_course(digest)
        if other.minor_line == found.known.minor_line:
            continue
        carried = carried_over(base, bundle, get_bundle(digest))
        if carried is None:
            continue
        ready = ready_as(carried, version_of(rank(other.version) + 1), found.correction)
        reading = get_or_make(Readings).of(ready, found.known.id)
        if reading.course is not None and reading.ok:
            yield ready, reading.course


def known_version(draft: Draft, course_id: str) -> Course | None:
    """Return the version that people read now and that a draft changes: the newest of the line it was started from."""
    base = find_version_by_digest(course_id, draft.base_digest) if draft.base_digest else None
    line = base.version.rpartition(".")[0] if base else None
    digest = find_newest_digest(course_id, line) or find_newest_digest(course_id)
    return get_course(digest) if digest else None


@dataclass(frozen=True)
class Decided:
    """Who publishes; and who had asked for it, where a second person approved it."""

    person_id: str | None
    is_operator: bool
    asked_by: str | None = None
    is_approved: bool = False


def draft_changed() -> Refused:
    """Return that a draft isn't as it was looked at."""
    return Refused(
        _(
            "The draft or the course was changed while you looked at this page. Nothing was published. Please look at "
            "it again."
        )
    )


def publish_draft(prepared: Prepared, decided: Decided, offer: bool) -> Refused | None:
    """Publish a draft that was prepared, and close it; nothing is changed where it isn't as it was looked at.

    With `offer`, members of its programme can start a course that is published for the first time.
    """
    draft = db.session.get_one(Draft, prepared.draft_id)
    known = find_newest_digest(prepared.course.id) is not None
    refused = _why_not(draft, prepared, decided, known)
    if refused is not None:
        return refused
    versions = ((prepared.bundle, prepared.course), *prepared.others)
    if not all(_is_free(course) for _bundle, course in versions):
        return Refused(
            _(
                "Somebody published another version of this course in the meantime, so nothing was published. Please "
                "look at the difference again."
            )
        )
    for bundle, course in versions:
        library.publish(bundle, course, draft.programme_id)
    _close(draft, prepared, decided)
    if offer and not known:
        library.offer(draft.programme_id, prepared.course.id, False, next_position(draft.programme_id))
    return None


def _is_free(course: Course) -> bool:
    """Decide whether a version can still be published: nobody took its number, or one that comes after it."""
    blocking = newest_that_blocks(course.version, list_newest_ranks(course.id))
    return blocking is None and find_version(course.id, course.version) is None


def _why_not(draft: Draft, prepared: Prepared, decided: Decided, known: bool) -> Refused | None:
    """Return why a draft can't be published now, although it could when it was looked at."""
    if draft.state != "open":
        return Refused(_("This draft has already been published or discarded. Nothing was changed."))
    if draft.revision != prepared.revision:
        return draft_changed()
    if not may_publish(find_owner(prepared.course.id), draft.programme_id, decided.is_operator, published=known):
        return Refused(_("This course belongs to somebody else now. Nothing was published."))
    if needs_approval(get_programme(draft.programme_id).facts) and not decided.is_approved:
        return Refused(_("In this programme, a second person has to approve first. Nothing was published."))
    return None


def _close(draft: Draft, prepared: Prepared, decided: Decided) -> None:
    draft.state = "published"
    now = clock.now()
    db.session.merge(
        Publication(
            draft_id=draft.id,
            programme_id=draft.programme_id,
            course_id=prepared.course.id,
            version=prepared.course.version,
            revision=prepared.revision,
            state="published",
            asked_by=decided.asked_by or decided.person_id,
            asked_at=now,
            decided_by=decided.person_id,
            decided_at=now,
            publish_at=None,
            note=None,
        )
    )
    db.session.flush()
