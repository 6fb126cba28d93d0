"""From which day staff without a second factor need one, and the notice that says so until then."""

from __future__ import annotations

from flask import url_for
from markupsafe import Markup

from lms.accounts.rules import Visitor, factor_due, lacks_factor
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


def due_in_words(visitor: Visitor) -> str | None:
    """Return the day from which somebody's staff pages need a second step, if they are staff without one."""
    due = factor_due(visitor, settings().second_factor_days)
    return day(clock.day_of(due, settings().timezone)) if due else None


def must_set_up_now(visitor: Visitor) -> bool:
    """Decide whether somebody's staff pages wait for a second step."""
    return lacks_factor(visitor, settings().second_factor_days)


def due_notices(visitor: Visitor | None) -> list[str]:
    """Return what to say on the start pages of staff until that day."""
    due = due_in_words(visitor) if visitor else None
    if due is None:
        return []
    words = _(
        "From %(day)s, coordinators and operators need a second step to sign in here. Setting it up takes two minutes.",
        day=due,
    )
    link = Markup('<a href="{}">{}</a>').format(url_for("accounts.two_step"), _("Set up two-step sign-in"))
    return [Markup("{} {}").format(words, link)]
