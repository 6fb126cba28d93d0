"""Pages of a programme's units: the tree, one unit to rename or move, and its removal."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.accounts.actions import FormError
from lms.accounts.members import unit_actions
from lms.accounts.members.records import Unit, count_people_by_unit, find_unit, list_employers_in, list_units
from lms.coordination.blueprint import blueprint
from lms.coordination.units import pages
from lms.coordination.units.forms import UnitForm
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _


@blueprint.route("/programmes/<programme>/units", methods=["GET", "POST"])
@allow("look after units")
def units(programme: str) -> Any:
    """Show the units of a programme, and add one."""
    form = UnitForm(request.form)
    if request.method == "POST" and form.validate():
        made = write(unit_actions.add_unit, this_programme().id, form.name.data or "", form.above.data or "")
        if not isinstance(made, FormError):
            return redirect(url_for("coordination.units", programme=programme, saved="added"), 303)
        form.refuse(made.field, made.message)
    form.above.choices = pages.places_for(this_programme().id)
    tree, without = pages.tree_of(this_programme().id)
    page = render_template(
        "coordination/units.html",
        here="people",
        programme=this_programme(),
        form=form,
        tree=tree,
        without=without,
        notices=_saved_words(),
    )
    return make_response(page, 422 if form.errors else 200)


def _saved_words() -> list[str]:
    saved = request.args.get("saved") if request.method == "GET" else None
    words = {
        "added": _("Added. To put people in the unit, open the page of each person."),
        "changed": _("Saved."),
        "removed": _("The unit was removed."),
    }
    return [words[saved]] if saved in words else []


def _this_unit(public_id: str) -> Unit:
    found = find_unit(public_id, this_programme().id)
    if found is None:
        abort(404)
    return found


@blueprint.route("/programmes/<programme>/units/<unit>", methods=["GET", "POST"])
@allow("look after units")
def unit(programme: str, unit: str) -> Any:
    """Rename a unit, or put it in another place."""
    found = _this_unit(unit)
    above = next((row.public_id for row in list_units(found.programme_id) if row.id == found.parent_id), "")
    form = UnitForm(request.form, name=found.name, above=above)
    if request.method == "POST" and form.validate():
        refused = write(unit_actions.change_unit, found.id, form.name.data or "", form.above.data or "")
        if refused is None:
            return redirect(url_for("coordination.units", programme=programme, saved="changed"), 303)
        form.refuse(refused.field, refused.message)
    form.above.choices = pages.places_for(found.programme_id, found)
    page = render_template(
        "coordination/unit.html",
        here="people",
        programme=this_programme(),
        unit={"id": found.public_id, "name": found.name},
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/programmes/<programme>/units/<unit>/remove", methods=["GET", "POST"])
@allow("look after units")
def remove_unit(programme: str, unit: str) -> Any:
    """Remove a unit, after saying what becomes of its people and of the units below it."""
    found = _this_unit(unit)
    asked = request.form.get("go") == "remove"
    employers = write(unit_actions.remove_unit, found.id) if asked else list_employers_in(found.id)
    if asked and not employers:
        return redirect(url_for("coordination.units", programme=programme, saved="removed"), 303)
    page = render_template(
        "coordination/remove_unit.html",
        here="people",
        programme=this_programme(),
        unit={"id": found.public_id, "name": found.name},
        people=count_people_by_unit(found.programme_id).get(found.id, 0),
        below=[row.name for row in list_units(found.programme_id) if row.parent_id == found.id],
        employers=employers,
    )
    return make_response(page, 422 if asked else 200)
