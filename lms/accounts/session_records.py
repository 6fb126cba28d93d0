"""Sessions, the devices they started on, and the visitor behind a cookie: tables and queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Row, and_, bindparam, case, delete, false, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.records import Membership, PasswordLink, Person, get_person
from lms.accounts.rules import Visitor, Vouched, is_over
from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old
from lms.foundation.statements.sql import aggregate_text


class SignIn(Base):
    """A session: the SHA-256 of the cookie's token, never the token; `ended_at` is set when something else ended it.

    One that began by single sign-on has a moment by which the provider has to be asked again, and says whether the
    provider had asked for a second step; `elsewhere_sha256` is of the name of the session there, if it has one.
    """

    __tablename__ = "sign_in"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    own_device: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
    vouched_until: Mapped[datetime | None]
    second_step_elsewhere: Mapped[bool] = mapped_column(default=False, server_default=false())
    elsewhere_sha256: Mapped[str | None] = mapped_column(index=True)


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
    # When they were asked for a second factor, for as long as they have none.
    case(
        (
            and_(_person.c.second_factor_at.is_(None), _sign_in.c.second_step_elsewhere.is_(False)),
            _person.c.second_factor_asked_at,
        )
    ),
    _sign_in.c.vouched_until,
)
# The query for the visitor behind a session's :mark, to which a page may join what it needs.
VISITOR = (
    select(*VISITOR_COLUMNS)
    .join_from(_sign_in, _person, _person.c.id == _sign_in.c.person_id)
    .where(_sign_in.c.token_sha256 == bindparam("mark"), _sign_in.c.ended_at.is_(None), _person.c.disabled_at.is_(None))
)


def as_visitor(row: Row[Any] | Sequence[Any] | None) -> Visitor | None:
    """Return the visitor of a row that begins with the visitor columns, unless the session's time is over."""
    if row is None or is_over(row[6], row[8], row[9], row[7], clock.now()) or _is_past(row[11]):
        return None
    return Visitor(row[0], row[1], row[2], row[3], row[4], _as_roles(row[5]), row[6], row[7], row[9], row[10])


def _is_past(vouched_until: datetime | None) -> bool:
    return vouched_until is not None and clock.now() >= vouched_until


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


def is_renewable(token_sha256: str) -> bool:
    """Decide whether a session by single sign-on is over for no other reason than that the provider vouched for it.

    One that rested too long isn't: on a device that others use, somebody else may be there now.
    """
    row = db.session.get(SignIn, token_sha256)
    if row is None or row.ended_at is not None or not _is_past(row.vouched_until):
        return False
    long_rest = get_person(row.person_id).long_rest
    return not is_over(row.own_device, long_rest, row.created_at, row.last_seen_at, clock.now())


def vouched_for(token_sha256: str, person_id: str) -> Vouched | None:
    """Return a provider's word that a session of somebody counts on."""
    row = db.session.get(SignIn, token_sha256)
    if row is None or row.person_id != person_id or row.vouched_until is None:
        return None
    return Vouched(row.vouched_until, row.second_step_elsewhere, row.elsewhere_sha256 or "")


def touch(token_sha256: str) -> None:
    """Write that a session was used just now."""
    db.session.execute(update(SignIn).where(SignIn.token_sha256 == token_sha256).values(last_seen_at=clock.now()))


def list_sign_ins(person_id: str) -> list[SignIn]:
    """Return a person's sign-ins that have not gone stale, the last used first."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    rows = db.session.scalars(query.order_by(SignIn.last_seen_at.desc()))
    long_rest, now = get_person(person_id).long_rest, clock.now()
    return [
        row
        for row in rows
        if not is_over(row.own_device, long_rest, row.created_at, row.last_seen_at, now)
        and not _is_past(row.vouched_until)
    ]


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


def end_vouched(person_id: str | None, elsewhere_sha256: str) -> dict[str, int]:
    """End the sessions that count on a provider's word: all of somebody, or those that began with one session there.

    Of somebody's sessions for which the one there isn't known, all end. Return how many ended, by whose they are.
    """
    query = update(SignIn).where(SignIn.vouched_until.is_not(None), SignIn.ended_at.is_(None))
    if person_id is not None:
        query = query.where(SignIn.person_id == person_id)
    if elsewhere_sha256:
        begun_there = SignIn.elsewhere_sha256 == elsewhere_sha256
        query = query.where(begun_there if person_id is None else begun_there | SignIn.elsewhere_sha256.is_(None))
    ended = db.session.scalars(query.values(ended_at=clock.now()).returning(SignIn.person_id))
    return dict(Counter(ended))


def move_session(token_sha256: str, new_sha256: str) -> None:
    """Give a session another token; the one before opens nothing any more."""
    query = update(SignIn).where(SignIn.token_sha256 == token_sha256)
    db.session.execute(query.values(token_sha256=new_sha256))


def end_session(token_sha256: str) -> None:
    """Delete the sign-in behind one cookie, when its person signs out or in again."""
    db.session.execute(delete(SignIn).where(SignIn.token_sha256 == token_sha256))


def list_devices(person_id: str) -> list[KnownDevice]:
    """Return the kinds of device somebody has signed in with, the last used first."""
    query = select(KnownDevice).where(KnownDevice.person_id == person_id)
    return list(db.session.scalars(query.order_by(KnownDevice.seen_at.desc())))


def sweep_sign_ins(older_than: datetime) -> None:
    """Delete sign-ins that were last used before a moment, and links whose time was over by then."""
    # Nobody was last seen before they signed in, and unlike that moment, this one never changes: it has an index.
    delete_old(SignIn, SignIn.created_at < older_than, SignIn.last_seen_at < older_than)
    delete_old(PasswordLink, PasswordLink.expires_at < older_than)
