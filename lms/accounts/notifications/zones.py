"""Time zones to choose from: cities, grouped by part of the world."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from lms.foundation.text.i18n import gettext as _

Zones = tuple[tuple[str, str], ...]
_PARTS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def _zones_of(part: str) -> Zones:
    """Return the time zones of a part of the world, with the city of each, including older names of a zone."""
    names = sorted(name for name in available_timezones() if name.startswith(f"{part}/"))
    return tuple((name, city_of(name)) for name in names)


def city_of(zone: str) -> str:
    """Return the city of a time zone: St Johns for America/St_Johns."""
    return (zone.partition("/")[2] or zone).replace("_", " ").replace("/", ", ")


def zones_by_part() -> list[tuple[str, Zones]]:
    """Return all time zones to choose from, grouped by part of the world, whose names are in the reader's language."""
    words = {
        "Africa": _("Africa"),
        "America": _("The Americas"),
        "Antarctica": _("Antarctica"),
        "Arctic": _("Arctic"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific"),
    }
    return [(words[part], _zones_of(part)) for part in _PARTS]


def is_one_to_choose(zone: str) -> bool:
    """Decide whether a time zone is among those that people can choose."""
    return any(zone == name for name, _city in _zones_of(zone.partition("/")[0]))
