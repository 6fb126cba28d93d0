"""The courses of a programme as its list of people needs them, in one statement."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, select

from lms.certification.awards.records import ValidityRule
from lms.certification.awards.validity import Validity
from lms.coordination.board.rules import OfferedCourse
from lms.foundation.db import db
from lms.library.course_cache import get_course
from lms.library.records import CourseLine, Offering

_BY_DEFAULT = Validity()


def list_courses(programme_id: str) -> dict[str, OfferedCourse]:
    """Return all courses by id as a programme's list knows them, those first that it offers, in its order."""
    query = (
        select(
            CourseLine.course_id,
            CourseLine.digest,
            Offering.position,
            ValidityRule.window_days,
            ValidityRule.grace_days,
        )
        .outerjoin(Offering, and_(Offering.course_id == CourseLine.course_id, Offering.programme_id == programme_id))
        .outerjoin(
            ValidityRule,
            and_(ValidityRule.course_id == CourseLine.course_id, ValidityRule.programme_id == programme_id),
        )
        .order_by(Offering.position.is_(None), Offering.position, Offering.id, CourseLine.rank.desc())
    )
    found: dict[str, OfferedCourse] = {}
    for id_, digest, place, window, grace in db.session.execute(query):
        course, known = get_course(digest), found.get(id_)
        if known is None:
            days = (_BY_DEFAULT.window_days, _BY_DEFAULT.grace_days) if window is None else (window, grace)
            found[id_] = OfferedCourse(id_, course.title, course.private, place, *days)
        elif course.private:
            found[id_] = replace(known, private=True)
    return found
