"""What coordinators see: the people of their programme, on screen and as CSV."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from lms.accounts import actions as accounts
from lms.accounts.access import allow, signed_in, this_programme
from lms.certification.awards.actions import today_in
from lms.certification.awards.document_records import list_troubled
from lms.certification.awards.observations import list_pending
from lms.coordination import pages
from lms.coordination.batches.actions import ask
from lms.coordination.batches.pages import batches_of
from lms.coordination.batches.records import KINDS
from lms.coordination.blueprint import blueprint
from lms.coordination.expiry_pages import expiring_by_month
from lms.coordination.export import as_csv, notes_of
from lms.coordination.pages import PersonRow
from lms.coordination.rules import STATES, TrainingState
from lms.coordination.suppression import LEAST
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import settings

PAGE, PAGE_TO_CHOOSE = 25, 100
BATCH_MOST = 2000


def asked_for() -> tuple[str, list[TrainingState]]:
    """Return the search and the states for which the list of people was asked."""
    states = [state for state in request.values.getlist("state") if state in STATES]
    return request.values.get("q", "")[:100], states


@blueprint.get("/programmes/<programme>/people")
@allow("see training states")
def people(programme: str) -> Any:
    """Show who is in training and who holds a certificate, a page at a time."""
    return people_page(programme, choosing=request.args.get("choose") == "yes")


def people_page(programme: str, *, choosing: bool, problem: str = "") -> str:
    """Return the list of people, with a box beside each when some are to be chosen."""
    search, states = asked_for()
    everybody = pages.rows_of(this_programme().id, today_in(this_programme().id, settings()))
    rows = pages.chosen(everybody, search, states)
    most = PAGE_TO_CHOOSE if choosing else PAGE
    last_page = max(1, -(-len(rows) // most))
    page = min(max(whole_number(request.values.get("page"), 1), 1), last_page)

    def address(number: int | None, choose: bool = choosing) -> str:
        choice = "yes" if choose else None
        return url_for(
            "coordination.people", programme=programme, q=search or None, state=states, choose=choice, page=number
        )

    return render_template(
        "coordination/people.html",
        here="people",
        programme=this_programme(),
        everyone=bool(everybody),
        rows=rows[(page - 1) * most : page * most],
        choosing=choosing,
        problem=problem,
        picked=request.form.getlist("pick"),
        kind=request.form.get("kind", "file"),
        choose_url=address(None, not choosing),
        batches=batches_of(this_programme().id, signed_in().person_id),
        notes_of=notes_of,
        q=search,
        states=states,
        state_choices=[(state, words, "") for state, words in pages.state_names().items()],
        page=page,
        pages=last_page,
        total=len(rows),
        first=(page - 1) * most + 1 if rows else 0,
        last=min(page * most, len(rows)),
        csv_url=url_for("coordination.people_csv", programme=programme, q=search or None, state=states),
        next_url=address(page + 1) if page < last_page else None,
        previous_url=address(page - 1) if page > 1 else None,
        **_overview(everybody),
    )


def _overview(everybody: list[PersonRow]) -> dict[str, Any]:
    """Return what the page shows beside the list: numbers of the whole programme, and what asks for attention."""
    programme = this_programme()
    today = today_in(programme.id, settings())
    counts, names = Counter(row.training for row in everybody), pages.state_names()
    return {
        "sums": [(counts[state], state, names[state]) for state in STATES],
        "today": today,
        "expiring": expiring_by_month(everybody, today),
        "courses": pages.courses_of(programme.id),
        "usage": pages.usage_of(everybody),
        "least": LEAST,
        "troubled": len(list_troubled(programme.id)),
        "to_confirm": len(list_pending(programme.id)),
        "name_requests": pages.name_requests(programme.id),
        "line_notices": hooks().coordinator_notices(programme.slug, programme.facts),
    }


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
    elif len(chosen) > BATCH_MOST:
        problem = _("You can select up to %(most)s at once. Please narrow your search.", most=BATCH_MOST)
    if problem:
        return make_response(people_page(programme, choosing=True, problem=problem), 422)
    batch = write(ask, this_programme().id, signed_in().person_id, kind, chosen)  # type: ignore[arg-type]
    return redirect(url_for("coordination.batch", programme=programme, batch=batch.public_id), 303)


@blueprint.get("/programmes/<programme>/people.csv")
@allow("see training states")
def people_csv(programme: str) -> Any:
    """Give the same list as a file."""
    search, states = asked_for()
    everybody = pages.rows_of(this_programme().id, today_in(this_programme().id, settings()))
    rows = pages.chosen(everybody, search, states)
    write(accounts.note_export, this_programme().id, "people", len(rows))
    response = make_response(as_csv(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="people-{programme}.csv"'
    return response
