"""The units of a programme as a tree of two levels, and as choices."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts.members.records import Unit, count_people_by_unit, list_units
from lms.foundation.text.collation import sort_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language


@dataclass(frozen=True)
class UnitRow:
    """A unit on the page: how many people are in it or below it now, and the units below it."""

    id: str
    name: str
    people: int
    below: tuple[UnitRow, ...] = ()


def _in_order(units: list[Unit]) -> list[Unit]:
    spoken = language()
    return sorted(units, key=lambda unit: (sort_key(unit.name, spoken), unit.id))


def _below(units: list[Unit], parent_id: str | None) -> list[Unit]:
    return [unit for unit in units if unit.parent_id == parent_id]


def tree_of(programme_id: str) -> tuple[list[UnitRow], int]:
    """Return the units at the top with those below them, and how many people are in none."""
    units, people = _in_order(list_units(programme_id)), count_people_by_unit(programme_id)

    def row(unit: Unit) -> UnitRow:
        below = tuple(row(other) for other in _below(units, unit.id))
        return UnitRow(unit.public_id, unit.name, people.get(unit.id, 0) + sum(one.people for one in below), below)

    return [row(unit) for unit in _below(units, None)], people.get(None, 0)


def places_for(programme_id: str, unit: Unit | None = None) -> list[tuple[str, str]]:
    """Return where a unit can be, as choices: at the top or below one there; one that has others below it stays."""
    units = _in_order(list_units(programme_id))
    stays = unit is not None and bool(_below(units, unit.id))
    found = [] if stays else [other for other in _below(units, None) if other is not unit]
    return [("", _("At the top")), *((other.public_id, _("Below %(unit)s", unit=other.name)) for other in found)]


def unit_choices(programme_id: str) -> list[tuple[str, str]]:
    """Return all units as choices, each after the one above it; the first is none."""
    units = _in_order(list_units(programme_id))
    found = [("", _("No unit"))]
    for unit in _below(units, None):
        found.append((unit.public_id, unit.name))
        found += [(other.public_id, f"{unit.name} / {other.name}") for other in _below(units, unit.id)]
    return found
