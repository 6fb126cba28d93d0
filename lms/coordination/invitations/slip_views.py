"""Pages to print slips: the sign-in name and one-time link of people without email."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.invitations import slips as slip_actions
from lms.accounts.invitations.records import count_slips
from lms.accounts.invitations.slips import ToPrint
from lms.accounts.rules import INVITATION_DAYS, INVITED_AT_ONCE
from lms.coordination.blueprint import blueprint
from lms.coordination.invitations import slip_pages
from lms.coordination.invitations.forms import NamesForm
from lms.coordination.invitations.pages import PAGE
from lms.coordination.names.unprintable import letters_by_name
from lms.foundation import ids
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings


@blueprint.route("/programmes/<programme>/slips", methods=["GET", "POST"])
@allow("invite people")
def slips(programme: str) -> Any:
    """List people without email who haven't joined; take more of them, or print slips for those who are ticked."""
    form = NamesForm(request.form)
    go = request.form.get("go") if settings().registration != "closed" else None
    if go == "print":
        return _print()
    if go != "add" or not form.validate():
        return _list_page(form)
    names = slip_pages.read_names(form.names.data or "")
    if isinstance(names, list) and len(names) > INVITED_AT_ONCE:
        names = _("You can add up to %(most)s people at once. Please split the list.", most=INVITED_AT_ONCE)
    if isinstance(names, str):
        form.refuse("names", names)
        return _list_page(form)
    added = write(slip_actions.add_names, this_programme().id, names)
    return redirect(url_for("coordination.slips", programme=programme, added=added), 303)


def _list_page(form: NamesForm, problems: dict[str, str] | None = None, nobody: bool = False) -> Any:
    slug, cursor = this_programme().slug, request.args.get("before", "")[:80]
    rows, following = slip_pages.list_page(this_programme().id, this_zone(), cursor)
    problems = problems or {}
    page = render_template(
        "coordination/slips.html",
        here="people",
        programme=this_programme(),
        form=form,
        names_form=form,
        rows=rows,
        lacking=letters_by_name(row.name for row in rows),
        picked=set(request.form.getlist("pick")) if problems else {row.public_id for row in rows if not row.has_link},
        typed={row.public_id: request.form.get(f"name-{row.public_id}", row.address)[:200] for row in rows},
        problems=problems,
        nobody=nobody,
        total=count_slips(this_programme().id),
        days=INVITATION_DAYS,
        closed=settings().registration == "closed",
        notices=_notices(),
        first_url=url_for("coordination.slips", programme=slug) if cursor else None,
        next_url=url_for("coordination.slips", programme=slug, before=following) if following else None,
    )
    return make_response(page, 422 if form.errors or problems or nobody else 200)


def _notices() -> list[str]:
    if request.method != "GET" or "added" not in request.args:
        return []
    count = whole_number(request.args["added"], 0)
    if not count:
        return [_("These people are on the list already.")]
    return [ngettext("%(num)s person was added.", "%(num)s people were added.", count)]


def _print() -> Any:
    """Make the slips of those who are ticked and show them this once; the links of slips before them end."""
    wanted = [
        ToPrint(public_id, request.form.get(f"name-{public_id}", "").strip().lower(), ids.secret_token())
        for public_id in dict.fromkeys(request.form.getlist("pick")[:PAGE])
    ]
    made = write(slip_actions.make_slips, this_programme().id, wanted)
    if isinstance(made, dict):
        return _list_page(NamesForm(), problems=made)
    if not made:
        return _list_page(NamesForm(), nobody=True)
    links = [settings().base_url + url_for("accounts.accept_invitation", token=slip.token) for slip in made]
    page = render_template(
        "coordination/printed_slips.html",
        here="people",
        programme=this_programme(),
        slips=[slip_pages.printed(slip, link, this_zone()) for slip, link in zip(made, links, strict=True)],
        sign_in_url=settings().base_url + url_for("accounts.sign_in"),
        ask=slip_pages.whom_to_ask(this_programme().facts, signed_in().display_name),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-store"
    return response
