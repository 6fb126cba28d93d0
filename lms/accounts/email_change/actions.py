"""Email-change actions: ask, confirm, undo."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from lms.accounts import records
from lms.accounts.actions import FormError, check_address
from lms.accounts.addresses import normal_email
from lms.accounts.email_change.records import EmailChange, end_open_changes, find_change
from lms.accounts.events import EmailChangeAsked, EmailChanged, EmailChangeUndone
from lms.accounts.second_factor.actions import forget_factors_since
from lms.accounts.session_records import end_sign_ins
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import seal
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.templates import Email
from lms.foundation.text.i18n import gettext as _

CONFIRM, UNDO = "confirm", "undo"


@dataclass(frozen=True)
class ChangeEmails:
    """What the new address may get, of which it gets one, and what the former one gets."""

    link: Email
    has_account: Email
    looks_like_another: Email
    notice: Email


def token_of(key: bytes, change_id: str, what: str) -> str:
    """Return the token in a link that confirms or undoes a change."""
    return f"{change_id}.{seal(key, 'email change', what, change_id)}"


def change_of(key: bytes, token: str, what: str) -> EmailChange | None:
    """Return the change that a link of this kind is for."""
    change_id, _dot, _mac = token.rpartition(".")
    if not token.isascii() or not hmac.compare_digest(token, token_of(key, change_id, what)):
        return None
    return find_change(change_id)


def ask(settings: Settings, person_id: str, change_id: str, email: str, emails: ChangeEmails) -> None:
    """Email a link to the new address and a notice to the present one; what is written is the same for every address.

    An address that somebody else has, or that reads as a colleague's, gets an email that says so, and no link.
    """
    person, address = records.get_person(person_id), normal_email(email)
    end_open_changes(person_id)
    db.session.add(
        EmailChange(
            id=change_id,
            person_id=person_id,
            old_email=person.email,
            new_email=address,
            asked_at=clock.now(),
        )
    )
    checked, taken = check_address(address), records.find_person_by_email(address)
    if taken:
        message = emails.has_account
    else:
        message = emails.looks_like_another if isinstance(checked, FormError) else emails.link
    mail_outbox.queue_mail(settings, address, *message, any_hour=True)
    mail_outbox.queue_mail(settings, person.email, *emails.notice, any_hour=True)
    announce(EmailChangeAsked(person_id))


def confirm(settings: Settings, person_id: str, change_id: str, notice: Email) -> bool | FormError:
    """Give somebody their new address, and tell the former one; False when the change has ended."""
    change, person = find_change(change_id), records.get_person(person_id)
    if change is None or change.person_id != person_id or not change.may_be_confirmed:
        return False
    address = check_address(change.new_email)
    owner = records.find_person_by_email(change.new_email)
    if (owner is not None and owner.id != person_id) or isinstance(address, FormError):
        return FormError("email", _("This address can’t be used for your account. Please choose another one."))
    former, person.email = person.email, change.new_email
    person.email_proven_at = change.confirmed_at = clock.now()
    records.end_password_links(person_id)
    mail_outbox.queue_mail(settings, former, *notice, any_hour=True)
    announce(EmailChanged(person_id))
    return True


def undo(change_id: str) -> bool | FormError:
    """Stop a change, or give the former address back; all sign-ins and links to a new password end.

    Whoever asked for the change may have added an app or passkey of their own since, so those go as well.
    """
    change = find_change(change_id)
    if change is None or not change.may_be_undone:
        return False
    person, was_confirmed = records.get_person(change.person_id), change.confirmed_at is not None
    if was_confirmed:
        owner = records.find_person_by_email(change.old_email)
        if owner is not None and owner.id != person.id:
            return FormError(
                "email", _("Another account has this address now. Please ask the people who run this site.")
            )
        person.email, person.email_proven_at = change.old_email, clock.now()
    change.ended_at = clock.now()
    forget_factors_since(person.id, change.asked_at)
    end_open_changes(person.id)
    end_sign_ins(person.id)
    records.end_password_links(person.id)
    announce(EmailChangeUndone(person.id, was_confirmed))
    return True
