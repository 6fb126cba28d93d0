"""Anonymous lesson feedback, and what the authors answered."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.events import announce
from lms.learning.progress.events import RemarkAnswered
from lms.learning.progress.records import Enrolment, LessonDone

Said = Literal["helpful", "unclear", "too_much"]
OPENED_BY = 5
IN_A_WEEK = 60


class Remark(Base):
    """What somebody said of a lesson: no person, no moment, and a random key as the only order there is."""

    __tablename__ = "remark"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads a plain dict here
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str]
    lesson_id: Mapped[str]
    said: Mapped[str]
    words: Mapped[str]
    week: Mapped[str]


class RemarkAnswer(Base):
    """What the authors heard about a lesson, and what they changed."""

    __tablename__ = "remark_answer"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    lesson_id: Mapped[str]
    heard: Mapped[str]
    changed: Mapped[str]
    answered_on: Mapped[date]


def week_of(day: date) -> str:
    """Return the ISO week of a day, as 2026-W48: all that is kept of when something was said."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def remark(slip: str, programme_id: str, course_id: str, lesson_id: str, said: Said, words: str, today: date) -> bool:
    """Keep a remark under its slip, once, without a trace of who sent it; False when a lesson had many this week."""
    week = week_of(today)
    same = select(func.count()).select_from(Remark)
    same = same.where(Remark.programme_id == programme_id, Remark.course_id == course_id)
    if (db.session.scalar(same.where(Remark.lesson_id == lesson_id, Remark.week == week)) or 0) >= IN_A_WEEK:
        return False
    if db.session.get(Remark, slip) is None:
        row = Remark(id=slip, programme_id=programme_id, course_id=course_id, lesson_id=lesson_id, said=said)
        row.words, row.week = words, week
        db.session.add(row)
    return True


def list_released(programme_id: str, course_id: str, today: date) -> list[Remark]:
    """Return the remarks that the authors may read, in the order of their random keys.

    A lesson's remarks come out once five people of the programme have finished it, and each once its week is over,
    so that nobody who looks every day can tell on which it was sent.
    """
    readers = (
        select(LessonDone.lesson_id)
        .join(Enrolment, Enrolment.id == LessonDone.enrolment_id)
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == course_id)
        .group_by(LessonDone.lesson_id)
        .having(func.count(Enrolment.person_id.distinct()) >= OPENED_BY)
    )
    query = select(Remark).where(
        Remark.programme_id == programme_id,
        Remark.course_id == course_id,
        Remark.week < week_of(today),
        Remark.lesson_id.in_(readers),
    )
    return list(db.session.scalars(query.order_by(Remark.id)))


def answer(programme_id: str, course_id: str, lesson_id: str, heard: str, changed: str, today: date) -> None:
    """Say to everybody who reads a lesson what was heard about it and what was changed."""
    row = RemarkAnswer(
        id=ids.public_id(), programme_id=programme_id, course_id=course_id, lesson_id=lesson_id, answered_on=today
    )
    row.heard, row.changed = heard, changed
    db.session.add(row)
    announce(RemarkAnswered(programme_id, course_id, lesson_id))


def take_back(programme_id: str, answer_id: str) -> None:
    """Take an answer of a programme off its lesson."""
    mine = delete(RemarkAnswer).where(RemarkAnswer.programme_id == programme_id)
    db.session.execute(mine.where(RemarkAnswer.id == answer_id))


def list_answers(programme_ids: list[str], course_id: str, lesson_id: str | None = None) -> list[RemarkAnswer]:
    """Return what programmes answered on a course or one of its lessons, the newest first."""
    query = select(RemarkAnswer).where(
        RemarkAnswer.programme_id.in_(programme_ids), RemarkAnswer.course_id == course_id
    )
    if lesson_id is not None:
        query = query.where(RemarkAnswer.lesson_id == lesson_id)
    return list(db.session.scalars(query.order_by(RemarkAnswer.answered_on.desc(), RemarkAnswer.id)))


def list_finishers(programme_id: str, course_id: str, lesson_id: str) -> list[str]:
    """Return the ids of the people of a programme who have finished a lesson."""
    query = (
        select(Enrolment.person_id)
        .join(LessonDone, LessonDone.enrolment_id == Enrolment.id)
        .where(Enrolment.programme_id == programme_id, Enrolment.course_id == course_id)
        .where(LessonDone.lesson_id == lesson_id)
    )
    return list(db.session.scalars(query.distinct()))
