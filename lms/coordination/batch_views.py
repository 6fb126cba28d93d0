"""Pages for bulk actions on certificates: start, progress, file and stop."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, redirect, render_template, request, send_file, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.certification.awards.actions import today_in
from lms.coordination import actions, batches, pages, records
from lms.coordination.blueprint import blueprint
from lms.coordination.records import KINDS, Batch
from lms.coordination.views import asked_for, people_page
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment
from lms.foundation.web.security import settings

MOST, NAMES_MOST = 2000, 100
# What came of it, in the order in which it is told; names stand with what somebody may want to look after.
OUTCOMES = ("in", "made", "issued", "kept", "waiting", "nameless", "trouble", "withdrawn", "none")
NAMED = {"waiting", "nameless", "trouble", "withdrawn", "none"}


@blueprint.post("/programmes/<programme>/batches")
@allow("work for many at once")
def begin_batch(programme: str) -> Any:
    """Ask for something for the people chosen on the list, or for all that fit its search."""
    kind, picked = request.form.get("kind"), set(request.form.getlist("pick"))
    everybody = pages.rows_of(this_programme().id, today_in(this_programme().id, settings()))
    rows = pages.chosen(everybody, *asked_for()) if request.form.get("all") == "yes" else everybody
    chosen = [
        row.enrolment for row in rows if row.enrolment and (request.form.get("all") == "yes" or row.key in picked)
    ]
    problem = ""
    if kind not in KINDS:
        problem = _("Choose what you’d like to do.")
    elif not chosen:
        problem = _("Select at least one person who has started a course.")
    elif len(chosen) > MOST:
        problem = _("You can select up to %(most)s at once. Please narrow your search.", most=MOST)
    if problem:
        return make_response(people_page(programme, choosing=True, problem=problem), 422)
    batch = write(actions.ask, this_programme().id, signed_in().person_id, kind, chosen)  # type: ignore[arg-type]
    return redirect(url_for("coordination.batch", programme=programme, batch=batch.public_id), 303)


def _mine(public_id: str) -> Batch:
    found = records.find_batch(public_id, this_programme().id, signed_in().person_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/programmes/<programme>/batches/<batch>")
@allow("work for many at once")
def batch(programme: str, batch: str) -> Any:
    """Show how far it is, and what came of it."""
    this = _mine(batch)
    counts = records.count_outcomes(this.id)
    done = counts.total() - counts[None]
    results = [
        (pages.outcome_words(outcome, counts[outcome]), _names(this, outcome, counts[outcome]))
        for outcome in OUTCOMES
        if counts[outcome]
    ]
    until = this.ended_at + records.FILE_KEPT if this.ended_at and this.has_file() else None
    return render_template(
        "coordination/batch.html",
        here="people",
        programme=this_programme(),
        batch=this.public_id,
        title=pages.batch_title(this.kind, counts.total()),
        kind=this.kind,
        state=this.state,
        done=done,
        total=counts.total(),
        results=results,
        until=until and moment(until, settings().timezone),
        people_url=url_for("coordination.people", programme=programme),
    )


def _names(batch: Batch, outcome: str, count: int) -> tuple[list[str], int]:
    """Return the first names with an outcome, and how many more there are."""
    if outcome not in NAMED:
        return [], 0
    titles = dict(pages.courses_of(batch.programme_id))
    found = records.list_names(batch.id, outcome, NAMES_MOST)
    return [f"{name}, {titles.get(course_id, course_id)}" for name, course_id in found], count - len(found)


@blueprint.get("/programmes/<programme>/batches/<batch>/file")
@allow("work for many at once")
def batch_file(programme: str, batch: str) -> Any:
    """Give the file to whoever asked for it, for a day."""
    this = _mine(batch)
    path = batches.file_of(this, settings())
    if not this.has_file() or not path.is_file():
        return redirect(url_for("coordination.batch", programme=programme, batch=batch), 303)
    name = f"certificates-{programme}-{clock.day_of(this.made_at, settings().timezone)}.zip"
    response = send_file(path, "application/zip", as_attachment=True, download_name=name, etag=False, max_age=None)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/programmes/<programme>/batches/<batch>/stop")
@allow("work for many at once")
def stop_batch(programme: str, batch: str) -> Any:
    """Stop it where it is; what was done stays done."""
    write(actions.end, _mine(batch).id, "stopped")
    return redirect(url_for("coordination.batch", programme=programme, batch=batch), 303)
