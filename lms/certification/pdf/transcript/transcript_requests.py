"""Requests for a transcript as a PDF: at most one for each person, deleted an hour after its PDF is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, LargeBinary, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.awards.document_records import RENDER_REST, RENDER_TRIES
from lms.foundation import clock
from lms.foundation.background import jobs
from lms.foundation.db import Base, db
from lms.foundation.statements import deleting
from lms.foundation.web import throttle

TRANSCRIPTS_A_PERSON, REQUEST_WINDOW = 10, timedelta(hours=1)
AVAILABLE_FOR = timedelta(hours=1)

State = Literal["none", "preparing", "delayed", "ready"]


class TranscriptRequest(Base):
    """A PDF that somebody asked for, in the language of their page; it has no content until it is made."""

    __tablename__ = "transcript_request"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str]
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None] = mapped_column(index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def available_until(self) -> datetime | None:
        """Return until when the PDF can be downloaded; None while it isn't made."""
        return self.made_at + AVAILABLE_FOR if self.made_at else None


def find_request(person_id: str) -> TranscriptRequest | None:
    """Return somebody's request, unless its hour is over and it only waits to be deleted."""
    request = db.session.get(TranscriptRequest, person_id)
    if request and request.available_until and request.available_until <= clock.now():
        return None
    return request


def count_requests() -> tuple[int, datetime | None]:
    """Return how many PDFs are asked for and not made yet, and since when the first of them waits."""
    query = select(func.count(), func.min(TranscriptRequest.asked_at)).where(TranscriptRequest.made_at.is_(None))
    row = db.session.execute(query).one()
    return row[0], row[1]


def state_of(request: TranscriptRequest | None) -> State:
    """Return how far a request is; "delayed" when the PDF could not be made so far."""
    if request is None:
        return "none"
    if request.made_at:
        return "ready"
    return "delayed" if request.tries else "preparing"


def ask(person_id: str, language: str) -> timedelta | None:
    """Ask the job process for somebody's PDF in place of an earlier one; return how long to wait after too many.

    Asking again while one is being prepared changes nothing and counts for nothing.
    """
    request = db.session.get(TranscriptRequest, person_id)
    if request and request.made_at is None:
        return None
    wait = throttle.wait_for(_key(person_id), TRANSCRIPTS_A_PERSON, REQUEST_WINDOW)
    if wait is not None:
        return wait
    throttle.count_miss(_key(person_id), REQUEST_WINDOW)
    if request is None:
        request = TranscriptRequest(person_id=person_id)
        db.session.add(request)
    request.language, request.asked_at, request.tries = language, clock.now(), 0
    request.tried_at = request.made_at = request.content = None
    db.session.flush()
    jobs.push("certification.transcript", person_id)
    return None


def _key(person_id: str) -> str:
    return f"transcript:{person_id}"


def list_unmade() -> list[str]:
    """Return the people whose PDF is to be made, those that gave no trouble first; after 20 attempts, once an hour."""
    rested = or_(TranscriptRequest.tried_at.is_(None), TranscriptRequest.tried_at < clock.now() - RENDER_REST)
    query = select(TranscriptRequest.person_id).where(
        TranscriptRequest.made_at.is_(None), or_(TranscriptRequest.tries < RENDER_TRIES, rested)
    )
    return list(db.session.scalars(query.order_by(TranscriptRequest.tries, TranscriptRequest.asked_at).limit(200)))


def store(person_id: str, content: bytes) -> None:
    """Store a PDF that was made, unless its request was answered or deleted with the account meanwhile."""
    request = db.session.get(TranscriptRequest, person_id)
    if request and request.made_at is None:
        request.content, request.made_at = content, clock.now()


def note_trouble(person_id: str) -> None:
    """Count an attempt that made no PDF, so that the sweep tries again."""
    request = db.session.get(TranscriptRequest, person_id)
    if request and request.made_at is None:
        request.tries, request.tried_at = request.tries + 1, clock.now()


def delete_old() -> None:
    """Delete every PDF that was made an hour ago or earlier."""
    deleting.delete_old(TranscriptRequest, TranscriptRequest.made_at <= clock.now() - AVAILABLE_FOR)


def delete_of(person_id: str) -> None:
    """Delete somebody's request, its PDF and the count of their requests, as when their account is deleted."""
    db.session.execute(delete(TranscriptRequest).where(TranscriptRequest.person_id == person_id))
    throttle.forget_misses(_key(person_id))
