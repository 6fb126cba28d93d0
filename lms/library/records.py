"""What we remember of bundles, versions, offerings and reviews."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, UniqueConstraint, func, select, true
from sqlalchemy.orm import Mapped, aliased, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import first_row
from lms.foundation.statements.sql import aggregate_text
from lms.library.rules import rank


class Text(Base):
    """The bytes of a Markdown file or of the words beside a recording, kept once under their SHA-256."""

    __tablename__ = "library_text"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Bundle(Base):
    """A published course as a manifest path -> SHA-256; it never changes."""

    __tablename__ = "bundle"
    digest: Mapped[str] = mapped_column(primary_key=True)
    manifest: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Version(Base):
    """Which bundle a version of a course is."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("course_id", "version"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    course_id: Mapped[str]
    version: Mapped[str]
    rank: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("bundle.digest"))
    published_at: Mapped[datetime]


class CourseLine(Base):
    """The newest patch of each minor line, which learners on that line read."""

    __tablename__ = "course_line"
    course_id: Mapped[str] = mapped_column(primary_key=True)
    minor_line: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("bundle.digest"))


class Offering(Base):
    """A programme offers a course; with `open_reading` its lessons need no account."""

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("programme_id", "course_id"),
        Index("ix_offering_open", "course_id", "open_reading", "position", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str]
    open_reading: Mapped[bool]
    position: Mapped[int]


class CourseOwner(Base):
    """The programme whose trainers publish new versions of a course; without a row, it's the site."""

    __tablename__ = "course_owner"
    course_id: Mapped[str] = mapped_column(primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)


class WithdrawnCourse(Base):
    """A course that nobody can start any more; who started it can finish it."""

    __tablename__ = "withdrawn_course"
    course_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class VersionClosing(Base):
    """An older minor line that people in the middle of it can finish until the end of a day.

    They're emailed by enrolment, in order: `after_enrolment` is the last who was, and `all_told` that nobody is left.
    """

    __tablename__ = "version_closing"
    course_id: Mapped[str] = mapped_column(primary_key=True)
    minor_line: Mapped[str] = mapped_column(primary_key=True)
    closes_on: Mapped[date]
    after_enrolment: Mapped[str] = mapped_column(default="")
    all_told: Mapped[bool] = mapped_column(default=False)


class FormerOffering(Base):
    """A course that a programme offered before, and can offer again."""

    __tablename__ = "former_offering"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]


class Review(Base):
    """Somebody qualified read a version; `covers_patches` lets later patches of the line inherit it."""

    __tablename__ = "review"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    course_id: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey("bundle.digest"))
    role: Mapped[str]
    name: Mapped[str]
    date: Mapped[date]
    note: Mapped[str | None]
    covers_patches: Mapped[bool]


def find_bundle(digest: str) -> Bundle | None:
    """Return a published bundle's manifest."""
    return db.session.get(Bundle, digest)


def list_texts(digests: list[str]) -> dict[str, bytes]:
    """Return texts by their SHA-256."""
    rows = db.session.execute(select(Text.sha256, Text.content).where(Text.sha256.in_(digests)))
    return {row.sha256: row.content for row in rows}


def find_version(course_id: str, version: str) -> Version | None:
    """Return a published version."""
    return db.session.scalar(select(Version).where(Version.course_id == course_id, Version.version == version))


def list_versions(course_id: str) -> list[Version]:
    """Return the published versions of a course, the newest first."""
    return list(db.session.scalars(select(Version).where(Version.course_id == course_id).order_by(Version.rank.desc())))


def find_version_by_digest(course_id: str, digest: str) -> Version | None:
    """Return the version that a digest is."""
    return db.session.scalar(select(Version).where(Version.course_id == course_id, Version.digest == digest))


def find_newest_digest(course_id: str, minor_line: str | None = None) -> str | None:
    """Return the digest that readers of a line get, or of the newest line."""
    query = select(CourseLine.digest).where(CourseLine.course_id == course_id)
    if minor_line:
        query = query.where(CourseLine.minor_line == minor_line)
    return db.session.scalar(query.order_by(CourseLine.rank.desc()).limit(1))


def list_newest_ranks(course_id: str) -> list[int]:
    """Return the rank of each line's newest version."""
    return list(db.session.scalars(select(CourseLine.rank).where(CourseLine.course_id == course_id)))


def list_line_digests(course_id: str) -> list[str]:
    """Return the digest of the newest version of each line of a course, the newest line first."""
    query = select(CourseLine.digest).where(CourseLine.course_id == course_id)
    return list(db.session.scalars(query.order_by(CourseLine.rank.desc())))


def list_current_digests() -> list[str]:
    """Return the digests that somebody may open next."""
    return list(db.session.scalars(select(CourseLine.digest).order_by(CourseLine.rank)))


CURRENT_DIGESTS = select(aggregate_text(CourseLine.__table__.c.digest, " "))


def current_digests_as_text() -> str:
    """Return the same digests in any order, with a space between each two."""
    row = first_row(CURRENT_DIGESTS, {})
    return (row and row[0]) or ""


def list_offerings(course_id: str) -> list[Offering]:
    """Return who offers a course: one row for each programme, so no page that people open often asks for them."""
    query = select(Offering).where(Offering.course_id == course_id)
    return list(db.session.scalars(query.order_by(Offering.position, Offering.id)))


def list_offerings_of(programme_id: str) -> list[Offering]:
    """Return what a programme offers, in the order in which it is shown."""
    query = select(Offering).where(Offering.programme_id == programme_id)
    return list(db.session.scalars(query.order_by(Offering.position, Offering.id)))


