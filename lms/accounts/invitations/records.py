"""Invitations: the table and its queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Membership, Person
from lms.accounts.rules import INVITATION_DAYS, INVITATION_KEPT_DAYS
from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.mail.outbox import can_be_emailed
from lms.foundation.statements.deleting import delete_old
from lms.foundation.text.collation import search_key

# What stands in place of a link's SHA-256 until a slip is printed; no token has it.
NO_LINK = "no link yet "
WORDS_MOST = 8


@dataclass(frozen=True)
class Brought:
    """What an invitation says of somebody beside their name; what is empty is not said, and changes nothing.

    `line_manager` is an address or a name. An address is that of an account once its owner is a member.
    """

    unit_id: str | None = None
    staff_number: str = ""
    line_manager: str = ""


class Invitation(Base):
    """A one-time link: the SHA-256 of its token and what it gives.

    One that somebody asked for themselves, to register, has neither a public id nor a moment of inviting.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_list", "programme_id", "invited_at", "public_id"),
        Index("ix_invitation_email", "programme_id", "email"),
        Index("ix_invitation_address", "email"),
    )
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    programme_id: Mapped[str | None] = mapped_column(ForeignKey("programme.id"))
    role: Mapped[str]
    email: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    public_id: Mapped[str | None] = mapped_column(unique=True, index=True)
    invited_at: Mapped[datetime | None]
    # How whoever invites calls them; people choose their own name when they join.
    name: Mapped[str] = mapped_column(server_default="")
    # Name and address as a search compares them, each on a line.
    search_key: Mapped[str] = mapped_column(default="", server_default="")
    # What the programme notes of them once they join; the unit may have been removed by then.
    unit_id: Mapped[str | None]
    staff_number: Mapped[str] = mapped_column(default="", server_default="")
    line_manager: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def has_link(self) -> bool:
        """Whether a link was made, by email or on a slip."""
        return not self.token_sha256.startswith(NO_LINK)

    @property
    def needs_slip(self) -> bool:
        """Whether it is for somebody without email: a sign-in name stands in place of the address."""
        return self.email is not None and not can_be_emailed(self.email)

    def keep_key(self) -> None:
        """Work out again what a search compares, after another name or address."""
        self.search_key = "\n".join(search_key(part) for part in (self.name, self.email or ""))

    def brought(self) -> Brought:
        """Return what it says of somebody beside their name."""
        return Brought(self.unit_id, self.staff_number, self.line_manager)


def find_invitation(token_sha256: str) -> Invitation | None:
    """Return an invitation that can still be used."""
    row = db.session.get(Invitation, token_sha256)
    return row if row and row.used_at is None and row.expires_at > clock.now() else None


def end_invitations(email: str | None, *only: ColumnElement[bool]) -> int:
    """Delete the invitations of an address that were not used yet, or some of them; return how many.

    Without an address, they're those that name none.
    """
    whose = Invitation.email == bindparam("address", email) if email else Invitation.email.is_(None)
    mine = (whose, Invitation.used_at.is_(None))
    return len(db.session.scalars(delete(Invitation).where(*mine, *only).returning(Invitation.token_sha256)).all())


def _not_joined(programme_id: str) -> Select[Invitation]:
    """Return the query of a programme's invitations of addresses that don't have the role they were invited to.

    Whoever has another role there has joined as well, so nobody waits for them to become a learner.
    """
    joined = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Person.email == Invitation.email,
            Membership.programme_id == Invitation.programme_id,
            or_(Membership.role == Invitation.role, Invitation.role == "learner"),
        )
    )
    return select(Invitation).where(
        Invitation.programme_id == programme_id,
        Invitation.invited_at.is_not(None),
        Invitation.email.is_not(None),
        Invitation.used_at.is_(None),
        ~joined.exists(),
    )


def list_not_joined(
    programme_id: str, most: int, before: tuple[datetime, str] | None, search: str = ""
) -> list[Invitation]:
    """Return those who were invited and have not joined, the newest first, from a place in that order on."""
    return _page(_found(_not_joined(programme_id), search), most, before)


def _found(query: Select[Invitation], search: str) -> Select[Invitation]:
    """Return the query for those whose address or name holds each word of a search, with or without its accents."""
    words = search_key(search).split()[:WORDS_MOST]
    return query.where(*(Invitation.search_key.contains(word, autoescape=True) for word in words))


