"""Tables and queries of display settings and of support lines that were checked or hidden."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Programme
from lms.foundation.db import Base, db


class DisplayChoice(Base):
    """The display choices of one account, as the cookie writes them."""

    __tablename__ = "looks"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    choices: Mapped[str]


class LineNote(Base):
    """What was found out about one support line for the whole site; the lines themselves stand in files."""

    __tablename__ = "line_note"
    line_id: Mapped[str] = mapped_column(primary_key=True)
    withdrawn_at: Mapped[datetime | None]
    verified_on: Mapped[date | None]


class LineWithdrawal(Base):
    """A support line that one programme's coordinators took off its own pages."""

    __tablename__ = "line_withdrawal"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(primary_key=True)
    withdrawn_at: Mapped[datetime]


def find_display(person_id: str) -> str | None:
    """Return the display choices that an account keeps."""
    return db.session.scalar(select(DisplayChoice.choices).where(DisplayChoice.person_id == person_id))


def save_display(person_id: str, choices: str) -> None:
    """Keep display choices with an account."""
    db.session.merge(DisplayChoice(person_id=person_id, choices=choices))


def delete_display(person_id: str) -> None:
    """Forget an account's display choices."""
    db.session.execute(delete(DisplayChoice).where(DisplayChoice.person_id == person_id))


def list_line_notes() -> list[LineNote]:
    """Return what is noted of lines."""
    return list(db.session.scalars(select(LineNote).order_by(LineNote.line_id)))


def list_withdrawals() -> list[tuple[str, str]]:
    """Return (programme's short name, line id) of what programmes took off their own pages."""
    query = select(Programme.slug, LineWithdrawal.line_id).join(Programme, Programme.id == LineWithdrawal.programme_id)
    return [
        (slug, line_id) for slug, line_id in db.session.execute(query.order_by(Programme.slug, LineWithdrawal.line_id))
    ]


def find_withdrawal(programme_id: str, line_id: str) -> LineWithdrawal | None:
    """Return the row by which a programme took a line off its pages."""
    return db.session.get(LineWithdrawal, (programme_id, line_id))


def line_note(line_id: str) -> LineNote:
    """Return the note of a line, begun when there is none yet."""
    note = db.session.get(LineNote, line_id)
    if note is None:
        note = LineNote(line_id=line_id, withdrawn_at=None, verified_on=None)
        db.session.add(note)
    return note
