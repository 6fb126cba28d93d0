"""The emails that tell somebody what has changed about how they sign in, and that staff made a link for them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from lms.accounts.events import (
    PasskeyAdded,
    PasswordLinkHandedOut,
    RecoveryCodeUsed,
    SecondFactorOff,
    SecondFactorReset,
    SecondFactorSet,
)
from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person, get_programme
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import gettext as _


def email_about_sign_in(event: Any, settings: Settings) -> None:
    """Tell somebody that something about how they sign in has changed, whoever changed it."""
    person, address = get_person(event.person_id), settings.base_url + url_for("accounts.two_step")
    with writing_in(language_of(person)) as render_email:
        email = render_email("sign_in_changed", what=_what_changed(event), address=address)
    queue_mail(settings, person.email, *email, any_hour=True)


def _what_changed(event: Any) -> str:
    return {
        SecondFactorSet: _("Two-step sign-in is set up for your account."),
        SecondFactorOff: _("Two-step sign-in was turned off for your account."),
        SecondFactorReset: _(
            "Your two-step sign-in and passkeys were reset by a coordinator of your programme or the people who run "
            "this site. You were signed out everywhere. You can sign in with your password and set them up again."
        ),
        RecoveryCodeUsed: _("Somebody signed in to your account with one of its recovery codes."),
        PasskeyAdded: _("A passkey was added to your account. It signs in without your password."),
    }[type(event)]


def email_about_link(event: PasswordLinkHandedOut, settings: Settings) -> None:
    """Tell somebody that staff made a link to a new password for them, and what to do if they didn't ask for it."""
    person, programme = get_person(event.person_id), get_programme(event.programme_id)
    with writing_in(language_of(person, programme)) as render_email:
        who = _("A coordinator of %(programme)s", programme=programme.name)
        if event.role == "operator":
            who = _("Somebody who runs this site")
        email = render_email(
            "password_link_made",
            who=who,
            contact=str(programme.facts.get("contact") or "") or _("the people who run this site"),
            address=settings.base_url + url_for("accounts.forgotten"),
        )
    queue_mail(settings, person.email, *email, any_hour=True)
