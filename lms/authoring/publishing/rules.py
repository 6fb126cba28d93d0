"""Decided here: which versions can follow, and what a new one means for reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from lms.content.comparison.versions import Step
from lms.library.rules import rank, version_of

# Why a draft wasn't published at its time.
Stop: TypeAlias = Literal["changed", "problems", "blocked", "withdrawn", "approval", "version", "person"]
FIRST = "1.0.0"
_LINE, _EDITION = 10_000, 100_000_000
_HIGHEST = rank("20.9999.9999")


def next_versions(base: str | None, newest_of_lines: Iterable[int]) -> dict[Step, str]:
    """Return the version that each step leads to, from the ranks of each line's newest version.

    A correction follows the newest version of the line of `base`; the other steps come after all lines. A course that
    nobody has published starts at 1.0.0.
    """
    ranks = sorted(newest_of_lines)
    if not ranks:
        return {"major": FIRST}
    line = rank(base) // _LINE if base else ranks[-1] // _LINE
    on_line = [known for known in ranks if known // _LINE == line] or ranks[-1:]
    wanted: dict[Step, int] = {
        "patch": on_line[-1] + 1,
        "minor": (ranks[-1] // _LINE + 1) * _LINE,
        "major": (ranks[-1] // _EDITION + 1) * _EDITION,
    }
    whole = wanted["patch"] // _LINE == on_line[-1] // _LINE
    same_edition = wanted["minor"] // _EDITION == ranks[-1] // _EDITION
    possible = {"patch": whole, "minor": same_edition, "major": wanted["major"] <= _HIGHEST}
    return {step: version_of(number) for step, number in wanted.items() if possible[step]}


def needs_approval(facts: Mapping[str, Any]) -> bool:
    """Decide whether a programme asks for a second person before anything is published."""
    return facts.get("second_approval") == "yes"


def approves_its_own(asked_by: str | None, person_id: str | None) -> bool:
    """Decide whether somebody would approve what they asked for themselves; two unknown people are the same."""
    return asked_by == person_id


def moment_in(day: str, at: str, zone: str) -> datetime | None:
    """Return the moment of a day and a time, as they are entered, in a time zone; None when they are none."""
    try:
        there = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
        return there.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
