"""Pages for moving to a newer version of a course, or staying on the older one."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for

from lms.accounts.access import allow
from lms.foundation.db import write
from lms.learning.blueprint import blueprint
from lms.learning.progress import actions
from lms.learning.progress.access import newest_of, open_enrolment


@blueprint.post("/courses/<course>/newest")
@allow("learn")
def go_on(course: str) -> Any:
    """Move to the newest version of a course; what didn't change stays finished."""
    _page, content, enrolment_id = open_enrolment(course)
    newest = newest_of(content)
    if newest is not None:
        write(actions.move_to_newest, enrolment_id, content, newest)
    return redirect(url_for("learning.course", course=course), 303)
