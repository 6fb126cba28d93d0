"""Enrolments, and what is finished on each: lessons, practice conversations, and progress in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.rules import Visitor
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import first_row
from lms.foundation.statements.sql import aggregate_text
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.equivalents import Equivalent
from lms.learning.progress.rules import Progress
from lms.library.course_cache import for_staff
from lms.library.records import CourseLine, Offering, open_offerings


class Enrolment(Base):
    """Somebody takes a course in a programme, on the minor line on which they started."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id", "programme_id"),
        Index("ix_enrolment_line", "course_id", "minor_line", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[str]
    minor_line: Mapped[str]
    started_at: Mapped[datetime]


class LessonDone(Base):
    """A lesson somebody finished, in which version is not kept, or said that they know already."""

    __tablename__ = "lesson_done"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    known: Mapped[bool] = mapped_column(default=False)


class PracticeDone(Base):
    """A finished practice conversation; what was chosen isn't stored."""

    __tablename__ = "practice_done"
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    counts: Mapped[bool]
    at: Mapped[datetime]


# No id has this character: it marks a lesson that its reader knew already instead of reading it.
_KNOWN = "!"
_lesson_done = LessonDone.__table__
MARKED_LESSON = _lesson_done.c.lesson_id + case(
    (_lesson_done.c.known, literal_column(f"'{_KNOWN}'")), else_=literal_column("''")
)


def split_marked_lessons(done: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lessons that are done, and those of them that their reader knew already."""
    marked = (done or "").split()
    known = frozenset(name.removesuffix(_KNOWN) for name in marked if name.endswith(_KNOWN))
    return frozenset(name.removesuffix(_KNOWN) for name in marked), known


def find_enrolment(person_id: str, course_id: str, programme_id: str | None = None) -> Enrolment | None:
    """Return somebody's enrolment in a course, the first begun when it is not tied to a programme."""
    query = select(Enrolment).where(Enrolment.person_id == person_id, Enrolment.course_id == course_id)
    if programme_id:
        query = query.where(Enrolment.programme_id == programme_id)
    return db.session.scalar(query.order_by(Enrolment.started_at).limit(1))


def get_enrolment(enrolment_id: str) -> Enrolment:
    """Return an enrolment."""
    return db.session.get_one(Enrolment, enrolment_id)


def list_enrolments(person_id: str) -> list[Enrolment]:
    """Return somebody's enrolments, the newest first."""
    query = select(Enrolment).where(Enrolment.person_id == person_id)
    return list(db.session.scalars(query.order_by(Enrolment.started_at.desc())))


def list_enrolments_of_programme(programme_id: str) -> list[Enrolment]:
    """Return everybody's enrolments in a programme, as its staff see them: none in a private course."""
    query = select(Enrolment).where(Enrolment.programme_id == programme_id)
    return list(db.session.scalars(for_staff(query, Enrolment.course_id)))


def offered_courses(visitor: Visitor | None, lines: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return (course id, digest) of what somebody may read, in its order, each course once.

    The digest is that of the minor line that `lines` names for a course, otherwise the newest. Courses of `lines` that
    nobody offers any more come last.
    """
    mine = select(Offering.id).where(Offering.programme_id.in_(visitor.roles)) if visitor and visitor.roles else None
    readable = open_offerings() if mine is None else union(open_offerings(), mine)
    query = (
        select(Offering.course_id, CourseLine.minor_line, CourseLine.digest)
        .join(CourseLine, CourseLine.course_id == Offering.course_id)
        .where(Offering.id.in_(readable))
        .order_by(Offering.position, Offering.id, CourseLine.rank.desc())
    )
    found: dict[str, str] = {}
    for course_id, minor_line, digest in db.session.execute(query):
        found.setdefault(course_id, digest)
        if lines and lines.get(course_id) == minor_line:
            found[course_id] = digest
    found.update(_no_longer_offered({id_: line for id_, line in (lines or {}).items() if id_ not in found}))
    return list(found.items())


def _no_longer_offered(lines: Mapping[str, str]) -> dict[str, str]:
    """Return the digest of each course on its minor line; nothing is asked for none."""
    if not lines:
        return {}
    query = select(CourseLine.course_id, CourseLine.minor_line, CourseLine.digest)
    rows = db.session.execute(query.where(CourseLine.course_id.in_(lines)).order_by(CourseLine.course_id))
    return {row.course_id: row.digest for row in rows if row.minor_line == lines[row.course_id]}


def _of_enrolment(what: Any, table: type[Base], *more: Any) -> Any:
    """Return a subquery over an enrolment's rows in one table."""
    return select(what).where(table.enrolment_id == bindparam("enrolment"), *more).scalar_subquery()  # type: ignore[attr-defined]


_RESULTS = select(Result.passed).join(Attempt, Attempt.id == Result.attempt_id)
_SUBMITTED = _RESULTS.where(Attempt.enrolment_id == bindparam("enrolment"), Attempt.renewal_id.is_(None)).subquery()


def _valid_equivalents(item: str) -> Any:
    """Return a subquery for the ids of recognised or exempted items."""
    standing = (Equivalent.item == item, Equivalent.undone_at.is_(None))
    return _of_enrolment(aggregate_text(Equivalent.item_id, " "), Equivalent, *standing)


PROGRESS = (
    _of_enrolment(aggregate_text(MARKED_LESSON, " "), LessonDone),
    _of_enrolment(aggregate_text(PracticeDone.conversation_id, " "), PracticeDone, PracticeDone.counts),
    select(func.count()).select_from(_SUBMITTED).scalar_subquery(),
    select(func.count()).select_from(_SUBMITTED).where(_SUBMITTED.c.passed).scalar_subquery(),
    _valid_equivalents("lesson"),
    _valid_equivalents("practice"),
)


_PROGRESS = select(*PROGRESS)


def progress_of(enrolment_id: str) -> Progress:
    """Return the progress of an enrolment, in one statement, including what was recognised or exempted."""
    row = first_row(_PROGRESS, {"enrolment": enrolment_id})
    assert row is not None, "counts come back for whoever did nothing, too"
    return as_progress(row)


def as_progress(row: Sequence[Any]) -> Progress:
    """Return what the columns of PROGRESS say."""
    lessons, practised, attempts, passed, *valid = row
    done, known = split_marked_lessons(lessons)
    played = frozenset((practised or "").split())
    read_otherwise, played_otherwise = (frozenset((other or "").split()) for other in valid)
    return Progress(
        done | read_otherwise,
        played | played_otherwise,
        passed > 0,
        attempts,
        read_otherwise - done,
        played_otherwise - played,
        known,
    )


@cache
def upsert(table: type[Base], keys: tuple[str, ...], dialect: str, newer_only: bool = False) -> Any:
    """Return the statement that inserts rows or replaces what stands under their keys."""
    flavour: Any = postgresql if dialect == "postgresql" else sqlite
    statement = flavour.insert(table.__table__)
    names = [column.name for column in table.__table__.columns if column.name not in keys]
    changes = {name: statement.excluded[name] for name in names}
    where = table.revision <= statement.excluded.revision if newer_only else None  # type: ignore[attr-defined]
    return statement.on_conflict_do_update(index_elements=keys, set_=changes, where=where)


def move_enrolment(enrolment_id: str, minor_line: str, lessons: set[str], conversations: set[str]) -> None:
    """Put an enrolment on another line of its course, with some lessons and conversations open again."""
    get_enrolment(enrolment_id).minor_line = minor_line
    for table, item, again in (
        (LessonDone, LessonDone.lesson_id, lessons),
        (PracticeDone, PracticeDone.conversation_id, conversations),
    ):
        db.session.execute(delete(table).where(table.enrolment_id == enrolment_id, item.in_(again)))
    db.session.flush()


def record_lesson_done(enrolment_id: str, lesson_id: str, known: bool = False) -> bool:
    """Record that a lesson is finished or already known; return False when it was recorded before."""
    row = db.session.get(LessonDone, (enrolment_id, lesson_id))
    if row:
        row.known = row.known and known
        return False
    values = {"enrolment_id": enrolment_id, "lesson_id": lesson_id, "at": clock.now(), "known": known}
    db.session.execute(insert(LessonDone).values(values))
    return True


def record_practice(enrolment_id: str, conversation_id: str, counts: bool) -> bool:
    """Record a finished conversation; return True when it counts now and didn't before."""
    known = db.session.scalar(
        select(PracticeDone.counts).where(
            PracticeDone.enrolment_id == enrolment_id, PracticeDone.conversation_id == conversation_id
        )
    )
    if known or known is counts:
        return False
    row = {"enrolment_id": enrolment_id, "conversation_id": conversation_id, "counts": counts, "at": clock.now()}
    db.session.execute(upsert(PracticeDone, ("enrolment_id", "conversation_id"), db.engine.dialect.name), [row])
    return counts


def count_finished_lesson(course_id: str, lesson_id: str) -> int:
    """Return how many people have finished a lesson of a course, in all programmes."""
    query = select(func.count()).select_from(LessonDone).join(Enrolment, Enrolment.id == LessonDone.enrolment_id)
    return db.session.scalar(query.where(Enrolment.course_id == course_id, LessonDone.lesson_id == lesson_id)) or 0


def was_practised(enrolment_id: str, conversation_id: str) -> bool:
    """Return whether a conversation came to an end for somebody before, whether or not that end counts."""
    return db.session.get(PracticeDone, (enrolment_id, conversation_id)) is not None


def last_finished(enrolment_ids: Collection[str]) -> dict[str, datetime]:
    """Return for each enrolment when a lesson or a conversation was last finished, where one was."""
    rows: list[tuple[str, datetime]] = []
    for table in (LessonDone, PracticeDone):
        query = select(table.enrolment_id, func.max(table.at)).where(table.enrolment_id.in_(enrolment_ids))
        rows += [(enrolment_id, at) for enrolment_id, at in db.session.execute(query.group_by(table.enrolment_id))]
    return dict(sorted(rows, key=lambda row: row[1]))
