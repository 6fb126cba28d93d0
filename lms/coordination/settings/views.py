"""Pages of a programme's settings: the list of them, and one page for each kind with a Save of its own."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, public, signed_in, this_programme
from lms.accounts.actions import FormError
from lms.accounts.invitations.records import list_invited_to
from lms.accounts.programmes.actions import SettingsChanged
from lms.accounts.programmes.colour_rules import as_hex, passes, style_sheet
from lms.accounts.programmes.facts import check_settings, settings_of
from lms.accounts.programmes.forms import SettingsForm
from lms.accounts.second_factor.step_up import confirm_first
from lms.certification.awards.records import count_waiting
from lms.certification.pdf.designs import list_designs
from lms.coordination.blueprint import blueprint
from lms.coordination.first_step_pages import programme_steps
from lms.coordination.settings import actions, course_pages, sections
from lms.coordination.settings.forms import FORMS
from lms.coordination.settings.keeping_pages import SecondLook, look_first
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


def coordinates_here() -> bool:
    """Return whether who is signed in coordinates this programme; the people who run the site may do less here."""
    return "coordinator" in signed_in().roles.get(this_programme().id, ())


@blueprint.get("/programmes/<programme>/settings")
@allow("change programme settings")
def settings_list(programme: str) -> Any:
    """Show all settings of a programme, each with a link to the page that changes it."""
    this = this_programme()
    rows = course_pages.course_rows(this.id, all_of_site=signed_in().operator)
    return render_template(
        "coordination/settings_list.html",
        here="people" if coordinates_here() else "site",
        programme=this,
        coordinates=coordinates_here(),
        sections=sections.sections_of(this),
        logo=this.facts.get("logo"),
        design=str(this.facts.get("design") or ""),
        signatory=str(this.facts.get("signatory") or ""),
        offered=[row for row in rows if row.state != "none"],
        invited=[] if coordinates_here() else list_invited_to(this.id, "coordinator"),
        first_steps=programme_steps(this, coordinates=coordinates_here()),
        notices=_saved_words(request.args.get("saved")),
    )


def _saved_words(saved: str | None) -> list[str]:
    words = {
        "yes": _("Saved."),
        "made": _("Saved. Here’s what the programme still needs."),
        "coordinator": _("Saved. They’ll need to sign in again before they can coordinate this programme."),
        "invited": _("Saved. We emailed them an invitation."),
    }
    return [words[saved]] if saved in words else []


@blueprint.route("/programmes/<programme>/settings/<section>", methods=["GET", "POST"])
@allow("change programme settings")
def settings_section(programme: str, section: str) -> Any:
    """Change settings of one kind; what another coordinator changed meanwhile is told and stays."""
    if section not in FORMS:
        abort(404)
    this, kind, changed = this_programme(), FORMS[section], []
    now = settings_of(this)
    form = kind(request.form) if request.method == "POST" else kind.of(now)
    asks, look = confirm_first() if request.form.get("looked") else None, None
    if asks is not None:
        return asks
    if request.method == "POST":
        done = _save(form, programme)
        if done is True:
            return redirect(url_for("coordination.settings_list", programme=programme, saved="yes"), 303)
        if isinstance(done, SettingsChanged):
            changed = form.changed(done.now)
            form.reopen(done.now)
        if isinstance(done, SecondLook):
            look = done
    title, about = sections.section_titles()[section]
    page = render_template(
        "coordination/settings_section.html",
        here="people" if coordinates_here() else "site",
        programme=this,
        section=section,
        title=title,
        about=about,
        form=form,
        changed=changed,
        look=look,
        swatches=sections.swatches() if section == "colour" else [],
        waiting=sum(count_waiting(this.id).values()) if section == "reviews" else 0,
        site_holds=settings().hold_unreviewed,
        site_registration=settings().registration,
        register_url=settings().base_url + url_for("accounts.register", programme=this.slug),
    )
    return make_response(page, 422 if form.errors or changed else 200)


def _save(form: SettingsForm, programme: str) -> bool | SettingsChanged | SecondLook:
    """Check and save what was sent; False when something can't be set, which the form then says.

    A shorter time to keep something isn't saved before its sender saw what goes.
    """
    form.validate()
    wanted = form.wanted()
    designs = list_designs(settings(), shipped("certificates"))
    form.refuse_all(check_settings(wanted, designs, hooks().missing_letters))
    if form.errors:
        return False
    look = look_first(this_programme(), wanted, settings())
    if look and request.form.get("looked") != look.mark:
        return look
    if "hold_unreviewed" in wanted:
        actions.read_waiting_courses(this_programme().id)
    done = write(actions.change_programme, settings(), programme, form.seen(), wanted)
    if isinstance(done, FormError):
        form.refuse(done.field, done.message)
        return False
    return done if isinstance(done, SettingsChanged) else True


@blueprint.get("/colours/<colour>.css")
@public
def colour_sheet(colour: str) -> Any:
    """Give the style that shows a page in a colour; its address holds the colour, so it may be kept for ever."""
    found = as_hex(colour)
    if found is None or not passes(found):
        abort(404)
    response = make_response(style_sheet(found))
    response.headers["Content-Type"] = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
