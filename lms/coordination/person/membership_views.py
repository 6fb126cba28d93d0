"""Pages on which a coordinator ends somebody's membership, and brings them back."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme, this_zone
from lms.accounts.members import actions as members
from lms.accounts.members.records import find_former
from lms.accounts.records import roles_of
from lms.coordination.blueprint import blueprint
from lms.coordination.members import member_of_programme
from lms.coordination.person.pages import role_names
from lms.foundation.clock import day_of
from lms.foundation.db import write
from lms.foundation.text.i18n import day


@blueprint.route("/programmes/<programme>/people/<person>/end-membership", methods=["GET", "POST"])
@allow("look after members")
def end_membership(programme: str, person: str) -> Any:
    """End somebody's membership, after saying what ends with it and what stays.

    Whoever left meanwhile, by another coordinator or by a second press, is shown as such.
    """
    if find_former(person, this_programme().id):
        return redirect(url_for("coordination.former_member", programme=programme, person=person), 303)
    member, problem = member_of_programme(person), ""
    if request.form.get("go") == "end":
        refused = write(members.end_membership, this_programme().id, member.id)
        if refused is None:
            return redirect(url_for("coordination.former_member", programme=programme, person=person), 303)
        problem = refused.message
    page = render_template(
        "coordination/end_membership.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id},
        roles=role_names(roles_of(member.id).get(this_programme().id, [])),
        problem=problem,
    )
    return make_response(page, 422 if problem else 200)


@blueprint.route("/programmes/<programme>/people/<person>/former", methods=["GET", "POST"])
@allow("look after members")
def former_member(programme: str, person: str) -> Any:
    """Show that somebody left this programme, and let them come back; nothing else of them is shown."""
    found = find_former(person, this_programme().id)
    if found is None:
        member_of_programme(person)
        return redirect(url_for("coordination.person", programme=programme, person=person), 303)
    who, member = found
    if request.method == "POST":
        write(members.bring_back, this_programme().id, who.id)
        return redirect(url_for("coordination.person", programme=programme, person=person, saved="back"), 303)
    if member.left_at is None:
        abort(404)
    return render_template(
        "coordination/former_member.html",
        here="people",
        programme=this_programme(),
        person={"name": who.display_name, "id": who.public_id},
        left=day(day_of(member.left_at, this_zone())),
    )
