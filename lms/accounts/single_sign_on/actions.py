"""Single sign-on actions: find or make the account that an identity opens, connect the two, and apply the mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lms.accounts import leaving, limits, records
from lms.accounts.actions import FormError, give_role, register
from lms.accounts.addresses import normal_email
from lms.accounts.identities.records import (
    ExternalIdentity,
    find_identity,
    find_identity_of,
    forget_identities,
)
from lms.accounts.members import records as member_records
from lms.accounts.members.events import UnitJoined
from lms.accounts.records import Person
from lms.accounts.session_records import end_sign_ins, end_vouched
from lms.accounts.single_sign_on.events import (
    SingleSignOnConnected,
    SingleSignOnEnded,
    SingleSignOnLoggedOut,
    SingleSignOnRefused,
)
from lms.accounts.single_sign_on.rules import LOGOUT_AGE, Identity, Logout
from lms.foundation import clock
from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.text.collation import search_key

Reason = Literal["email", "account", "closed", "another", "address", "answer"]
# No password leads to this: it isn't a hash.
NO_PASSWORD = "none: signs in elsewhere"


@dataclass(frozen=True)
class Refused:
    """An expected "no", with a word for the reason."""

    reason: Reason
    person_id: str | None = None


@dataclass(frozen=True)
class ConnectFirst:
    """There's an account with this address already; its owner says first that both are theirs."""

    public_id: str


def come_in(identity: Identity, single_sign_on: SingleSignOn) -> Person | Refused | ConnectFirst:
    """Return whose account an identity opens, making one where the settings say so; apply what its claims give."""
    row = find_identity(identity.issuer, identity.subject)
    if row is not None:
        person = records.get_person(row.person_id)
        if person.disabled_at is not None:
            return _refuse("closed", person.id)
        row.last_used_at = clock.now()
        _apply(row, identity, single_sign_on)
        return person
    if not identity.email:
        return _refuse("email")
    known = records.find_person_by_email(normal_email(identity.email))
    if known is not None:
        return _about_account(known, identity)
    return _make_account(identity, single_sign_on) if single_sign_on.accounts else _refuse("account")


def _about_account(person: Person, identity: Identity) -> Refused | ConnectFirst:
    if person.disabled_at is not None:
        return _refuse("closed", person.id)
    if find_identity_of(person.id, identity.issuer):
        # An address goes to somebody new when its owner leaves; the account doesn't.
        return _refuse("another", person.id)
    return ConnectFirst(person.public_id)


def _make_account(identity: Identity, single_sign_on: SingleSignOn) -> Person | Refused:
    name = identity.name or identity.email.partition("@")[0]
    person = register(identity.email, name, NO_PASSWORD)
    if isinstance(person, FormError):
        return _refuse("address")
    connect(person.id, identity, single_sign_on)
    return person


def _refuse(reason: Reason, person_id: str | None = None) -> Refused:
    announce(SingleSignOnRefused(reason, person_id))
    return Refused(reason, person_id)


def refuse_answer(network: str) -> None:
    """Count an answer that nobody can be signed in with, and note it."""
    limits.count_single_sign_on_miss(network)
    _refuse("answer")


def elsewhere_mark(issuer: str, name: str) -> str:
    """Return what stands for a session at a provider in the database; nothing for one without a name."""
    return fingerprint(f"{issuer} {name}") if name else ""


def refuse_logout(network: str) -> None:
    """Count a logout token that doesn't count, and note it."""
    limits.count_logout_miss(network)
    announce(SingleSignOnRefused("logout", None))


def log_out(logout: Logout, issuer: str) -> bool:
    """End the sessions that a sign-out at the provider is about; False when its token had come before.

    Somebody who has no session here any more is signed out already, and who has no account here was never signed in.
    """
    if not limits.is_first_use(fingerprint(logout.token), LOGOUT_AGE * 2):
        return False
    identity = find_identity(issuer, logout.subject) if logout.subject else None
    if logout.subject and identity is None:
        return True
    ended = end_vouched(identity.person_id if identity else None, elsewhere_mark(issuer, logout.session))
    for person_id, sessions in ended.items():
        announce(SingleSignOnLoggedOut(person_id, sessions))
    return True


def connect(person_id: str, identity: Identity, single_sign_on: SingleSignOn) -> bool:
    """Let an identity open somebody's account from now on; False when either has another one already.

    They become a learner of the programme in the settings. Where there's no other way in from now on, every session
    that began in another way ends.
    """
    if find_identity(identity.issuer, identity.subject) or find_identity_of(person_id, identity.issuer):
        return False
    row = ExternalIdentity(
        issuer=identity.issuer,
        subject=identity.subject,
        person_id=person_id,
        given="",
        connected_at=clock.now(),
        last_used_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    announce(SingleSignOnConnected(person_id))
    programme = records.find_programme(single_sign_on.programme)
    if programme and not records.roles_of(person_id).get(programme.id):
        give_role(person_id, programme.id, "learner")
    _apply(row, identity, single_sign_on)
    if single_sign_on.only:
        end_sign_ins(person_id)
    return True


def disconnect(person_id: str) -> bool:
    """End that identities open somebody's account, and their sessions; return whether there were any."""
    had_any = forget_identities(person_id) > 0
    if had_any:
        end_sign_ins(person_id)
        announce(SingleSignOnEnded(person_id))
    return had_any


def _apply(row: ExternalIdentity, identity: Identity, single_sign_on: SingleSignOn) -> None:
    """Give what the claims give since the last sign-in, and take back the roles that they gave before and no longer do.

    What a coordinator changed meanwhile stays as it is.
    """
    before, now = set(row.given.split("\n")) - {""}, set(identity.given)
    row.given = "\n".join(identity.given)
    programme = records.find_programme(single_sign_on.programme)
    if programme is None or before == now:
        return
    for what in sorted(now - before):
        kind, _colon, name = what.partition(":")
        if kind == "role":
            give_role(row.person_id, programme.id, name)
    for what in sorted(before - now):
        kind, _colon, name = what.partition(":")
        if kind == "role" and not _is_needed(row.person_id, programme.id, name):
            leaving.take_role(row.person_id, programme.id, name)
    for what in now - before:
        if what.startswith("unit:"):
            _move(row.person_id, programme.id, what.removeprefix("unit:"))


def _is_needed(person_id: str, programme_id: str, role: str) -> bool:
    """Decide whether a role stays: the learner's, and that of a programme's last coordinator."""
    if role == "learner":
        return True
    return role == "coordinator" and member_records.is_last_coordinator(programme_id, person_id)


def _move(person_id: str, programme_id: str, name: str) -> None:
    """Put somebody into the unit with a name, if there's one and they're in the programme."""
    unit = next((row for row in member_records.list_units(programme_id) if row.name_key == search_key(name)), None)
    if unit is None or not member_records.is_member(programme_id, person_id):
        return
    member = member_records.get_member(programme_id, person_id)
    if member.unit_id != unit.id:
        member.unit_id = unit.id
        announce(UnitJoined(person_id, programme_id, unit.id))
