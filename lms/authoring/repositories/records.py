"""Where a programme's courses come from, and what became of the last time that one was asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.authoring.drafts.records import Draft
from lms.authoring.repositories.fetching import SECONDS_MOST, Origin
from lms.foundation import clock, ids
from lms.foundation.db import Base, db

WORK = "authoring.repository"
SOURCES_MOST = 100
# Whatever takes longer ended with the process that did it.
LONGEST = timedelta(seconds=2 * SECONDS_MOST)

State = Literal["new", "waiting", "draft", "nothing", "stopped"]


class CourseSource(Base):
    """The repository of a course in a programme; `reason` says why it couldn't be brought in, `detail` more of it."""

    __tablename__ = "course_source"
    __table_args__ = (UniqueConstraint("programme_id", "course_id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str]
    address: Mapped[str]
    branch: Mapped[str]
    folder: Mapped[str]
    state: Mapped[str] = mapped_column(default="new", index=True)
    asked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    draft: Mapped[str | None]
    reason: Mapped[str | None]
    detail: Mapped[str | None]

    @property
    def origin(self) -> Origin:
        """Return where the course is read from."""
        return Origin(self.address, self.branch, self.folder)


def find_source(programme_id: str, course_id: str) -> CourseSource | None:
    """Return where a course of a programme comes from."""
    query = select(CourseSource).where(CourseSource.programme_id == programme_id)
    return db.session.scalar(query.where(CourseSource.course_id == course_id))


def list_sources(programme_id: str) -> list[CourseSource]:
    """Return where the courses of a programme come from, by course; there's a most of them."""
    query = select(CourseSource).where(CourseSource.programme_id == programme_id)
    return list(db.session.scalars(query.order_by(CourseSource.course_id).limit(SOURCES_MOST)))


def count_sources(programme_id: str) -> int:
    """Return how many repositories are set up for a programme."""
    query = select(func.count()).select_from(CourseSource).where(CourseSource.programme_id == programme_id)
    return db.session.scalar(query) or 0


def list_open(programme_id: str, drafts: list[str]) -> set[str]:
    """Return which of some drafts, by public id, are still open."""
    query = select(Draft.public_id).where(Draft.programme_id == programme_id, Draft.state == "open")
    return set(db.session.scalars(query.where(Draft.public_id.in_(drafts))))


def take(key: str) -> CourseSource | None:
    """Return what is to be brought in now, once; None when it was removed, or is done already."""
    source = db.session.get(CourseSource, key)
    if source is None or source.state != "waiting" or source.started_at:
        return None
    source.started_at = clock.now()
    return source


def list_untaken() -> list[str]:
    """Return what waits to be brought in, the longest waiting first."""
    query = select(CourseSource.id).where(CourseSource.state == "waiting", CourseSource.started_at.is_(None))
    return list(db.session.scalars(query.order_by(CourseSource.asked_at)))


def end_interrupted() -> None:
    """Note what ended with the process that brought it in; nobody but a person tries it again."""
    ended = update(CourseSource).where(CourseSource.state == "waiting", CourseSource.started_at < clock.now() - LONGEST)
    db.session.execute(ended.values(state="stopped", reason="interrupted", detail=None, ended_at=clock.now()))


def note(key: str, asked_at: datetime | None, state: State, draft: str | None, reason: str | None, detail: str) -> None:
    """Note what became of a request, unless it was set up or asked for once more meanwhile."""
    source = db.session.get(CourseSource, key)
    if source is not None and source.state == "waiting" and source.asked_at == asked_at:
        source.state, source.draft, source.ended_at = state, draft, clock.now()
        source.reason, source.detail = reason, detail or None