def list_offering_among(course_id: str, programme_ids: Collection[str]) -> list[str]:
    """Return which of some programmes offer a course."""
    query = select(Offering.programme_id).where(Offering.programme_id.in_(programme_ids))
    return list(db.session.scalars(query.where(Offering.course_id == course_id).order_by(Offering.programme_id)))


def next_position(programme_id: str) -> int:
    """Return the place after everything that a programme offers."""
    last = db.session.scalar(select(func.max(Offering.position)).where(Offering.programme_id == programme_id))
    return 0 if last is None else last + 1


def open_offerings() -> Select[str]:
    """Return the query for the ids of offerings that everybody may read: of each course the first, by index.

    There's one row for each course, however many programmes offer it.
    """
    course, other = select(CourseLine.course_id).distinct().subquery(), aliased(Offering)
    first = select(other.id).where(other.course_id == course.c.course_id, other.open_reading == true())
    first = first.order_by(other.position, other.id).limit(1)
    return select(first.scalar_subquery()).select_from(course)


def list_open_courses() -> set[str]:
    """Return the ids of the courses that everybody may read."""
    return set(db.session.scalars(select(Offering.course_id).where(Offering.id.in_(open_offerings()))))


def list_offered_courses() -> set[str]:
    """Return the ids of the courses that some programme offers."""
    offered = select(Offering.id).where(Offering.course_id == CourseLine.course_id).exists()
    return set(db.session.scalars(select(CourseLine.course_id).where(offered).distinct()))


def find_offering(programme_id: str, course_id: str) -> Offering | None:
    """Return a programme's offering of a course."""
    return db.session.scalar(
        select(Offering).where(Offering.programme_id == programme_id, Offering.course_id == course_id)
    )


def find_owner(course_id: str) -> str | None:
    """Return the programme that a course belongs to; None for the site's, and for one that nobody published."""
    return db.session.scalar(select(CourseOwner.programme_id).where(CourseOwner.course_id == course_id))


def find_withdrawn(course_id: str) -> WithdrawnCourse | None:
    """Return that a course was withdrawn, and when."""
    return db.session.get(WithdrawnCourse, course_id)


def list_withdrawn() -> set[str]:
    """Return the ids of all withdrawn courses."""
    return set(db.session.scalars(select(WithdrawnCourse.course_id)))


def find_closing(course_id: str, minor_line: str) -> VersionClosing | None:
    """Return that a minor line of a course closes, or was closed, and on which day."""
    return db.session.get(VersionClosing, (course_id, minor_line))


def list_closings(course_id: str) -> dict[str, date]:
    """Return the day on which each line of a course closes, or was closed; most have none."""
    query = select(VersionClosing.minor_line, VersionClosing.closes_on).where(VersionClosing.course_id == course_id)
    return {row.minor_line: row.closes_on for row in db.session.execute(query)}


def list_closings_to_tell(today: date) -> list[VersionClosing]:
    """Return the closings of which not everybody in the middle was told yet."""
    query = select(VersionClosing).where(VersionClosing.all_told.is_(False), VersionClosing.closes_on >= today)
    return list(db.session.scalars(query.order_by(VersionClosing.course_id, VersionClosing.minor_line)))


def list_owned(programme_id: str) -> list[str]:
    """Return the courses that belong to a programme."""
    query = select(CourseOwner.course_id).where(CourseOwner.programme_id == programme_id)
    return list(db.session.scalars(query.order_by(CourseOwner.course_id)))


def list_former_offerings(programme_id: str) -> set[str]:
    """Return the courses that a programme offered before."""
    return set(db.session.scalars(select(FormerOffering.course_id).where(FormerOffering.programme_id == programme_id)))


def list_newest_digests() -> dict[str, str]:
    """Return the digest of each course's newest line by course id."""
    query = select(CourseLine.course_id, CourseLine.digest).order_by(CourseLine.course_id, CourseLine.rank)
    return {row.course_id: row.digest for row in db.session.execute(query)}


def set_line(course_id: str, minor_line: str, version: str, digest: str) -> None:
    """Let a line lead to its newest patch."""
    line = db.session.get(CourseLine, (course_id, minor_line))
    if line is None:
        db.session.add(CourseLine(course_id=course_id, minor_line=minor_line, rank=rank(version), digest=digest))
    elif line.rank < rank(version):
        line.rank, line.digest = rank(version), digest


def _holds(review: Review, of: Version, newest: Version) -> bool:
    """Decide whether a review of one version holds for another: of itself, or of an earlier patch that covers it."""
    if review.digest == newest.digest:
        return True
    lines = [version.version.rsplit(".", 1)[0] for version in (of, newest)]
    return review.covers_patches and lines[0] == lines[1] and of.rank <= newest.rank


def _reviews_with_versions() -> Any:
    query = select(Review, Version).join(
        Version, (Version.digest == Review.digest) & (Version.course_id == Review.course_id)
    )
    return query.order_by(Review.date)


def list_reviews(course_id: str, digest: str) -> list[Review]:
    """Return the reviews that hold for a digest: its own, and those of earlier patches that cover later ones."""
    this = find_version_by_digest(course_id, digest)
    if this is None:
        return []
    found = db.session.execute(_reviews_with_versions().where(Review.course_id == course_id))
    return [review for review, version in found if _holds(review, version, this)]


def list_reviews_of_newest() -> dict[str, list[Review]]:
    """Return the reviews that hold for the newest version of each course, by course id, in two statements."""
    newest: dict[str, Version] = {}
    for version in db.session.scalars(select(Version).order_by(Version.rank)):
        newest[version.course_id] = version
    found: dict[str, list[Review]] = {}
    for review, version in db.session.execute(_reviews_with_versions()):
        if _holds(review, version, newest[review.course_id]):
            found.setdefault(review.course_id, []).append(review)
    return found
