"""External identities: the account at a provider that signs somebody in here; tables and queries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Person
from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.db import Base, db


class ExternalIdentity(Base):
    """An account at a provider, by its issuer and subject, and whose account here it opens.

    `given` holds what the provider's claims gave when they last signed in, as `role:trainer` or `unit:Emergency`, one a
    line: what it gave before and no longer gives is taken back, and what a coordinator changed here stays changed.
    """

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("person_id", "issuer"),)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[str] = mapped_column(default="")
    connected_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


def find_identity(issuer: str, subject: str) -> ExternalIdentity | None:
    """Return the identity that an issuer knows under a subject."""
    return db.session.get(ExternalIdentity, (issuer, subject))


def find_identity_of(person_id: str, issuer: str) -> ExternalIdentity | None:
    """Return somebody's identity at a provider."""
    mine = (ExternalIdentity.person_id == person_id, ExternalIdentity.issuer == issuer)
    return db.session.scalar(select(ExternalIdentity).where(*mine))


def list_identities(person_id: str) -> list[ExternalIdentity]:
    """Return somebody's identities at any provider, also at one that this site no longer uses."""
    query = select(ExternalIdentity).where(ExternalIdentity.person_id == person_id)
    return list(db.session.scalars(query.order_by(ExternalIdentity.connected_at)))


def forget_identities(person_id: str) -> int:
    """Delete somebody's identities; return how many they had."""
    query = delete(ExternalIdentity).where(ExternalIdentity.person_id == person_id)
    return db.session.execute(query).rowcount  # type: ignore[attr-defined]


def signs_in_elsewhere(person: Person, single_sign_on: SingleSignOn | None) -> bool:
    """Decide whether somebody signs in with the provider and in no other way.

    Who runs the site can use a password as well, so that a provider that's down locks nobody out for good.
    """
    if single_sign_on is None or not single_sign_on.only or person.operator:
        return False
    return find_identity_of(person.id, single_sign_on.issuer) is not None
