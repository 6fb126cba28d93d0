"""Pages on which staff close and reopen an account, and make a one-time link to a new password."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import leaving
from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.actions import FormError
from lms.accounts.members import actions as members
from lms.accounts.personal_data.notice import deletion_of_closed_accounts
from lms.accounts.programmes.coordinators import alone_words, without_words
from lms.accounts.records import find_programmes, has_email, roles_of
from lms.accounts.second_factor.step_up import confirm_first, is_proven
from lms.coordination.blueprint import blueprint
from lms.coordination.members import member_of_programme
from lms.coordination.person.roles_views import saved_words
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.web.security import settings


@blueprint.route("/programmes/<programme>/people/<person>/account", methods=["GET", "POST"])
@allow("close accounts")
def person_account(programme: str, person: str) -> Any:
    """Close somebody's account, or reopen it; it stays in every programme it is in."""
    member, problem = member_of_programme(person), ""
    is_closed = member.disabled_at is not None
    go = request.form.get("go")
    asks = confirm_first() if go == "close" else None
    if asks is not None:
        return asks
    if go in {"open", "close"}:
        done = write(leaving.enable if go == "open" else leaving.disable, member.id)
        if not isinstance(done, FormError):
            saved = "open" if go == "open" else "closed"
            return redirect(
                url_for("coordination.person_account", programme=programme, person=person, saved=saved), 303
            )
        problem = done.message
    others = find_programmes({key for key in roles_of(member.id) if key != this_programme().id})
    page = render_template(
        "coordination/person_account.html",
        here="people",
        programme=this_programme(),
        person={
            "name": member.display_name,
            "id": member.public_id,
            "email": member.email,
            "has_email": has_email(member),
        },
        is_closed=is_closed,
        others=[others[key].name for key in roles_of(member.id) if key in others],
        problem=problem,
        coordinators=without_words(member.id) if member.disabled_at else alone_words(member.id),
        deletion=deletion_of_closed_accounts(),
        notices=saved_words(),
    )
    return make_response(page, 422 if problem else 200)


@blueprint.route("/programmes/<programme>/people/<person>/password-link", methods=["GET", "POST"])
@allow("hand out a password link")
def password_link(programme: str, person: str) -> Any:
    """Make a one-time link to a new password and show it once, for somebody who can't get our email."""
    member, link = member_of_programme(person), ""
    me = signed_in()
    why_not = members.why_no_password_link(this_programme().id, member, by_operator=me.operator)
    asks = None if why_not else confirm_first()
    if asks is not None:
        return asks
    if request.method == "POST" and not why_not:
        token = ids.secret_token()
        args = (this_programme().id, member.id, token)
        why_not = write(members.hand_out_password_link, *args, by_operator=me.operator)
        link = "" if why_not else settings().base_url + url_for("accounts.new_password", token=token)
    page = render_template(
        "coordination/password_link.html",
        here="people",
        programme=this_programme(),
        person={"name": member.display_name, "id": member.public_id, "has_email": has_email(member)},
        proven=is_proven(),
        why_not=why_not,
        link=link,
        coordinates="coordinator" in me.roles.get(this_programme().id, ()),
    )
    return make_response(page, 422 if request.method == "POST" and not link else 200)
