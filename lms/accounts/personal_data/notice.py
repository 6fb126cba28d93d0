"""What accounts store about a person, why and for how long, as the page “Your data” shows it."""

from __future__ import annotations

from lms.foundation.personal_data import Kept
from lms.foundation.text.i18n import gettext as _


def kept() -> tuple[Kept, ...]:
    """Return what is kept of somebody's account."""
    stays = _("Until you delete your account.")
    return (
        Kept(
            _("Your email address, your names, pronouns and language"),
            _("You sign in with the address. Others see one name here, and the other is on your certificates."),
            stays,
            (
                "person.id",
                "person.public_id",
                "person.email",
                "person.email_proven_at",
                "person.display_name",
                "person.joined_as",
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
            _("A fingerprint of your password, which nobody can turn back into it"),
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
            _("They decide which pages you can open."),
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
            _("Where you’re signed in: since when, and when you last used it"),
            _("So that you stay signed in, and can sign out a device that isn’t yours. We don’t store where you were."),
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
            _("Kinds of device you’ve signed in on, only as exact as “Firefox, Windows”"),
            _("So that we can email you when a new kind of device signs in."),
            stays,
            ("known_device.person_id", "known_device.kind", "known_device.seen_at"),
        ),
        Kept(
            _("Emails we’ve sent you: when, and with which subject"),
            _("So that none gets lost or is sent twice. We delete the text of an email once it’s sent."),
            _("Thirty days."),
            tuple(
                f"outbox_mail.{name}"
                for name in (
                    "id",
                    "message_id",
                    "recipient",
                    "subject",
                    "body",
                    "html",
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
            _("Your email preferences and learning preferences"),
            _("So that your choices apply on every device."),
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
            _("How many sign-ins with your email address didn’t work"),
            _("So that nobody can guess passwords endlessly. Your network is stored as a code that changes every day."),
            _("Two days."),
            ("misses.key", "misses.since", "misses.count"),
        ),
        Kept(
            _("Account activity, as numbers and dates"),
            _("So that it’s possible to find out later who did what. It contains no names and no answers."),
            _("Permanently. Once your account is deleted, its number doesn’t lead to anybody."),
            tuple(
                f"audit_entry.{name}"
                for name in ("id", "at", "event", "actor_id", "person_id", "programme_id", "facts")
            ),
        ),
    )
