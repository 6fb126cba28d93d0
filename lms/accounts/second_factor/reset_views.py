"""Resetting the second factor of somebody in one's programme who lost their phone."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts import records
from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.blueprint import blueprint
from lms.accounts.records import Person
from lms.accounts.second_factor import actions
from lms.accounts.second_factor import records as factor_records
from lms.accounts.second_factor.step_up import confirm_first
from lms.foundation.db import write


@blueprint.route("/programmes/<programme>/people/<person>/second-factor", methods=["GET", "POST"])
@allow("reset a second factor")
def reset_second_factor(programme: str, person: str) -> Any:
    """Say what a reset does and how to be sure who asks for it; reset on a post."""
    member = records.find_member(person, this_programme().id)
    if member is None:
        abort(404)
    asks = confirm_first()
    if asks is not None:
        return asks
    elsewhere = not signed_in().operator and _has_power_elsewhere(member)
    if request.method == "POST" and not elsewhere:
        write(actions.reset, member.id, this_programme().id)
        return redirect(url_for(request.endpoint or "", programme=programme, person=person, done="yes"), 303)
    page = render_template(
        "accounts/reset_second_factor.html",
        here="people",
        programme=this_programme(),
        person={
            "name": member.display_name,
            "id": member.public_id,
            "email": member.email,
            "has_email": records.has_email(member),
        },
        has_any=member.second_factor_at is not None or bool(factor_records.list_passkeys(member.id)),
        done=request.args.get("done") == "yes",
        elsewhere=elsewhere,
        coordinates="coordinator" in signed_in().roles.get(this_programme().id, ()),
    )
    return make_response(page, 422 if request.method == "POST" else 200)


def _has_power_elsewhere(member: Person) -> bool:
    """Decide whether somebody runs the site or coordinates another programme, which only operators can answer for."""
    others = {key: roles for key, roles in records.roles_of(member.id).items() if key != this_programme().id}
    return member.operator or any("coordinator" in roles for roles in others.values())
