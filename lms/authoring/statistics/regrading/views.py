"""Marking earlier checks again, for trainers: what it would do, in tens, and proposing it; and trying another rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for

from lms.accounts.access import allow, signed_in, this_programme, this_zone
from lms.authoring.blueprint import blueprint
from lms.authoring.statistics.access import course_here, question_here
from lms.authoring.statistics.cell_rules import show_count
from lms.authoring.statistics.regrading import actions, reckoning
from lms.authoring.statistics.regrading.reckoning import Counts, Mend
from lms.authoring.statistics.regrading.records import Regrade, SentCheck, find_same, list_with_question
from lms.authoring.statistics.regrading.rules import How
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.dates import add_months
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.learning.progress.placeholders import fill_placeholders

MONTHS = (3, 6, 12, 24)
MARKS = range(50, 101, 5)


@dataclass(frozen=True)
class ShownCounts:
    """How many results would change, in tens; None stands for fewer than ten, which may be none."""

    checks: int | None
    up: int | None
    down: int | None
    unknown: bool

    @classmethod
    def of(cls, counts: Counts) -> ShownCounts:
        """Return counts as a trainer may see them."""
        return cls(show_count(counts.checks), show_count(counts.up), show_count(counts.down), counts.unknown > 0)


@blueprint.get("/programmes/<programme>/writing/figures/<course>/<question>/regrade")
@allow("write courses")
def regrade(programme: str, course: str, question: str) -> Any:
    """Show what marking earlier checks again would do, by the newest key and without the question."""
    content = course_here(course)
    this = question_here(content, question)
    checks = list_with_question(this_programme().id, course, question)
    return render_template(
        "authoring/regrade.html",
        here="writing",
        programme=this_programme(),
        course=content,
        question=question,
        stem=fill_placeholders(this.stem, this_programme().facts),
        options=[_option(content, question, how, checks) for how in ("key", "out")],
        figures_url=url_for("authoring.course_figures", programme=programme, course=course),
    )


def _option(content: Course, question: str, how: How, checks: list[SentCheck]) -> dict[str, Any]:
    counts = reckoning.count_moves(checks, Mend(question, how == "key", content))
    known = find_same(this_programme().id, content.id, question, how, content.digest)
    return {"how": how, "any": counts.checks > 0, "counts": ShownCounts.of(counts), "known": _state(known)}


def _state(known: Regrade | None) -> str:
    return known.state if known else ""


@blueprint.post("/programmes/<programme>/writing/figures/<course>/<question>/regrade")
@allow("write courses")
def propose_regrade(programme: str, course: str, question: str) -> Any:
    """Propose to mark earlier checks again; pressed twice, it is proposed once."""
    content = course_here(course)
    question_here(content, question)
    how: How = "key" if request.form.get("how") == "key" else "out"
    me = signed_in().person_id
    write(actions.propose, this_programme().id, course, question, how, content.digest, me)
    return redirect(url_for("authoring.regrade", programme=programme, course=course, question=question), 303)


@blueprint.get("/programmes/<programme>/writing/figures/<course>/what-if")
@allow("write courses")
def what_if(programme: str, course: str) -> Any:
    """Show what another pass mark, or leaving out a question, would have meant lately; nothing is changed."""
    content = course_here(course)
    score = min(max(whole_number(request.args.get("score"), content.criteria.score), MARKS[0]), MARKS[-1])
    months = whole_number(request.args.get("months"), MONTHS[2])
    months = months if months in MONTHS else MONTHS[2]
    without = request.args.get("without", "")
    since, until = _whole_months(months)
    if without:
        question_here(content, without)
        checks = list_with_question(this_programme().id, course, without, after=since, until=until)
        counts, at_most = reckoning.count_moves(checks, Mend(without, False, content)), False
    else:
        counts, at_most = reckoning.count_with_pass_mark(this_programme().id, course, since, until, score)
    return render_template(
        "authoring/what_if.html",
        here="writing",
        programme=this_programme(),
        course=content,
        score=score,
        months=months,
        without=without,
        marks=[(mark, f"{mark}%") for mark in sorted({*MARKS, score, content.criteria.score})],
        all_months=[(number, _("the last %(number)s whole months", number=number)) for number in MONTHS],
        questions=_questions(content),
        counts=ShownCounts.of(counts),
        at_most=at_most,
        figures_url=url_for("authoring.course_figures", programme=programme, course=course),
    )


def _whole_months(months: int) -> tuple[str, str]:
    """Return between which ids checks of so many whole months lie, up to this one.

    A month that goes on is left out: numbers that follow each check that is sent would tell what somebody's was.
    """
    first = clock.today(this_zone()).replace(day=1)
    return ids.lowest_at(_starts(add_months(first, -months))), ids.lowest_at(_starts(first))


def _starts(day: date) -> float:
    return datetime.combine(day, time(), ZoneInfo(this_zone())).timestamp()


def _questions(content: Course) -> list[tuple[str, str]]:
    facts = this_programme().facts
    drawable = [question for question in content.questions if question.drawable]
    stems = {q.id: shorten(fill_placeholders(q.stem, facts).striptags(), 70, placeholder="…") for q in drawable}
    return [
        (name, _("Without question %(number)s: %(text)s", number=number, text=stem))
        for number, (name, stem) in enumerate(stems.items(), 1)
    ]
