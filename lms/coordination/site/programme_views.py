"""Pages for the people who run the site: what is missing, all programmes, a new one, and who coordinates it."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.accounts.actions import FormError, check_address
from lms.accounts.invitations import actions as invitation_actions
from lms.accounts.programmes.facts import check_settings, tidy
from lms.accounts.records import find_person_by_email
from lms.accounts.rules import missing_contact, slug_for
from lms.coordination.blueprint import blueprint
from lms.coordination.first_step_pages import site_steps
from lms.coordination.invitations.emails import outgoing
from lms.coordination.site import actions, records
from lms.coordination.site.forms import CoordinatorForm, ProgrammeForm
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings

PAGE = 50


@blueprint.get("/operator")
@allow("run the site")
def site_home() -> Any:
    """Show what is still missing on the site, each with the page that helps."""
    return render_template("coordination/site_home.html", here="site", first_steps=site_steps(settings()))


@blueprint.get("/operator/programmes")
@allow("run the site")
def site_programmes() -> Any:
    """Show all programmes, a page at a time."""
    after = request.args.get("after", "")
    rows = records.list_programmes_page(after, PAGE + 1)
    return render_template(
        "coordination/site_programmes.html",
        here="site",
        rows=[(row, bool(missing_contact(row.facts))) for row in rows[:PAGE]],
        first_url=url_for("coordination.site_programmes") if after else None,
        next_url=url_for("coordination.site_programmes", after=rows[PAGE - 1].slug) if len(rows) > PAGE else None,
    )


@blueprint.route("/operator/programmes/new", methods=["GET", "POST"])
@allow("run the site")
def new_programme() -> Any:
    """Make a programme, and go on to its settings."""
    form = ProgrammeForm(request.form)
    if request.method == "POST":
        name = tidy("name", form.name.data or "")
        if form.validate():
            for problem in check_settings({"name": name}, (), hooks().missing_letters):
                form.refuse(problem.field, problem.message)
        if not form.errors:
            slug = form.slug.data or slug_for(name)
            refused = write(actions.make_programme, slug, name)
            if refused is None:
                return redirect(url_for("coordination.settings_list", programme=slug, saved="made"), 303)
            form.refuse(refused.field, refused.message)
    page = render_template("coordination/new_programme.html", here="site", form=form)
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/programmes/<programme>/coordinator", methods=["GET", "POST"])
@allow("run the site")
def name_coordinator(programme: str) -> Any:
    """Name somebody to coordinate a programme: at once if they have a proven address, and else by invitation."""
    form = CoordinatorForm(request.form)
    if request.method == "POST" and form.validate():
        saved = _name_coordinator(form)
        if saved:
            return redirect(url_for("coordination.settings_list", programme=programme, saved=saved), 303)
    page = render_template("coordination/name_coordinator.html", here="site", programme=this_programme(), form=form)
    return make_response(page, 422 if form.errors else 200)


def _name_coordinator(form: CoordinatorForm) -> str | None:
    """Return what was done, or None with the reason on the form."""
    this, address = this_programme(), check_address(form.email.data or "")
    if isinstance(address, FormError):
        form.refuse("email", address.message)
        return None
    person = find_person_by_email(address)
    if person and person.email_proven_at:
        write(actions.make_coordinator, this.id, person)
        return "coordinator"
    one = outgoing(this, settings(), address, person.display_name if person else "", "coordinator")
    if write(invitation_actions.invite_to_role, settings(), this.id, "coordinator", one):
        form.refuse("email", _("The programme has sent many emails in the last hour. Please try again in an hour."))
        return None
    return "invited"
