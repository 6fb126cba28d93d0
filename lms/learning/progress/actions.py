"""What changes progress: enrolment, finished lessons and conversations, renewals, and recognised learning."""

from __future__ import annotations

from datetime import date

from lms.content.model.changes import changes_between
from lms.content.model.conversation import Conversation, End
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.learning.progress import records, rules
from lms.learning.progress.equivalents import Equivalent, list_valid_equivalents
from lms.learning.progress.events import (
    Enrolled,
    EquivalentRecorded,
    EquivalentUndone,
    LessonFinished,
    PracticeCompleted,
    RenewalBegun,
    WentOn,
)
from lms.learning.progress.records import Enrolment
from lms.learning.progress.renewal_records import Renewal, find_renewal


def enrol(person_id: str, programme_id: str, course: Course) -> Enrolment:
    """Enrol somebody on the newest line of a course; return the enrolment there is if they have one."""
    known = records.find_enrolment(person_id, course.id, programme_id)
    if known:
        return known
    enrolment = Enrolment(
        id=ids.inner_id(),
        programme_id=programme_id,
        person_id=person_id,
        course_id=course.id,
        minor_line=course.minor_line,
        started_at=clock.now(),
    )
    db.session.add(enrolment)
    db.session.flush()
    announce(Enrolled(person_id, programme_id, enrolment.id, course.id))
    return enrolment


def finish_lesson(enrolment_id: str, lesson_id: str, known: bool = False) -> None:
    """Finish a lesson, or mark it as already known; doing so again changes nothing."""
    if records.record_lesson_done(enrolment_id, lesson_id, known):
        enrolment = records.get_enrolment(enrolment_id)
        announce(LessonFinished(enrolment.person_id, enrolment.programme_id, enrolment_id))


def complete_practice(enrolment_id: str, conversation: Conversation, end: End) -> None:
    """Record that a conversation was finished, without what was chosen."""
    if records.record_practice(enrolment_id, conversation.id, rules.counts_as_done(conversation, end.good)):
        enrolment = records.get_enrolment(enrolment_id)
        announce(PracticeCompleted(enrolment.person_id, enrolment.programme_id, enrolment_id))


def move_to_newest(enrolment_id: str, known: Course, newest: Course) -> None:
    """Move an enrolment to the newest version; what changed is open again, all else stays done."""
    changes = changes_between(known, newest)
    lessons, conversations = ({one.id for one in some} for some in (changes.lessons, changes.conversations))
    records.move_enrolment(enrolment_id, newest.minor_line, lessons, conversations)
    enrolment = records.get_enrolment(enrolment_id)
    announce(WentOn(enrolment.person_id, enrolment.programme_id, enrolment_id, newest.version))


def start_renewal(enrolment_id: str, known: Course, newest: Course) -> Renewal:
    """Start renewing from one version to the newest, or find the renewal that is open."""
    renewal, enrolment = find_renewal(enrolment_id), records.get_enrolment(enrolment_id)
    if renewal is not None and enrolment.minor_line == newest.minor_line:
        return renewal
    move_to_newest(enrolment_id, known, newest)
    if renewal is None:
        renewal = Renewal(
            id=ids.inner_id(),
            enrolment_id=enrolment_id,
            open_for=enrolment_id,
            since=known.digest,
            begun_at=clock.now(),
        )
        db.session.add(renewal)
        db.session.flush()
        announce(RenewalBegun(enrolment.person_id, enrolment.programme_id, enrolment_id))
    return renewal


def record_equivalent(
    enrolment_id: str, item: tuple[str, str], way: rules.EquivalentKind, reason: str, done_on: date | None, by: str
) -> Equivalent:
    """Record recognised learning or an exemption; recording it again changes nothing."""
    for known in list_valid_equivalents(enrolment_id):
        if (known.item, known.item_id) == item:
            return known
    enrolment = records.get_enrolment(enrolment_id)
    row = Equivalent(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        enrolment_id=enrolment_id,
        item=item[0],
        item_id=item[1],
        way=way,
        reason=reason,
        done_on=done_on,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    announce(EquivalentRecorded(enrolment.person_id, enrolment.programme_id, enrolment_id, row.id))
    return row


def undo_equivalent(row_id: str, reason: str) -> None:
    """Undo recognised learning or an exemption; certificates that rely on it stay valid."""
    row = db.session.get_one(Equivalent, row_id)
    if row.undone_at is None:
        row.undone_at, row.undone_reason = clock.now(), reason
        enrolment = records.get_enrolment(row.enrolment_id)
        announce(EquivalentUndone(enrolment.person_id, enrolment.programme_id, row.enrolment_id, row.id))
