"""The page on which a coordinator, or somebody who runs the site, gives and takes roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.accounts.actions import FormError
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.members import actions as members
from lms.accounts.members.actions import ChangedMeanwhile
from lms.accounts.records import Person, has_email, roles_of
from lms.accounts.rules import PROGRAMME_ROLES
from lms.accounts.second_factor.step_up import confirm_first
from lms.coordination.blueprint import blueprint
from lms.coordination.invitations.emails import outgoing
from lms.coordination.members import member_of_programme
from lms.coordination.person.forms import RolesForm
from lms.coordination.person.pages import role_choices, role_names
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


@blueprint.route("/programmes/<programme>/people/<person>/roles", methods=["GET", "POST"])
@allow("give roles")
def person_roles(programme: str, person: str) -> Any:
    """Give and take roles in this programme; a role above learner waits for a proven address."""
    member = member_of_programme(person)
    asks = confirm_first(sign_in_counts=True)
    if asks is not None:
        return asks
    form, changed = RolesForm(request.form), False
    if request.method == "GET":
        form = RolesForm(role=_roles_now(member), was=" ".join(_roles_now(member)))
    elif form.validate():
        done = write(members.change_roles, this_programme().id, member.id, form.seen(), form.role.data or [])
        if isinstance(done, list):
            wait = _invite_to(member, done)
            return redirect(_saved_url(programme, person, done, wait), 303)
        if isinstance(done, FormError):
            form.refuse(done.field, done.message)
        changed = isinstance(done, ChangedMeanwhile)
        if changed:
            form.was.data = " ".join(_roles_now(member))
    page = render_template(
        "coordination/person_roles.html",
        here="people",
        programme=this_programme(),
        person={
            "name": member.display_name,
            "id": member.public_id,
            "email": member.email,
            "has_email": has_email(member),
        },
        by_operator=not _coordinates(),
        proven=member.email_proven_at is not None,
        form=form,
        choices=[(role, *role_choices()[role]) for role in PROGRAMME_ROLES],
        roles_now=", ".join(role_names(_roles_now(member))) if changed else "",
    )
    return make_response(page, 422 if form.errors or changed else 200)


def _roles_now(member: Person) -> list[str]:
    return roles_of(member.id).get(this_programme().id, [])


def _coordinates() -> bool:
    return "coordinator" in signed_in().roles.get(this_programme().id, ())


def _saved_url(programme: str, person: str, waiting: list[str], wait: timedelta | None) -> str:
    """Return where to go: to the person, or for somebody who only runs the site, back to the roles."""
    endpoint = "coordination.person" if _coordinates() else "coordination.person_roles"
    saved = "later" if wait else "invited" if waiting else "yes"
    return url_for(endpoint, programme=programme, person=person, saved=saved)


def _invite_to(member: Person, roles: list[str]) -> timedelta | None:
    """Email an invitation to each role that waits for the address to be proven; return how long none can be sent."""
    for role in roles:
        one = outgoing(this_programme(), settings(), member.email, member.display_name, role)
        refused = write(invitation_actions.invite_to_role, settings(), this_programme().id, role, one)
        if refused:
            return refused.wait
    return None


def saved_words() -> list[str]:
    """Return what was saved on a page that leads back to the person, in words."""
    saved = request.args.get("saved") if request.method == "GET" else None
    words = {
        "yes": _("Saved."),
        "invited": _("Saved. We emailed them an invitation to the new role, which they have once they accept."),
        "later": _("The programme has sent many emails in the last hour, so the invitation to the new role wasn’t "
                   "sent. Nothing else is lost. Please give the role again in an hour."),
        "back": _("They’re a learner of this programme again."),
        "closed": _("The account is closed. They’ve been signed out everywhere."),
        "merged": _("The accounts are merged. We’ve emailed both addresses."),
        "apart": _("The merge is undone. Each account has what it had before."),
        "open": _("The account is open again, with the roles it had."),
    }  # fmt: skip
    return [words[saved]] if saved in words else []
