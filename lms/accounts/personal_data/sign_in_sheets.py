"""The export of what concerns signing in: sessions, devices, second steps, passkeys, changes of address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from lms.accounts.email_change.records import list_changes
from lms.accounts.identities.records import list_identities
from lms.accounts.merges.records import list_merges
from lms.accounts.personal_data.closed_accounts import find_ending
from lms.accounts.records import Person
from lms.accounts.second_factor import records as factor_records
from lms.accounts.session_records import SignIn, list_devices
from lms.foundation.db import db
from lms.foundation.mail.trouble import find_trouble
from lms.foundation.personal_data import Part, Sheet
from lms.foundation.text.i18n import gettext as _


def yes_or_no(value: bool) -> str:
    """Return a flag in a word."""
    return _("Yes") if value else _("No")


def moment_of(value: datetime | None) -> str:
    """Return a moment as the export writes it; nothing for none."""
    return value.isoformat() if value else ""


def of_devices(person_id: str) -> list[Part]:
    """Return somebody's sessions, and the kinds of device they started on."""
    sign_ins = db.session.scalars(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.created_at))
    return [
        Sheet(
            "sign-ins",
            _("Where you’re signed in"),
            {
                "since": _("Since"),
                "last_used": _("Last used"),
                "own_device": _("Only I use this device"),
                "ended": _("Ended"),
                "confirmed": _("Last confirmed with your password or a code"),
                "single_sign_on": _("Single sign-on lasts until"),
                "second_step": _("Second step done at single sign-on"),
            },
            tuple(
                (
                    row.created_at.isoformat(),
                    row.last_seen_at.isoformat(),
                    yes_or_no(row.own_device),
                    moment_of(row.ended_at),
                    moment_of(row.proven_at),
                    moment_of(row.vouched_until),
                    yes_or_no(row.second_step_elsewhere),
                )
                for row in sign_ins
            ),
        ),
        Sheet(
            "devices",
            _("Kinds of device you’ve used"),
            {"kind": _("Kind"), "last_used": _("Last used")},
            tuple((row.kind, row.seen_at.isoformat()) for row in list_devices(person_id)),
        ),
    ]


def of_second_step(me: Person) -> list[Part]:
    """Return that a second step exists and since when, and the passkeys by name; never a secret."""
    app = factor_records.find_app(me.id)
    codes = factor_records.list_recovery_codes(me.id)
    return [
        Sheet(
            "two-step-sign-in",
            _("Two-step sign-in"),
            {"what": _("What"), "since": _("Since")},
            (
                (_("Turned on"), moment_of(me.second_factor_at)),
                (_("First asked for, as a coordinator or operator"), moment_of(me.second_factor_asked_at)),
                (_("Authenticator app"), moment_of(app.created_at) if app else ""),
                *((_("Recovery code"), row.created_at.isoformat()) for row in codes),
            ),
        ),
        Sheet(
            "passkeys",
            _("Passkeys"),
            {"name": _("Name"), "since": _("Since"), "last_used": _("Last used")},
            tuple(
                (row.name, row.created_at.isoformat(), moment_of(row.last_used_at))
                for row in factor_records.list_passkeys(me.id)
            ),
        ),
    ]


def of_ending(person_id: str) -> Part:
    """Return that somebody was told that their closed account will be deleted, if they were."""
    ending = find_ending(person_id)
    return Sheet(
        "account-ending",
        _("Deletion of your closed account"),
        {"told": _("Email written"), "deletes_on": _("Deleted on")},
        ((ending.told_at.isoformat(), ending.deletes_on.isoformat()),) if ending else (),
    )


def of_merges(person_id: str) -> Part:
    """Return the merges of somebody's accounts, and those of others that they made or undid, with nobody's name."""
    return Sheet(
        "merges",
        _("Merges of two accounts"),
        {
            "kept": _("This account stayed"),
            "closed": _("This account was closed"),
            "by_you": _("By you"),
            "when": _("When"),
            "until": _("Could be undone until"),
            "undone": _("Undone"),
            "undone_by_you": _("Undone by you"),
        },
        tuple(
            (
                yes_or_no(row.kept_id == person_id),
                yes_or_no(row.other_id == person_id),
                yes_or_no(row.merged_by == person_id),
                row.merged_at.isoformat(),
                row.until.isoformat(),
                moment_of(row.undone_at),
                yes_or_no(row.undone_by == person_id),
            )
            for row in list_merges(person_id)
        ),
    )


def of_mail_trouble(email: str) -> Part:
    """Return that an email didn't reach somebody's address, if so."""
    trouble = find_trouble(email)
    return Sheet(
        "emails-that-did-not-arrive",
        _("Emails that didn’t reach you"),
        {"address": _("Email address"), "kind": _("Kind"), "since": _("Since")},
        ((trouble.address, trouble.kind, trouble.noted_at.isoformat()),) if trouble else (),
    )


def of_single_sign_on(person_id: str) -> Part:
    """Return the accounts elsewhere that open somebody's account here."""
    return Sheet(
        "single-sign-on",
        _("Single sign-on"),
        {
            "provider": _("Provider"),
            "number": _("Your ID there"),
            "given": _("Unit and roles it gave you"),
            "since": _("Since"),
            "last_used": _("Last used"),
        },
        tuple(
            (
                row.issuer,
                row.subject,
                ", ".join(row.given.split("\n")),
                row.connected_at.isoformat(),
                row.last_used_at.isoformat(),
            )
            for row in list_identities(person_id)
        ),
    )


def of_email_changes(person_id: str) -> Part:
    """Return the changes of somebody's address that can still be undone or were lately made."""
    return Sheet(
        "email-changes",
        _("Changes of your email address"),
        {
            "former": _("Former address"),
            "new": _("New address"),
            "asked": _("Asked for"),
            "confirmed": _("Confirmed"),
            "ended": _("Ended"),
        },
        tuple(
            (
                row.old_email,
                row.new_email,
                row.asked_at.isoformat(),
                moment_of(row.confirmed_at),
                moment_of(row.ended_at),
            )
            for row in list_changes(person_id)
        ),
    )
