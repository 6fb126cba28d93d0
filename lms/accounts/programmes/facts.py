"""The settings of a programme as texts by name: what each may be, with a calm message for what it can't be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from zoneinfo import available_timezones

from lms.accounts.actions import FormError
from lms.accounts.programmes.colour_rules import as_hex, nearest, passes
from lms.accounts.programmes.keeping import ANSWERS, DETAILS, KEEPS, months_of_site
from lms.accounts.records import Programme
from lms.accounts.rules import (
    PROGRAMME_NAME_MOST,
    SLUG_MOST,
    country_code,
    country_for,
    is_readable,
    is_slug,
    is_zone,
    slug_for,
    without_role,
)
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import list_languages
from lms.foundation.text.periods import months_in_words
from lms.foundation.web.security import settings as this_site

# The facts that a programme can have, in the order in which they are told.
FACTS = (
    *("lead", "contact", "hours", "emergency", "limits_statement", "country", "reply_time", "design", "signatory"),
    *("timezone", "prior_months", "colour", "registration", *KEEPS, "language", "second_approval"),
    "confirm_names",
)
# Beside the facts: its name, and whether certificates of a course that nobody reviewed wait ("yes", "no" or "site").
SETTINGS = ("name", "hold_unreviewed", "logo", *FACTS)
LINE_MOST, STATEMENT_MOST, PRIOR_MONTHS_MOST = 240, 1000, 120
HOLDS = {True: "yes", False: "no", None: "site"}
_EXAMPLES = {"lead": "Ingrid Okafor", "contact": "peer@example.org", "reply_time": "within two days"}


def settings_of(programme: Programme) -> dict[str, str]:
    """Return all settings of a programme as texts; what isn't set is empty."""
    facts = {key: str(programme.facts.get(key) or "") for key in ("logo", *FACTS)}
    return {"name": programme.name, "hold_unreviewed": HOLDS[programme.hold_unreviewed], **facts}


def tidy(key: str, value: str) -> str:
    """Return a setting as it is stored: without spaces around it, codes in their usual form."""
    # Spaces alone are no fact: a course that asks for one would count it, and a reader would find nothing there.
    text = re.sub(r"[^\S\n]+", " ", value).strip()
    if key == "country":
        return country_code(text) or text
    if key == "colour":
        return as_hex(text) or text
    return "" if (key, text) in {("registration", "open"), ("second_approval", "no"), ("confirm_names", "no")} else text


def check_settings(
    wanted: Mapping[str, str], designs: Collection[str], unprintable: Callable[[str], Collection[str]]
) -> list[FormError]:
    """Return what can't be set, in the order of the settings; empty facts are removed and always fine.

    `designs` are those of certificates, and `unprintable` returns the characters of a text that none can print.
    """
    found = []
    for key, value in wanted.items():
        message = _check_name(value) if key == "name" else _check(key, value, designs) if value else ""
        if not message and key in {"name", "signatory"} and (lacking := unprintable(value)):
            signs = " ".join(lacking)
            message = _("We can’t print these characters yet: %(signs)s. Please use others.", signs=signs)
        if message:
            found.append(FormError(key, message))
    return found


def check_slug(slug: str) -> str:
    """Return why a text can't be the short name of a programme, in words, or nothing."""
    if is_slug(slug):
        return ""
    return _(
        "“%(slug)s” can’t be the short name of a programme, because it’s part of web addresses. Use lower-case letters "
        "a to z, digits and hyphens, up to %(most)s, for example %(example)s.",
        slug=slug,
        most=SLUG_MOST,
        example=slug_for(slug),
    )


def _check_name(name: str) -> str:
    if name and name.isprintable() and len(name) <= PROGRAMME_NAME_MOST:
        return ""
    return _(
        "Please enter a name for the programme, in one line of up to %(most)s characters. For example: Harbour "
        "Hospitals peer support.",
        most=PROGRAMME_NAME_MOST,
    )


def _check(key: str, value: str, designs: Collection[str]) -> str:
    """Return why a fact can't be used, in words, or nothing."""
    most = STATEMENT_MOST if key == "limits_statement" else LINE_MOST
    if not is_readable(value):
        return _(
            "Please enter this as plain text in one line. For example: %(example)s.",
            example=_EXAMPLES.get(key, "Ingrid Okafor"),
        )
    if len(value) > most:
        return _(
            "This is %(seen)s characters long and can be %(limit)s at most. Please shorten it a little.",
            seen=len(value),
            limit=most,
        )
    check = _CHECKS.get(key)
    if key == "design" and value not in designs:
        return _("There’s no design “%(name)s”. The designs are: %(known)s.", name=value, known=", ".join(designs))
    return check(value) if check else ""


def _check_emergency(value: str) -> str:
    if re.search(r"\d{2}", value):
        return ""
    return _("Please enter the number that people call in an emergency. For example: 999.")


def _check_country(value: str) -> str:
    if country_code(value):
        return ""
    return _(
        "“%(code)s” isn’t a country code. Use two letters, for example %(example)s.",
        code=value,
        example=country_for(value),
    )


def _check_zone(value: str) -> str:
    if is_zone(value):
        return ""
    close = get_close_matches(value.replace(" ", "_"), available_timezones(), 1, 0.5)
    return _(
        "We don’t know this time zone. Enter it like this: %(example)s.", example=close[0] if close else "Europe/London"
    )


def _check_signatory(value: str) -> str:
    lacking = without_role(value)
    if not lacking:
        return ""
    return _(
        "Everyone who signs needs a name and a role. Please write “%(who)s” like this: %(name)s, peer support lead.",
        who=lacking[0],
        name=lacking[0].strip(" ,") or "Ingrid Okafor",
    )


def _check_months(value: str) -> str:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= PRIOR_MONTHS_MOST:
        return ""
    return _("Please enter a whole number from %(least)s to %(most)s.", least=1, most=PRIOR_MONTHS_MOST)


def _check_keep_answers(value: str) -> str:
    of_site = months_of_site(this_site(), ANSWERS)
    if of_site and value.isascii() and value.isdigit() and int(value) > of_site:
        return _(
            "This site keeps answers for %(months)s, and a programme can only shorten that. Enter %(most)s or less, or "
            "leave it empty.",
            months=months_in_words(of_site),
            most=of_site,
        )
    return _check_months(value)


def _check_colour(value: str) -> str:
    colour = as_hex(value)
    if colour is None:
        return _("We can’t read this as a colour. Enter a hex code, for example #12466e.")
    if passes(colour):
        return ""
    return _(
        "%(colour)s is too light to read easily. The nearest colour that everyone can read is %(nearest)s.",
        colour=colour,
        nearest=nearest(colour),
    )


def _check_registration(value: str) -> str:
    return "" if value == "closed" else _("Registration is either open or closed.")


def _check_hold(value: str) -> str:
    return "" if value in HOLDS.values() else _("Choose one of these.")


def _check_yes(value: str) -> str:
    return "" if value == "yes" else _("Choose one of these.")


def _check_language(value: str) -> str:
    known = list_languages()
    return "" if value in known else _("The languages are: %(known)s.", known=", ".join(known))


_CHECKS: dict[str, Callable[[str], str]] = {
    "emergency": _check_emergency,
    "country": _check_country,
    "timezone": _check_zone,
    "signatory": _check_signatory,
    "prior_months": _check_months,
    ANSWERS: _check_keep_answers,
    DETAILS: _check_months,
    "colour": _check_colour,
    "registration": _check_registration,
    "language": _check_language,
    "hold_unreviewed": _check_hold,
    "second_approval": _check_yes,
    "confirm_names": _check_yes,
}
