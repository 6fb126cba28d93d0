"""What a certificate's state is called, and what verifying it says first."""

from __future__ import annotations

from datetime import date

from lms.certification.awards.records import Award
from lms.certification.awards.rules import State
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def state_words(state: State, valid_until: date | None) -> tuple[str, str, str]:
    """Return a mark, a short state and a sentence for a certificate."""
    until = day(valid_until) if valid_until else None
    if state == "valid":
        return "ok", _("Valid"), _("Valid until %(day)s", day=until) if until else _("Valid, with no end date")
    if state == "expired":
        return "old", _("Was valid until %(day)s", day=until), _("Was valid until %(day)s", day=until)
    if state == "revoked":
        return "off", _("Withdrawn"), _("Withdrawn by the programme")
    if state == "replaced":
        return "old", _("Replaced"), _("Replaced by a new certificate")
    if state == "waiting":
        return "go", _("Waiting for review"), _("Passed, waiting for the course’s review")
    return "none", _("Unknown"), _("No certificate has this code")


def last_day(award: Award | None) -> str:
    """Return the last day of a certificate in words; nothing where it has none."""
    return day(award.valid_until) if award and award.valid_until else ""


def verdict(state: State, award: Award | None, until: str | None = None) -> tuple[str, str]:
    """Return the heading and lead of the verification page: one text for each of the five states.

    `until` stands for the last day of the certificate where a page keeps a slot for it.
    """
    until = last_day(award) if until is None else until
    if state == "valid" and award and award.renewed_by:
        return _("This certificate is valid"), _(
            "It was issued by the programme below and has since been renewed. The holder has the new code."
        )
    if state == "valid" and until:
        return _("This certificate is valid"), _(
            "It was issued by the programme below and is valid until %(day)s.", day=until
        )
    if state == "valid":
        return _("This certificate is valid"), _("It was issued by the programme below and has no end date.")
    if state == "expired" and award and award.renewed_by:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place, and the certificate has since been renewed. The holder has the new code."),
        )
    if state == "expired" and award and award.raised_to:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place. The holder has a newer certificate, so please ask them for its code."),
        )
    if state == "expired" and award and award.current_for is None:
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place. The holder has a newer certificate, or one is waiting to be issued."),
        )
    if state == "expired":
        return (
            _("This certificate was valid until %(day)s", day=until),
            _("The training did take place. Renewal was due by then, and our records don’t show one."),
        )
    if state == "revoked":
        return (
            _("This certificate was withdrawn by the programme"),
            _("It’s no longer valid. We don’t publish the reason."),
        )
    if state == "replaced":
        return (
            _("This certificate was replaced by a new one"),
            _("Please ask its holder for the new code."),
        )
    return (
        _("No certificate has this code"),
        _("Usually that’s one mistyped character. Please compare the code with the certificate and enter it again."),
    )
