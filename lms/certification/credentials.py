"""What we remember of badges: their bytes, which are withdrawn, and every public key that ever signed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.issuers import from_multikey
from lms.certification.records import Award
from lms.foundation import clock
from lms.foundation.db import Base, db

# A list is left half empty, so that a random place in it is soon found and says nothing of who came before.
LIST_LENGTH, LIST_FILL = 131_072, 65_536
# Lists are numbered one after another; no site comes near this, and every database can hold it.
LISTS_MOST = 999_999_999


class Credential(Base):
    """An award's badge, kept once and served unchanged, and its place in a list of withdrawn ones."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("list_number", "list_index"),)
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    list_number: Mapped[int]
    list_index: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]


class StatusList(Base):
    """A signed list of withdrawn badges; stale when somebody was withdrawn or came back since."""

    __tablename__ = "status_list"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    stale: Mapped[bool]


class SigningKey(Base):
    """A public key that signs or once signed: a certificate in PEM for documents, a multikey for badges."""

    __tablename__ = "signing_key"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    public: Mapped[str]
    since: Mapped[datetime]


def find_credential(award_id: str) -> Credential | None:
    """Return the badge of an award."""
    return db.session.get(Credential, award_id)


def find_in_list(number: int, index: int) -> Credential | None:
    """Return the badge that has a place in a list of withdrawn ones."""
    place = (Credential.list_number == number, Credential.list_index == index)
    return db.session.scalar(select(Credential).where(*place))


def has_badge(award_id: str) -> bool:
    """Return whether an award's badge can be handed out."""
    query = select(func.length(Credential.content)).where(Credential.award_id == award_id)
    return bool(db.session.scalar(query))


def find_place() -> tuple[int, int]:
    """Return a random free place: the number of a list and an index in it."""
    number = (db.session.scalar(select(func.count()).select_from(Credential)) or 0) // LIST_FILL + 1
    taken = select(Credential.award_id).where(Credential.list_number == number)
    index = secrets.randbelow(LIST_LENGTH)
    while db.session.scalar(taken.where(Credential.list_index == index)):
        index = secrets.randbelow(LIST_LENGTH)
    return number, index


def keep_credential(award_id: str, place: tuple[int, int], content: bytes) -> None:
    """Keep a badge; when one is kept already, that one stands."""
    if find_credential(award_id) is None:
        number, index = place
        db.session.add(
            Credential(award_id=award_id, list_number=number, list_index=index, content=content, stored_at=clock.now())
        )
        if db.session.get(StatusList, number) is None:
            db.session.add(StatusList(number=number, content=None, stale=True))
        db.session.flush()


def list_withdrawn(number: int) -> list[int]:
    """Return the places in a list whose awards do not stand any more, in one statement."""
    query = select(Credential.list_index).join(Award, Award.id == Credential.award_id)
    gone = or_(Award.withdrawn_at.is_not(None), Award.replaced_by.is_not(None))
    return list(db.session.scalars(query.where(Credential.list_number == number, gone)))


def find_status_list(number: int) -> StatusList | None:
    """Return a list of withdrawn badges."""
    return db.session.get(StatusList, number)


def list_stale() -> list[int]:
    """Return the numbers of lists that are to be signed anew."""
    return list(db.session.scalars(select(StatusList.number).where(StatusList.stale)))


def mark_all_stale() -> None:
    """Ask for every list to be signed anew."""
    db.session.execute(update(StatusList).values(stale=True))


def mark_stale(award_id: str) -> None:
    """Ask for the list of an award's badge to be signed anew."""
    badge = find_credential(award_id)
    if badge:
        found = db.session.get_one(StatusList, badge.list_number)
        found.stale = True


def keep_status_list(number: int, withdrawn: list[int], content: bytes) -> None:
    """Keep a list as it was signed; it stays stale when somebody was withdrawn meanwhile."""
    found = db.session.get_one(StatusList, number)
    found.content, found.stale = content, sorted(withdrawn) != sorted(list_withdrawn(number))


def list_keys() -> list[SigningKey]:
    """Return every public key that ever signed here, the oldest first."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.since, SigningKey.id)))


def list_badge_keys() -> list[bytes]:
    """Return the 32 public bytes of every key that ever signed a badge here, the oldest first."""
    return [from_multikey(key.public) for key in list_keys() if key.kind == "badge"]


def note_keys(found: Iterable[tuple[str, str, str]]) -> None:
    """Remember public keys, given as (id, kind, public), for ever."""
    for key_id, kind, public in found:
        if db.session.get(SigningKey, key_id) is None:
            db.session.add(SigningKey(id=key_id, kind=kind, public=public, since=clock.now()))
    db.session.flush()
