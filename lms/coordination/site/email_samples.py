"""Emails with invented values, for the preview in a browser and by `lms mail preview`; nobody in them is real."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from lms.foundation.mail.templates import Email, writing_in
from lms.foundation.text.i18n import day, moment
from lms.foundation.text.i18n import gettext as _

# The emails that end with a link to turn their kind off, and those that don't mention preferences: they always come.
CAN_BE_TURNED_OFF = frozenset({"approval_asked", "certificate_ends", "course_assigned", "course_reminder", "updates"})
ALWAYS_COME = frozenset(
    {
        *("accounts_merged", "merge_undone"),
        *("account_ending", "email_change_asked", "email_change_link", "email_change_taken", "email_changed"),
        *("invitation", "invited", "looks_like_another", "password_link_made", "register", "sign_in_changed"),
        "test_email",
    }
)
LINKS = (
    *("address", "sign_in", "forgotten", "certificate_url", "account_url", "course_url"),
    *("off_url", "preferences_url", "undo_url", "link"),
)


def preview_email(kind: str, base: str, language: str = "") -> Email:
    """Return an email of a kind as somebody gets it in a language, with links on the site's own address."""
    with writing_in(language) as render_email:
        return render_email(kind, **{**sample_values(base), **_links_left_out(kind)})


def _links_left_out(kind: str) -> dict[str, str]:
    """Return empty values for the links that people don't find at the end of this kind of email."""
    is_there = {"off_url": kind in CAN_BE_TURNED_OFF, "preferences_url": kind not in ALWAYS_COME}
    return {name: "" for name, there in is_there.items() if not there}


def sample_values(base: str) -> dict[str, Any]:
    """Return values for every email, in the language that is spoken now; nobody in them is real."""
    ends = day(date(2028, 5, 1))
    return {
        "name": "Sam Osei",
        "title": "Psychological first aid",
        "course": "Psychological first aid",
        "programme": "Harbour Hospitals",
        "code": "ABCD-EFGH-JKMN-PQRS",
        "letters": "အ ဆ",
        "day": ends,
        "until": ends,
        "closed_on": day(date(2027, 5, 1)),
        "moment": moment(datetime(2027, 5, 1, 9, 14, tzinfo=UTC), "UTC"),
        "ended": False,
        "lead": "Ingrid Okafor",
        "contact": "ingrid@harbour.example",
        "sender": "Cora Haddad",
        "account": "sam.osei@harbour.example",
        "other_account": "s…@example.org",
        "kept": True,
        "own": True,
        "version": "1.2.0",
        "passed": True,
        "by_whom": _("%(name)s, who coordinates %(programme)s,", name="Cora Haddad", programme="Harbour Hospitals"),
        "note": _("Please bring a pen."),
        "lines": [_("The room is booked for Tuesday at ten.")],
        "days": 2,
        "new_email": "sam.osei@example.org",
        "looks_alike": False,
        "role": "learner",
        "device": "Firefox, Windows",
        "who": _("A coordinator of %(programme)s", programme="Harbour Hospitals"),
        "what": _("You set up two-step sign-in."),
        "site": base.partition("://")[2],
        "updates": [
            {
                "headline": _("Your refresher is ready: two or three questions, if you like"),
                "details": [],
                "link_words": _("Go to your refreshers"),
                "url": f"{base}/…",
            }
        ],
        **dict.fromkeys(LINKS, f"{base}/…"),
    }
