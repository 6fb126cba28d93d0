"""Sample values for the preview of emails: nobody real, one value for each that a template has."""

from __future__ import annotations

from typing import Any

from lms.foundation.text.i18n import gettext as _
from lms.reminders import Update


def sample_values(base: str) -> dict[str, Any]:
    """Return values for every email, with links on the site's own address."""
    return {
        "name": "Sam Osei",
        "title": "Psychological first aid",
        "course": "Psychological first aid",
        "programme": "Harbour Hospitals",
        "code": "ABCD-EFGH-JKMN-PQRS",
        "letters": "အ ဆ",
        "day": "1 May 2028",
        "until": "1 May 2028",
        "closed_on": "1 May 2027",
        "moment": "1 May 2027, 09:14",
        "ended": False,
        "lead": "Ingrid Okafor",
        "contact": "ingrid@harbour.example",
        "sender": "Cora Haddad",
        "who": _("A coordinator of %(programme)s", programme="Harbour Hospitals"),
        "note": _("Please bring a pen."),
        "lines": [_("The room is booked for Tuesday at ten.")],
        "days": 2,
        "new_email": "sam.osei@example.org",
        "looks_alike": False,
        "role": "learner",
        "device": "Firefox, Windows",
        "what": _("You set up two-step sign-in."),
        "site": base.partition("://")[2],
        "updates": [Update(_("Certificates in your programme expire soon or have expired"), ["Lena"], _("See"), base)],
        **dict.fromkeys(LINKS, f"{base}/…"),
    }


# The emails that end with a link to turn their kind off, and those that don't mention preferences: they always come.
CAN_BE_TURNED_OFF = frozenset({"certificate_ends", "course_assigned", "course_reminder", "updates"})
ALWAYS_COME = frozenset(
    {
        *("account_ending", "email_change_asked", "email_change_link", "email_change_taken", "email_changed"),
        *("invitation", "invited", "looks_like_another", "password_link_made", "register", "sign_in_changed"),
    }
)


def links_left_out(kind: str) -> dict[str, str]:
    """Return empty values for the links that people don't find at the end of this kind of email."""
    is_there = {"off_url": kind in CAN_BE_TURNED_OFF, "preferences_url": kind not in ALWAYS_COME}
    return {name: "" for name, there in is_there.items() if not there}


LINKS = (
    *("address", "sign_in", "forgotten", "certificate_url", "account_url", "course_url"),
    *("off_url", "preferences_url", "undo_url", "link"),
)
