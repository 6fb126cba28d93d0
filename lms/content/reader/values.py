"""Checks values that have the right form but can't be meant, such as days that no calendar has."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from babel.core import Locale, UnknownLocaleError

from lms.content.model.report import Report
from lms.content.reader.shapes import CourseShape

MONTHS_MOST = 240
MINUTES_MOST = 480
OBSERVED_MOST = 50
FIRST_MOST, OTHERS_MOST = 20, 9999


def check_values(shape: CourseShape, report: Report) -> None:
    """Names each value of course.md that would stop the site later, with one that would do."""
    months = shape.certificate.valid_months
    if months is not None and not 1 <= months <= MONTHS_MOST:
        what = f"{months} months isn’t a possible validity for a certificate."
        _say(report, "valid_months", what, f"Write 1 to {MONTHS_MOST} months, or null if it doesn’t expire.")
    if shape.criteria.observed_practice > OBSERVED_MOST:
        what = f"{shape.criteria.observed_practice} observed practices are too many."
        _say(report, "observed_practice", what, f"Write 0 to {OBSERVED_MOST}.")
    first, *others = (int(part) for part in shape.version.split("."))
    if first > FIRST_MOST or max(others) > OTHERS_MOST:
        fix = f'Write up to "{FIRST_MOST}.{OTHERS_MOST}.{OTHERS_MOST}", such as "1.0.0".'
        _say(report, "version", f"The version {shape.version} has a number that is too high.", fix)
    check_day(shape.review_due, "review_due", report)
    if shape.corrected is not None:
        check_day(shape.corrected.day, "corrected", report)
    for note in shape.jurisdiction_notes:
        check_day(note.read_on, "read_on", report)
        check_day(note.next_check, "next_check", report)
    _check_language(shape.language, report)


def check_day(day: str | None, key: str, report: Report) -> None:
    """Names a day that no calendar has, with the nearest that it has."""
    if day is None:
        return
    try:
        date.fromisoformat(day)
    except ValueError:
        _say(report, key, f"There’s no such date as {day}.", f"Write {_nearest_day(day)}.", day)


def check_minutes(minutes: int | None, report: Report) -> None:
    """Names a length that no lesson or conversation has; the hours on a certificate are made of these."""
    if minutes is not None and not 1 <= minutes <= MINUTES_MOST:
        what = f"{minutes} minutes isn’t a possible length for one sitting."
        _say(report, "minutes", what, f"Write 1 to {MINUTES_MOST} minutes.")


def _nearest_day(day: str) -> str:
    year, month, number = (int(part) for part in day.split("-"))
    year, month = min(max(year, 1), 9999), min(max(month, 1), 12)
    return date(year, month, min(max(number, 1), monthrange(year, month)[1])).isoformat()


def _check_language(language: str, report: Report) -> None:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        plain = language.split("-")[0]
        what = f"We can’t write dates in the language “{language}”."
        fix = "If the code is right, you don’t need to do anything. Certificates will be in English."
        try:
            Locale.parse(plain)
        except (ValueError, UnknownLocaleError):
            _say(report, "language", what, fix, code="LANGUAGE_WITHOUT_DATES")
        else:
            _say(report, "language", what, f'You could write "{plain}".', code="LANGUAGE_WITHOUT_DATES")


def _say(report: Report, key: str, what: str, fix: str, value: str = "", code: str = "BAD_VALUE") -> None:
    """Notes a finding on the first line that holds the key, and the value where there may be several."""
    for number, line in enumerate(report.lines, start=1):
        if f"{key}:" in line and value in line:
            report.add(code, number, f"{key}: {what}", column=report.column_of(number, f"{key}:"), fix=fix)
            return
    report.add(code, 1, f"{key}: {what}", fix=fix)
