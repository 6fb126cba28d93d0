"""Tables and queries of people, programmes, roles, sign-ins and invitations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from lms.accounts.addresses import skeleton
from lms.accounts.rules import TRAINING_STAFF, missing_contact
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.mail.outbox import can_be_emailed
from lms.foundation.statements.sql import only_where

LOOKS_AT_ONCE = 500


def _look_of(context: Any) -> str:
    return skeleton(context.get_current_parameters()["email"])


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_operator", "id", **only_where("operator = 1", "operator")),
        Index("ix_person_disabled_at", "disabled_at", **only_where("disabled_at IS NOT NULL")),
        Index("ix_person_email_look", "email_look"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    # What they sign in with: their address or, for somebody without one, a sign-in name. See `has_email`.
    email: Mapped[str] = mapped_column(unique=True)
    # What the address looks like, so that an index finds another one that looks the same.
    email_look: Mapped[str] = mapped_column(server_default="", default=_look_of)
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
    # Since when a second step follows the password; and when, as staff without one, they were first asked for it.
    second_factor_at: Mapped[datetime | None]
    second_factor_asked_at: Mapped[datetime | None]

    @validates("email")
    def _follow_email(self, _name: str, email: str) -> str:
        self.email_look = skeleton(email)
        return email


class Programme(Base):
    """An organisation's own training, with its facts and people."""

    __tablename__ = "programme"
    __table_args__ = (
        Index("ix_programme_country", "country", "id", "slug"),
        Index("ix_programme_lacks_contact", "id", "slug", **only_where("lacks_contact = 1", "lacks_contact")),
        Index(
            "ix_programme_lacks_coordinator", "id", "slug", **only_where("lacks_coordinator = 1", "lacks_coordinator")
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hold_unreviewed: Mapped[bool | None]
    created_at: Mapped[datetime]
    # What the facts say, so that an index finds a country's programmes and those that say too little. A coordinator is
    # somebody who can sign in; see `follow_coordinators`.
    country: Mapped[str] = mapped_column(server_default="", default="")
    lacks_contact: Mapped[bool] = mapped_column(server_default=true(), default=True)
    lacks_coordinator: Mapped[bool] = mapped_column(server_default=true(), default=True)

    @validates("facts")
    def _follow_facts(self, _name: str, facts: dict[str, Any]) -> dict[str, Any]:
        self.country, self.lacks_contact = str(facts.get("country") or ""), bool(missing_contact(facts))
        return facts


class Membership(Base):
    """One role of one person in one programme."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id", "role"),
        Index("ix_membership_role", "programme_id", "role", "person_id"),
        Index("ix_membership_staff", "person_id", **only_where("role <> 'learner'")),
        Index("ix_membership_coordinator", "programme_id", "person_id", **only_where("role = 'coordinator'")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    created_at: Mapped[datetime]


class PasswordLink(Base):
    """A one-time link to a new password: the SHA-256 of its token; the row goes when it is used.

    A row without a person stands for an address that nobody has, and opens nothing.
    """

    __tablename__ = "password_link"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


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


def has_email(person: Person) -> bool:
    """Decide whether somebody has an email address; a sign-in name, which stands in its place, has no @."""
    return can_be_emailed(person.email)


def has_person(person_id: str) -> bool:
    """Return whether there's a person with this inner id."""
    return db.session.get(Person, person_id) is not None


def get_person(person_id: str) -> Person:
    """Return a person."""
    return db.session.get_one(Person, person_id)


def find_programme(slug: str) -> Programme | None:
    """Return the programme with a short name."""
    return db.session.scalar(select(Programme).where(Programme.slug == slug))


def find_open_programme() -> Programme | None:
    """Return the oldest programme that lets people in who register."""
    registration = Programme.facts["registration"].as_string()
    query = select(Programme).where(or_(registration.is_(None), registration != "closed"))
    return db.session.scalar(query.order_by(Programme.id).limit(1))


def get_programme(programme_id: str) -> Programme:
    """Return a programme."""
    return db.session.get_one(Programme, programme_id)


def list_programmes() -> list[Programme]:
    """Return all programmes, the oldest first."""
    return list(db.session.scalars(select(Programme).order_by(Programme.id)))


def list_programme_names() -> list[tuple[str, str]]:
    """Return the short name and the name of all programmes, the oldest first, for whoever chooses one of them."""
    rows = db.session.execute(select(Programme.slug, Programme.name).order_by(Programme.id))
    return [(slug, name) for slug, name in rows]


def find_programmes(programme_ids: Collection[str]) -> dict[str, Programme]:
    """Return some programmes by id, in one statement."""
    return {row.id: row for row in db.session.scalars(select(Programme).where(Programme.id.in_(programme_ids)))}


def roles_of(person_id: str) -> dict[str, list[str]]:
    """Return a person's roles by programme id."""
    found: dict[str, list[str]] = {}
    query = select(Membership.programme_id, Membership.role).where(Membership.person_id == person_id)
    for programme_id, role in db.session.execute(query.order_by(Membership.id)):
        found.setdefault(programme_id, []).append(role)
    return found


def ask_for_factor(person_id: str) -> None:
    """Note at a sign-in when an operator or coordinator was first asked for a second factor; nobody else is."""
    coordinates = exists().where(Membership.person_id == Person.id, Membership.role == "coordinator")
    asked = case((Person.operator | coordinates, func.coalesce(Person.second_factor_asked_at, clock.now())))
    query = update(Person).where(Person.id == person_id).values(second_factor_asked_at=asked)
    db.session.execute(query, execution_options={"synchronize_session": False})


def delete_membership(person_id: str, programme_id: str, role: str) -> bool:
    """Delete a role of somebody in a programme; return whether they had it."""
    mine = (Membership.person_id == person_id, Membership.programme_id == programme_id, Membership.role == role)
    return bool(db.session.execute(delete(Membership).where(*mine)).rowcount)  # type: ignore[attr-defined]


def count_roles(programme_id: str | None = None) -> int:
    """Return how many roles people have, in one programme or in all."""
    query = select(func.count()).select_from(Membership)
    return db.session.scalar(query.where(Membership.programme_id == programme_id) if programme_id else query) or 0


def read_roles(programme_id: str | None = None) -> Iterator[tuple[Person, str, str]]:
    """Return (person, short name of the programme, role) of one programme or of all, without holding everybody."""
    query = (
        select(Person, Programme.slug, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Programme, Programme.id == Membership.programme_id)
        .order_by(Programme.slug, Person.display_name, Membership.role)
    )
    if programme_id:
        query = query.where(Membership.programme_id == programme_id)
    rows = db.session.execute(query.execution_options(yield_per=500))
    return ((row[0], row[1], row[2]) for row in rows)


def list_member_addresses(programme_id: str, addresses: Collection[str]) -> set[str]:
    """Return which of some addresses belong to people who have a role in a programme."""
    query = select(Person.email).join(Membership, Membership.person_id == Person.id)
    return set(db.session.scalars(query.where(Membership.programme_id == programme_id, Person.email.in_(addresses))))


def list_staff(programme_id: str) -> list[tuple[Person, frozenset[str]]]:
    """Return who trains, observes or coordinates in a programme and can sign in, with those roles, by name."""
    here = (Membership.programme_id == programme_id, Membership.role.in_(TRAINING_STAFF), Person.disabled_at.is_(None))
    query = select(Person, Membership.role).join(Membership, Membership.person_id == Person.id).where(*here)
    found: dict[str, tuple[Person, set[str]]] = {}
    for person, role in db.session.execute(query.order_by(Person.display_name, Membership.role)):
        found.setdefault(person.id, (person, set()))[1].add(role)
    return [(person, frozenset(roles)) for person, roles in found.values()]


def has_coordinator(programme_id: str) -> bool:
    """Decide whether somebody who can sign in coordinates a programme."""
    query = select(Person.id).join(Membership, Membership.person_id == Person.id)
    here = (Membership.programme_id == programme_id, Membership.role == "coordinator", Person.disabled_at.is_(None))
    return db.session.scalar(query.where(*here).limit(1)) is not None


def list_operators() -> list[Person]:
    """Return the people who run the site."""
    return list(db.session.scalars(select(Person).where(Person.operator).order_by(Person.id)))


def is_last_operator(person_id: str) -> bool:
    """Decide whether nobody would run the site without this person."""
    return [row.id for row in list_operators() if row.disabled_at is None] == [person_id]


def list_staff_looking_like(looks: Collection[str]) -> list[tuple[str, str]]:
    """Return (what it looks like, address) of everybody above learner whose address looks like one of some others.

    See `skeleton` in `lms/accounts/addresses.py`.
    """
    staff = exists().where(Membership.person_id == Person.id, Membership.role != "learner")
    query = select(Person.email_look, Person.email).where(or_(Person.operator, staff))
    asked, found = sorted(looks), []
    for start in range(0, len(asked), LOOKS_AT_ONCE):
        some = asked[start : start + LOOKS_AT_ONCE]
        found += [(look, email) for look, email in db.session.execute(query.where(Person.email_look.in_(some)))]
    return found


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
