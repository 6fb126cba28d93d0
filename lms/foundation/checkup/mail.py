"""Checks of the mail server: whether it can be reached, and whether it takes a test email."""

from __future__ import annotations

from lms.foundation.checkup.findings import TEST_MAIL, Finding
from lms.foundation.config.settings import Settings
from lms.foundation.mail.outbox import send_now
from lms.foundation.mail.transport import MessageRefused, ServerTrouble, greet, mail_folder
from lms.foundation.mail.waiting import has_sent
from lms.foundation.text.i18n import gettext as _


def try_server(settings: Settings) -> Finding:
    """Open a connection to the mail server, sign in and hang up."""
    try:
        greet(settings)
    except ServerTrouble as trouble:
        return check_server(str(trouble))
    return check_server("")


def send_test(settings: Settings, address: str) -> Finding:
    """Send a test email the way every email goes, and return what the mail server made of it."""
    body = _("This is a test. The site at %(url)s can send email.", url=settings.base_url)
    try:
        send_now(settings, address, _("Test email from Sidelight"), f"{body}\n")
    except (ServerTrouble, MessageRefused) as trouble:
        return check_sent(str(trouble))
    return check_sent("")


def check_tried(settings: Settings) -> Finding:
    """Find a mail server through which no email has left in the last month, so that nobody knows whether it works."""
    if mail_folder(settings) or settings.mail_url.startswith("console:") or has_sent():
        return Finding("mail.tried", _("Email works, or isn’t sent from here at all."))
    return Finding(
        "mail.tried",
        _("No email has been sent from this site in the last month, so we can’t tell whether email works."),
        _("Send a test email with: %(command)s", command=TEST_MAIL),
    )


def check_server(problem: str) -> Finding:
    """Find a mail server that can't be used."""
    if problem:
        return Finding("mail.server", _("The mail server can’t be used: %(problem)s.", problem=problem), _way_on())
    return Finding("mail.server", _("The mail server answers as it should."))


def check_sent(problem: str) -> Finding:
    """Find a test email that wasn't taken."""
    if problem:
        return Finding("mail.sent", _("The test email wasn’t sent: %(problem)s.", problem=problem), _way_on())
    return Finding("mail.sent", _("The test email was sent. Please check that it arrived, and not as spam."))


def _way_on() -> str:
    return _("Check LMS_MAIL_URL, LMS_MAIL_FROM and LMS_MAIL_CA, and that this machine can reach the mail server.")
