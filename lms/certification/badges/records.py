"""What we remember of badges: their bytes, which of them ended, and every public key that ever signed."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, case, false, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.certification.awards.records import Award
from lms.certification.badges.rules import LIST_FILL, LIST_LENGTH
from lms.foundation import clock
from lms.foundation.db import Base, db

# Lists are numbered one after another; no site comes near this, and every database can hold it.
LISTS_MOST = 999_999_999
# A list is signed for 14 days, and again after half of that, so that an outage of a week expires none.
LIST_DAYS, LIST_RENEWED_AFTER = timedelta(days=14), timedelta(days=7)


class Credential(Base):
    """An award's badge, kept once and served unchanged, and its place in a list of withdrawn ones."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("list_number", "list_index"),)
    award_id: Mapped[str] = mapped_column(ForeignKey("award.id"), primary_key=True)
    list_number: Mapped[int]
    list_index: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]
    # False for badges from before there were lists of suspensions: what becomes of them is in the list of revocations.
    suspendable: Mapped[bool] = mapped_column(server_default=false())


class StatusList(Base):
    """Two signed lists of badges with the same indexes: revoked ones (`content`) and suspended ones (`suspension`).

    Stale when a certificate was withdrawn, reinstated or replaced since. `issuer` signs both, and every badge in them,
    because verifiers elsewhere ask for the same issuer; it's unknown for lists from before there was this column.
    """

    __tablename__ = "status_list"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    suspension: Mapped[bytes | None] = mapped_column(LargeBinary)
    stale: Mapped[bool]
    signed_at: Mapped[datetime | None]
    issuer: Mapped[str | None]

    @property
    def signer(self) -> str | None:
        """The issuer that signs the lists; for older ones, the one that signed them last."""
        return self.issuer or (str(json.loads(self.content)["issuer"]) if self.content else None)


@dataclass(frozen=True)
class Ended:
    """The indexes in a pair of lists whose badges ended for good, and those that were withdrawn for now."""

    revoked: list[int]
    suspended: list[int]


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


def find_place(issuer: str) -> tuple[int, int]:
    """Return a random free index in one of an issuer's lists, with the number of that list."""
    newest = db.session.scalar(select(StatusList).order_by(StatusList.number.desc()).limit(1))
    number = newest.number if newest else 1
    if newest and (newest.signer not in {issuer, None} or _count_in(number) >= LIST_FILL):
        number += 1
    taken = select(Credential.award_id).where(Credential.list_number == number)
    index = secrets.randbelow(LIST_LENGTH)
    while db.session.scalar(taken.where(Credential.list_index == index)):
        index = secrets.randbelow(LIST_LENGTH)
    return number, index


def _count_in(number: int) -> int:
    query = select(func.count()).select_from(Credential).where(Credential.list_number == number)
    return db.session.scalar(query) or 0


def keep_credential(award_id: str, place: tuple[int, int], content: bytes, issuer: str) -> None:
    """Store an issuer's badge, unless one is stored already."""
    if find_credential(award_id) is None:
        number, index = place
        db.session.add(
            Credential(
                award_id=award_id,
                list_number=number,
                list_index=index,
                content=content,
                stored_at=clock.now(),
                suspendable=True,
            )
        )
        if db.session.get(StatusList, number) is None:
            db.session.add(StatusList(number=number, stale=True, issuer=issuer))
        db.session.flush()


def list_ended(number: int) -> Ended:
    """Return the indexes in a pair of lists whose certificates aren't valid, in one statement, in ascending order.

    Whatever its reason, a withdrawal can be reinstated, so it suspends. A badge names one list only, so what was
    replaced is suspended too, for good. Badges from before there were suspensions are revoked, as they name that list.
    """
    replaced, withdrawn = Award.replaced_by.is_not(None), Award.withdrawn_at.is_not(None)
    revoked, suspended = ~Credential.suspendable, Credential.suspendable
    rows = db.session.execute(
        select(Credential.list_index, case((revoked, 1), else_=0), case((suspended, 1), else_=0))
        .join(Award, Award.id == Credential.award_id)
        .where(Credential.list_number == number, or_(replaced, withdrawn))
        .order_by(Credential.list_index)
    ).all()
    return Ended([index for index, yes, _no in rows if yes], [index for index, _no, yes in rows if yes])


def find_status_list(number: int) -> StatusList | None:
    """Return a pair of lists by its number."""
    return db.session.get(StatusList, number)


def list_stale() -> list[int]:
    """Return the numbers of lists to sign again: something changed, or they were signed seven days ago or more."""
    old = or_(StatusList.signed_at.is_(None), StatusList.signed_at <= clock.now() - LIST_RENEWED_AFTER)
    return list(db.session.scalars(select(StatusList.number).where(or_(StatusList.stale, old))))


def lists_expired() -> bool:
    """Return whether any list that we hand out is past the time for which it was signed."""
    query = select(func.count()).select_from(StatusList).where(StatusList.signed_at < clock.now() - LIST_DAYS)
    return bool(db.session.scalar(query))


def mark_all_stale() -> None:
    """Ask for every list to be signed anew."""
    db.session.execute(update(StatusList).values(stale=True))


def mark_stale(award_id: str) -> None:
    """Ask for the list of an award's badge to be signed anew."""
    badge = find_credential(award_id)
    if badge:
        found = db.session.get_one(StatusList, badge.list_number)
        found.stale = True


def keep_status_list(number: int, ended: Ended, lists: tuple[bytes, bytes], signed_at: datetime, issuer: str) -> None:
    """Keep a signed pair of lists, revocations first; it stays stale when a certificate changed meanwhile."""
    found = db.session.get_one(StatusList, number)
    (found.content, found.suspension), found.signed_at, found.issuer = lists, signed_at, issuer
    found.stale = ended != list_ended(number)
