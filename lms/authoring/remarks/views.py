"""The page of feedback that waits for a reply."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lms.accounts.access import allow, this_programme
from lms.authoring.blueprint import blueprint
from lms.foundation import clock
from lms.foundation.web.security import settings
from lms.learning.feedback.records import Waiting, list_waiting
from lms.library.course_cache import get_course
from lms.library.records import list_newest_digests

PAGE = 20


@blueprint.get("/programmes/<programme>/writing/remarks")
@allow("read feedback")
def remarks(programme: str) -> Any:
    """List the lessons whose feedback nobody has replied to yet, page by page."""
    course_id, _slash, lesson_id = request.args.get("after", "").partition("/")
    today = clock.today(settings().timezone)
    found = list_waiting(this_programme().id, today, (course_id, lesson_id), PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = f"{last.course_id}/{last.lesson_id}" if last else None
    return render_template(
        "authoring/remarks.html",
        here="writing",
        programme=this_programme(),
        lessons=_rows(found[:PAGE]),
        first_url=url_for("authoring.remarks", programme=programme) if course_id else None,
        next_url=url_for("authoring.remarks", programme=programme, after=following) if following else None,
    )


def _rows(found: list[Waiting]) -> list[dict[str, Any]]:
    """Return each lesson with its names; one that its course has no longer is named by its id."""
    digests = list_newest_digests()
    courses = {id: get_course(digests[id]) for id in {row.course_id for row in found} if id in digests}
    rows = []
    for row in found:
        course = courses.get(row.course_id)
        lesson = course.lesson_by_id.get(row.lesson_id) if course else None
        rows.append(
            {
                "course_id": row.course_id,
                "lesson_id": row.lesson_id,
                "course": course.title if course else row.course_id,
                "title": lesson.title if lesson else row.lesson_id,
                "path": lesson.path if lesson else "",
                "count": row.count,
            }
        )
    return rows
