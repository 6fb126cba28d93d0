"""What can be inserted into a file of a draft: a form for each thing, and the change that it makes."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, make_response, redirect, render_template, request

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.actions import Saved
from lms.authoring.drafts.editor_views import save_draft_file
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import as_lines, read_bytes
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.authoring.inserting.base_forms import InsertForm, OpenFile
from lms.authoring.inserting.choices import choices_of
from lms.authoring.inserting.offers import FORMS, Offer, offers_for
from lms.authoring.inserting.places import at_end_of, place, with_end
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import address


@blueprint.get("/programmes/<programme>/drafts/<draft>/insert/<snippet>/<path:path>")
@allow("write courses")
def insert_form(programme: str, draft: str, snippet: str, path: str) -> Any:
    """Show what's asked to insert something into a file."""
    found, offer = this_draft(draft), _offer(snippet, path)
    file, _revision = _open_file(found, path)
    form = FORMS[offer.slug]()
    form.prepare(file)
    return _page(found, offer, form, path)


@blueprint.post("/programmes/<programme>/drafts/<draft>/insert/<snippet>/<path:path>")
@allow("write courses")
def insert(programme: str, draft: str, snippet: str, path: str) -> Any:
    """Insert something: a script gets the change to make at its cursor, else the file is saved with it.

    The editor without a script sends its text along first, so that nothing typed is lost on the way to the form.
    """
    found, offer = this_draft(draft), _offer(snippet, path)
    values = {"programme": programme, "draft": draft, "path": path}
    if "begin" in request.form:
        answer = make_response(save_draft_file(programme=programme, draft=draft, path=path))
        return (
            redirect(address("authoring.insert_form", snippet=snippet, **values), 303)
            if answer.status_code == 303
            else answer
        )
    file, revision = _open_file(found, path)
    scripted = request.accept_mimetypes.best == "application/json"
    if scripted:
        file = OpenFile(path, as_lines(request.form.get("text", "")), file.choices)
    form = FORMS[offer.slug](request.form)
    form.prepare(file)
    if not form.look_over(file):
        return _page(found, offer, form, path)
    if scripted:
        return _as_json(form, file)
    made = form.snippet(file, form.line() or len(file.text.splitlines()) + 1)
    section = at_end_of(file.text, made, form.line())
    change, above = with_end(file.text, made, section)
    content = change.applied(file.text).encode()
    saved = write(actions.save, found.id, signed_in().person_id, path, content, revision)
    if isinstance(saved, Saved):
        line = section.first + section.lines.startswith("\n") + above
        return redirect(f"{address('authoring.draft_file', **values, inserted=line)}#line-{line}", 303)
    form.refuse("where", _("Somebody else has just changed this file, so nothing was inserted. Please try again."))
    return _page(found, offer, form, path)


def _offer(slug: str, path: str) -> Offer:
    offer = next((offer for offer in offers_for(path) if offer.slug == slug), None)
    if offer is None:
        abort(404)
    return offer


def _open_file(found: Draft, path: str) -> tuple[OpenFile, int]:
    """Return a file of a draft as it is saved, and the revision of its last change."""
    file = records.find_file(found.id, path)
    if file is None:
        abort(404)
    text, _plain = read_bytes(records.find_text(found.id, file.sha256) or b"")
    return OpenFile(path, text, choices_of(bundle_of(found))), file.changed_revision


def _as_json(form: InsertForm, file: OpenFile) -> Any:
    line = whole_number(request.form.get("line"), 1)
    made = form.snippet(file, line)
    if made.where == "inline":
        return jsonify(inline=made.text)
    change, _above = with_end(file.text, made, place(file.text, made, line))
    return jsonify(first=change.first, last=change.last, lines=change.lines)


def _page(found: Draft, offer: Offer, form: InsertForm, path: str) -> Any:
    frame = frame_of(found)
    values = {"programme": frame["programme"].slug, "draft": found.public_id, "path": path}
    page = render_template(
        "authoring/insert.html",
        **frame,
        offer=offer,
        form=form,
        path=path,
        file_url=address("authoring.draft_file", **values),
        this_url=address("authoring.insert_form", snippet=offer.slug, **values),
    )
    return make_response(page, 422 if form.errors else 200)
