"""What is said where a programme would be left without a coordinator, or has none."""

from __future__ import annotations

from lms.accounts.members.records import list_coordinated_alone
from lms.foundation.text.i18n import gettext as _


def alone_words(person_id: str) -> str:
    """Return which programmes only this person coordinates, before their account is closed or deleted."""
    names = ", ".join(row.name for row in list_coordinated_alone(person_id))
    if not names:
        return ""
    return _(
        "Nobody else coordinates %(names)s. Without a coordinator, nobody there can invite people, answer requests or "
        "see who’s trained. It’s best to make somebody else a coordinator first.",
        names=names,
    )


def without_words(person_id: str) -> str:
    """Return which programmes nobody coordinates, now that this person's account is closed."""
    names = ", ".join(row.name for row in list_coordinated_alone(person_id))
    return _("Nobody coordinates %(names)s now. Please make somebody else a coordinator.", names=names) if names else ""
