"""Decided here: whom an assignment can ask, which date a text means, and until when somebody has time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Audience = Literal["everybody", "unit", "role", "people"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
# Roles that can be asked by themselves; learners are "everybody".
ASKED_ROLES = ("trainer", "observer", "coordinator")
Progress = Literal["not_started", "in_training", "done"]
PROGRESS: tuple[Progress, ...] = get_args(Progress)
# Whom a reminder goes to: those at one point, all who haven't completed the course, or those ticked on the list.
Group = Literal["open", "not_started", "in_training", "chosen"]
GROUPS: tuple[Group, ...] = get_args(Group)
# What came of more time: a date or a conversation for somebody who asked, or a date for somebody who didn't.
Answer = Literal["more", "talk", "given"]
NOTE_MOST, REMINDER_MOST, SEARCH_MOST = 300, 1500, 100
PEOPLE_MOST, FOUND_MOST, PAGE, STEP = 100, 20, 50, 50

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


@dataclass(frozen=True)
class TwoDays:
    """A text that means one day to some people and another one to others, as 03/04/2027."""

    one: date
    other: date


def read_day(text: str) -> date | TwoDays | None:
    """Return the day that a text means: as in 2027-03-14, 14 March 2027 or 14.3.2027; None when it is no day.

    With slashes or hyphens, a day that could be a month isn't guessed.
    """
    text = " ".join(text.split()).lower()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _day(*map(int, text.split("-")))
    if found := _NUMBERS.fullmatch(text):
        one, between, other, year = int(found[1]), found[2], int(found[3]), int(found[4])
        by_day, by_month = _day(year, other, one), _day(year, one, other)
        if between != "." and by_day and by_month and by_day != by_month:
            return TwoDays(by_day, by_month)
        return by_day or (by_month if between != "." else None)
    if found := _DAY_FIRST.fullmatch(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    return None


def _month(name: str) -> int:
    """Return the number of a month from its English name, in full or as usually shortened; 0 for anything else."""
    return next((number for number, full in enumerate(_MONTHS, 1) if name in {full, full[:3], full[:4]}), 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_until(due_on: date | None, granted_until: date | None) -> date | None:
    """Return until when somebody has time: the later of everybody's date and their own; None without a date."""
    return max(due_on, granted_until) if due_on and granted_until else due_on
