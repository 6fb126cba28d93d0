"""Requests for a workshop pack: at most one for each course of a programme, deleted a day after it's made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, LargeBinary, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.db import Base, db
from lms.foundation.statements import deleting

WORK = "authoring.pack"
AVAILABLE_FOR = timedelta(days=1)
TRIES, REST = 5, timedelta(hours=1)

State = Literal["none", "preparing", "delayed", "letters", "ready"]


class PackRequest(Base):
    """A pack that somebody asked for; it has no content until it's made, and nobody's name."""

    __tablename__ = "pack_request"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), index=True)
    course_id: Mapped[str]
    digest: Mapped[str]
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    letters: Mapped[str | None]
    made_at: Mapped[datetime | None] = mapped_column(index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def state(self) -> State:
        """Return how far it is; "letters" when the course has letters that no font of ours prints."""
        if self.made_at:
            return "ready"
        if self.letters:
            return "letters"
        return "delayed" if self.tries else "preparing"

    @property
    def available_until(self) -> datetime | None:
        """Return until when the pack can be downloaded; None while it isn't made."""
        return self.made_at + AVAILABLE_FOR if self.made_at else None


def find_request(programme_id: str, course_id: str) -> PackRequest | None:
    """Return a programme's request for a course, unless its day is over and it only waits to be deleted."""
    found = db.session.scalar(
        select(PackRequest).where(PackRequest.programme_id == programme_id, PackRequest.course_id == course_id)
    )
    if found and found.available_until and found.available_until <= clock.now():
        return None
    return found


def count_requests() -> tuple[int, datetime | None]:
    """Return how many packs are asked for and not made yet, and since when the first of them waits."""
    query = select(func.count(), func.min(PackRequest.asked_at)).where(PackRequest.made_at.is_(None))
    row = db.session.execute(query).one()
    return row[0], row[1]


def get_request(key: str) -> PackRequest | None:
    """Return a request by its key; None when it was replaced or deleted meanwhile."""
    return db.session.get(PackRequest, key)


def ask(programme_id: str, course_id: str, digest: str) -> None:
    """Ask the job process for a pack in place of an earlier one; asking again for one in the making changes nothing."""
    found = find_request(programme_id, course_id)
    if found and found.digest == digest and found.state in ("preparing", "delayed"):
        return
    db.session.execute(
        delete(PackRequest).where(PackRequest.programme_id == programme_id, PackRequest.course_id == course_id)
    )
    request = PackRequest(
        id=ids.inner_id(), programme_id=programme_id, course_id=course_id, digest=digest, asked_at=clock.now()
    )
    db.session.add(request)
    db.session.flush()
    jobs.push(WORK, request.id)


def list_unmade() -> list[str]:
    """Return the requests that wait, those that gave no trouble first; after five attempts once an hour."""
    rested = or_(PackRequest.tried_at.is_(None), PackRequest.tried_at < clock.now() - REST)
    query = select(PackRequest.id).where(
        PackRequest.made_at.is_(None), PackRequest.letters.is_(None), or_(PackRequest.tries < TRIES, rested)
    )
    return list(db.session.scalars(query.order_by(PackRequest.tries, PackRequest.asked_at).limit(20)))


def store(key: str, content: bytes) -> None:
    """Store a pack that was made, unless its request was replaced meanwhile."""
    if (request := get_request(key)) and request.made_at is None:
        request.content, request.made_at = content, clock.now()


def note_letters(key: str, letters: str) -> None:
    """Note the letters of the course that no font of ours prints; trying again would change nothing."""
    if request := get_request(key):
        request.letters, request.tried_at = letters, clock.now()


def note_trouble(key: str) -> None:
    """Count an attempt that made no pack, so that the sweep tries again."""
    if (request := get_request(key)) and request.made_at is None:
        request.tries, request.tried_at = request.tries + 1, clock.now()


def delete_old() -> None:
    """Delete every pack that was made a day ago or earlier."""
    deleting.delete_old(PackRequest, PackRequest.made_at <= clock.now() - AVAILABLE_FOR)
