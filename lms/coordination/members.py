"""The person whose page a coordinator opened, and the courses they started in this programme."""

from __future__ import annotations

from flask import abort

from lms.accounts.access import this_programme
from lms.accounts.records import Person, find_member
from lms.certification.awards.observations import is_held_back
from lms.certification.readiness.actions import to_withdraw
from lms.content.model.course import Course
from lms.learning.progress.records import Enrolment, list_enrolments
from lms.library.course_cache import get_course, private_courses
from lms.library.records import find_newest_digest


def member_of_programme(public_id: str) -> Person:
    """Return somebody of this programme, or answer that there is no such page."""
    found = find_member(public_id, this_programme().id)
    if found is None:
        abort(404)
    return found


def started_by(person_id: str) -> list[tuple[Enrolment, Course]]:
    """Return what somebody began in this programme; a private course shows nothing."""
    return started_in(this_programme().id, person_id)


def started_in(programme_id: str, person_id: str) -> list[tuple[Enrolment, Course]]:
    """Return what somebody began in a programme, as its staff see it; a private course shows nothing."""
    found, private = [], private_courses()
    for enrolment in list_enrolments(person_id):
        digest = find_newest_digest(enrolment.course_id, enrolment.minor_line)
        course = get_course(digest) if digest else None
        if course and enrolment.course_id not in private and enrolment.programme_id == programme_id:
            found.append((enrolment, course))
    return found


def on_hold_of(person_id: str) -> list[dict[str, str]]:
    """Return the courses in which somebody's readiness is on hold, each with the code of what may be withdrawn."""
    found = []
    for enrolment, course in started_by(person_id):
        if is_held_back(enrolment.id):
            award = to_withdraw(enrolment.id)
            found.append({"course": course.title, "code": award.code if award else ""})
    return found
