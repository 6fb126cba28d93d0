"""What we remember of drafts: their files by path, their texts by digest, and every revision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, LargeBinary, select, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import ids
from lms.foundation.db import Base, db

State = Literal["open", "published", "discarded"]
PAGE = 20


class Draft(Base):
    """A course that is being written; `revision` counts its changes, and `base_digest` is the version it came from."""

    __tablename__ = "draft"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    title: Mapped[str]
    base_digest: Mapped[str | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="open")


class DraftFile(Base):
    """A file of a draft as it is now; a picture's bytes are in the file store under the same digest."""

    __tablename__ = "draft_file"
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    changed_revision: Mapped[int]


class DraftText(Base):
    """The bytes of a text that a draft has or had, kept once under their SHA-256."""

    __tablename__ = "draft_text"
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DraftRevision(Base):
    """One change of a draft; `changes` has the digest before and after of each file by path, None for no file."""

    __tablename__ = "draft_revision"
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    path: Mapped[str]
    new_path: Mapped[str | None]
    changes: Mapped[dict[str, Any]]


def find_draft(programme_id: str, public_id: str) -> Draft | None:
    """Return a draft of a programme that isn't discarded; a draft of another programme is never found."""
    query = select(Draft).where(Draft.programme_id == programme_id, Draft.public_id == public_id)
    return db.session.scalar(query.where(Draft.state != "discarded"))


def list_drafts(programme_id: str, state: State = "open", after: str = "", most: int = PAGE) -> list[Draft]:
    """Return drafts of a programme, the last changed first; a page starts after the draft with a public id."""
    query = select(Draft).where(Draft.programme_id == programme_id, Draft.state == state)
    last = db.session.scalar(query.where(Draft.public_id == after)) if after else None
    if last:
        query = query.where(tuple_(Draft.changed_at, Draft.id) < tuple_(last.changed_at, last.id))
    return list(db.session.scalars(query.order_by(Draft.changed_at.desc(), Draft.id.desc()).limit(most)))


def list_files(draft_id: str) -> dict[str, str]:
    """Return the digest of every file of a draft by path, in the order of the paths."""
    query = select(DraftFile.path, DraftFile.sha256).where(DraftFile.draft_id == draft_id)
    return {row.path: row.sha256 for row in sorted(db.session.execute(query))}


def list_texts(draft_id: str) -> dict[str, bytes]:
    """Return the texts that a draft has now by their SHA-256."""
    now = select(DraftFile.sha256).where(DraftFile.draft_id == draft_id)
    query = select(DraftText.sha256, DraftText.content).where(DraftText.draft_id == draft_id)
    return {row.sha256: row.content for row in db.session.execute(query.where(DraftText.sha256.in_(now)))}


def list_started_by(person_id: str) -> list[Draft]:
    """Return the drafts that somebody started, the oldest first."""
    return list(db.session.scalars(select(Draft).where(Draft.created_by == person_id).order_by(Draft.id)))


def list_changes_by(person_id: str) -> list[tuple[DraftRevision, str]]:
    """Return what somebody changed in drafts, each with the draft's title, the oldest first."""
    query = select(DraftRevision, Draft.title).join(Draft, Draft.id == DraftRevision.draft_id)
    rows = db.session.execute(query.where(DraftRevision.person_id == person_id).order_by(DraftRevision.at, Draft.id))
    return [(row[0], row[1]) for row in rows]


def remove_person(person_id: str) -> None:
    """Take somebody's name out of drafts; what they wrote stays with the programme."""
    db.session.execute(update(Draft).where(Draft.created_by == person_id).values(created_by=None))
    db.session.execute(update(DraftRevision).where(DraftRevision.person_id == person_id).values(person_id=None))
