"""The button below a file's text that fixes problems automatically, as one change that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, redirect

from lms.accounts.access import allow, signed_in
from lms.authoring.blueprint import blueprint
from lms.authoring.drafts import actions, records
from lms.authoring.drafts.files import bundle_of
from lms.authoring.drafts.this_draft import this_draft
from lms.foundation.db import write
from lms.foundation.late import late
from lms.foundation.web.security import address

if TYPE_CHECKING:
    from lms.content.lint import mend
else:
    mend = late("lms.content.lint.mend")  # 0.8 s and 12 MB, which only people who write courses need


@blueprint.post("/programmes/<programme>/drafts/<draft>/fix/<path:path>")
@allow("write courses")
def fix_draft_file(programme: str, draft: str, path: str) -> Any:
    """Fix a file as it is saved, and go back to it; with nothing to fix, nothing changes."""
    found = this_draft(draft)
    file = records.find_file(found.id, path)
    if file is None:
        abort(404)
    mended = mend.mend(bundle_of(found), only=path)
    saved = "unfixed"
    if mended.fixes:
        content = mended.bundle.files[path]
        done = write(actions.save, found.id, signed_in().person_id, path, content, file.changed_revision, what="fixed")
        saved = "fixed" if isinstance(done, actions.Saved) else "unfixed"
    values = {"programme": programme, "draft": draft, "path": path}
    return redirect(address("authoring.draft_file", **values, saved=saved), 303)
