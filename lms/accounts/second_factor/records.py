"""Tables and queries of authenticator apps, recovery codes and passkeys."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.session_records import SignIn
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old


class AuthenticatorApp(Base):
    """The app whose codes somebody enters: its secret sealed under the site's key, and the last step used."""

    __tablename__ = "authenticator_app"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed_secret: Mapped[str]
    last_step: Mapped[int]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code for when phone and passkey are lost: its SHA-256 with the person's id; the row goes when it's used."""

    __tablename__ = "recovery_code"
    code_sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]


class Passkey(Base):
    """A passkey: its public key, and what its holder calls it."""

    __tablename__ = "passkey"
    credential_id: Mapped[str] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class UsedChallenge(Base):
    """A challenge that a passkey has answered, so that the same answer isn't taken again."""

    __tablename__ = "used_challenge"
    challenge_sha256: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


OWN_TABLES = (AuthenticatorApp, RecoveryCode, Passkey)


def find_app(person_id: str) -> AuthenticatorApp | None:
    """Return somebody's authenticator app."""
    return db.session.get(AuthenticatorApp, person_id)


def count_recovery_codes(person_id: str) -> int:
    """Return how many recovery codes somebody has left."""
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
    return db.session.scalar(query) or 0


def list_recovery_codes(person_id: str) -> list[RecoveryCode]:
    """Return the recovery codes somebody has left, in no order that tells which is which."""
    query = select(RecoveryCode).where(RecoveryCode.person_id == person_id)
    return list(db.session.scalars(query.order_by(RecoveryCode.code_sha256)))


def take_recovery_code(person_id: str, code_sha256: str) -> bool:
    """Delete one of somebody's recovery codes; False when it isn't theirs or was used before."""
    mine = (RecoveryCode.person_id == person_id, RecoveryCode.code_sha256 == code_sha256)
    return bool(db.session.execute(delete(RecoveryCode).where(*mine)).rowcount)  # type: ignore[attr-defined]


def list_passkeys(person_id: str) -> list[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id)
    return list(db.session.scalars(query.order_by(Passkey.created_at, Passkey.credential_id)))


def find_passkey(credential_id: str) -> Passkey | None:
    """Return the passkey that a browser names."""
    return db.session.get(Passkey, credential_id)


def find_own_passkey(person_id: str, public_id: str) -> Passkey | None:
    """Return one of somebody's passkeys, by the id in its address."""
    return db.session.scalar(select(Passkey).where(Passkey.person_id == person_id, Passkey.public_id == public_id))


def find_proof(token_sha256: str) -> tuple[datetime, datetime | None] | None:
    """Return when a session started, and when its person last entered their password or a code again."""
    query = select(SignIn.created_at, SignIn.proven_at).where(SignIn.token_sha256 == token_sha256)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else None


def mark_proven(token_sha256: str) -> None:
    """Note that the person of a session entered their password or a code again just now."""
    db.session.execute(update(SignIn).where(SignIn.token_sha256 == token_sha256).values(proven_at=clock.now()))


def sweep_challenges() -> None:
    """Delete used challenges that have long expired."""
    delete_old(UsedChallenge, UsedChallenge.used_at < clock.now() - timedelta(days=1))
