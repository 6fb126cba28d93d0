"""What we remember of drafts: their files by path, their texts by digest, and every revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ForeignKey, LargeBinary, String, cast, delete, select, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.foundation import clock, ids
from lms.foundation.db import Base, db

State = Literal["open", "published", "discarded"]
PAGE = 20
DISCARDED_KEPT = timedelta(days=30)


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


def find_draft(programme_id: str, public_id: str, also_discarded: bool = False) -> Draft | None:
    """Return a draft of a programme, unless it's discarded; a draft of another programme is never found."""
    query = select(Draft).where(Draft.programme_id == programme_id, Draft.public_id == public_id)
    return db.session.scalar(query if also_discarded else query.where(Draft.state != "discarded"))


def find_just_started(
    programme_id: str, person_id: str | None, course_id: str, title: str, base_digest: str | None, since: datetime
) -> Draft | None:
    """Return a draft that somebody started in the same way since a moment, and in which nothing was changed."""
    query = select(Draft).where(Draft.programme_id == programme_id, Draft.created_by == person_id)
    query = query.where(Draft.course_id == course_id, Draft.title == title, Draft.base_digest == base_digest)
    untouched = (Draft.state == "open", Draft.created_at >= since, Draft.revision == 1)
    return db.session.scalar(query.where(*untouched).limit(1))


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


def find_file(draft_id: str, path: str) -> DraftFile | None:
    """Return a file of a draft as it is now."""
    return db.session.get(DraftFile, (draft_id, path), populate_existing=True)


def set_files(draft_id: str, changes: Mapping[str, str | None], revision: int) -> None:
    """Let paths lead to other bytes from a revision on, or to none; one look-up for all of them."""
    rows = {row.path: row for row in db.session.scalars(select(DraftFile).where(DraftFile.draft_id == draft_id))}
    for path, sha256 in changes.items():
        row = rows.get(path)
        if row is None and sha256 is not None:
            db.session.add(DraftFile(draft_id=draft_id, path=path, sha256=sha256, changed_revision=revision))
        elif row is not None and sha256 is None:
            db.session.delete(row)
        elif row is not None and sha256 is not None:
            row.sha256, row.changed_revision = sha256, revision


def find_text(draft_id: str, sha256: str | None) -> bytes | None:
    """Return a text that a draft has or had."""
    found = db.session.get(DraftText, (draft_id, sha256)) if sha256 else None
    return found.content if found else None


def lock_draft(draft_id: str) -> Draft:
    """Return a draft as it is in the database now, for a change inside this write."""
    return db.session.scalars(select(Draft).where(Draft.id == draft_id).execution_options(populate_existing=True)).one()


def keep_texts(draft_id: str, texts: Mapping[str, bytes]) -> None:
    """Keep texts under their digests, each once; one look-up for all of them."""
    known = set(db.session.scalars(select(DraftText.sha256).where(DraftText.draft_id == draft_id)))
    for sha256, content in texts.items():
        if sha256 not in known:
            db.session.add(DraftText(draft_id=draft_id, sha256=sha256, content=content))


def forget_text(draft_id: str, sha256: str, number: int) -> None:
    """Delete a text that only one revision leads to, and that no file has any more."""
    others = select(DraftRevision.number).where(DraftRevision.draft_id == draft_id, DraftRevision.number != number)
    told = others.where(cast(DraftRevision.changes, String).contains(sha256)).limit(1)
    has = select(DraftFile.path).where(DraftFile.draft_id == draft_id, DraftFile.sha256 == sha256).limit(1)
    if db.session.scalar(told) is None and db.session.scalar(has) is None:
        db.session.execute(delete(DraftText).where(DraftText.draft_id == draft_id, DraftText.sha256 == sha256))


def find_last_change(draft_id: str, path: str) -> datetime | None:
    """Return when a file was changed last, by the revision that it has now."""
    query = select(DraftRevision.at).join(DraftFile, DraftFile.draft_id == DraftRevision.draft_id)
    query = query.where(DraftFile.draft_id == draft_id, DraftFile.path == path)
    return db.session.scalar(query.where(DraftRevision.number == DraftFile.changed_revision))


def find_last_revision(draft_id: str) -> DraftRevision | None:
    """Return what was changed last."""
    query = select(DraftRevision).where(DraftRevision.draft_id == draft_id)
    return db.session.scalar(query.order_by(DraftRevision.number.desc()).limit(1))


def find_revision(draft_id: str, number: int) -> DraftRevision | None:
    """Return one change of a draft."""
    return db.session.get(DraftRevision, (draft_id, number))


def list_revisions(draft_id: str, before: int | None = None, most: int = PAGE) -> list[tuple[DraftRevision, str]]:
    """Return changes with the name of who made each, the newest first; a deleted account has no name any more."""
    query = select(DraftRevision, Person.display_name).outerjoin(Person, Person.id == DraftRevision.person_id)
    query = query.where(DraftRevision.draft_id == draft_id)
    if before is not None:
        query = query.where(DraftRevision.number < before)
    rows = db.session.execute(query.order_by(DraftRevision.number.desc()).limit(most))
    return [(row[0], row[1] or "") for row in rows]


def list_revisions_since(draft_id: str, number: int) -> list[DraftRevision]:
    """Return the changes after a revision, the oldest first."""
    query = select(DraftRevision).where(DraftRevision.draft_id == draft_id, DraftRevision.number > number)
    return list(db.session.scalars(query.order_by(DraftRevision.number)))


def list_others_since(draft_id: str, person_id: str, since: datetime) -> list[tuple[str, str]]:
    """Return (name, path) of who else changed a draft since then, and where each did so last."""
    query = (
        select(Person.id, Person.display_name, DraftRevision.path)
        .join(Person, Person.id == DraftRevision.person_id)
        .where(DraftRevision.draft_id == draft_id, DraftRevision.at >= since, Person.id != person_id)
    )
    found: dict[str, tuple[str, str]] = {}
    for row in db.session.execute(query.order_by(DraftRevision.number)):
        found[row[0]] = (row[1], row[2])
    return list(found.values())


def find_name(person_id: str | None) -> str:
    """Return somebody's name; empty when the account is deleted."""
    return db.session.scalar(select(Person.display_name).where(Person.id == person_id)) or ""


def list_long_discarded() -> list[str]:
    """Return a few drafts that were discarded long enough ago."""
    query = select(Draft.id).where(Draft.state == "discarded", Draft.changed_at < clock.now() - DISCARDED_KEPT)
    return list(db.session.scalars(query.limit(PAGE)))


def forget(draft_ids: Collection[str]) -> None:
    """Delete drafts with everything that is stored of them."""
    for table in (DraftRevision, DraftText, DraftFile):
        db.session.execute(delete(table).where(table.draft_id.in_(draft_ids)))
    db.session.execute(delete(Draft).where(Draft.id.in_(draft_ids)))


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
