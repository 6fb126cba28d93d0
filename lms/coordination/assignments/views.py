"""Pages of a programme's assignments: the list with requests for more time, a new one, its date, and its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.actions import FormError
from lms.coordination.assignments import actions, pages, records
from lms.coordination.assignments.actions import Wanted
from lms.coordination.assignments.audience_records import find_people, list_chosen
from lms.coordination.assignments.forms import AssignForm, DateForm, day_in
from lms.coordination.assignments.records import Assignment
from lms.coordination.assignments.rules import PAGE, PEOPLE_MOST
from lms.coordination.blueprint import blueprint
from lms.coordination.pages import courses_of
from lms.coordination.units.pages import unit_choices
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import private_courses

# A date further away is more likely a slip of the fingers than a plan.
FURTHEST = timedelta(days=5 * 366)


def today() -> date:
    """Return what day it is in this programme."""
    return clock.today(this_zone())


def this_assignment(public_id: str) -> Assignment:
    """Return an assignment of this programme, or answer that there is no such page."""
    found = records.find_assignment(public_id, this_programme().id)
    if found is None:
        abort(404)
    return found


def is_private(assignment: Assignment) -> bool:
    """Decide whether nobody sees who takes the course, because it became private."""
    return assignment.course_id in private_courses()


def day_problem(day: date | None) -> str:
    """Return why a day can't be the date of something still to be done, in words."""
    if day and day < today():
        return _("This day has passed. Please enter today or a later day.")
    if day and day > today() + FURTHEST:
        return _("This is more than five years away. Please enter an earlier day.")
    return ""


@blueprint.get("/programmes/<programme>/assignments")
@allow("assign courses")
def assignments(programme: str) -> Any:
    """List what a programme asks of its people, the newest first, and who asks for more time."""
    return list_page()


def list_page(problem: tuple[str, str] = ("", "")) -> Any:
    """Return the list; `problem` is the anchor of a request whose answer couldn't be saved, and why."""
    slug, programme_id = this_programme().slug, this_programme().id
    closed, before = request.args.get("closed") == "yes", request.args.get("before", "")[:80]
    found = records.list_page(programme_id, closed=closed, before=before, most=PAGE + 1)
    units = pages.unit_names(programme_id)
    requests, more = pages.requests_of(programme_id, this_zone())
    kind = "yes" if closed else None
    following = found[PAGE - 1].public_id if len(found) > PAGE else None
    list_url = url_for("coordination.assignments", programme=slug)
    page = render_template(
        "coordination/assignments.html",
        here="people",
        programme=this_programme(),
        rows=pages.rows_of(found[:PAGE], units, this_zone()),
        closed=closed,
        requests=requests,
        more_requests=more,
        problem=problem,
        until=request.form.get("until", ""),
        list_url=list_url,
        other_url=list_url if closed else url_for("coordination.assignments", programme=slug, closed="yes"),
        first_url=url_for("coordination.assignments", programme=slug, closed=kind) if before else None,
        next_url=url_for("coordination.assignments", programme=slug, before=following, closed=kind)
        if following
        else None,
        notices=_notices(),
    )
    return make_response(page, 422 if problem[1] else 200)


def _notices() -> list[str]:
    words = {
        "closed": _("The assignment is closed. What people have completed stays."),
        "answered": _("Saved. They’ll see your answer on the page of the course."),
        "before": _("This request has already been answered. Here’s the list as it is now."),
    }.get(request.args.get("done", ""))
    return [words] if words else []


@blueprint.route("/programmes/<programme>/assignments/new", methods=["GET", "POST"])
@allow("assign courses")
def assign_course(programme: str) -> Any:
    """Choose a course, whom to ask, and a date if there is one; searching for people sends nothing."""
    form, courses = AssignForm(request.form), courses_of(this_programme().id)
    form.course.choices = [("", _("Choose a course")), *courses]
    if request.method == "POST" and request.form.get("go") != "search" and form.validate():
        problem = day_problem(day_in(form.due_on))
        made = FormError("due_on", problem) if problem else write(actions.assign, *_wanted(form), today())
        if not isinstance(made, FormError):
            return redirect(
                url_for("coordination.assignment", programme=programme, assignment=made.public_id, done="assigned"),
                303,
            )
        form.refuse(made.field, made.message)
    return _assign_page(form, has_courses=bool(courses))


def picked() -> tuple[str, ...]:
    """Return the public ids of those who were ticked."""
    return tuple(dict.fromkeys(request.form.getlist("person")))[:PEOPLE_MOST]


def _wanted(form: AssignForm) -> tuple[str, str, Wanted]:
    """Return what `assign` takes: the programme, who asks, and what for."""
    wanted = Wanted(
        course_id=form.course.data,
        audience=form.audience.data,
        unit=form.unit.data or "",
        role=form.role.data or "",
        people=picked(),
        due_on=day_in(form.due_on),
        note=form.note.data or "",
    )
    return this_programme().id, signed_in().person_id, wanted


def _assign_page(form: AssignForm, *, has_courses: bool) -> Any:
    programme_id, search = this_programme().id, form.q.data or ""
    form.audience.data = form.audience.data or ("people" if search else None)
    chosen = [row[1:] for row in list_chosen(programme_id, picked())] if picked() else []
    known = {row[0] for row in chosen}
    found = [row for row in find_people(programme_id, search) if row[0] not in known] if search else []
    form.unit.choices = [("", _("Choose a unit")), *unit_choices(programme_id)[1:]]
    form.role.choices = [("", _("Choose a role")), *pages.role_names().items()]
    page = render_template(
        "coordination/assign_course.html",
        here="people",
        programme=this_programme(),
        form=form,
        has_courses=has_courses,
        chosen=chosen,
        found=found,
        nobody=bool(search) and not found,
        most=PEOPLE_MOST,
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/programmes/<programme>/assignments/<assignment>/edit", methods=["GET", "POST"])
@allow("assign courses")
def edit_assignment(programme: str, assignment: str) -> Any:
    """Change the date of an assignment, or the note to those who are asked."""
    found = this_assignment(assignment)
    form = DateForm(request.form, due_on=found.due_on.isoformat() if found.due_on else "", note=found.note)
    this_url = url_for("coordination.assignment", programme=programme, assignment=assignment)
    if found.closed_at:
        return redirect(this_url, 303)
    if request.method == "POST" and form.validate():
        due_on = day_in(form.due_on)
        problem = day_problem(due_on) if due_on != found.due_on else ""
        if not problem:
            write(actions.change, found.id, due_on, form.note.data or "")
            return redirect(f"{this_url}?done=changed", 303)
        form.refuse("due_on", problem)
    page = render_template(
        "coordination/edit_assignment.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(found, pages.unit_names(found.programme_id), this_zone()),
        form=form,
        this_url=this_url,
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/programmes/<programme>/assignments/<assignment>/close", methods=["GET", "POST"])
@allow("assign courses")
def close_assignment(programme: str, assignment: str) -> Any:
    """Close an assignment, after saying what that means."""
    found = this_assignment(assignment)
    if request.form.get("go") == "close":
        write(actions.close, found.id)
        return redirect(url_for("coordination.assignments", programme=programme, done="closed"), 303)
    return render_template(
        "coordination/close_assignment.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(found, pages.unit_names(found.programme_id), this_zone()),
        this_url=url_for("coordination.assignment", programme=programme, assignment=assignment),
    )
