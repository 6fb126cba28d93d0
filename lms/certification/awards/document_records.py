"""Stored PDFs of certificates, and requests for those that are still to be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.awards.records import READ_AT_ONCE, Award
from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import run_prepared
from lms.foundation.statements.sql import insert_once
from lms.foundation.text.names import as_shown
from lms.library.course_cache import for_staff

RENDER_TRIES, RENDER_REST = 20, timedelta(hours=1)
RENDER_EXPECTED = timedelta(minutes=5)
# How long a PDF waits for a timestamp, before it's signed without one.
TIME_AWAITED = timedelta(hours=1)


class Document(Base):
    """The bytes of a certificate's PDF, kept once and served unchanged."""

    __tablename__ = "document"
    __table_args__ = (
        # The bytes come before the timestamp in a row, so whoever looks for timestamps reads an index instead.
        Index("ix_document_timestamp", "award_id", "timestamp"),
        Index("ix_document_stored_at", "timestamp", "stored_at"),
    )
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]
    # Which timestamp it has: T or LTA, "missing" where the server gave none in time, None where none was asked for.
    timestamp: Mapped[str | None]


class RenderRequest(Base):
    """A PDF that is to be made, or was; `letters` are those of its name that its design cannot print."""

    __tablename__ = "render_request"
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    requested_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    letters: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def missing_letters(self) -> tuple[str, ...]:
        """The characters of the name that its design can't print."""
        return tuple(map(as_shown, (self.letters or "").split()))

    @property
    def is_overdue(self) -> bool:
        """Whether nothing has tried to make it for a while, as when the job process isn't running."""
        return self.tried_at is None and self.requested_at < clock.now() - RENDER_EXPECTED


def find_award_of_document(sha256: str) -> Award | None:
    """Return the award whose kept PDF has a digest."""
    query = select(Award).join(Document, Document.award_id == Award.id)
    return db.session.scalar(query.where(Document.sha256 == sha256))


def find_render_request(award_id: str) -> RenderRequest | None:
    """Return the request for a certificate's PDF that isn't made yet."""
    request = db.session.get(RenderRequest, award_id)
    return request if request and request.done_at is None else None


def may_wait_for_time(award_id: str) -> bool:
    """Return whether a certificate's PDF was asked for less than an hour ago, so that it waits for a timestamp."""
    request = find_render_request(award_id)
    return request is not None and request.requested_at > clock.now() - TIME_AWAITED


def count_without_time(since: datetime) -> int:
    """Return how many PDFs were stored since a moment without the timestamp that was asked for."""
    query = select(func.count()).select_from(Document)
    return db.session.scalar(query.where(Document.timestamp == "missing", Document.stored_at >= since)) or 0


def find_letters(award_id: str) -> tuple[str, ...]:
    """Return the characters for which a certificate's PDF waits, as far as it was tried."""
    request = find_render_request(award_id)
    return request.missing_letters if request else ()


def find_document(award_id: str) -> Document | None:
    """Return the kept PDF of an award."""
    return db.session.get(Document, award_id)


def find_newest_document() -> Document | None:
    """Return the PDF that was stored last on the whole site."""
    newest = db.session.scalar(select(Document.award_id).order_by(Document.stored_at.desc()).limit(1))
    return find_document(newest) if newest else None


def document_is_stored(award_id: str) -> int | None:
    """Return the size of the kept PDF in bytes, or None, without loading it."""
    return db.session.scalar(select(func.length(Document.content)).where(Document.award_id == award_id))


def find_timestamp(award_id: str) -> str | None:
    """Return which timestamp a stored PDF has, without loading the PDF."""
    return db.session.scalar(select(Document.timestamp).where(Document.award_id == award_id))


def request_pdf(award_id: str) -> None:
    """Ask for a PDF; asking twice is asking once."""
    statement = insert_once(RenderRequest.__table__, db.engine.dialect.name)
    run_prepared(statement, {"award_id": award_id, "requested_at": clock.now(), "tries": 0})


def list_unrendered() -> list[str]:
    """Return award ids whose PDF is asked for and not made: after so many attempts, once an hour and for ever."""
    rested = or_(RenderRequest.tried_at.is_(None), RenderRequest.tried_at < clock.now() - RENDER_REST)
    due = or_(RenderRequest.tries < RENDER_TRIES, rested)
    query = select(RenderRequest.award_id).where(RenderRequest.done_at.is_(None), due)
    # Those that gave trouble come last, so that they never hold up the others.
    return list(db.session.scalars(query.order_by(RenderRequest.tries, RenderRequest.requested_at).limit(200)))


def find_oldest_request() -> datetime | None:
    """Return since when the PDF waits that was asked for first and isn't made yet."""
    return db.session.scalar(select(func.min(RenderRequest.requested_at)).where(RenderRequest.done_at.is_(None)))


def count_requests() -> tuple[int, datetime | None]:
    """Return how many PDFs are asked for and not made yet, and since when the first of them waits."""
    query = select(func.count(), func.min(RenderRequest.requested_at)).where(RenderRequest.done_at.is_(None))
    row = db.session.execute(query).one()
    return row[0], row[1]


@dataclass(frozen=True)
class PdfState:
    """Whether a certificate's PDF is stored and with which timestamp, or what became of the attempts to make it."""

    stored: bool
    timestamp: str | None
    tries: int | None
    trouble: str | None


def _of_list(query: Select[Any], programme_id: str | None) -> Select[Any]:
    """Narrow a query to a programme's current certificates that its staff may see; without a programme, not at all."""
    if programme_id is None:
        return query
    query = query.where(Award.programme_id == programme_id, Award.current_for.is_not(None))
    return for_staff(query, Award.course_id)


def count_listed(programme_id: str | None) -> int:
    """Return how many certificates a list has."""
    return db.session.scalar(_of_list(select(func.count()).select_from(Award), programme_id)) or 0


def read_listed(programme_id: str | None) -> Iterator[tuple[Award, PdfState]]:
    """Return the certificates of a list with their PDFs, the oldest first, in one statement and without holding all."""
    waits = and_(RenderRequest.award_id == Award.id, RenderRequest.done_at.is_(None))
    query: Any = (
        select(Award, Document.award_id, Document.timestamp, RenderRequest.tries, RenderRequest.trouble)
        .outerjoin(Document, Document.award_id == Award.id)
        .outerjoin(RenderRequest, waits)
        .order_by(Award.id)
    )
    rows = db.session.execute(_of_list(query, programme_id).execution_options(yield_per=READ_AT_ONCE))
    return ((award, PdfState(key is not None, *state)) for award, key, *state in map(tuple, rows))


def list_troubled(programme_id: str | None = None) -> dict[str, RenderRequest]:
    """Return the requests for PDFs that could not be made so far, by award, of one programme or of all."""
    query = select(RenderRequest).where(RenderRequest.done_at.is_(None), RenderRequest.trouble.is_not(None))
    if programme_id:
        query = query.join(Award, Award.id == RenderRequest.award_id).where(Award.programme_id == programme_id)
        query = for_staff(query, Award.course_id)
    return {row.award_id: row for row in db.session.scalars(query)}
