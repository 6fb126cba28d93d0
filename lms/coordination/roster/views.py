"""Pages to invite people from a file: send it, look at every row, start, and see how far it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts import limits
from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.actions import FormError
from lms.accounts.rules import IMPORT_FILE_MOST, IMPORTED_AT_ONCE, IMPORTED_PER_DAY
from lms.coordination.blueprint import blueprint
from lms.coordination.names.unprintable import letters_by_name
from lms.coordination.roster import actions, pages, records
from lms.coordination.roster.actions import TooMany
from lms.coordination.roster.drafts import make_draft
from lms.coordination.roster.records import RosterImport
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import number
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings

FORM_AROUND = 64 * 1024


@blueprint.url_value_preprocessor
def take_larger_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take more than other pages do, before anything of the post is read, so that a large file is told in words."""
    if endpoint == "coordination.imports":
        request.max_content_length = IMPORT_FILE_MOST + FORM_AROUND


@blueprint.route("/programmes/<programme>/imports", methods=["GET", "POST"])
@allow("invite people")
def imports(programme: str) -> Any:
    """Take a file of people and read it; nobody is invited before the preview is confirmed."""
    if request.method == "GET" or settings().registration == "closed":
        return _imports_page()
    upload = request.files.get("file")
    content = upload.read() if upload else b""
    if upload:
        upload.close()
    if not content.strip():
        return _imports_page(_("Choose a CSV or Excel file with people in it."))
    draft = make_draft(this_programme().id, signed_in().person_id, content)
    return _imports_page(draft.message) if isinstance(draft, Refused) else _to_page(draft)


def _imports_page(problem: str = "") -> Any:
    zone = this_zone()
    page = render_template(
        "coordination/imports.html",
        here="people",
        programme=this_programme(),
        problem=problem,
        closed=settings().registration == "closed",
        file_most=IMPORT_FILE_MOST // (1024 * 1024),
        rows_most=number(IMPORTED_AT_ONCE),
        imports=pages.recent_imports(this_programme().id, signed_in().person_id, zone),
    )
    return make_response(page, 422 if problem else 200)


def _to_page(this: RosterImport) -> Any:
    return redirect(url_for("coordination.roster_import", programme=this_programme().slug, roster=this.public_id), 303)


def _mine(public_id: str) -> RosterImport:
    found = records.find_import(public_id, this_programme().id, signed_in().person_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/programmes/<programme>/imports/<roster>")
@allow("invite people")
def roster_import(programme: str, roster: str) -> Any:
    """Show what will come of each row, how far it is, or what came of it."""
    return _import_page(_mine(roster))


def _import_page(this: RosterImport, problem: str = "") -> Any:
    counts = records.count_rows(this.id)
    groups = pages.groups_of(counts, this.state)
    asked = request.args.get("show", "")
    shown = next((group for group in groups if group.result == asked), groups[0] if groups else None)
    after = whole_number(request.args.get("after"), 0)
    lines, following = pages.list_page(this.id, shown.result, after) if shown else ([], None)
    here = url_for("coordination.roster_import", programme=this_programme().slug, roster=this.public_id)
    page = render_template(
        "coordination/roster_import.html",
        here="people",
        programme=this_programme(),
        roster=this.public_id,
        state=this.state,
        counts=counts,
        groups=groups,
        shown=shown,
        lines=lines,
        lacking=letters_by_name(line.name for line in lines if not line.problems),
        first_url=f"{here}?show={shown.result}" if shown and after else None,
        next_url=f"{here}?show={shown.result}&after={following}" if shown and following else None,
        acting=sum(group.count for group in groups if group.result in {"invited", "again", "slip", "changed"}),
        slips=counts.by_result.get("slip", 0),
        inviting=sum(group.count for group in groups if group.result in {"invited", "again"}),
        left_out=pages.first_few(this.left_out),
        new_units=pages.first_few(this.new_units),
        problem=problem,
    )
    return make_response(page, 422 if problem else 200)


@blueprint.post("/programmes/<programme>/imports/<roster>/start")
@allow("invite people")
def start_import(programme: str, roster: str) -> Any:
    """Invite the people of a preview."""
    this = _mine(roster)
    done = write(actions.start, this.id)
    if isinstance(done, TooMany):
        return _import_page(this, _too_many(done.wait))
    if isinstance(done, FormError):
        return _import_page(this, done.message)
    return _to_page(done)


def _too_many(wait: timedelta) -> str:
    return _(
        "A programme can invite up to %(most)s people a day from files, and this would be more. Nothing was sent. "
        "Please try again in %(wait)s.",
        most=IMPORTED_PER_DAY,
        wait=limits.wait_in_words(wait),
    )


@blueprint.post("/programmes/<programme>/imports/<roster>/stop")
@allow("invite people")
def stop_import(programme: str, roster: str) -> Any:
    """Delete a preview, or stop an import where it is; who was invited stays invited."""
    this = _mine(roster)
    was_draft = this.state == "draft"
    write(actions.end, this.id, "stopped")
    return redirect(url_for("coordination.imports", programme=programme), 303) if was_draft else _to_page(this)


@blueprint.get("/programmes/<programme>/imports/example.csv")
@allow("invite people")
def example_import(programme: str) -> Any:
    """Give an example of a file, to be filled in."""
    response = make_response(pages.example_file())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response
