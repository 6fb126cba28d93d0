"""A reminder that a coordinator writes, looks at and sends once."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.accounts.actions import FormError
from lms.coordination.assignments import actions, pages, records
from lms.coordination.assignments.actions import SentToday
from lms.coordination.assignments.audience_records import count_reached, list_chosen
from lms.coordination.assignments.forms import ReminderForm
from lms.coordination.assignments.jobs import preview_reminder
from lms.coordination.assignments.records import Assignment
from lms.coordination.assignments.rules import GROUPS, PAGE
from lms.coordination.assignments.views import is_private, this_assignment, today
from lms.coordination.blueprint import blueprint
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import settings


def _picked() -> list[str]:
    return request.values.getlist("pick")[:PAGE]


@blueprint.route("/programmes/<programme>/assignments/<assignment>/reminder", methods=["GET", "POST"])
@allow("assign courses")
def send_reminder(programme: str, assignment: str) -> Any:
    """Take a coordinator's own words, show the email, and send it to those chosen who haven't completed the course."""
    found = this_assignment(assignment)
    this_url = url_for("coordination.assignment", programme=programme, assignment=assignment)
    if found.closed_at or is_private(found):
        return redirect(this_url, 303)
    if records.find_reminder(found.id, today()):
        return redirect(f"{this_url}?done=reminded-before", 303)
    form = ReminderForm(request.form, group="chosen" if _picked() else "open")
    if request.method == "GET" or not form.validate():
        return _page(found, form)
    group, text, go = form.group.data, form.text.data or "", request.form.get("go")
    if not count_reached(found.id, group, _picked()):
        form.refuse("group", _("There’s nobody here who hasn’t completed the course, so no reminder is needed."))
    if go != "send" or form.errors:
        return _page(found, form, previewed=go == "preview" and not form.errors)
    done = write(actions.remind, found.id, signed_in().person_id, text, group, _picked(), today())
    if isinstance(done, FormError):
        form.refuse(done.field, done.message)
        return _page(found, form)
    return redirect(f"{this_url}?done={'reminded-before' if isinstance(done, SentToday) else 'reminded'}", 303)


def _page(assignment: Assignment, form: ReminderForm, *, previewed: bool = False) -> Any:
    group, chosen = form.group.data, _picked()
    people = list_chosen(assignment.programme_id, chosen) if chosen else []
    choices = [
        ("open", _("Everybody who hasn’t completed the course"), ""),
        ("not_started", _("Those who haven’t started"), ""),
        ("in_training", _("Those in training"), ""),
        *([("chosen", _("Those I ticked on the list"), ", ".join(row[2] for row in people))] if people else []),
    ]
    sender = signed_in().display_name
    page = render_template(
        "coordination/send_reminder.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(assignment, pages.unit_names(assignment.programme_id), this_zone()),
        form=form,
        choices=choices,
        picked=[row[1] for row in people],
        count=count_reached(assignment.id, group, chosen) if previewed and group in GROUPS else 0,
        email=preview_reminder(this_programme(), assignment, form.text.data or "", sender, settings())
        if previewed
        else None,
        this_url=url_for("coordination.assignment", programme=this_programme().slug, assignment=assignment.public_id),
    )
    return make_response(page, 422 if form.errors else 200)
