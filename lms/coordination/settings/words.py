"""The choices of a programme's settings in words, for forms and for pages."""

from __future__ import annotations

from lms.accounts.programmes.colour_rules import PALETTE
from lms.foundation.text.i18n import gettext as _


def colour_choices() -> list[tuple[str, str]]:
    """Return the colours to choose from, by hex code."""
    names = {
        "blue": _("Blue"),
        "violet": _("Violet"),
        "plum": _("Plum"),
        "red": _("Red"),
        "brown": _("Brown"),
        "green": _("Green"),
        "slate": _("Slate"),
    }
    return [("", _("Sidelight green")), *((colour, names[name]) for name, colour in PALETTE.items())]


def offer_words() -> dict[str, str]:
    """Return to whom a course is offered, in words."""
    return {
        "open": _("Your people, and anybody can read the lessons"),
        "members": _("Your people, and only they can read the lessons"),
        "none": _("Nobody new (the course isn’t offered)"),
    }


def confirming_words() -> dict[str, str]:
    """Return, as text, when certificates are issued whose names nobody has confirmed."""
    return {
        "no": _("Are issued straight away"),
        "yes": _("Wait until a coordinator has confirmed the name on them"),
    }


def approval_words() -> dict[str, str]:
    """Return who decides that a new version of a course is published, in words."""
    return {
        "no": _("Each trainer can publish them"),
        "yes": _("A second person approves before they’re published"),
    }
