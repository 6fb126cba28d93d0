"""Anonymous lesson feedback, and the authors' replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.notifications.preferences import who_wants
from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.events import announce
from lms.learning.progress.events import RemarkAnswered
from lms.learning.progress.records import Enrolment, LessonDone
from lms.library.records import Offering

Said = Literal["helpful", "unclear", "too_much"]
OPENED_BY = 5
IN_A_WEEK = 60
# How many replies strangers see, of all programmes in which everybody may read the lesson.
REPLIES_MOST = 50


class Feedback(Base):
    """Feedback on a lesson: without a person or a time, and with a random key as its only order."""

    __tablename__ = "remark"
    __table_args__ = (
        Index("ix_remark_place", "programme_id", "course_id", "lesson_id"),
        {"sqlite_with_rowid": False},
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str]
    lesson_id: Mapped[str]
    said: Mapped[str]
    words: Mapped[str]
    week: Mapped[str]
    # The words of the heading that it's about; empty for the whole lesson.
    heading: Mapped[str] = mapped_column(default="")


class FeedbackReply(Base):
    """What the authors heard about a lesson, and what they changed."""

    __tablename__ = "remark_answer"
    __table_args__ = (Index("ix_remark_answer_place", "course_id", "lesson_id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    lesson_id: Mapped[str]
    heard: Mapped[str]
    changed: Mapped[str]
    answered_on: Mapped[date]
    week: Mapped[str]


def week_of(day: date) -> str:
    """Return the ISO week of a day, as 2026-W48: all that is stored of when feedback was sent; weeks sort as texts."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def add_feedback(
    slip: str,
    programme_id: str,
    course_id: str,
    lesson_id: str,
    said: Said,
    words: str,
    today: date,
    heading: str = "",
) -> bool:
    """Store feedback once under its slip, without its sender; return False when the lesson's week is full."""
    week = week_of(today)
    same = select(func.count()).select_from(Feedback)
    same = same.where(Feedback.programme_id == programme_id, Feedback.course_id == course_id)
    if (db.session.scalar(same.where(Feedback.lesson_id == lesson_id, Feedback.week == week)) or 0) >= IN_A_WEEK:
        return False
    if db.session.get(Feedback, slip) is None:
        row = Feedback(id=slip, programme_id=programme_id, course_id=course_id, lesson_id=lesson_id, said=said)
        row.words, row.week, row.heading = words, week, heading
        db.session.add(row)
    return True


def _released(programme_id: str, today: date) -> ColumnElement[bool]:
    """The condition for comments that the authors may read.

    A lesson's comments come out once five people of the programme have finished it, and each once its week is over,
    so that nobody who looks every day can tell on which it was sent.
    """
    # Somebody has one enrolment in a course of a programme. The fifth is looked for, and nobody after it.
    fifth = (
        select(Enrolment.id)
        .join(LessonDone, and_(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == Feedback.lesson_id))
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == Feedback.course_id)
        .limit(1)
        .offset(OPENED_BY - 1)
        .correlate(Feedback)
        .scalar_subquery()
    )
    return and_(Feedback.programme_id == programme_id, Feedback.week < week_of(today), fifth.is_not(None))


def list_released(programme_id: str, course_id: str, today: date, lesson_id: str | None = None) -> list[Feedback]:
    """Return the comments on a course, or on one lesson, that its authors may read, in the order of random keys."""
    query = select(Feedback).where(_released(programme_id, today), Feedback.course_id == course_id)
    if lesson_id is not None:
        query = query.where(Feedback.lesson_id == lesson_id)
    return list(db.session.scalars(query.order_by(Feedback.id)))


@dataclass(frozen=True)
class Waiting:
    """A lesson with comments that came after its last reply, and how many."""

    course_id: str
    lesson_id: str
    count: int


def list_waiting(programme_id: str, today: date, after: tuple[str, str] = ("", ""), most: int = 20) -> list[Waiting]:
    """Return the lessons whose comments wait for a reply, by course and lesson, after a pair of these.

    A reply answers what its authors could read that day. That a lesson helped, and nothing more, waits for no reply.
    """
    replied = (
        select(FeedbackReply.course_id, FeedbackReply.lesson_id, func.max(FeedbackReply.week).label("week"))
        .where(FeedbackReply.programme_id == programme_id)
        .group_by(FeedbackReply.course_id, FeedbackReply.lesson_id)
        .subquery()
    )
    same = and_(replied.c.course_id == Feedback.course_id, replied.c.lesson_id == Feedback.lesson_id)
    query = (
        select(Feedback.course_id, Feedback.lesson_id, func.count().label("count"))
        .outerjoin(replied, same)
        .where(_released(programme_id, today))
        .where(or_(replied.c.week.is_(None), Feedback.week >= replied.c.week))
        .where(or_(Feedback.words != "", Feedback.said != "helpful"))
        .where(tuple_(Feedback.course_id, Feedback.lesson_id) > tuple_(*after))
        .group_by(Feedback.course_id, Feedback.lesson_id)
        .order_by(Feedback.course_id, Feedback.lesson_id)
    )
    return [Waiting(row[0], row[1], row[2]) for row in db.session.execute(query.limit(most))]


def answer(programme_id: str, course_id: str, lesson_id: str, heard: str, changed: str, today: date) -> None:
    """Publish a reply on a lesson: what readers said and what was changed."""
    row = FeedbackReply(
        id=ids.public_id(), programme_id=programme_id, course_id=course_id, lesson_id=lesson_id, answered_on=today
    )
    row.heard, row.changed, row.week = heard, changed, week_of(today)
    db.session.add(row)
    announce(RemarkAnswered(programme_id, course_id, lesson_id))


def take_back(programme_id: str, answer_id: str) -> None:
    """Delete a programme's reply."""
    mine = delete(FeedbackReply).where(FeedbackReply.programme_id == programme_id)
    db.session.execute(mine.where(FeedbackReply.id == answer_id))


def list_answers(programme_ids: list[str], course_id: str, lesson_id: str | None = None) -> list[FeedbackReply]:
    """Return the replies of programmes on a course or one of its lessons, the newest first."""
    query = select(FeedbackReply).where(
        FeedbackReply.programme_id.in_(programme_ids), FeedbackReply.course_id == course_id
    )
    if lesson_id is not None:
        query = query.where(FeedbackReply.lesson_id == lesson_id)
    return list(db.session.scalars(query.order_by(FeedbackReply.answered_on.desc(), FeedbackReply.id)))


def list_open_answers(course_id: str, lesson_id: str) -> list[FeedbackReply]:
    """Return the newest replies on a lesson of programmes in which everybody may read it."""
    offered = exists().where(Offering.programme_id == FeedbackReply.programme_id, Offering.course_id == course_id)
    query = select(FeedbackReply).where(FeedbackReply.course_id == course_id, FeedbackReply.lesson_id == lesson_id)
    query = query.where(offered.where(Offering.open_reading))
    return list(
        db.session.scalars(query.order_by(FeedbackReply.answered_on.desc(), FeedbackReply.id).limit(REPLIES_MOST))
    )


def list_finishers(programme_id: str, course_id: str, lesson_id: str) -> list[str]:
    """Return the ids of the people of a programme who have finished a lesson and want to hear of replies."""
    query = (
        select(Enrolment.person_id)
        .join(LessonDone, LessonDone.enrolment_id == Enrolment.id)
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == course_id)
        .where(LessonDone.lesson_id == lesson_id, Enrolment.person_id.in_(who_wants("answers")))
    )
    return list(db.session.scalars(query.distinct()))
