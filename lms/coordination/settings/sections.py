"""A programme's settings as the page that lists them shows them."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from flask import url_for

from lms.accounts.programmes.facts import settings_of
from lms.accounts.programmes.keeping import KEEPS, months_kept
from lms.accounts.records import Programme
from lms.coordination.settings.forms import FORMS
from lms.coordination.settings.words import approval_words, colour_choices, confirming_words
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language
from lms.foundation.text.periods import months_in_words
from lms.foundation.web.security import settings as this_site


@dataclass(frozen=True)
class Section:
    """A page of settings: its name in addresses, its title, what it's for, and what is set now, in words."""

    id: str
    title: str
    about: str
    rows: list[tuple[str, str]]
    url: str


def section_titles() -> dict[str, tuple[str, str]]:
    """Return title and purpose of each page of settings."""
    return {
        "name": (_("Name and place"), _("What your programme is called, and where it is.")),
        "contacts": (
            _("Contacts"),
            _(
                "Who your people can talk to. They see this in lessons, on the pause page and beside support lines. "
                "Before you can offer a course, please fill in who to talk to, how to reach them and how soon they "
                "reply."
            ),
        ),
        "registration": (_("Registration"), _("Who can create an account for your programme.")),
        "reviews": (
            _("Reviews and prior learning"),
            _("When certificates are issued, and how long prior learning counts."),
        ),
        "keeping": (
            _("How long data stays"),
            _(
                "You can have answers to checks, and details of people who left, deleted sooner than on the rest of "
                "this site. Results and certificates stay. Your people see the same times on “Your data”."
            ),
        ),
        "colour": (
            _("Colour"),
            _(
                "The colour of links and buttons on the pages of your programme, and on lessons for its people. In "
                "dark mode we use a lighter tint of it. Certificates keep the colours of their design."
            ),
        ),
    }


def sections_of(programme: Programme) -> list[Section]:
    """Return the pages of settings with what is set in a programme now."""
    now = settings_of(programme)
    return [
        Section(
            id_,
            title,
            about,
            [(str(form[key].label.text), value_in_words(key, now[key])) for key in form.KEYS],
            url_for("coordination.settings_section", programme=programme.slug, section=id_),
        )
        for id_, (title, about) in section_titles().items()
        for form in [FORMS[id_]()]
    ]


def value_in_words(key: str, value: str) -> str:
    """Return what is set, in words; nothing where nothing is set."""
    if key == "country" and value:
        return Locale.parse(language()).territories.get(value, value)
    if key == "colour":
        return dict(colour_choices()).get(value, value)
    if key in KEEPS:
        months = months_kept({key: value}, key, this_site())
        return months_in_words(months) if months else _("As long as the account")
    if key == "registration":
        is_open = this_site().registration == "open" and not value
        return _("Anybody who registers") if is_open else _("Only people you invite")
    if key == "timezone" and not value:
        return _("As on the rest of this site: %(zone)s", zone=this_site().timezone)
    if key in {"second_approval", "confirm_names"}:
        return (approval_words() if key == "second_approval" else confirming_words())[value or "no"]
    if key == "hold_unreviewed":
        return {
            "site": _("As on the rest of this site"),
            "yes": _("Wait until the course has been reviewed"),
            "no": _("Are issued straight away"),
        }[value]
    return value


def swatches() -> list[tuple[str, str, str]]:
    """Return (value, name, colour to show) of the colours to choose from."""
    return [(value, name, value or "#0f4c4a") for value, name in colour_choices()]
