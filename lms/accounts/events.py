"""Events of accounts, which hold ids only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PersonRegistered:
    """Somebody has an account now."""

    person_id: str


@dataclass(frozen=True)
class MembershipGiven:
    """Somebody has a role in a programme now."""

    person_id: str
    programme_id: str
    role: str


@dataclass(frozen=True)
class MembershipEnded:
    """Somebody no longer has a role in a programme."""

    person_id: str
    programme_id: str
    role: str


@dataclass(frozen=True)
class OperatorRemoved:
    """Somebody no longer runs the site."""

    person_id: str


@dataclass(frozen=True)
class AccountDisabled:
    """An operator closed somebody's account; nothing of it is deleted."""

    person_id: str


@dataclass(frozen=True)
class AccountEnabled:
    """An operator opened a closed account again."""

    person_id: str


@dataclass(frozen=True)
class OperatorNamed:
    """Somebody runs the site now."""

    person_id: str


@dataclass(frozen=True)
class InvitationMade:
    """A one-time link was made."""

    programme_id: str | None
    role: str


@dataclass(frozen=True)
class InvitationCancelled:
    """A coordinator took a one-time link back before it was used."""

    programme_id: str
    role: str


@dataclass(frozen=True)
class SignedIn:
    """Somebody signed in."""

    person_id: str


@dataclass(frozen=True)
class SignInRefused:
    """A sign-in, or a password asked for once more, was refused; None where nobody has the address."""

    person_id: str | None


@dataclass(frozen=True)
class DoorStayedShut:
    """Somebody who is signed in was refused a staff page; `page` is its endpoint, never its address."""

    page: str
    action: str
    status: int
    programme_id: str | None


@dataclass(frozen=True)
class ListExported:
    """A list of people or certificates left as a file or on a terminal; `count` says how many rows it had."""

    programme_id: str | None
    kind: str
    count: int


@dataclass(frozen=True)
class SignedOut:
    """One or more sign-ins of somebody ended."""

    person_id: str
    count: int


@dataclass(frozen=True)
class NamesChanged:
    """Somebody changed the name others see or the name on certificates."""

    person_id: str


@dataclass(frozen=True)
class NewDevice:
    """Somebody signed in with a kind of device that was not seen with this account before."""

    person_id: str
    kind: str


@dataclass(frozen=True)
class PasswordLinkMade:
    """A link to a new password was asked for: for somebody, or for an address that nobody has."""

    person_id: str | None


@dataclass(frozen=True)
class PasswordLinkHandedOut:
    """Staff made a link to a new password, to hand it to somebody of their programme; `role` is theirs."""

    person_id: str
    programme_id: str
    role: str


@dataclass(frozen=True)
class AddressConfirmed:
    """Somebody opened a link that was sent to their email address alone."""

    person_id: str


@dataclass(frozen=True)
class PasswordChanged:
    """Somebody has another password now."""

    person_id: str


@dataclass(frozen=True)
class SecondFactorSet:
    """Somebody is asked for a second step after their password: `kind` is "app" or "passkey"."""

    person_id: str
    kind: str


@dataclass(frozen=True)
class SecondFactorOff:
    """Somebody turned the second step off for themselves."""

    person_id: str


@dataclass(frozen=True)
class SecondFactorReset:
    """A coordinator of a programme, or an operator, took somebody's app, passkeys and recovery codes away."""

    person_id: str
    programme_id: str | None


@dataclass(frozen=True)
class RecoveryCodesMade:
    """Somebody has new recovery codes; those from before no longer count."""

    person_id: str


@dataclass(frozen=True)
class RecoveryCodeUsed:
    """Somebody used a recovery code; `left` says how many they still have."""

    person_id: str
    left: int


@dataclass(frozen=True)
class PasskeyAdded:
    """Somebody added a passkey to their account."""

    person_id: str


@dataclass(frozen=True)
class PasskeyRemoved:
    """Somebody removed a passkey from their account."""

    person_id: str


@dataclass(frozen=True)
class EmailChangeAsked:
    """Somebody asked for another email address; nothing has changed yet."""

    person_id: str


@dataclass(frozen=True)
class EmailChanged:
    """Somebody signs in with another email address now."""

    person_id: str


@dataclass(frozen=True)
class EmailChangeUndone:
    """Somebody stopped a change of their email address, or took it back, by the link sent to the former one."""

    person_id: str
    was_confirmed: bool


@dataclass(frozen=True)
class AccountEndingTold:
    """Somebody was told by email on which day their closed account will be deleted."""

    person_id: str
    deletes_on: date


@dataclass(frozen=True)
class AccountDeleted:
    """Somebody deleted their account; the id leads to nobody any more."""

    person_id: str


@dataclass(frozen=True)
class ProgrammeSet:
    """A programme was made, or settings of it were changed; `settings` names them, never what they say."""

    programme_id: str
    settings: tuple[str, ...] = ()
