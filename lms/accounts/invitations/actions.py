"""Invitations: one-time links bound to an address, proof that the address is somebody's, registering by email."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.accounts import limits, records, rules
from lms.accounts.actions import FormError, check_address, give_role, name_operator, register
from lms.accounts.addresses import normal_email
from lms.accounts.events import AddressConfirmed, InvitationCancelled, InvitationMade
from lms.accounts.invitations import records as invitation_records
from lms.accounts.invitations.records import NO_LINK, Brought, Invitation, find_invitation
from lms.accounts.records import Person
from lms.accounts.rules import zone_of
from lms.foundation import clock, ids
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint, seal
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import Email
from lms.foundation.text.i18n import gettext as _


@dataclass(frozen=True)
class NewAccount:
    """What somebody chose for an account; the address is that of the invitation where it names one."""

    email: str
    display_name: str
    password_hash: str
    certificate_name: str | None = None


def invite(programme_id: str | None, role: str, email: str | None) -> str | FormError:
    """Make a one-time link and return its token, which is stored nowhere; an older open link for the same ends."""
    address = check_address(email) if email else None
    if isinstance(address, FormError):
        return address
    token = ids.secret_token()
    if address:
        invitation_records.end_invitations(
            address,
            Invitation.programme_id == programme_id,
            Invitation.role == role,
            Invitation.invited_at.is_not(None),
        )
    mark_invited(make_invitation(programme_id, role, address, token), "")
    return token


def invite_first_operator() -> str:
    """Make the one-time link of a site without an operator and return its token; an earlier one ends."""
    invitation_records.end_invitations(None, Invitation.role == "operator")
    token = ids.secret_token()
    mark_invited(make_invitation(None, "operator", None, token), "")
    return token


def make_invitation(programme_id: str | None, role: str, address: str | None, token: str | None) -> Invitation:
    """Add an invitation; without a token it has no link yet."""
    invitation = Invitation(
        token_sha256=fingerprint(token) if token else f"{NO_LINK}{ids.public_id()}",
        programme_id=programme_id,
        role=role,
        email=address,
        expires_at=clock.now() + timedelta(days=rules.INVITATION_DAYS),
        staff_number="",
        line_manager="",
    )
    db.session.add(invitation)
    announce(InvitationMade(programme_id, role))
    return invitation


def mark_invited(invitation: Invitation, name: str) -> None:
    """Note that a programme made an invitation, so that its coordinators have it on their list."""
    invitation.public_id, invitation.invited_at, invitation.name = ids.public_id(), clock.now(), name
    invitation.keep_key()


@dataclass(frozen=True)
class Outgoing:
    """Somebody to invite, with the token of their link and the email that it goes out in."""

    address: str
    name: str
    token: str
    email: Email


@dataclass(frozen=True)
class TooMany:
    """An expected "no": a programme's invitations of this hour are used up; how long until there are more."""

    wait: timedelta


def invite_all(
    settings: Settings, programme_id: str, outgoing: Sequence[Outgoing], previewed: datetime
) -> int | TooMany:
    """Invite people as learners and email each their link; return how many. An older open link of theirs ends.

    Who has joined, or was invited since the preview that somebody confirms, is left out: confirming twice invites once.
    """
    addresses = [one.address for one in outgoing]
    members = records.list_member_addresses(programme_id, addresses)
    older = invitation_records.list_open(programme_id, "learner", addresses)
    done = {row.email for row in older if row.invited_at and row.invited_at >= previewed}
    wanted = [one for one in outgoing if one.address not in members | done]
    wait = limits.count_invitations(programme_id, len(wanted)) if wanted else None
    if wait:
        return TooMany(wait)
    again, waiting = {one.address for one in wanted}, {row.email: row for row in older if row.invited_at}
    for row in older:
        if row.email in again and row.invited_at is None:
            end_link(row)
    for one in wanted:
        send_invitation(settings, programme_id, "learner", one, Brought(), waiting.get(one.address))
    return len(wanted)


def invite_to_role(settings: Settings, programme_id: str, role: str, outgoing: Outgoing) -> TooMany | None:
    """Email somebody an invitation to a role, which they have once they open it; an older one to it ends."""
    wait = limits.count_invitations(programme_id, 1)
    if wait:
        return TooMany(wait)
    older = None
    for row in invitation_records.list_open(programme_id, role, [outgoing.address]):
        if row.invited_at and older is None:
            older = row
        else:
            end_link(row)
    send_invitation(settings, programme_id, role, outgoing, Brought(), older)
    return None


def send_invitation(
    settings: Settings, programme_id: str, role: str, one: Outgoing, brought: Brought, older: Invitation | None
) -> None:
    """Email somebody an invitation to a role, with what is noted of them once they accept.

    An older one ends; what it says and the new one doesn't stays.
    """
    before, name = (older.brought(), older.name) if older else (Brought(), "")
    if older:
        end_link(older)
    invitation = make_invitation(programme_id, role, one.address, one.token)
    mark_invited(invitation, one.name or name)
    bring(invitation, before)
    bring(invitation, brought)
    _queue(settings, invitation, one.email)


def bring(invitation: Invitation, brought: Brought) -> None:
    """Let an invitation bring what is said of somebody; what is not said stays as it was."""
    invitation.unit_id = brought.unit_id or invitation.unit_id
    invitation.staff_number = brought.staff_number or invitation.staff_number
    invitation.line_manager = brought.line_manager or invitation.line_manager


