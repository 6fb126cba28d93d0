"""Words in the reader's language: gettext, dates and durations behind one module."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, g, has_request_context
from flask_babel import Babel, get_locale, gettext, lazy_gettext, ngettext

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
LANGUAGES = ("en",)

__all__ = ["LANGUAGES", "day", "direction", "duration", "gettext", "language", "lazy_gettext", "moment", "ngettext"]


def language() -> str:
    """Return the language of this page, as its lang attribute says it."""
    return str(get_locale() or "en")


def direction() -> str:
    """Return "rtl" or "ltr" for this page."""
    return "rtl" if language().split("_")[0] in RIGHT_TO_LEFT else "ltr"


def day(value: date) -> str:
    """Return a day in words: 14 March 2026."""
    return format_date(value, "d MMMM y", locale=_dates())


def moment(value: datetime, zone: str) -> str:
    """Return a moment in words, in the given time zone: 14 March 2026, 09:14."""
    return format_datetime(value.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm", locale=_dates())


def duration(minutes: int) -> str:
    """Return minutes as one says them: About 3 hours 10."""
    hours, rest = divmod(5 * round(minutes / 5) if minutes > 60 else minutes, 60)
    if not hours:
        return ngettext("About %(num)s minute", "About %(num)s minutes", rest)
    if not rest:
        return ngettext("About %(num)s hour", "About %(num)s hours", hours)
    return ngettext("About %(num)s hour %(rest)s", "About %(num)s hours %(rest)s", hours, rest=rest)


def _dates() -> str:
    return "en_GB" if language() == "en" else language()


def _choose_language() -> str:
    if has_request_context() and getattr(g, "language", None):
        return str(g.language)
    return "en"


def install(app: Flask, zone: str) -> None:
    """Give an app its languages."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, default_locale="en", default_timezone=zone, locale_selector=_choose_language)
