"""What people do in the library: publish a bundle, offer a course, record a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.content.model.bundle import Bundle, is_text
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.library import course_cache, records, rules
from lms.library.events import (
    CourseHandedOver,
    CourseOffered,
    CoursePublished,
    CourseReinstated,
    CourseWithdrawn,
    OfferingEnded,
    OfferingOpened,
    ReviewRecorded,
    VersionClosed,
    VersionClosingCalledOff,
)


@dataclass(frozen=True)
class Published:
    """A version stands in the library; `new` is False when it stood there already with the same text."""

    course_id: str
    version: str
    digest: str
    new: bool


def publish(bundle: Bundle, course: Course, programme_id: str | None = None) -> Published | Refused:
    """Keep a checked bundle as a version for ever; other text under the same version, and a lower one, is refused.

    A course that nobody published before belongs to the programme from which it comes.
    """
    known = records.find_version(course.id, course.version)
    if known and known.digest != bundle.digest:
        return Refused(
            f"Version {course.version} of {course.id} is already published, with other text. "
            "Nothing was changed. Give this text a new version in course.md and publish again."
        )
    if known:
        # Earlier versions of this site kept the words beside recordings among the files alone.
        keep_texts(bundle)
        return Published(course.id, course.version, bundle.digest, new=False)
    ranks = records.list_newest_ranks(course.id)
    blocking = rules.newest_that_blocks(course.version, ranks)
    if blocking is not None:
        return Refused(
            f"Version {course.version} of {course.id} is lower than {rules.version_of(blocking)}, which is published. "
            f"Nothing was changed. Write version {rules.version_of(blocking + 1)} in course.md, or "
            f"{rules.version_of((max(ranks) // 10_000 + 1) * 10_000)} for a new line, and publish again."
        )
    if programme_id and not ranks:
        set_owner(course.id, programme_id)
    _store(bundle)
    db.session.add(
        records.Version(
            id=ids.inner_id(),
            course_id=course.id,
            version=course.version,
            rank=rules.rank(course.version),
            digest=bundle.digest,
            published_at=clock.now(),
        )
    )
    db.session.flush()
    records.set_line(course.id, course.minor_line, course.version, bundle.digest)
    course_cache.remember(bundle.digest, course)
    announce(CoursePublished(course.id, course.version, bundle.digest, programme_id))
    return Published(course.id, course.version, bundle.digest, new=True)


def _store(bundle: Bundle) -> None:
    if records.find_bundle(bundle.digest):
        return
    keep_texts(bundle)
    db.session.add(records.Bundle(digest=bundle.digest, manifest=dict(bundle.manifest), created_at=clock.now()))
    db.session.flush()


def keep_texts(bundle: Bundle) -> None:
    """Keep the Markdown of a bundle, and the words beside its recordings, where they aren't kept yet."""
    texts = {sha: path for path, sha in bundle.manifest.items() if is_text(path, bundle.files.size(path))}
    known = records.list_texts(list(texts))
    for sha, path in texts.items():
        if sha not in known:
            db.session.add(records.Text(sha256=sha, content=bundle.files[path]))
    db.session.flush()


def offer(programme_id: str, course_id: str, open_reading: bool, position: int) -> None:
    """Let a programme offer a course, unless it was withdrawn."""
    if records.find_offering(programme_id, course_id) or records.find_withdrawn(course_id):
        return
    db.session.add(
        records.Offering(
            id=ids.inner_id(),
            programme_id=programme_id,
            course_id=course_id,
            open_reading=open_reading,
            position=position,
        )
    )
    announce(CourseOffered(programme_id, course_id))


def set_owner(course_id: str, programme_id: str | None) -> None:
    """Hand a course over to a programme, or to the site with None."""
    if records.find_owner(course_id) == programme_id:
        return
    if programme_id is None:
        db.session.delete(db.session.get_one(records.CourseOwner, course_id))
    else:
        db.session.merge(records.CourseOwner(course_id=course_id, programme_id=programme_id))
    db.session.flush()
    announce(CourseHandedOver(programme_id, course_id))


def offering_state(programme_id: str, course_id: str) -> rules.OfferingState:
    """Return whether a programme offers a course, and to whom."""
    found = records.find_offering(programme_id, course_id)
    return "none" if found is None else "open" if found.open_reading else "members"


