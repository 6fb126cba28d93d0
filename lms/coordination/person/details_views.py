"""The page on which a coordinator notes somebody's staff number, unit and line manager."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.accounts.actions import FormError
from lms.accounts.members import actions as members
from lms.accounts.members.records import get_member
from lms.coordination.blueprint import blueprint
from lms.coordination.members import member_of_programme
from lms.coordination.person.forms import DetailsForm
from lms.coordination.person.pages import what_changed
from lms.coordination.units.pages import unit_choices
from lms.foundation.db import write


@blueprint.route("/programmes/<programme>/people/<person>/details", methods=["GET", "POST"])
@allow("look after members")
def person_details(programme: str, person: str) -> Any:
    """Change somebody's details; what another coordinator changed meanwhile is told and stays."""
    member = member_of_programme(person)
    now = members.details_of(get_member(this_programme().id, member.id))
    form, changed = DetailsForm(request.form), []
    if request.method == "GET":
        form = DetailsForm(data=vars(now))
        form.reopen(now)
    elif form.validate():
        done = write(members.change_details, this_programme().id, member.id, form.seen(), form.wanted())
        if done is None:
            return redirect(url_for("coordination.person", programme=programme, person=person, saved="yes"), 303)
        if isinstance(done, FormError):
            form.refuse(done.field, done.message)
        else:
            changed = what_changed(form.seen(), now, unit_choices(this_programme().id))
            form.reopen(now)
    form.unit.choices = unit_choices(this_programme().id)
    page = render_template(
        "coordination/person_details.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id},
        form=form,
        changed=changed,
    )
    return make_response(page, 422 if form.errors or changed else 200)