def renew(settings: Settings, programme_id: str, public_id: str, token: str, email: Email | None) -> bool | TooMany:
    """Replace an invitation's link by a new one and email it, if at all; False when it was used or taken back."""
    row = invitation_records.find_not_joined(programme_id, public_id)
    if row is None:
        return False
    wait = limits.count_invitations(programme_id, 1)
    if wait:
        return TooMany(wait)
    invitation = replace_link(row, token, keep_id=email is None)
    if email:
        _queue(settings, invitation, email)
    return True


def replace_link(row: Invitation, token: str, *, keep_id: bool = True) -> Invitation:
    """Give an invitation another link, and return it; the one before ends.

    A link that is shown once keeps the invitation's id, so that a second press shows one that works.
    """
    role, address, name, brought = row.role, row.email, row.name, row.brought()
    programme_id, public_id = row.programme_id, row.public_id
    end_link(row)
    db.session.flush()
    invitation = make_invitation(programme_id, role, address, token)
    mark_invited(invitation, name)
    if keep_id:
        invitation.public_id = public_id
    bring(invitation, brought)
    return invitation


def cancel(programme_id: str, public_id: str) -> bool:
    """Take an invitation back; False when it was used or taken back before."""
    row = invitation_records.find_not_joined(programme_id, public_id)
    if row is None:
        return False
    announce(InvitationCancelled(programme_id, row.role))
    end_link(row)
    return True


def end_link(invitation: Invitation) -> None:
    """End an open link, with its email if that still waits."""
    if invitation.public_id:
        mail_outbox.take_back(_about(invitation))
    db.session.delete(invitation)


def _queue(settings: Settings, invitation: Invitation, email: Email) -> None:
    zone = zone_of(records.get_programme(invitation.programme_id).facts, "") if invitation.programme_id else ""
    mail_outbox.queue_mail(
        settings, invitation.email or "", *email, quiet=mail_outbox.Quiet(zone=zone), about=_about(invitation)
    )


def _about(invitation: Invitation) -> str:
    return f"invitation {invitation.public_id}"


def proof(key: bytes, token: str) -> str:
    """Return what stands only in the link that was emailed: whoever has it reads the mail of the address."""
    return seal(key, "invitation by mail", token)


def is_proof(key: bytes, token: str, text: str) -> bool:
    """Decide whether a text is the proof of a link."""
    return text.isascii() and hmac.compare_digest(proof(key, token), text)


def needs_proof(invitation: Invitation, person: Person | None) -> bool:
    """Decide whether an invitation waits for its address to be proven: a role above learner is given to nobody else.

    The link of the first operator names no address; it is printed on the machine itself.
    """
    if invitation.role == "learner" or (invitation.role == "operator" and invitation.email is None):
        return False
    return person is None or person.email_proven_at is None


def accept(token: str, came: NewAccount | str, *, proven: bool) -> Person | FormError:
    """Use a one-time link, as a new account or as the person with an id; take the role it gives."""
    invitation = find_invitation(fingerprint(token))
    if invitation is None:
        return FormError("email", _("This link has already been used or has expired. Please ask for a new one."))
    known = records.get_person(came) if isinstance(came, str) else None
    if known and invitation.email not in {None, known.email}:
        return FormError("email", _("This invitation is for another email address. Nothing has changed."))
    if not proven and needs_proof(invitation, known):
        return FormError("email", _("Please use the link in the email that we’ll send to this address."))
    person = known or _register(came, invitation, proven)
    if isinstance(person, FormError):
        return person
    if proven and invitation.email == person.email and person.email_proven_at is None:
        person.email_proven_at = clock.now()
        announce(AddressConfirmed(person.id))
    invitation.used_at = clock.now()
    if invitation.role == "operator":
        name_operator(person.id)
    elif invitation.programme_id:
        give_role(person.id, invitation.programme_id, invitation.role)
    return person


def _register(came: NewAccount | str, invitation: Invitation, proven: bool) -> Person | FormError:
    if isinstance(came, str):
        raise TypeError("a person who has an account does not register")
    address = invitation.email or came.email
    names = came.display_name, came.password_hash, came.certificate_name
    return register(address, *names, proven=proven, known_as=invitation.name)


def email_link(settings: Settings, address: str, network: str, message: Email) -> None:
    """Email an invitation's link to its address, so that opening it proves the address."""
    if limits.count_new_account_link(address, network):
        mail_outbox.queue_mail(settings, address, *message, any_hour=True)


@dataclass(frozen=True)
class RegisterEmails:
    """The three emails of which one answers whoever asks to register; the page says the same for all."""

    link: Email
    has_account: Email
    looks_like_another: Email


def ask_to_register(
    settings: Settings, programme_id: str, email: str, network: str, token: str, emails: RegisterEmails
) -> None:
    """Email a link that makes an account, or say in an email why there is none; each costs the same."""
    address = normal_email(email)
    may_get_one = limits.count_new_account_link(address, network)
    checked = check_address(address)
    known = records.find_person_by_email(address)
    if not may_get_one:
        return
    # The link is known to nobody but the reader of the first email.
    make_invitation(programme_id, "learner", address, token)
    message = emails.has_account if known else emails.looks_like_another
    mail_outbox.queue_mail(
        settings, address, *(message if known or isinstance(checked, FormError) else emails.link), any_hour=True
    )


def open_programme(slug: str | None) -> records.Programme | None:
    """Return the programme that people who register join: the one that is named, or the oldest that lets them in."""
    if slug is None:
        return records.find_open_programme()
    found = records.find_programme(slug)
    return found if found and found.facts.get("registration") != "closed" else None
