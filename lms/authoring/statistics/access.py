"""Which courses a programme's trainers see figures of, and which question a page is about."""

from __future__ import annotations

from flask import abort

from lms.accounts.access import this_programme
from lms.authoring.statistics.count_records import list_courses
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest


def courses_here() -> list[Course]:
    """Return the newest version of each course that the programme offers or has figures of, but for private ones."""
    digests = filter(None, map(find_newest_digest, list_courses(this_programme().id)))
    return [course for course in map(get_course, digests) if not course.private]


def course_here(course_id: str) -> Course:
    """Return the newest version of one of these courses, or answer 404."""
    digest = find_newest_digest(course_id) if course_id in list_courses(this_programme().id) else None
    course = get_course(digest) if digest else None
    if course is None or course.private:
        abort(404)
    return course


def question_here(course: Course, question_id: str) -> Question:
    """Return a question that a check may draw, or answer 404."""
    question = course.question_by_id.get(question_id)
    if question is None or not question.drawable:
        abort(404)
    return question
