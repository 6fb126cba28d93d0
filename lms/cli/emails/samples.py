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


LINKS = (
    *("address", "sign_in", "forgotten", "certificate_url", "account_url", "course_url"),
    *("off_url", "preferences_url", "undo_url", "link"),
)
