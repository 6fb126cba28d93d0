"""Pages of all accounts: a search, and one account to close, open or sign out."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts import leaving
from lms.accounts.access import allow
from lms.accounts.actions import FormError
from lms.accounts.personal_data.notice import deletion_of_closed_accounts
from lms.accounts.programmes.coordinators import alone_words, without_words
from lms.accounts.records import find_person
from lms.accounts.second_factor.step_up import confirm_first
from lms.accounts.session_records import list_sign_ins
from lms.accounts.trail.records import PEOPLE_MOST, find_people
from lms.coordination.blueprint import blueprint
from lms.coordination.site import actions, pages
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _

SEARCH_MOST = 100


@blueprint.get("/operator/accounts")
@allow("run the site")
def site_accounts() -> Any:
    """Find accounts by name, email address or staff number."""
    search = request.args.get("q", "").strip()[:SEARCH_MOST]
    found = find_people(search) if search else []
    return render_template(
        "coordination/site_accounts.html",
        here="site",
        search=search,
        rows=pages.account_rows(found[:PEOPLE_MOST]),
        more=len(found) > PEOPLE_MOST,
    )


@blueprint.route("/operator/accounts/<person>", methods=["GET", "POST"])
@allow("run the site")
def site_account(person: str) -> Any:
    """Close an account, reopen it, or sign its owner out everywhere."""
    found, problem = find_person(person), ""
    if found is None:
        abort(404)
    go = request.form.get("go")
    asks = confirm_first() if go == "close" else None
    if asks is not None:
        return asks
    if go == "sign_out":
        write(actions.sign_out_everywhere, found.id)
    if go in {"open", "close"}:
        done = write(leaving.enable if go == "open" else leaving.disable, found.id)
        problem = done.message if isinstance(done, FormError) else ""
    if go in {"open", "close", "sign_out"} and not problem:
        return redirect(url_for("coordination.site_account", person=person, saved=go), 303)
    words = {
        "open": _("The account is open again, with the roles it had."),
        "close": _("The account is closed. They’ve been signed out everywhere."),
        "sign_out": _("They’ve been signed out everywhere."),
    }
    saved = request.args.get("saved", "") if request.method == "GET" else ""
    page = render_template(
        "coordination/site_account.html",
        here="site",
        account=pages.account_rows([found])[0],
        sign_ins=len(list_sign_ins(found.id)),
        problem=problem,
        coordinators=without_words(found.id) if found.disabled_at else alone_words(found.id),
        deletion=deletion_of_closed_accounts(),
        notices=[words[saved]] if saved in words else [],
    )
    return make_response(page, 422 if problem else 200)
