"""Tables and queries of people, programmes, roles, sign-ins and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Row, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.rules import INVITATION_DAYS, INVITATION_KEPT_DAYS, Visitor, is_over
from lms.foundation import clock, ids
from lms.foundation.db import Base, aggregate_text, db


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    # The name given when the account was made. Unlike the other two, its holder can't change it.
    joined_as: Mapped[str] = mapped_column(server_default="")
    certificate_name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str | None]
    pronouns: Mapped[str | None]
    pronouns_shown: Mapped[bool] = mapped_column(default=False)
    long_rest: Mapped[bool] = mapped_column(default=False)
    operator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    email_proven_at: Mapped[datetime | None]


class Programme(Base):
    """An organisation's own training, with its facts and people."""

    __tablename__ = "programme"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hold_unreviewed: Mapped[bool | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """One role of one person in one programme."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("programme_id", "person_id", "role"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    created_at: Mapped[datetime]


class SignIn(Base):
    """A session: the SHA-256 of the cookie's token, never the token; `ended_at` is set when something else ended it."""

    __tablename__ = "sign_in"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    own_device: Mapped[bool]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time link: the SHA-256 of its token and what it gives."""

    __tablename__ = "invitation"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    programme_id: Mapped[str | None] = mapped_column(ForeignKey("programme.id"))
    role: Mapped[str]
    email: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasswordLink(Base):
    """A one-time link to a new password: the SHA-256 of its token; the row goes when it is used.

    A row without a person stands for an address that nobody has, and opens nothing.
    """

    __tablename__ = "password_link"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime]


class KnownDevice(Base):
    """A kind of device somebody has signed in with, as coarse as "Firefox, Windows"."""

    __tablename__ = "known_device"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


# Read with every page, and therefore built once, over the tables themselves.
_person, _sign_in, _membership = Person.__table__, SignIn.__table__, Membership.__table__
# All roles as one text, so that they are read with each page and never kept in a session.
_ROLES = (
    select(aggregate_text(_membership.c.id + " " + _membership.c.programme_id + " " + _membership.c.role, ","))
    .where(_membership.c.person_id == _person.c.id)
    .scalar_subquery()
)
VISITOR_COLUMNS = (
    _person.c.id,
    _person.c.public_id,
    _person.c.display_name,
    _person.c.language,
    _person.c.operator,
    _ROLES,
    _sign_in.c.own_device,
    _sign_in.c.last_seen_at,
    _person.c.long_rest,
    _sign_in.c.created_at,
)
# The query for the visitor behind a session's :mark, to which a page may join what it needs.
VISITOR = (
    select(*VISITOR_COLUMNS)
    .join_from(_sign_in, _person, _person.c.id == _sign_in.c.person_id)
    .where(_sign_in.c.token_sha256 == bindparam("mark"), _sign_in.c.ended_at.is_(None), _person.c.disabled_at.is_(None))
)


def as_visitor(row: Row[Any] | Sequence[Any] | None) -> Visitor | None:
    """Return the visitor of a row that begins with the visitor columns, unless the session's time is over."""
    if row is None or is_over(row[6], row[8], row[9], row[7], clock.now()):
        return None
    return Visitor(row[0], row[1], row[2], row[3], row[4], _as_roles(row[5]), row[6], row[7])


def _as_roles(text: str | None) -> dict[str, list[str]]:
    """Return roles by programme id, the oldest membership first."""
    found: dict[str, list[str]] = {}
    for membership in sorted(text.split(",")) if text else ():
        _id, programme_id, role = membership.split(" ")
        found.setdefault(programme_id, []).append(role)
    return found


def find_visitor(token_sha256: str) -> Visitor | None:
    """Return who is signed in with a session, if anybody still is."""
    return as_visitor(db.session.execute(VISITOR, {"mark": token_sha256}).first())


def find_person_of_session(token_sha256: str) -> str | None:
    """Return whose session a token was, even when it has ended, so that what they typed can wait for them."""
    return db.session.scalar(select(SignIn.person_id).where(SignIn.token_sha256 == token_sha256))


def touch(token_sha256: str) -> None:
    """Write that a session was used just now."""
    db.session.execute(update(SignIn).where(SignIn.token_sha256 == token_sha256).values(last_seen_at=clock.now()))


def find_person_by_email(email: str) -> Person | None:
    """Return the person with an address in its kept form."""
    return db.session.scalar(select(Person).where(Person.email == email))


def find_person(public_id: str) -> Person | None:
    """Return the person with an id that stands in addresses."""
    return db.session.scalar(select(Person).where(Person.public_id == public_id))


def find_member(public_id: str, programme_id: str) -> Person | None:
    """Return somebody who has a role in a programme, by the id that stands in addresses."""
    query = select(Person).join(Membership, Membership.person_id == Person.id)
    return db.session.scalar(query.where(Person.public_id == public_id, Membership.programme_id == programme_id))


def get_person(person_id: str) -> Person:
    """Return a person."""
    return db.session.get_one(Person, person_id)


def find_programme(slug: str) -> Programme | None:
    """Return the programme with a short name."""
    return db.session.scalar(select(Programme).where(Programme.slug == slug))


def get_programme(programme_id: str) -> Programme:
    """Return a programme."""
    return db.session.get_one(Programme, programme_id)


def list_programmes() -> list[Programme]:
    """Return all programmes, the oldest first."""
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def roles_of(person_id: str) -> dict[str, list[str]]:
    """Return a person's roles by programme id."""
    found: dict[str, list[str]] = {}
    query = select(Membership.programme_id, Membership.role).where(Membership.person_id == person_id)
    for programme_id, role in db.session.execute(query.order_by(Membership.id)):
        found.setdefault(programme_id, []).append(role)
    return found


def delete_membership(person_id: str, programme_id: str, role: str) -> bool:
    """Delete a role of somebody in a programme; return whether they had it."""
    mine = (Membership.person_id == person_id, Membership.programme_id == programme_id, Membership.role == role)
    return bool(db.session.execute(delete(Membership).where(*mine)).rowcount)  # type: ignore[attr-defined]


def list_members(programme_id: str | None = None) -> list[tuple[Person, Membership, Programme]]:
    """Return people with their roles, of one programme or of all."""
    query = (
        select(Person, Membership, Programme)
        .join(Membership, Membership.person_id == Person.id)
        .join(Programme, Programme.id == Membership.programme_id)
        .order_by(Programme.slug, Person.display_name, Membership.role)
    )
    if programme_id:
        query = query.where(Membership.programme_id == programme_id)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def list_staff(programme_id: str) -> list[tuple[Person, frozenset[str]]]:
    """Return who has a role beside learning in a programme and can sign in, with those roles, by name."""
    found: dict[str, tuple[Person, set[str]]] = {}
    for person, membership, _programme in list_members(programme_id):
        if membership.role != "learner" and person.disabled_at is None:
            found.setdefault(person.id, (person, set()))[1].add(membership.role)
    return [(person, frozenset(roles)) for person, roles in found.values()]


def list_operators() -> list[Person]:
    """Return the people who run the site."""
    return list(db.session.scalars(select(Person).where(Person.operator).order_by(Person.id)))


def is_last_operator(person_id: str) -> bool:
    """Decide whether nobody would run the site without this person."""
    return [row.id for row in list_operators() if row.disabled_at is None] == [person_id]


def list_staff_addresses() -> list[str]:
    """Return the email addresses of everybody who has a role above learner."""
    staff = select(Membership.person_id).where(Membership.role != "learner")
    return list(db.session.scalars(select(Person.email).where(Person.operator | Person.id.in_(staff))))


def list_sign_ins(person_id: str) -> list[SignIn]:
    """Return a person's sign-ins that have not gone stale, the last used first."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    rows = db.session.scalars(query.order_by(SignIn.last_seen_at.desc()))
    long_rest, now = get_person(person_id).long_rest, clock.now()
    return [row for row in rows if not is_over(row.own_device, long_rest, row.created_at, row.last_seen_at, now)]


def end_sign_ins(person_id: str, *, public_id: str | None = None, keep: str | None = None) -> int:
    """End one sign-in of a person, or all but the one to keep; return how many ended.

    The rows stay until they are swept: they tell whose answers an ended session still posts.
    """
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    if public_id is not None:
        query = query.where(SignIn.public_id == public_id)
    if keep is not None:
        query = query.where(SignIn.token_sha256 != keep)
    return db.session.execute(query).rowcount  # type: ignore[attr-defined]


def move_session(token_sha256: str, new_sha256: str) -> None:
    """Give a session another token; the one before opens nothing any more."""
    query = update(SignIn).where(SignIn.token_sha256 == token_sha256)
    db.session.execute(query.values(token_sha256=new_sha256))


def end_session(token_sha256: str) -> None:
    """Delete the sign-in behind one cookie, when its person signs out or in again."""
    db.session.execute(delete(SignIn).where(SignIn.token_sha256 == token_sha256))


def find_invitation(token_sha256: str) -> Invitation | None:
    """Return an invitation that can still be used."""
    row = db.session.get(Invitation, token_sha256)
    return row if row and row.used_at is None and row.expires_at > clock.now() else None


def end_invitations(email: str, *only: ColumnElement[bool]) -> int:
    """Delete the invitations of an address that were not used yet, or some of them; return how many."""
    mine = (Invitation.email == bindparam("address", email), Invitation.used_at.is_(None))
    return len(db.session.scalars(delete(Invitation).where(*mine, *only).returning(Invitation.token_sha256)).all())


def find_password_link(token_sha256: str) -> str | None:
    """Return whose a link to a new password is that can still be used."""
    row = db.session.get(PasswordLink, token_sha256)
    return row.person_id if row and row.expires_at > clock.now() else None


def take_password_link(token_sha256: str) -> str | None:
    """Delete a link to a new password that can still be used, and return whose it was; only one caller gets it."""
    mine = (PasswordLink.token_sha256 == token_sha256, PasswordLink.expires_at > clock.now())
    return db.session.scalar(delete(PasswordLink).where(*mine).returning(PasswordLink.person_id))


def end_password_links(person_id: str | None) -> None:
    """Delete every link to a new password of somebody, used or not; those that stand for nobody are swept later."""
    db.session.execute(delete(PasswordLink).where(PasswordLink.person_id == bindparam("whose", person_id)))


def list_devices(person_id: str) -> list[KnownDevice]:
    """Return the kinds of device somebody has signed in with, the last used first."""
    query = select(KnownDevice).where(KnownDevice.person_id == person_id)
    return list(db.session.scalars(query.order_by(KnownDevice.seen_at.desc())))


def sweep_sign_ins(older_than: datetime) -> None:
    """Delete sign-ins that were last used before a moment, and links whose time was over by then."""
    db.session.execute(delete(SignIn).where(SignIn.last_seen_at < older_than))
    db.session.execute(delete(PasswordLink).where(PasswordLink.expires_at < older_than))


def sweep_invitations() -> None:
    """Delete invitations a month after they were made, whether they were used or not."""
    made = clock.now() - timedelta(days=INVITATION_KEPT_DAYS)
    db.session.execute(delete(Invitation).where(Invitation.expires_at < made + timedelta(days=INVITATION_DAYS)))
