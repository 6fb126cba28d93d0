"""Pages for bulk actions on certificates: start, progress, file and stop."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, send_file, url_for

from lms.accounts.access import allow, signed_in, this_programme
from lms.coordination import pages
from lms.coordination.batches import actions, records
from lms.coordination.batches import jobs as batch_jobs
from lms.coordination.batches.pages import batch_title, outcome_words
from lms.coordination.batches.records import Batch
from lms.coordination.blueprint import blueprint
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import moment
from lms.foundation.web.security import settings

NAMES_MOST = 100
# What came of it, in the order in which it is told; names stand with what somebody may want to look after.
OUTCOMES = ("in", "made", "issued", "kept", "waiting", "nameless", "trouble", "withdrawn", "none")
NAMED = {"waiting", "nameless", "trouble", "withdrawn", "none"}


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
        (outcome_words(outcome, counts[outcome]), _names(this, outcome, counts[outcome]))
        for outcome in OUTCOMES
        if counts[outcome]
    ]
    until = this.ended_at + records.FILE_KEPT if this.ended_at and this.has_file() else None
    return render_template(
        "coordination/batch.html",
        here="people",
        programme=this_programme(),
        batch=this.public_id,
        title=batch_title(this.kind, counts.total()),
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
    path = batch_jobs.find_file(this, settings()) if this.has_file() else None
    if path is None:
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
