"""One assignment: where those who are asked are in the course, on screen and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from flask import Response, redirect, render_template, request, url_for

from lms.accounts import actions as accounts
from lms.accounts.access import allow, this_programme, this_zone
from lms.coordination.assignments import pages, records
from lms.coordination.assignments.audience_records import AskedPerson, list_asked
from lms.coordination.assignments.records import Assignment
from lms.coordination.assignments.rules import PAGE, PROGRESS, SEARCH_MOST, time_until
from lms.coordination.assignments.views import is_private, this_assignment, today
from lms.coordination.blueprint import blueprint
from lms.foundation.db import write
from lms.foundation.statements.replica import read_at_replica
from lms.foundation.text.csv_files import write_sheet
from lms.foundation.text.i18n import gettext as _

FILE_STEP, PIECE = 1000, 64 * 1024


@dataclass(frozen=True)
class Slice:
    """A page of those who are asked, what it was asked for, and the place at which the next one begins."""

    people: list[AskedPerson]
    progress: str
    search: str
    after: str
    next: str | None


def _slice(assignment: Assignment) -> Slice:
    sent = request.args
    progress = sent.get("progress", "") if sent.get("progress") in PROGRESS else ""
    search, after = sent.get("q", "")[:SEARCH_MOST].strip(), sent.get("after", "")[:80]
    found = list_asked(assignment, progress, search, after, PAGE + 1)
    following = found[PAGE - 1].public_id if len(found) > PAGE else None
    return Slice(found[:PAGE], progress, search, after, following)


@blueprint.get("/programmes/<programme>/assignments/<assignment>")
@allow("assign courses")
def assignment(programme: str, assignment: str) -> Any:
    """Show an assignment with its people, a page at a time; of a private course it shows nobody."""
    found = this_assignment(assignment)
    private, units = is_private(found), pages.unit_names(found.programme_id)
    is_listed = not private and found.closed_at is None
    part = _slice(found) if is_listed else Slice([], "", "", "", None)
    reminder = records.find_reminder(found.id)
    reminded_today = reminder is not None and reminder.sent_on == today()
    choosing = request.args.get("choose") == "yes" and not reminded_today

    def address(choose: bool = choosing, **fields: str | None) -> str:
        choice = "yes" if choose else None
        asked = {"progress": part.progress or None, "q": part.search or None, "choose": choice, **fields}
        return url_for("coordination.assignment", programme=programme, assignment=assignment, **asked)  # type: ignore[arg-type]

    return render_template(
        "coordination/assignment.html",
        here="people",
        programme=this_programme(),
        row=pages.row_of(found, units, this_zone()),
        note=found.note,
        by_name=found.audience == "people",
        private=private,
        sums=pages.sums_of(found.id) if is_listed else [],
        part=part,
        units=units,
        names=pages.progress_names(),
        shapes=pages.SHAPES,
        until_of=lambda person: _own_date(found, person),
        reminded_on=reminder.sent_on if reminder else None,
        reminded_today=reminded_today,
        choosing=choosing,
        choose_url=address(choose=True),
        this_url=url_for("coordination.assignment", programme=programme, assignment=assignment),
        first_url=address() if part.after else None,
        next_url=address(after=part.next) if part.next else None,
        csv_url=url_for("coordination.assignment_csv", programme=programme, assignment=assignment),
        notices=_notices(),
    )


def _own_date(assignment: Assignment, person: AskedPerson) -> date | None:
    """Return somebody's own date, where it is later than everybody's."""
    until = time_until(assignment.due_on, person.granted_until)
    return until if until != assignment.due_on else None


def _notices() -> list[str]:
    words = {
        "assigned": _(
            "Assigned. Everybody you asked sees it on their own pages. We also email them outside their quiet hours, "
            "if they have an address here and want these emails."
        ),
        "added": _(
            "Added. They see the course on their own pages. We also email them outside their quiet hours, if they have "
            "an address here and want these emails."
        ),
        "time": _("Saved. They’ll see their date on their own pages."),
        "changed": _("Saved."),
        "reminded": _("Your reminder is on its way."),
        "reminded-before": _("A reminder already went out today, so we haven’t sent another."),
    }.get(request.args.get("done", ""))
    return [words] if words else []


@blueprint.get("/programmes/<programme>/assignments/<assignment>/people.csv")
@allow("assign courses")
@read_at_replica
def assignment_csv(programme: str, assignment: str) -> Any:
    """Give everybody who is asked as a file."""
    found = this_assignment(assignment)
    if found.closed_at or is_private(found):
        return redirect(url_for("coordination.assignment", programme=programme, assignment=assignment), 303)
    head = (_("Name"), _("Email or sign-in name"), _("Unit"), _("Training"), _("Date"), _("Asked for more time"))
    file, count = write_sheet(head, _rows(found))
    write(accounts.note_export, this_programme().id, "assignment", count)
    response = Response(_pieces(file), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{programme}-{found.course_id}.csv"'
    return response


def _rows(assignment: Assignment) -> Iterator[tuple[object, ...]]:
    names, units, after = pages.progress_names(), pages.unit_names(assignment.programme_id), ""
    while found := list_asked(assignment, "", "", after, FILE_STEP):
        for person in found:
            until = time_until(assignment.due_on, person.granted_until)
            waits = _("Yes") if person.waits else ""
            unit = units.get(person.unit_id or "", "")
            yield person.name, person.email, unit, names[person.progress], until, waits
        after = found[-1].public_id


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
