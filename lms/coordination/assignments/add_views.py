"""The page that adds people to an assignment of people chosen by name."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.coordination.assignments import actions, pages
from lms.coordination.assignments.audience_records import find_people, list_chosen
from lms.coordination.assignments.forms import FindForm
from lms.coordination.assignments.views import is_private, picked, this_assignment, today
from lms.coordination.blueprint import blueprint
from lms.foundation.db import write


@blueprint.route("/programmes/<programme>/assignments/<assignment>/add-people", methods=["GET", "POST"])
@allow("assign courses")
def add_people(programme: str, assignment: str) -> Any:
    """Find people by name and ask them too; whom another kind of assignment asks follows from units and roles."""
    found, form = this_assignment(assignment), FindForm(request.form)
    this_url = url_for("coordination.assignment", programme=programme, assignment=assignment)
    if found.audience != "people" or found.closed_at or is_private(found):
        return redirect(this_url, 303)
    if request.form.get("go") == "add" and form.validate():
        refused = write(actions.add_people, found.id, signed_in().person_id, picked(), today())
        if refused is None:
            return redirect(f"{this_url}?done=added", 303)
        form.refuse(refused.field, refused.message)
    search, ticked = form.q.data or "", picked()
    chosen = [row[1:] for row in list_chosen(found.programme_id, ticked)] if ticked else []
    known = {row[0] for row in chosen}
    others = find_people(found.programme_id, search, found.id) if search and form.validate() else []
    matches = [row for row in others if row[0] not in known]
    page = render_template(
        "coordination/add_people.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(found, pages.unit_names(found.programme_id), this_zone()),
        form=form,
        chosen=chosen,
        found=matches,
        nobody=bool(search) and not matches,
        this_url=this_url,
    )
    return make_response(page, 422 if form.errors else 200)