def change_offering(programme_id: str, course_id: str, seen: rules.OfferingState, wanted: rules.OfferingState) -> bool:
    """Offer a course, open it or stop offering it; False, with nothing changed, when it isn't as it was seen."""
    now = offering_state(programme_id, course_id)
    if now != seen:
        return False
    if wanted == "none" != now:
        _end_offering(programme_id, course_id)
    elif wanted != now == "none":
        offer(programme_id, course_id, wanted == "open", records.next_position(programme_id))
    elif found := records.find_offering(programme_id, course_id):
        found.open_reading = wanted == "open"
        announce(OfferingOpened(programme_id, course_id, found.open_reading))
    return True


def _end_offering(programme_id: str, course_id: str) -> None:
    db.session.delete(records.find_offering(programme_id, course_id))
    row = records.FormerOffering(programme_id=programme_id, course_id=course_id, ended_at=clock.now())
    db.session.merge(row)
    announce(OfferingEnded(programme_id, course_id))


def withdraw_course(course_id: str) -> None:
    """Let nobody start a course any more, in any programme; who started it can finish, and certificates stay."""
    if records.find_withdrawn(course_id):
        return
    db.session.add(records.WithdrawnCourse(course_id=course_id, at=clock.now()))
    for offering in records.list_offerings(course_id):
        _end_offering(offering.programme_id, course_id)
    announce(CourseWithdrawn(course_id))


def reinstate_course(course_id: str) -> None:
    """Let programmes offer a withdrawn course again; none does so by itself."""
    withdrawn = records.find_withdrawn(course_id)
    if withdrawn is not None:
        db.session.delete(withdrawn)
        announce(CourseReinstated(course_id))


def close_version(course_id: str, minor_line: str, on: date) -> bool:
    """Close an older line of a course after a day; False, with nothing changed, for the newest line or an unknown one.

    A line that closes already keeps its day.
    """
    digest = records.find_newest_digest(course_id, minor_line)
    if digest is None or digest == records.find_newest_digest(course_id):
        return False
    if records.find_closing(course_id, minor_line) is None:
        db.session.add(records.VersionClosing(course_id=course_id, minor_line=minor_line, closes_on=on))
        db.session.flush()
        announce(VersionClosed(course_id, minor_line))
    return True


def call_off_closing(course_id: str, minor_line: str, today: date) -> bool:
    """Let an older line go on after all; False, with nothing changed, once its day has passed."""
    closing = records.find_closing(course_id, minor_line)
    if closing is None:
        return True
    if rules.is_closed(closing.closes_on, today):
        return False
    db.session.delete(closing)
    announce(VersionClosingCalledOff(course_id, minor_line))
    return True


def note_told(course_id: str, minor_line: str, seen: str, after: str, all_told: bool) -> bool:
    """Note up to which enrolment people were told of a closing; False where that has moved on since it was `seen`."""
    closing = records.find_closing(course_id, minor_line)
    if closing is None or closing.all_told or closing.after_enrolment != seen:
        return False
    closing.after_enrolment, closing.all_told = after, all_told
    return True


def record_review(
    course_id: str, version: str | None, role: str, name: str, day: date, note: str | None, covers_patches: bool
) -> records.Review | Refused:
    """Record that somebody read a version, the newest when none is named."""
    if role not in rules.REVIEW_ROLES:
        return Refused(f"A review has one of these roles: {', '.join(rules.REVIEW_ROLES)}. Nothing was recorded.")
    digest = _digest(course_id, version)
    if digest is None:
        return Refused(f"There is no published version of {course_id} like that. Nothing was recorded.")
    review = records.Review(
        id=ids.inner_id(),
        course_id=course_id,
        digest=digest,
        role=role,
        name=name,
        date=day,
        note=note,
        covers_patches=covers_patches,
    )
    db.session.add(review)
    db.session.flush()
    announce(ReviewRecorded(course_id, digest, role))
    return review


def _digest(course_id: str, version: str | None) -> str | None:
    if version is None:
        return records.find_newest_digest(course_id)
    found = records.find_version(course_id, version)
    return found.digest if found else None
