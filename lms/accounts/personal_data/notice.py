"""What accounts store about a person, why and for how long, as the page “Your data” shows it."""

from __future__ import annotations

from datetime import timedelta

from lms.accounts.email_change.records import KEPT_DAYS as CHANGE_KEPT_DAYS
from lms.accounts.merges.records import CAN_BE_UNDONE
from lms.accounts.personal_data.closed_accounts import NOTICE
from lms.accounts.programmes.keeping import DETAILS, list_shorter
from lms.accounts.rules import INVITATION_KEPT_DAYS, SIGN_IN_KEPT
from lms.foundation.personal_data import StoredData
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.periods import in_words, months_in_words
from lms.foundation.web.security import settings as this_site
from lms.foundation.web.throttle import KEPT as MISSES_KEPT


def stored_data(person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of somebody's account."""
    return (*_of_the_account(person_id), *_of_signing_in(), *_of_emails(), *_of_what_happened())


def _until_deleted() -> str:
    return _("Until you delete your account.")


def _of_closed_accounts() -> str:
    months = this_site().keep_closed_accounts_months
    if months is None:
        return _until_deleted()
    return _(
        "Until you delete your account. If it’s closed, we delete it %(months)s later and email you %(days)s before. "
        "If you have no email address here, we ask your coordinator to tell you. It stays as long as one of its "
        "certificates is valid.",
        months=months_in_words(months),
        days=in_words(NOTICE),
    )


def _of_details(person_id: str | None) -> str:
    """Return how long unit, staff number and line manager stay, on the site and in the programmes of a person."""
    sooner = [
        _(
            "In %(programme)s, we delete your unit, staff number and line manager %(months)s after you leave.",
            programme=programme.name,
            months=months_in_words(months),
        )
        for programme, months in (list_shorter(this_site(), DETAILS, person_id) if person_id else ())
    ]
    return " ".join([_until_deleted(), *sooner])


def deletion_of_closed_accounts() -> str:
    """Return what becomes of an account that staff close, as they read it before they do."""
    months = this_site().keep_closed_accounts_months
    if months is None:
        return _("Nothing is deleted.")
    return _(
        "We delete a closed account after %(months)s, unless one of its certificates is still valid. We email its "
        "person %(days)s before. If they have no address here, we ask their coordinators to tell them.",
        months=months_in_words(months),
        days=in_words(NOTICE),
    )


def _for(period: timedelta) -> str:
    return _("%(period)s.", period=in_words(period))


def _emails_kept() -> timedelta:
    return timedelta(days=this_site().keep_emails_days)


def columns(table: str, names: str) -> tuple[str, ...]:
    """Return "table.column" for each of the columns."""
    return tuple(f"{table}.{name}" for name in names.split())


def _of_the_account(person_id: str | None) -> tuple[StoredData, ...]:
    """Return names, the password, roles and invitations."""
    return (
        StoredData(
            _("Your email address or sign-in name, your names, pronouns and language"),
            _("You sign in with it. Others see one name here, and the other is on your certificates."),
            _of_closed_accounts(),
            columns(
                "person",
                "id public_id email email_look email_proven_at display_name joined_as certificate_name language "
                "pronouns pronouns_shown long_rest operator created_at disabled_at",
            ),
        ),
        StoredData(
            _("A fingerprint of your password, which nobody can turn back into it"),
            _("So that only you can sign in."),
            _until_deleted(),
            (*columns("person", "password_hash"), *columns("password_link", "token_sha256 person_id expires_at")),
        ),
        StoredData(
            _("If your account is closed: that you were told that it will be deleted, and on which day"),
            _("So that nobody’s account is deleted without notice."),
            _("Until your account is opened again or deleted."),
            columns("account_ending", "person_id told_at deletes_on"),
        ),
        StoredData(
            _("Merges of two accounts that you have here: which ones, by whom, when, and which rows were moved"),
            _("So that you find out what happened, and the merge can be undone if the accounts aren’t both yours."),
            _(
                "Until you delete your account. Which rows were moved, for %(days)s or until it’s undone.",
                days=in_words(CAN_BE_UNDONE),
            ),
            columns(
                "account_merge",
                "id programme_id kept_id other_id merged_by merged_at until undone_by undone_at moved",
            ),
        ),
        StoredData(
            _("Your roles in programmes"),
            _("They decide which pages you can open."),
            _until_deleted(),
            columns("membership", "id programme_id person_id role created_at"),
        ),
        StoredData(
            _("Your unit, staff number and line manager in each programme, and when you joined and left it"),
            _(
                "So that your programme finds you in its lists, and nobody’s practice is observed by their own line "
                "manager."
            ),
            _of_details(person_id),
            columns(
                "member",
                "programme_id person_id unit_id staff_number line_manager_id line_manager search_key sort_key "
                "joined_at left_at",
            ),
        ),
        StoredData(
            _("Invitations to your address"),
            _("So that the link in an invitation works once, for you. Your coordinator sees who hasn’t joined yet."),
            _(
                "%(days)s after it was made, whether you use it or not.",
                days=in_words(timedelta(days=INVITATION_KEPT_DAYS)),
            ),
            columns(
                "invitation",
                "token_sha256 public_id programme_id role email name search_key unit_id staff_number line_manager "
                "invited_at expires_at used_at",
            ),
        ),
    )


def _of_signing_in() -> tuple[StoredData, ...]:
    """Return sign-ins and devices."""
    return (
        StoredData(
            _("Where you’re signed in: since when, and when you last used it"),
            _("So that you stay signed in, and can sign out a device that isn’t yours. We don’t store where you were."),
            _("%(days)s after you last used it.", days=in_words(SIGN_IN_KEPT)),
            columns(
                "sign_in",
                "token_sha256 public_id person_id own_device created_at last_seen_at ended_at proven_at "
                "vouched_until second_step_elsewhere elsewhere_sha256",
            ),
        ),
        StoredData(
            _("Two-step sign-in: the key of your app, encrypted, and fingerprints of your recovery codes"),
            _("So that your password alone doesn’t open your account. Coordinators and operators need it."),
            _("Until you turn it off or delete your account."),
            (
                *columns("person", "second_factor_at second_factor_asked_at"),
                *columns("authenticator_app", "person_id sealed_secret last_step created_at"),
                *columns("recovery_code", "code_sha256 person_id created_at"),
            ),
        ),
        StoredData(
            _("Single sign-on: your ID at your organisation’s sign-in, and the unit and roles it gave you"),
            _("So that you can sign in here with that account. We don’t store what else it tells us."),
            _until_deleted(),
            columns("external_identity", "issuer subject person_id given connected_at last_used_at"),
        ),
        StoredData(
            _("Your passkeys: their public half, the name you gave them, and when you last used each"),
            _("So that you can sign in without a password. Your fingerprint and face never leave your device."),
            _("Until you remove them or delete your account."),
            columns("passkey", "credential_id public_id person_id public_key sign_count name created_at last_used_at"),
        ),
        StoredData(
            _("Changes of your email address: the former one, the new one, and when"),
            _("So that you can undo a change that wasn’t yours."),
            _for(timedelta(days=CHANGE_KEPT_DAYS)),
            columns("email_change", "id person_id old_email new_email asked_at confirmed_at ended_at"),
        ),
        StoredData(
            _("Kinds of device you’ve signed in on, only as exact as “Firefox, Windows”"),
            _("So that we can email you when a new kind of device signs in."),
            _until_deleted(),
            columns("known_device", "person_id kind seen_at"),
        ),
    )


def _of_emails() -> tuple[StoredData, ...]:
    """Return emails and what somebody prefers."""
    return (
        StoredData(
            _("Emails we’ve sent you: when, and with which subject"),
            _("So that none gets lost or is sent twice. We delete the text of an email once it’s sent."),
            _for(_emails_kept()),
            columns(
                "outbox_mail",
                "id message_id recipient subject body html created_at not_before sent_at tries quiet off_url about",
            ),
        ),
        StoredData(
            _("That an email didn’t reach your address: there’s no such mailbox, it’s full, or the email came back"),
            _("So that your coordinator can ask you for an address that works."),
            _("Until an email gets through, and for %(days)s at most.", days=in_words(_emails_kept())),
            columns("mail_trouble", "address kind noted_at"),
        ),
        StoredData(
            _("Your email preferences and learning preferences"),
            _("So that your choices apply on every device."),
            _until_deleted(),
            (
                *columns("consent", "person_id purpose given"),
                *columns("choices", "person_id quiet_from quiet_until zone snoozed_until weekly told_on"),
                *columns("choices", "wins_hidden check_at_once"),
                *columns("waiting_line", "id person_id purpose path since"),
            ),
        ),
    )


def _of_what_happened() -> tuple[StoredData, ...]:
    """Return sign-ins that failed and account activity."""
    return (
        StoredData(
            _("How many sign-ins with your email address didn’t work"),
            _("So that nobody can guess passwords endlessly. Your network is stored as a code that changes every day."),
            _for(MISSES_KEPT),
            columns("misses", "key since count"),
        ),
        StoredData(
            _("Account activity, as numbers and dates"),
            _("So that it’s possible to find out later who did what. It contains no names and no answers."),
            _("Permanently. Once your account is deleted, its number doesn’t lead to anybody."),
            columns("audit_entry", "id at event actor_id person_id programme_id facts"),
        ),
    )
