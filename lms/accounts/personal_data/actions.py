"""Personal data of accounts: export and deletion."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from lms.accounts import records
from lms.accounts.email_change.records import EmailChange, list_changes
from lms.accounts.events import AccountDeleted
from lms.accounts.identities.records import forget_identities
from lms.accounts.invitations.records import Invitation
from lms.accounts.members import records as member_records
from lms.accounts.members.details import name_of_unit
from lms.accounts.merges import records as merge_records
from lms.accounts.notifications import preferences
from lms.accounts.notifications.preferences import WaitingLine
from lms.accounts.personal_data.activity_log import describe
from lms.accounts.personal_data.closed_accounts import forget_ending
from lms.accounts.personal_data.notice import stored_data
from lms.accounts.personal_data.sign_in_sheets import (
    moment_of,
    of_devices,
    of_email_changes,
    of_ending,
    of_mail_trouble,
    of_merges,
    of_second_step,
    of_single_sign_on,
    yes_or_no,
)
from lms.accounts.programmes.lack_records import follow_coordinators, list_coordinated
from lms.accounts.records import Membership, Person
from lms.accounts.second_factor import records as factor_records
from lms.accounts.session_records import KnownDevice, SignIn
from lms.foundation import clock, ids
from lms.foundation.audit import entries
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.mail import deletion as mail_deletion
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.personal_data import Part, Remains, Sheet
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web import throttle
from lms.foundation.web.security import settings as this_site

__all__ = ["count_download", "erase", "export", "stored_data"]

DOWNLOADS, DOWNLOAD_WINDOW = 5, timedelta(hours=1)


def count_download(person_id: str) -> timedelta | None:
    """Count a download of somebody's own data; after five in an hour, return how long the next one has to wait."""
    key = f"own data:{fingerprint(person_id)}"
    wait = throttle.wait_for(key, DOWNLOADS, DOWNLOAD_WINDOW)
    if wait is None:
        throttle.count_miss(key, DOWNLOAD_WINDOW)
    return wait


def export(person_id: str) -> list[Part]:
    """Return all rows about somebody's account."""
    me = records.get_person(person_id)
    return [
        _of_names(me),
        *_of_roles(me),
        *of_devices(person_id),
        *of_second_step(me),
        of_single_sign_on(person_id),
        of_email_changes(person_id),
        of_ending(person_id),
        of_merges(person_id),
        of_mail_trouble(me.email),
        *_of_choices(person_id),
        *_of_what_happened(person_id, me.email),
    ]


def _of_names(me: Person) -> Sheet:
    return Sheet(
        "account",
        _("Your account"),
        {
            "email": _("Email address or sign-in name"),
            "name_here": _("Name shown here"),
            "joined_as": _("Name you joined with"),
            "name_on_certificates": _("Name on certificates"),
            "language": _("Language"),
            "pronouns": _("Pronouns"),
            "pronouns_shown": _("Pronouns shown to others"),
            "long_rest": _("Stay signed in longer"),
            "runs_the_site": _("Runs this site"),
            "disabled": _("Account closed"),
            "confirmed": _("Email address confirmed"),
            "made": _("Created"),
            "number": _("Number in web addresses"),
        },
        (
            (
                me.email,
                me.display_name,
                me.joined_as,
                me.certificate_name,
                me.language or "",
                me.pronouns or "",
                yes_or_no(me.pronouns_shown),
                yes_or_no(me.long_rest),
                yes_or_no(me.operator),
                moment_of(me.disabled_at),
                moment_of(me.email_proven_at),
                me.created_at.isoformat(),
                me.public_id,
            ),
        ),
    )


def _of_roles(me: Person) -> list[Part]:
    invitations = db.session.scalars(select(Invitation).where(Invitation.email == me.email)).all()
    roles = db.session.scalars(select(Membership).where(Membership.person_id == me.id)).all()
    here = {row.programme_id for row in invitations} | {row.programme_id for row in roles}
    here |= {row.programme_id for row in member_records.list_memberships(me.id)}
    found = records.find_programmes({id_ for id_ in here if id_})
    programmes = {id_: row.name for id_, row in found.items()}
    return [
        _of_memberships(me, programmes),
        Sheet(
            "roles",
            _("Your roles"),
            {"programme": _("Programme"), "role": _("Role"), "since": _("Since")},
            tuple((programmes.get(row.programme_id, ""), row.role, row.created_at.isoformat()) for row in roles),
        ),
        Sheet(
            "invitations",
            _("Invitations to your address"),
            {
                "programme": _("Programme"),
                "role": _("Role"),
                "name": _("Name"),
                "unit": _("Unit"),
                "staff_number": _("Staff number"),
                "line_manager": _("Line manager"),
                "invited": _("Invited"),
                "until": _("Until"),
                "used": _("Used"),
            },
            tuple(
                (
                    programmes.get(row.programme_id or "", ""),
                    row.role,
                    row.name,
                    name_of_unit(row.unit_id),
                    row.staff_number,
                    row.line_manager,
                    moment_of(row.invited_at),
                    row.expires_at.isoformat(),
                    moment_of(row.used_at),
                )
                for row in invitations
            ),
        ),
    ]


