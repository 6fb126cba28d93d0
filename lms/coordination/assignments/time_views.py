"""Asking for more time, a coordinator's answer in one click, and a later date that she gives by herself."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.records import find_member
from lms.coordination.assignments import actions, pages, records
from lms.coordination.assignments.audience_records import is_asked
from lms.coordination.assignments.forms import MoreTimeForm, day_in
from lms.coordination.assignments.rules import time_until
from lms.coordination.assignments.views import day_problem, is_private, list_page, this_assignment, today
from lms.coordination.blueprint import blueprint
from lms.foundation.db import write
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress.access import open_course


@blueprint.post("/courses/<course>/more-time")
@allow("learn")
def ask_for_more_time(course: str) -> Any:
    """Ask for more time for a course; no reason is asked for."""
    open_course(course)
    assignment = request.form.get("assignment", "")
    if assignment and not write(actions.ask_for_more_time, signed_in().person_id, course, assignment):
        abort(404)
    return redirect(url_for("learning.course", course=course), 303)


@blueprint.post("/programmes/<programme>/assignments/<assignment>/more-time/<person>")
@allow("assign courses")
def answer_more_time(programme: str, assignment: str, person: str) -> Any:
    """Give somebody another month, or until another date, or say that you would like to talk."""
    found, somebody = this_assignment(assignment), find_member(person, this_programme().id)
    if somebody is None or is_private(found):
        abort(404)
    go, until = request.form.get("go"), None
    extension = records.find_extension(found.id, somebody.id)
    if go == "month" and extension:
        until = pages.month_later(time_until(found.due_on, extension.granted_until) or today(), today())
    elif go == "date":
        form = MoreTimeForm(request.form)
        until = day_in(form.until) if form.validate() else None
        problem = form.until.errors[-1] if form.errors else day_problem(until)
        if problem:
            return list_page((f"{assignment}-{person}", problem))
    elif go != "talk":
        return redirect(url_for("coordination.assignments", programme=programme), 303)
    answer: Any = "more" if until else "talk"
    done = write(actions.answer_more_time, found.id, somebody.id, signed_in().person_id, answer, until)
    return redirect(
        url_for("coordination.assignments", programme=programme, done="answered" if done else "before"), 303
    )


@blueprint.route("/programmes/<programme>/assignments/<assignment>/time/<person>", methods=["GET", "POST"])
@allow("assign courses")
def give_more_time(programme: str, assignment: str, person: str) -> Any:
    """Give somebody a later date of their own, without their having asked for it."""
    found, somebody = this_assignment(assignment), find_member(person, this_programme().id)
    if somebody is None:
        abort(404)
    this_url = url_for("coordination.assignment", programme=programme, assignment=assignment)
    if found.due_on is None or found.closed_at or is_private(found) or not is_asked(found.id, somebody.id):
        return redirect(this_url, 303)
    extension = records.find_extension(found.id, somebody.id)
    own = time_until(found.due_on, extension.granted_until if extension else None)
    form = MoreTimeForm(request.form, until=pages.month_later(own or found.due_on, today()).isoformat())
    if request.method == "POST" and form.validate():
        until = day_in(form.until) or found.due_on
        problem = day_problem(until)
        if until <= found.due_on:
            problem = _("Everybody has until %(day)s. Please enter a later day.", day=day(found.due_on))
        if not problem:
            write(actions.give_more_time, found.id, somebody.id, signed_in().person_id, until)
            return redirect(f"{this_url}?done=time", 303)
        form.refuse("until", problem)
    page = render_template(
        "coordination/give_more_time.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(found, pages.unit_names(found.programme_id), this_zone()),
        person={"name": somebody.display_name, "id": somebody.public_id},
        form=form,
        this_url=this_url,
    )
    return make_response(page, 422 if form.errors else 200)
