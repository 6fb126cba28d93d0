"""Marking earlier checks again, for coordinators: apply what a trainer proposed, and decide about passes.

Coordinators see who would move; they see no answers and no scores.
"""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lms.accounts.access import allow, belongs, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.statistics.regrading import actions, reckoning, records
from lms.authoring.statistics.regrading.reckoning import Mend
from lms.authoring.statistics.regrading.records import DONE, KEPT, TAKEN, WAITING, Regrade
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.library.course_cache import get_course

PAGE = 20
PEOPLE = 50


def _whose_check(public_id: str) -> str | None:
    return records.find_person_of(public_id)


belongs("sent_check", _whose_check)


@blueprint.get("/programmes/<programme>/regrades")
@allow("decide about regrades")
def regrades(programme: str) -> Any:
    """List what trainers proposed to mark again, the newest first."""
    found = records.list_regrades(this_programme().id, request.args.get("before", "")[:80], PAGE + 1)
    list_url = url_for("authoring.regrades", programme=programme)
    return render_template(
        "authoring/regrades.html",
        here="people",
        programme=this_programme(),
        rows=[
            {
                "url": url_for("authoring.decide_regrade", programme=programme, regrade=row.public_id),
                "course": get_course(row.digest).title,
                "proposed": clock.day_of(row.proposed_at, this_zone()),
                "state": state_words(row, waiting),
            }
            for row, waiting in found[:PAGE]
        ],
        first_url=list_url if request.args.get("before") else None,
        next_url=url_for("authoring.regrades", programme=programme, before=found[PAGE - 1][0].public_id)
        if len(found) > PAGE
        else None,
    )


def state_words(row: Regrade, waiting: int) -> str:
    """Return how far a proposal is, in words."""
    if row.state == "applied" and waiting:
        return _("Applied, passes to decide about")
    return {
        "proposed": _("Waiting for your decision"),
        "declined": _("Declined"),
        "running": _("Being applied"),
        "applied": _("Applied"),
    }[row.state]


def _regrade_here(public_id: str) -> Regrade:
    row = records.find_regrade(this_programme().id, public_id)
    if row is None:
        abort(404)
    return row


@blueprint.route("/programmes/<programme>/regrades/<regrade>", methods=["GET", "POST"])
@allow("decide about regrades")
def decide_regrade(programme: str, regrade: str) -> Any:
    """Show what marking again would do, or did; apply or decline it. Pressed twice, the first press counts."""
    row = _regrade_here(regrade)
    if request.method == "POST":
        write(actions.decide, row.id, request.form.get("go") == "apply", signed_in().person_id)
        return redirect(url_for("authoring.decide_regrade", programme=programme, regrade=regrade), 303)
    course = get_course(row.digest)
    after = request.args.get("after", "")[:80]
    losses = records.list_losses(row.id, after, PEOPLE + 1)
    page_url = url_for("authoring.decide_regrade", programme=programme, regrade=regrade)
    return render_template(
        "authoring/decide_regrade.html",
        here="people",
        programme=this_programme(),
        row=row,
        course=course,
        proposed=clock.day_of(row.proposed_at, this_zone()),
        counts=_would_move(row) if row.state == "proposed" else None,
        done=_what_was_done(row),
        losses=losses[:PEOPLE],
        me=signed_in().person_id,
        first_url=page_url if after else None,
        next_url=f"{page_url}?after={losses[PEOPLE - 1].attempt}" if len(losses) > PEOPLE else None,
    )


def _would_move(row: Regrade) -> reckoning.Counts:
    checks = records.list_with_question(row.programme_id, row.course_id, row.question_id)
    return reckoning.count_moves(checks, Mend(row.question_id, row.how == "key", get_course(row.digest)))


def _what_was_done(row: Regrade) -> dict[str, int]:
    counts = records.count_decisions(row.id)
    decided = {decision: counts.get((decision, False), 0) for decision in (WAITING, KEPT, TAKEN)}
    return {**decided, "gained": counts.get((DONE, True), 0)}


@blueprint.post("/programmes/<programme>/regrades/<regrade>/keep-all")
@allow("decide about regrades")
def keep_all_passes(programme: str, regrade: str) -> Any:
    """Let everybody keep their pass about whom nothing is decided yet."""
    write(actions.keep_all, _regrade_here(regrade).id, signed_in().person_id)
    return redirect(url_for("authoring.decide_regrade", programme=programme, regrade=regrade), 303)


@blueprint.post("/programmes/<programme>/regrades/<regrade>/passes/<sent_check>")
@allow("decide about regrades")
def decide_pass(programme: str, regrade: str, sent_check: str) -> Any:
    """Let one person keep their pass, or let the new score count. Decided already, it stays as it was decided."""
    row = _regrade_here(regrade)
    decide = actions.take_pass if request.form.get("go") == "take" else actions.keep_pass
    write(decide, row.id, sent_check, signed_in().person_id)
    return redirect(url_for("authoring.decide_regrade", programme=programme, regrade=regrade), 303)
