"""One's own data in this room: what is kept of an account and why, handed over whole, and taken away."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import delete, func, select

from lms.accounts import letters, records
from lms.accounts.events import AccountDeleted
from lms.accounts.letters import WaitingLine
from lms.accounts.records import Invitation, KnownDevice, Membership, SignIn
from lms.accounts.stories import tell
from lms.foundation import audit, clock, ids, mail, throttle
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.owned import Kept, Part, Remains, Sheet
from lms.foundation.words import gettext as _

DOWNLOADS, DOWNLOAD_WINDOW = 5, timedelta(hours=1)


def count_download(person_id: str) -> timedelta | None:
    """Count a download of somebody's own data; after five in an hour, return how long the next one has to wait."""
    key = f"own data:{fingerprint(person_id)}"
    wait = throttle.wait_for(key, DOWNLOADS, DOWNLOAD_WINDOW)
    if wait is None:
        throttle.count_miss(key, DOWNLOAD_WINDOW)
    return wait


def kept() -> tuple[Kept, ...]:
    """Return what is kept of somebody's account."""
    stays = _("Until you delete your account.")
    return (
        Kept(
            _("Your e-mail address, your names and your language"),
            _("You sign in with the address, others read one name here, and the other stands on certificates."),
            stays,
            (
                "person.id",
                "person.public_id",
                "person.email",
                "person.display_name",
                "person.certificate_name",
                "person.language",
                "person.pronouns",
                "person.pronouns_shown",
                "person.long_rest",
                "person.operator",
                "person.created_at",
                "person.disabled_at",
            ),
        ),
        Kept(
            _("A mark of your password, from which nobody can read it"),
            _("So that only you can sign in."),
            stays,
            (
                "person.password_hash",
                "password_link.token_sha256",
                "password_link.person_id",
                "password_link.expires_at",
            ),
        ),
        Kept(
            _("Your roles in programmes, and invitations to your address"),
            _("They decide which pages are open to you."),
            stays,
            (
                "membership.id",
                "membership.programme_id",
                "membership.person_id",
                "membership.role",
                "membership.created_at",
                "invitation.token_sha256",
                "invitation.programme_id",
                "invitation.role",
                "invitation.email",
                "invitation.expires_at",
                "invitation.used_at",
            ),
        ),
        Kept(
            _("Where you are signed in: since when, and when it was last used"),
            _("It keeps you signed in, and lets you end a sign-in that is not yours. No place is kept."),
            _("Two days after its last use, or when you sign out."),
            (
                "sign_in.token_sha256",
                "sign_in.public_id",
                "sign_in.person_id",
                "sign_in.own_device",
                "sign_in.created_at",
                "sign_in.last_seen_at",
                "sign_in.ended_at",
            ),
        ),
        Kept(
            _("Kinds of device you signed in with, as coarse as “Firefox, Windows”"),
            _("So that a letter can tell you when a new kind signs in."),
            stays,
            ("known_device.person_id", "known_device.kind", "known_device.seen_at"),
        ),
        Kept(
            _("Letters that were sent to you: when, and with which heading"),
            _("So that none is lost or sent twice. What a letter said is gone once it has left."),
            _("Thirty days."),
            tuple(
                f"outbox_mail.{name}"
                for name in (
                    "id",
                    "message_id",
                    "recipient",
                    "subject",
                    "body",
                    "created_at",
                    "not_before",
                    "sent_at",
                    "tries",
                    "quiet",
                    "off_url",
                    "about",
                )
            ),
        ),
        Kept(
            _("Which letters you asked for and when, and how you like pages to meet you"),
            _("So that it is as you chose, on every device."),
            stays,
            (
                "consent.person_id",
                "consent.purpose",
                "consent.given",
                "choices.person_id",
                "choices.quiet_from",
                "choices.quiet_until",
                "choices.snoozed_until",
                "choices.weekly",
                "choices.told_on",
                "choices.wins_hidden",
                "choices.check_at_once",
                "waiting_line.id",
                "waiting_line.person_id",
                "waiting_line.purpose",
                "waiting_line.line",
                "waiting_line.path",
                "waiting_line.since",
            ),
        ),
        Kept(
            _("How often a sign-in with your address did not work"),
            _("So that nobody can try passwords without end. Your network stands there as a mark of the day."),
            _("Two days."),
            ("misses.key", "misses.since", "misses.count"),
        ),
        Kept(
            _("What happened with your account, told in numbers and dates"),
            _("So that it can be shown later who did what. It holds no names and no answers."),
            _("It stays. Once your account is deleted, its number leads to nobody."),
            tuple(
                f"audit_entry.{name}"
                for name in ("id", "at", "event", "actor_id", "person_id", "programme_id", "facts")
            ),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return all rows about somebody's account."""
    me = records.get_person(person_id)
    programmes = {row.id: row.name for row in records.list_programmes()}
    invitations = db.session.scalars(select(Invitation).where(func.lower(Invitation.email) == me.email))
    return [
        Sheet(
            "account",
            _("Your account"),
            {
                "email": _("E-mail address"),
                "name_here": _("Name here"),
                "name_on_certificates": _("Name on certificates"),
                "language": _("Language"),
                "runs_the_site": _("Runs this site"),
                "made": _("Made"),
                "number": _("Number in addresses"),
            },
            (
                (
                    me.email,
                    me.display_name,
                    me.certificate_name,
                    me.language or "",
                    _("Yes") if me.operator else _("No"),
                    me.created_at.isoformat(),
                    me.public_id,
                ),
            ),
        ),
        Sheet(
            "roles",
            _("Your roles"),
            {"programme": _("Programme"), "role": _("Role")},
            tuple(
                (programmes.get(programme_id, ""), role)
                for programme_id, roles in records.roles_of(person_id).items()
                for role in roles
            ),
        ),
        Sheet(
            "invitations",
            _("Invitations to your address"),
            {"programme": _("Programme"), "role": _("Role"), "until": _("Until"), "used": _("Used")},
            tuple(
                (
                    programmes.get(row.programme_id or "", ""),
                    row.role,
                    row.expires_at.isoformat(),
                    row.used_at.isoformat() if row.used_at else "",
                )
                for row in invitations
            ),
        ),
        *_of_devices(person_id),
        *_of_choices(person_id),
        *_of_what_happened(person_id, me.email),
    ]


def _of_devices(person_id: str) -> list[Part]:
    sign_ins = db.session.scalars(select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.created_at))
    return [
        Sheet(
            "sign-ins",
            _("Where you are signed in"),
            {"since": _("Since"), "last_used": _("Last used"), "own_device": _("Only I use this device")},
            tuple(
                (row.created_at.isoformat(), row.last_seen_at.isoformat(), _("Yes") if row.own_device else _("No"))
                for row in sign_ins
            ),
        ),
        Sheet(
            "devices",
            _("Kinds of device"),
            {"kind": _("Kind"), "last_used": _("Last used")},
            tuple((row.kind, row.seen_at.isoformat()) for row in records.list_devices(person_id)),
        ),
    ]


def _of_choices(person_id: str) -> list[Part]:
    mine = letters.find_choices(person_id)
    waiting = db.session.scalars(select(WaitingLine).where(WaitingLine.person_id == person_id))
    return [
        Sheet(
            "choices",
            _("What you chose"),
            {"what": _("What"), "how": _("How")},
            (
                *((_("Letters"), purpose) for purpose in sorted(letters.list_consents(person_id))),
                (_("No letters between"), f"{mine.quiet_from:%H:%M}-{mine.quiet_until:%H:%M}"),
                (_("No letters until"), mine.snoozed_until.isoformat() if mine.snoozed_until else ""),
                (_("One letter a week"), _("Yes") if mine.weekly else _("No")),
                (_("Small wins hidden"), _("Yes") if mine.wins_hidden else _("No")),
                (_("The whole check at once"), _("Yes") if mine.check_at_once else _("No")),
            ),
        ),
        Sheet(
            "waiting",
            _("What waits for your next letter"),
            {"since": _("Since"), "for": _("For"), "line": _("Line"), "page": _("Page")},
            tuple((row.since.isoformat(), row.purpose, row.line, row.path) for row in waiting),
        ),
    ]


def _of_what_happened(person_id: str, email: str) -> list[Part]:
    return [
        Sheet(
            "letters",
            _("Letters to you"),
            {"written": _("Written"), "heading": _("Heading"), "sent": _("Sent")},
            tuple(
                (row.created_at.isoformat(), row.subject, row.sent_at.isoformat() if row.sent_at else "")
                for row in mail.list_letters(email)
            ),
        ),
        Sheet(
            "what-happened",
            _("What happened with your account"),
            {"when": _("When"), "in_words": _("In words"), "event": _("Event"), "facts": _("Facts")},
            tuple(
                (row.at.isoformat(), tell(row.event) or "", row.event, json.dumps(row.facts, ensure_ascii=False))
                for row in audit.list_of_person(person_id)
            ),
        ),
    ]


def erase(person_id: str, remains: Remains) -> None:
    """Take an account away; where records outlive it, an empty row under its number holds them together."""
    me = records.get_person(person_id)
    records.end_password_links(person_id)
    for table in (SignIn, Membership, KnownDevice, *letters.OWN_TABLES):
        db.session.execute(delete(table).where(table.person_id == person_id))
    db.session.execute(delete(Invitation).where(func.lower(Invitation.email) == me.email))
    mail.forget_letters(me.email)
    throttle.forget_about(me.email)
    if remains.person:
        me.email, me.password_hash = f"nobody-{ids.public_id()}", ""
        me.display_name = me.certificate_name = ""
        me.language, me.operator, me.disabled_at = None, False, clock.now()
        me.public_id = ids.public_id()
        me.created_at = clock.now()
    else:
        db.session.delete(me)
    db.session.flush()
    announce(AccountDeleted(person_id))