def _page(query: Select[Invitation], most: int, before: tuple[datetime, str] | None) -> list[Invitation]:
    if before:
        moment, public_id = before
        same = and_(Invitation.invited_at == moment, Invitation.public_id < public_id)
        query = query.where(or_(Invitation.invited_at < moment, same))
    order = (Invitation.invited_at.desc(), Invitation.public_id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(most)))


def count_not_joined(programme_id: str, search: str = "") -> int:
    """Return how many invitations of a programme wait for somebody to join."""
    found = _found(_not_joined(programme_id), search)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def list_invited_to(programme_id: str, role: str) -> list[str]:
    """Return the addresses of those who were invited to a role in a programme and don't have it yet."""
    found = _not_joined(programme_id).where(Invitation.role == role, Invitation.expires_at > clock.now())
    return [row.email for row in db.session.scalars(found.order_by(Invitation.email)) if row.email]


def find_not_joined(programme_id: str, public_id: str) -> Invitation | None:
    """Return an invitation of a programme that waits for somebody to join."""
    return db.session.scalar(_not_joined(programme_id).where(Invitation.public_id == public_id))


def _slips(programme_id: str) -> Select[Invitation]:
    return _not_joined(programme_id).where(~Invitation.email.contains("@"))


def list_slips(programme_id: str, most: int, before: tuple[datetime, str] | None) -> list[Invitation]:
    """Return those without email who haven't joined, the newest first, from a place in that order on."""
    return _page(_slips(programme_id), most, before)


def count_slips(programme_id: str) -> int:
    """Return how many people without email haven't joined a programme."""
    return db.session.scalar(select(func.count()).select_from(_slips(programme_id).subquery())) or 0


def find_slips(programme_id: str, public_ids: Collection[str]) -> list[Invitation]:
    """Return some people without email who haven't joined, by name."""
    query = _slips(programme_id).where(Invitation.public_id.in_(public_ids))
    return list(db.session.scalars(query.order_by(Invitation.name, Invitation.public_id)))


def list_names_of_slips(programme_id: str, names: Collection[str]) -> set[str]:
    """Return which of some names people without email have who haven't joined."""
    return {row.name for row in db.session.scalars(_slips(programme_id).where(Invitation.name.in_(names)))}


def list_sign_in_names_in_use(names: Collection[str]) -> set[str]:
    """Return which sign-in names somebody on this site has, or was invited under; in two statements."""
    people = db.session.scalars(select(Person.email).where(Person.email.in_(names)))
    invited = db.session.scalars(select(Invitation.email).where(Invitation.email.in_(names)))
    return {*people, *(name for name in invited if name)}


def list_open(programme_id: str, role: str, addresses: Collection[str]) -> list[Invitation]:
    """Return the unused invitations of some addresses to a role in a programme."""
    query = select(Invitation).where(Invitation.programme_id == programme_id, Invitation.role == role)
    return list(db.session.scalars(query.where(Invitation.email.in_(addresses), Invitation.used_at.is_(None))))


def list_open_of(programme_id: str, email: str) -> list[Invitation]:
    """Return what an address is invited to in a programme and can still accept."""
    query = select(Invitation).where(Invitation.programme_id == programme_id, Invitation.email == email)
    query = query.where(Invitation.used_at.is_(None), Invitation.expires_at > clock.now())
    return list(db.session.scalars(query.order_by(Invitation.expires_at)))


def find_brought(programme_id: str, email: str) -> Brought:
    """Return what the newest invitation of an address that says anything says, whether it was used or not."""
    said = or_(Invitation.unit_id.is_not(None), Invitation.staff_number != "", Invitation.line_manager != "")
    query = select(Invitation).where(Invitation.programme_id == programme_id, Invitation.email == email, said)
    row = db.session.scalar(query.order_by(Invitation.invited_at.desc()).limit(1))
    return row.brought() if row else Brought()


def sweep_invitations() -> None:
    """Delete invitations a month after they were made, whether they were used or not."""
    made = clock.now() - timedelta(days=INVITATION_KEPT_DAYS)
    delete_old(Invitation, Invitation.expires_at < made + timedelta(days=INVITATION_DAYS))
