"""What a page of a course needs of its visitor, version, enrolment and progress, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, exists, select, true

from lms.accounts.notifications.preferences import Choices
from lms.accounts.records import Membership, Person, Programme
from lms.accounts.rules import Visitor
from lms.accounts.session_records import VISITOR, VISITOR_COLUMNS, as_visitor
from lms.foundation.db import db
from lms.foundation.statements.prepared import first_row
from lms.foundation.statements.sql import aggregate_text
from lms.learning.progress.records import MARKED_LESSON, Enrolment, LessonDone, split_marked_lessons
from lms.library.records import CourseLine, Offering


@dataclass(frozen=True)
class OpenPage:
    """All that a page of a course needs, from one statement."""

    visitor: Visitor | None
    digest: str | None
    enrolment_id: str | None
    programme_id: str | None
    facts: dict[str, Any]
    lessons_done: frozenset[str]
    check_at_once: bool = False
    wins_hidden: bool = False
    lessons_known: frozenset[str] = frozenset()


_person, _enrolment, _line = Person.__table__, Enrolment.__table__, CourseLine.__table__
_programme, _lesson_done, _choices = Programme.__table__, LessonDone.__table__, Choices.__table__
_membership = Membership.__table__
_DONE = (
    select(aggregate_text(MARKED_LESSON, " "))
    .where(_lesson_done.c.enrolment_id == _enrolment.c.id)
    .correlate(_enrolment)
    .scalar_subquery()
)
# An enrolment opens pages for as long as its person belongs to the programme; what they did there stays.
_IS_MINE = and_(
    _enrolment.c.person_id == _person.c.id,
    _enrolment.c.course_id == bindparam("course"),
    _enrolment.c.programme_id.in_(
        select(_membership.c.programme_id).where(_membership.c.person_id == _person.c.id).correlate(_person)
    ),
)
_IS_ITS_LINE = and_(_line.c.course_id == _enrolment.c.course_id, _line.c.minor_line == _enrolment.c.minor_line)
_OPEN_PAGE = (
    VISITOR.add_columns(_line.c.digest, _enrolment.c.id, _enrolment.c.programme_id, _programme.c.facts, _DONE)
    .add_columns(_choices.c.check_at_once, _choices.c.wins_hidden)
    .outerjoin(_enrolment, _IS_MINE)
    .outerjoin(_line, _IS_ITS_LINE)
    .outerjoin(_programme, _programme.c.id == _enrolment.c.programme_id)
    .outerjoin(_choices, _choices.c.person_id == _person.c.id)
    .order_by(_enrolment.c.started_at)
    .limit(1)
)
# Whether any programme lets everybody read the course of a line: one look into an index.
_offer = Offering.__table__.alias()
_IS_OPEN = exists().where(_offer.c.course_id == CourseLine.course_id, _offer.c.open_reading == true()).label("is_open")


def open_page(token_sha256: str | None, course_id: str) -> OpenPage:
    """Return visitor, version, enrolment and progress for a page of a course, in one statement.

    A visitor who has not begun, or nobody in particular, is given the newest version by a second one.
    """
    marks = {"mark": token_sha256, "course": course_id}
    row = first_row(_OPEN_PAGE, marks) if token_sha256 else None
    visitor = as_visitor(row)
    if visitor and row and row[len(VISITOR_COLUMNS)]:
        digest, enrolment_id, programme_id, facts, done, *chosen = row[len(VISITOR_COLUMNS) :]
        lessons_done, known = split_marked_lessons(done)
        at_once, hidden = map(bool, chosen)
        return OpenPage(visitor, digest, enrolment_id, programme_id, facts, lessons_done, at_once, hidden, known)
    return _not_begun(visitor, course_id)


def _not_begun(visitor: Visitor | None, course_id: str) -> OpenPage:
    offers = and_(
        Offering.course_id == CourseLine.course_id, Offering.programme_id.in_(visitor.roles if visitor else ())
    )
    query = (
        select(CourseLine.digest, Programme.id, Programme.facts, _IS_OPEN)
        .outerjoin(Offering, offers)
        .outerjoin(Programme, Programme.id == Offering.programme_id)
        .where(CourseLine.course_id == course_id)
        .order_by(CourseLine.rank.desc(), Programme.id.is_(None), Programme.id)
    )
    row = db.session.execute(query.limit(1)).first()
    if row is None or not (row.id or row.is_open):
        return OpenPage(visitor, None, None, None, {}, frozenset())
    return OpenPage(visitor, row.digest, None, row.id, row.facts or {}, frozenset())
