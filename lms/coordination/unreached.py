"""Addresses that email doesn't reach, in words for coordinators."""

from __future__ import annotations

from lms.foundation.clock import day_of
from lms.foundation.mail.trouble import FULL, UNKNOWN, MailTrouble, find_trouble
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def trouble_words(trouble: MailTrouble | None, zone: str) -> str:
    """Return what happened to the last email to an address, or nothing where all is well."""
    if trouble is None:
        return ""
    on = day(day_of(trouble.noted_at, zone))
    if trouble.kind == UNKNOWN:
        return _("An email didn’t arrive on %(day)s: the mail server says that there’s no such address.", day=on)
    if trouble.kind == FULL:
        return _("An email didn’t arrive on %(day)s, because the mailbox was full.", day=on)
    return _("An email came back on %(day)s.", day=on)


def trouble_words_of(address: str, zone: str) -> str:
    """Return the same for one address."""
    return trouble_words(find_trouble(address), zone)
