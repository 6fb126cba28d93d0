"""Add, rename, move and remove units; a tree has two levels."""

from __future__ import annotations

from sqlalchemy import update

from lms.accounts.actions import FormError
from lms.accounts.members import records
from lms.accounts.members.events import UnitAdded, UnitChanged, UnitRemoved
from lms.accounts.members.records import Member, Unit
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.text.collation import search_key
from lms.foundation.text.i18n import gettext as _

UNITS_MOST = 500


def add_unit(programme_id: str, name: str, above: str) -> Unit | FormError:
    """Add a unit, at the top or below the unit with a public id."""
    units = records.list_units(programme_id)
    if len(units) >= UNITS_MOST:
        words = _("There can be %(most)s units at most. Remove one that you no longer need first.", most=UNITS_MOST)
        return FormError("name", words)
    parent_id = _place(units, name, above, None)
    if isinstance(parent_id, FormError):
        return parent_id
    unit = Unit(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        programme_id=programme_id,
        parent_id=parent_id,
        name=name,
        name_key=search_key(name),
        created_at=clock.now(),
    )
    db.session.add(unit)
    db.session.flush()
    announce(UnitAdded(unit.id, programme_id))
    return unit


def change_unit(unit_id: str, name: str, above: str) -> FormError | None:
    """Rename a unit, and put it at the top or below the unit with a public id; its people stay in it."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        return FormError("name", _("Somebody else has removed this unit in the meantime. Nothing was changed."))
    parent_id = _place(records.list_units(unit.programme_id), name, above, unit)
    if isinstance(parent_id, FormError):
        return parent_id
    unit.name, unit.name_key, unit.parent_id = name, search_key(name), parent_id
    announce(UnitChanged(unit.id, unit.programme_id))
    return None


def _place(units: list[Unit], name: str, above: str, unit: Unit | None) -> str | FormError | None:
    """Return the inner id of the unit above, None for the top, or why a unit can't have this name in this place."""
    parent = next((row for row in units if row.public_id == above), None)
    if above and parent is None:
        return FormError("above", _("Somebody else has removed this unit in the meantime. Please choose another one."))
    if parent and (parent.parent_id or parent is unit):
        return FormError("above", _("Choose a unit that isn’t below another one."))
    if parent and unit and any(row.parent_id == unit.id for row in units):
        return FormError("above", _("This unit has other units below it, so it stays at the top."))
    parent_id = parent.id if parent else None
    if any(row.name_key == search_key(name) and row.parent_id == parent_id and row is not unit for row in units):
        return FormError("name", _("There’s already a unit with this name here. Please choose another name."))
    return parent_id


def remove_unit(unit_id: str) -> list[str]:
    """Remove a unit: its people are in no unit and those below it move to the top; a second time changes nothing.

    It stays while an employer is in it, who would see the whole programme without it; their names are returned.
    """
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        return []
    if employers := records.list_employers_in(unit_id):
        return employers
    emptied = db.session.execute(update(Member).where(Member.unit_id == unit_id).values(unit_id=None))
    db.session.execute(update(Unit).where(Unit.parent_id == unit_id).values(parent_id=None))
    # Before the row goes, so that what follows can let go of it as well.
    announce(UnitRemoved(unit_id, unit.programme_id, emptied.rowcount))  # type: ignore[attr-defined]
    db.session.delete(unit)
    db.session.flush()
    return []
