"""Pages for refreshers: a few questions, and how often somebody wants them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in
from lms.accounts.notifications.preferences import list_consents
from lms.content.model.content_note import ContentNote
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings
from lms.learning.blueprint import blueprint
from lms.learning.check import refreshers as spaced
from lms.learning.progress import pages
from lms.learning.progress.placeholders import announce_topics, practice_of
from lms.library.course_cache import get_course

Question = dict[str, Any]


def _questions_of(person_id: str) -> dict[str, Question]:
    """Return the practice questions of all courses somebody has finished, each with its lesson."""
    found: dict[str, Question] = {}
    for digest, facts in spaced.list_finished(person_id):
        course = get_course(digest)
        for lesson in course.lessons:
            for question in practice_of(lesson, facts):
                note = lesson.content_note
                shown = {**question, "lesson": lesson.title, "url": pages.lesson_path(course, lesson), "note": note}
                found[f"{course.id}/{lesson.id}/{question['id']}"] = shown
    return found


@blueprint.get("/refreshers")
@allow("learn")
def refreshers() -> Any:
    """Show two or three questions from courses that somebody has finished."""
    me = signed_in().person_id
    questions, mine = _questions_of(me), spaced.find_refresher(me)
    lot = str(whole_number(request.args.get("lot"), 0))
    names = spaced.pick(questions, spaced.shown_on(me) if mine else {}, lot)
    notes: list[ContentNote] = [questions[name]["note"] for name in names]
    return render_template(
        "learning/refreshers.html",
        here="courses",
        hard=any(note.better_unseen for note in notes),
        topics=announce_topics(dict.fromkeys(topic for note in notes for topic in note.announced)),
        sets=[(name, f"{number}", questions[name]) for number, name in enumerate(names, 1)],
        lot=lot,
        pace=mine.pace if mine else "none",
        by_letter="refreshers" in list_consents(me),
        notices=[_("Saved.")] if request.args.get("saved") else [],
    )


@blueprint.post("/refreshers/others")
@allow("learn")
def other_refreshers() -> Any:
    """Show other questions; of the ones before, only the day is stored, and only if refreshers are on."""
    me = signed_in().person_id
    names = set(request.form.getlist("name")[: spaced.AT_A_TIME]) & _questions_of(me).keys()
    write(spaced.record_shown, me, names, clock.today(settings().timezone))
    return redirect(url_for("learning.refreshers", lot=whole_number(request.form.get("lot"), 0, digits=6) + 1), 303)


@blueprint.post("/refreshers/pace")
@allow("learn")
def refresher_pace() -> Any:
    """Save how often somebody wants refreshers, or that they want none."""
    asked = request.form.get("pace")
    pace: spaced.Pace | None = "weekly" if asked == "weekly" else "monthly" if asked == "monthly" else None
    by_letter = request.form.get("by_letter") == "yes"
    write(spaced.set_pace, signed_in().person_id, pace, by_letter, clock.today(settings().timezone))
    return redirect(url_for("learning.refreshers", saved="yes"), 303)
