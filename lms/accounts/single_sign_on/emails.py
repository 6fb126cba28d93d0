"""The email that tells somebody that single sign-on opens their account now."""

from __future__ import annotations

from flask import url_for

from lms.accounts.notifications.reader_language import language_of
from lms.accounts.records import get_person
from lms.accounts.single_sign_on.actions import NO_PASSWORD
from lms.accounts.single_sign_on.events import SingleSignOnConnected
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import gettext as _


def email_about_connection(event: SingleSignOnConnected, settings: Settings) -> None:
    """Tell somebody who had an account before; for a new one there's nothing that anybody could have taken over."""
    person, provider = get_person(event.person_id), settings.single_sign_on
    if provider is None or person.password_hash == NO_PASSWORD:
        return
    address = settings.base_url + url_for("accounts.connect_single_sign_on")
    with writing_in(language_of(person)) as render_email:
        what = _("“%(label)s” opens your account from now on.", label=provider.label)
        email = render_email("sign_in_changed", what=what, address=address)
    queue_mail(settings, person.email, *email, any_hour=True)
