"""The history of a draft: every change, who made it and when, and its undoing."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request

from lms.accounts.access import allow, signed_in, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import DraftRevision
from lms.authoring.drafts.this_draft import frame_of, this_draft
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import address


@blueprint.route("/programmes/<programme>/drafts/<draft>/history", methods=["GET", "POST"])
@allow("write courses")
def draft_history(programme: str, draft: str) -> Any:
    """Show the changes of a draft, the newest first, and undo one."""
    found, problem = this_draft(draft), ""
    if request.method == "POST":
        number = whole_number(request.form.get("number"), 0)
        lost = _is_lost(records.find_revision(found.id, number))
        undone = _lost_words() if lost else write(actions.undo, found.id, signed_in().person_id, number)
        if not isinstance(undone, Refused):
            return redirect(address("authoring.draft", programme=programme, draft=draft, saved="undone"), 303)
        problem = undone.message
    before = whole_number(request.args.get("before"), 0) or None
    rows = records.list_revisions(found.id, before, records.PAGE + 1)
    shown = rows[: records.PAGE]
    here = {"programme": programme, "draft": draft}
    page = render_template(
        "authoring/draft_history.html",
        **frame_of(found),
        rows=[_row(row, name) for row, name in shown],
        problem=problem,
        first_url=address("authoring.draft_history", **here) if before else None,
        next_url=address("authoring.draft_history", **here, before=shown[-1][0].number)
        if len(rows) > len(shown)
        else None,
    )
    return make_response(page, 422 if problem else 200)


def _is_lost(row: DraftRevision | None) -> bool:
    """Decide whether undoing a change would bring back a medium that was deleted meanwhile."""
    store = provided(FileStore)
    before = {path: digests[0] for path, digests in row.changes.items()} if row else {}
    return any(digest and not is_text(path) and not store.renew(digest) for path, digest in before.items())


def _lost_words() -> Refused:
    return Refused(
        _(
            "A picture or recording that this change took out was deleted a month later, so nothing was undone. "
            "If you still need it, add it again."
        )
    )


def _row(row: DraftRevision, name: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": moment(row.at, this_zone()),
        "who": name or _("Somebody whose account was deleted"),
        "what": _what(row),
        "undoable": row.what != "started",
    }


def _what(row: DraftRevision) -> str:
    words = {
        "started": _("Started the draft"),
        "saved": _("Changed %(file)s", file=row.path),
        "fixed": _("Fixed problems automatically in %(file)s", file=row.path),
        "added": _("Added %(file)s", file=row.path),
        "renamed": _("Renamed %(file)s to %(new)s", file=row.path, new=row.new_path or row.path),
        "moved": _("Moved %(file)s", file=row.path),
        "removed": _("Removed %(file)s", file=row.path),
        "zip": _("Replaced all files with those from a ZIP file"),
        "undone": _("Undid a change to %(file)s", file=row.path),
    }
    return words.get(row.what, row.what)
