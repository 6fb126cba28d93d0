"""Texts of wellbeing pages: support lines with their hours and last check, and errors in a file of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from babel import Locale, UnknownLocaleError

from lms.foundation.text.i18n import day, language, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.wellbeing.lines import Line, LineProblem, Lines, in_reach, is_old


@dataclass(frozen=True)
class ShownLine:
    """A line as a page shows it."""

    id: str
    label: str
    about: str
    number: str
    links: tuple[tuple[str, str], ...]
    checked: str


def show(line: Line) -> ShownLine:
    """Return a line in words: how and when it answers, and when it was checked, if it was."""
    checked = _("Checked on %(day)s.", day=day(line.verified_on)) if line.verified_on else ""
    words = {"call": line.number, "text": _("Text %(number)s", number=line.number)}
    links = tuple((words[way], address) for way, address in line.links)
    return ShownLine(line.id, line.label, _about(line), line.number, links, checked)


def _about(line: Line) -> str:
    known = {"call": _("By phone"), "text": _("By text")}
    ways = known[line.ways[0]] if len(line.ways) == 1 else _("By phone or text")
    hours = _("day and night") if line.hours == "always" else line.hours
    parts = [f"{ways}, {hours}" if hours else ways]
    if line.send:
        parts.append(_("Send %(word)s", word=line.send))
    if line.note:
        parts.append(line.note)
    if line.languages:
        parts.append(_("Answers in: %(languages)s", languages=", ".join(map(_language_name, line.languages))))
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)


def _language_name(code: str) -> str:
    try:
        found = Locale.parse(code.replace("-", "_")).get_display_name(language())
    except (ValueError, UnknownLocaleError):
        return code
    return str(found or code)


def problem_words(trouble: LineProblem) -> str:
    """Return one trouble of a file of lines, with the number of its line and how to mend it."""
    say: dict[str, Callable[[str], str]] = {
        "toml": lambda what: _("this isn’t valid TOML: %(what)s", what=what),
        "missing": lambda what: _("“%(what)s” is missing.", what=what),
        "unknown": lambda what: _("“%(what)s” isn’t a field that support lines have.", what=what),
        "not-text": lambda what: _("“%(what)s” should be text in quotes.", what=what),
        "not-list": lambda what: _("“%(what)s” should be a list in square brackets.", what=what),
        "not-line": lambda what: _("each line of “%(what)s” should be in braces.", what=what),
        "place": lambda what: _("“%(what)s” isn’t a country code of two capital letters, such as [GB].", what=what),
        "programme": lambda _what: _("a programme’s own lines belong under [programme.its-short-name]."),
        "id": lambda what: _("the id “%(what)s” should be lower-case words with hyphens.", what=what),
        "twice": lambda what: _("the id “%(what)s” is used twice.", what=what),
        "number": lambda what: _("“%(what)s” doesn’t look like a telephone number.", what=what),
        "way": lambda what: _("“%(what)s” isn’t a way to get in touch: write call or text.", what=what),
        "day": lambda what: _("“%(what)s” isn’t a date such as 2026-05-03.", what=what),
        "url": lambda what: _("“%(what)s” should start with https://", what=what),
        "unreadable": lambda what: _("the file “%(what)s” can’t be opened or isn’t UTF-8 text.", what=what),
        "large": lambda what: _("the file “%(what)s” is larger than 256 kB.", what=what),
    }
    return _("Line %(number)s: %(trouble)s", number=trouble.line, trouble=say[trouble.kind](trouble.what))


def coordinator_notices(
    lines: Lines, troubles: Sequence[LineProblem], slug: str, country: str, has_contact: bool, today: date
) -> list[str]:
    """Return what a coordinator should know of the lines that their people meet, and of what they lack."""
    told = line_notices(lines, troubles, slug, country, today)
    if not country:
        told.append(
            _(
                "Your programme has no country yet, so its people don’t see support lines for their country. "
                "Choose it under “Programme settings”."
            )
        )
    if not has_contact:
        told.append(_("Your programme doesn’t name anybody to talk to yet. Add a contact under “Programme settings”."))
    return told


def line_notices(lines: Lines, troubles: Sequence[LineProblem], slug: str, country: str, today: date) -> list[str]:
    """Return what a coordinator should do about the lines that their people meet."""
    told = []
    if troubles:
        told.append(_("We couldn’t read the file lines.toml, so the last version that could be read is in use."))
        told += [problem_words(trouble) for trouble in troubles]
    old = [line for line in in_reach(lines, slug, country) if is_old(line, today)]
    if old:
        told.append(
            ngettext(
                "%(num)s support line hasn’t been checked in the last 90 days. We still show it.",
                "%(num)s support lines haven’t been checked in the last 90 days. We still show them.",
                len(old),
            )
        )
    return told


def contact_link(contact: str) -> str:
    """Return the link that reaches a contact, or nothing where it is neither an address nor a number."""
    if "@" in contact and " " not in contact:
        return f"mailto:{contact}"
    digits = "".join(sign for sign in contact if sign in "+0123456789")
    plain = all(sign in "+0123456789 ()./-" for sign in contact)
    return f"tel:{digits}" if plain and len(digits) > 2 else ""


def person_to_talk_to(facts: dict[str, Any] | None) -> dict[str, str] | None:
    """Return a programme's named person with contact, hours and how soon they reply; None where nobody is named."""
    facts = facts or {}
    if not facts.get("lead") and not facts.get("contact"):
        return None
    contact = str(facts.get("contact", ""))
    about = [str(facts.get("hours", ""))]
    if facts.get("reply_time"):
        about.append(_("Replies %(time)s", time=facts["reply_time"]))
    return {
        "name": str(facts.get("lead") or facts.get("name", "")),
        "programme": str(facts.get("name", "")),
        "contact": contact,
        "link": contact_link(contact),
        "about": " ".join(part if part.endswith(".") else f"{part}." for part in about if part),
    }


def display_saved_path(path: str, saved: bool = True) -> str:
    """Return an address that says that display settings were saved, or the same address without that."""
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "display"]
    query += [("display", "saved")] if saved else []
    return parts.path + (f"?{urlencode(query)}" if query else "")
