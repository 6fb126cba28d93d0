"""Asking somebody of the programme to review a version, and their answer."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.actions import FormError
from lms.accounts.records import Person, roles_of
from lms.authoring.reviews.events import ReviewAsked
from lms.authoring.reviews.records import ReviewRequest, find_open, get_request
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.library.actions import record_review
from lms.library.records import find_version_by_digest


@dataclass(frozen=True)
class Wanted:
    """Which review is wanted: of a course's version, as what, with a note to the reviewer."""

    course_id: str
    digest: str
    role: str
    note: str


def ask_for_review(programme_id: str, asked_by: str, reviewer: Person | None, wanted: Wanted) -> FormError | None:
    """Ask somebody of a programme to review a version; asking again while they haven't answered changes nothing."""
    if reviewer is None or reviewer.disabled_at or programme_id not in roles_of(reviewer.id):
        return FormError("email", _("Nobody in this programme has this email address. Invite them first."))
    if reviewer.id == asked_by:
        return FormError("email", _("Somebody else has to review it. Enter another address."))
    if find_open(wanted.digest, wanted.role, reviewer.id):
        return None
    row = ReviewRequest(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=programme_id,
        course_id=wanted.course_id,
        digest=wanted.digest,
        role=wanted.role,
        reviewer_id=reviewer.id,
        asked_by=asked_by,
        asked_at=clock.now(),
        note=wanted.note or None,
        answered_at=None,
    )
    db.session.add(row)
    db.session.flush()
    announce(ReviewAsked(reviewer.id, programme_id, row.id, wanted.course_id, wanted.role))
    return None


def answer_request(request_id: str, name: str, note: str, covers_patches: bool, zone: str) -> Refused | None:
    """Record the review that somebody was asked for, in their name and with today's date; only once."""
    row = get_request(request_id)
    version = find_version_by_digest(row.course_id, row.digest)
    if row.answered_at is not None or version is None:
        return None
    said = (row.role, name, clock.today(zone), note or None, covers_patches)
    done = record_review(row.course_id, version.version, *said)
    if isinstance(done, Refused):
        return done
    row.answered_at = clock.now()
    return None