def _of_memberships(me: Person, programmes: dict[str, str]) -> Sheet:
    """Return what each programme noted of somebody beside their roles, and since when they are in it."""
    return Sheet(
        "memberships",
        _("Your programmes"),
        {
            "programme": _("Programme"),
            "unit": _("Unit"),
            "staff_number": _("Staff number"),
            "line_manager": _("Line manager"),
            "joined": _("Joined"),
            "left": _("Left"),
            "in_lists": _("What lists use to find and sort you"),
        },
        tuple(
            (
                programmes.get(row.programme_id, ""),
                member_records.name_of_unit(row.unit_id),
                row.staff_number or "",
                " / ".join(filter(None, (member_records.name_of_line_manager(row), row.line_manager))),
                row.joined_at.isoformat(),
                moment_of(row.left_at),
                " / ".join((*row.search_key.split("\n"), row.sort_key)),
            )
            for row in member_records.list_memberships(me.id)
        ),
    )


def _of_choices(person_id: str) -> list[Part]:
    mine = preferences.find_choices(person_id)
    waiting = db.session.scalars(select(WaitingLine).where(WaitingLine.person_id == person_id))
    return [
        Sheet(
            "choices",
            _("Your preferences"),
            {"what": _("What"), "how": _("How")},
            (
                *((_("Emails"), purpose) for purpose in sorted(preferences.list_consents(person_id))),
                (_("No emails between"), f"{mine.quiet_from:%H:%M}-{mine.quiet_until:%H:%M}"),
                (_("Time zone for quiet hours"), mine.zone or ""),
                (_("No updates until"), mine.snoozed_until.isoformat() if mine.snoozed_until else ""),
                (_("Together, once a week at most"), yes_or_no(mine.weekly)),
                (_("Last email of that kind"), mine.told_on.isoformat() if mine.told_on else ""),
                (_("Don’t tell me when I finish a lesson"), yes_or_no(mine.wins_hidden)),
                (_("All questions of a check on one page"), yes_or_no(mine.check_at_once)),
            ),
        ),
        Sheet(
            "waiting",
            _("Updates waiting for your next email"),
            {"since": _("Since"), "for": _("For"), "page": _("Page")},
            tuple((row.since.isoformat(), row.purpose, row.path) for row in waiting),
        ),
    ]


def _what_happened(person_id: str) -> tuple[tuple[str, str, str, str], ...]:
    found = entries.list_of_person(person_id)
    rows = [
        (row.at.isoformat(), describe(row.event) or "", row.event, json.dumps(_facts(row), ensure_ascii=False))
        for row in found
    ]
    if len(found) >= entries.MOST_OF_PERSON:
        older = _("These are the newest 10,000 of each kind. Ask the people who run this site for anything older.")
        rows.insert(0, ("", older, "", ""))
    return tuple(rows)


def _of_what_happened(person_id: str, email: str) -> list[Part]:
    return [
        Sheet(
            "letters",
            _("Emails to you"),
            {"written": _("Written"), "heading": _("Subject"), "sent": _("Sent")},
            tuple(
                (row.created_at.isoformat(), row.subject, moment_of(row.sent_at))
                for row in mail_outbox.list_emails(email)
            ),
        ),
        Sheet(
            "what-happened",
            _("Account activity"),
            {"when": _("When"), "in_words": _("In words"), "event": _("Event name"), "facts": _("Details")},
            _what_happened(person_id),
        ),
        Sheet(
            "sign-ins-that-did-not-work",
            _("Unsuccessful sign-ins with your email address"),
            {"since": _("Since"), "how_often": _("Number of times")},
            tuple((row.since.isoformat(), str(row.count)) for row in throttle.list_about(email)),
        ),
    ]


def _facts(row: entries.AuditEntry) -> dict[str, Any]:
    """Return the facts of an entry; why a programme withdrew a certificate is promised to stay with the programme."""
    return {key: value for key, value in row.facts.items() if (row.event, key) != ("CertificateWithdrawn", "reason")}


def _forget_other_addresses(me: Person) -> None:
    """Delete emails and counts under a former address, or a new one that was asked for, unless somebody else has it."""
    for change in list_changes(me.id):
        for address in {change.old_email, change.new_email} - {me.email}:
            if records.find_person_by_email(address) is None:
                mail_deletion.delete_emails(this_site(), address)
                throttle.forget_about(address)


def erase(person_id: str, remains: Remains) -> None:
    """Take an account away; where records outlive it, an empty row under its number holds them together."""
    me, coordinated = records.get_person(person_id), list_coordinated(person_id)
    records.end_password_links(person_id)
    member_records.forget_person(person_id)
    _forget_other_addresses(me)
    forget_ending(person_id)
    merge_records.forget_person(person_id)
    forget_identities(person_id)
    for table in (SignIn, Membership, KnownDevice, EmailChange, *factor_records.OWN_TABLES, *preferences.OWN_TABLES):
        db.session.execute(delete(table).where(table.person_id == person_id))
    db.session.execute(delete(Invitation).where(Invitation.email == me.email))
    mail_deletion.delete_emails(this_site(), me.email)
    throttle.forget_about(me.email)
    if remains.person:
        me.email, me.password_hash = f"nobody-{ids.public_id()}", ""
        me.display_name = me.certificate_name = me.joined_as = ""
        me.language, me.operator, me.email_proven_at, me.disabled_at = None, False, None, clock.now()
        me.second_factor_at = me.second_factor_asked_at = None
        me.pronouns, me.pronouns_shown, me.long_rest = None, False, False
        me.public_id = ids.public_id()
        me.created_at = clock.now()
    else:
        db.session.delete(me)
    db.session.flush()
    follow_coordinators(coordinated)
    announce(AccountDeleted(person_id))
