"""Words in the reader's language: gettext, dates and durations behind one module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel.speaklater import LazyString
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}

# A page asks for its language with every word, so it stands here and not behind Flask's proxies.
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def speak(chosen: str | None) -> None:
    """Set the language of what is said from here on; None is the site's own."""
    _spoken.set(chosen or "en")


def language() -> str:
    """Return the language of this page, as its lang attribute says it."""
    return _spoken.get()


@lru_cache(maxsize=32)
def _table(chosen: str) -> NullTranslations:
    return Translations.load(TRANSLATIONS, [chosen])


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Say everything in one language meanwhile, as on a paper that is read by others than whoever asks for it."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def nearest_language(wanted: str) -> str:
    """Return the language of all our words and dates on a paper, or in an email, that should be in `wanted`.

    That language, or the one it is a form of, where we have both a translation and the names of its months; else
    English, so that words and dates are never in two languages, and none is waited for.
    """
    tag = wanted.replace("-", "_")
    return next((found for found in (tag, tag.partition("_")[0]) if found != "en" and _is_whole(found)), "en")


def list_languages() -> dict[str, str]:
    """Return the languages that we have whole, each with its own name for itself, English first."""
    found = sorted(folder.name for folder in TRANSLATIONS.iterdir() if folder.is_dir() and _is_whole(folder.name))
    return {tag: Locale.parse(tag).get_display_name(tag) or tag for tag in ("en", *(set(found) - {"en"}))}


def load_languages() -> None:
    """Read the translations that we have, so that nothing has to be read while an email is written."""
    for tag in list_languages():
        _table(tag)


def _is_whole(tag: str) -> bool:
    return (TRANSLATIONS / tag / "LC_MESSAGES" / "messages.mo").is_file() and _has_dates(tag)


def _has_dates(tag: str) -> bool:
    try:
        Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def gettext(message: str, **values: Any) -> str:
    """Return a text in the reader's language, with its values put in."""
    text = _table(_spoken.get()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """Return a text that counts, in the reader's language; `num` is among its values."""
    return _table(_spoken.get()).ngettext(one, many, num) % {"num": num, **values}


def lazy_gettext(message: str, **values: Any) -> Any:
    """Return a text that is looked up when it is shown."""
    return LazyString(gettext, message, **values)


@lru_cache(maxsize=4096)
def _markup(chosen: str, message: str) -> Markup:
    return Markup(_table(chosen).gettext(message))  # noqa: S704 - our own words; what is put in is escaped


@pass_eval_context
def _in_template(template: EvalContext, message: str, **values: Any) -> str:
    """Return a text as safe HTML, or in a template of plain text as it is.

    A page says some fifty, so each is made ready once a language.
    """
    if not template.autoescape:
        return gettext(message, **values)
    text = _markup(_spoken.get(), message)
    return text % values if values else text


@pass_eval_context
def _count_in_template(template: EvalContext, one: str, many: str, num: int, **values: Any) -> str:
    if not template.autoescape:
        return ngettext(one, many, num, **values)
    return _markup(_spoken.get(), _table(_spoken.get()).ngettext(one, many, num)) % {"num": num, **values}


def direction() -> str:
    """Return "rtl" or "ltr" for this page."""
    return "rtl" if language().split("_")[0] in RIGHT_TO_LEFT else "ltr"


def day(value: date) -> str:
    """Return a day in words: 14 March 2026."""
    return _day(value, _dates())


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    return format_date(value, "d MMMM y", locale=locale)


def number(value: int) -> str:
    """Return a number with its groups of digits marked: 20,000."""
    return format_decimal(value, locale=_dates())


def month(value: date, form: str = "LLLL y") -> str:
    """Return the month of a day in words: March 2026, or in a shorter form of CLDR."""
    return format_date(value, form, locale=_dates())


def moment(value: datetime, zone: str) -> str:
    """Return a moment in words, in the given time zone: 14 March 2026, 09:14."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm", locale=_dates())


def duration(minutes: int) -> str:
    """Return minutes as one says them: About 3 hours 10 minutes."""
    hours, rest = divmod(5 * round(minutes / 5) if minutes > 60 else minutes, 60)
    if not hours:
        return ngettext("About %(num)s minute", "About %(num)s minutes", rest)
    if not rest:
        return ngettext("About %(num)s hour", "About %(num)s hours", hours)
    return ngettext("About %(num)s hour %(rest)s minutes", "About %(num)s hours %(rest)s minutes", hours, rest=rest)


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: suicide, self-harm and abuse."""
    return format_list(words, locale=_dates())


def _dates() -> str:
    return "en_GB" if language() == "en" else language()


def install(app: Flask) -> None:
    """Give templates their words."""
    add_to_templates(app.jinja_env)


def add_to_templates(environment: Environment) -> None:
    """Give the templates of an environment their words."""
    environment.globals.update(_=_in_template, gettext=_in_template, ngettext=_count_in_template)
