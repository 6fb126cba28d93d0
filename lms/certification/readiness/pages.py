"""Observed practice on pages: the four ratings, who observed, and how far somebody is from being ready."""

from __future__ import annotations

from typing import Any

from lms.certification.awards.observations import Observation
from lms.certification.awards.texts.wording import role_words
from lms.certification.readiness.actions import Readiness
from lms.foundation import clock
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import lazy_gettext as _l
from lms.foundation.web.security import settings

RATING_WORDS = {
    "harmful": (
        _l("Could have done harm"),
        _l("Such as promising secrecy, pushing advice or missing a sign of danger."),
    ),
    "not yet": (_l("Not yet"), _l("Nothing that could hurt, but not yet everything that’s needed.")),
    "basic": (_l("Basic"), _l("Everything that’s needed was there.")),
    "skilled": (_l("Skilled"), _l("Everything that’s needed was there, and it came easily.")),
}
UNDO_WORDS = {
    "somebody else": _l("It was somebody else’s practice"),
    "another day": _l("The date or the observer wasn’t right"),
    "another word": _l("The rating wasn’t right"),
    "not agreed": _l("The learner hadn’t agreed to being observed"),
    "not confirmed": _l("Nobody else could confirm who observed it"),
    "other": _l("Another reason"),
}


def observation_values(row: Observation) -> dict[str, Any]:
    """Return an observed practice as a page shows it."""
    return {
        "id": row.public_id,
        "on": day(row.seen_on),
        "observer": row.observer,
        "role": role_words(row.observer_role),
        "pending": row.pending and row.undone_at is None,
        "word": RATING_WORDS[row.rating][0],
        "undone_on": day(clock.day_of(row.undone_at, settings().timezone)) if row.undone_at else "",
        "undone_reason": UNDO_WORDS[row.undone_reason] if row.undone_reason else "",
    }


def readiness_values(readiness: Readiness) -> dict[str, Any]:
    """Return how far somebody is from being ready to practise, in words for them."""
    asked = ngettext("One observed practice", "%(num)s observed practices", readiness.needed)
    so_far = _("%(done)s of %(needed)s", done=readiness.shown, needed=readiness.needed)
    state = "ok" if readiness.ready else "go" if readiness.shown else "none"
    return {
        "asked": asked if readiness.needed else "",
        "state": state,
        "state_text": _("Done") if readiness.ready else so_far,
        "ready": readiness.ready,
        "stopped": readiness.stopped and not readiness.ready,
        "rows": [observation_values(row) for row in readiness.rows],
    }
