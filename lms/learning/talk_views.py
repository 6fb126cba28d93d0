"""What people see of a practice conversation: its turns, its end and the debrief."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for

from lms.accounts.access import public, sign_in_again
from lms.foundation.db import write
from lms.foundation.words import duration
from lms.learning import actions, pages, records
from lms.learning.rules import Progress
from lms.learning.views import open_course, rooms, warm


@rooms.route("/courses/<course>/conversations/<conversation>", methods=["GET", "POST"])
@public
def conversation(course: str, conversation: str) -> Any:
    """Play a practice conversation; the path travels with the page and is kept nowhere."""
    page, content = open_course(course)
    talk = content.conversation_by_id.get(conversation)
    if talk is None:
        abort(404)
    ended = sign_in_again()
    if ended is not None:
        return ended
    path = _path_after_choice() if request.method == "POST" else ""
    played = pages.play(talk, path)
    end = talk.places[played.place.id] if played.place in talk.ends else None
    if end is not None and page.enrolment_id:
        warm(page.enrolment_id)
        write(actions.complete_practice, page.enrolment_id, talk, played.place)  # type: ignore[arg-type]
    progress = records.progress_of(page.enrolment_id) if page.enrolment_id else Progress()
    now = None
    if end is None:
        turn = played.place
        now = {"who": talk.partner, "stage": turn.stage, "text": pages.dress(turn.says, page.facts)}  # type: ignore[union-attr]
    return render_template(
        "learning/conversation.html",
        here="courses",
        course=content,
        conversation=talk,
        started=request.method == "POST",
        script=pages.script_of(talk, played, page.facts),
        now=now,
        replies=pages.replies_in_play(talk, played, page.facts),
        path=played.path,
        can_go_back=bool(played.steps),
        end=end and {"title": end.title, "html": pages.dress(end.html, page.facts), "good": end.good},  # type: ignore[union-attr]
        debrief=pages.debrief_of(played, page.facts) if end else [],
        completed=talk.id in progress.practised,
        needs_good=talk.must_reach == "good",
        course_url=url_for("learning.course", course=content.id),
        enrolled=page.enrolment_id is not None,
        signed_in=page.visitor is not None,
        minutes_text=duration(talk.minutes),
    )


def _path_after_choice() -> str:
    path = request.form.get("path", "")
    steps = [part for part in path.split(".") if part]
    if "again" in request.form:
        return ""
    if "back" in request.form:
        return ".".join(steps[:-1])
    if "reply" in request.form:
        steps.append(request.form["reply"])
    return ".".join(steps)
