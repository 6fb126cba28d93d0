"""What is kept of an account, why and until when, as the page on one's own data says it."""

from __future__ import annotations

from lms.foundation.owned import Kept
from lms.foundation.words import gettext as _


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
                "person.email_proven_at",
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
            _("Your roles in programmes"),
            _("They decide which pages are open to you."),
            stays,
            (
                "membership.id",
                "membership.programme_id",
                "membership.person_id",
                "membership.role",
                "membership.created_at",
            ),
        ),
        Kept(
            _("Invitations to your address"),
            _("So that the link in an invitation works once, for you."),
            _("Thirty days after it was made, whether you use it or not."),
            (
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
