"""What people see of the check: its door, its questions one by one or all at once, sending, and the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, jsonify, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from lms.accounts.access import allow, meet
from lms.content.model.question import Question
from lms.content.questions import complete, in_words, read
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.fields import whole_number
from lms.foundation.web.page_cache import hole, kept_page
from lms.learning.blueprint import blueprint
from lms.learning.check import pages as check_pages
from lms.learning.check import records as check_records
from lms.learning.check.actions import open_check, save_answers, submit_answers
from lms.learning.check.attempt import Paper
from lms.learning.check.records import OwnAttempt
from lms.learning.progress import pages, records, rules
from lms.learning.progress.access import certificate_of, meet_at_course, open_enrolment, renewing_of
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.renewal_rules import way_between
from lms.library.course_cache import get_course

View = TypeVar("View", bound=Callable[..., Any])


def at_course(view: View) -> View:
    """Ask for a course's page and its visitor in one statement, before the door asks who is there."""

    @wraps(view)
    def met(course: str) -> Any:
        meet_at_course(course)
        return view(course=course)

    return cast(View, met)


def with_attempt(view: View) -> View:
    """Ask for an attempt and its visitor in one statement, before the door asks who is there."""

    @wraps(view)
    def met(attempt: str, **more: Any) -> Any:
        visitor, g.own_attempt = check_records.open_attempt(g.session_mark, attempt)
        meet(visitor)
        return view(attempt=attempt, **more)

    return cast(View, met)


def own_paper() -> Paper:
    """Return somebody's own attempt, or answer 404."""
    found: OwnAttempt | None = g.own_attempt
    if found is None:
        abort(404)
    return Paper.of(found)


def open_paper() -> Paper:
    """Return somebody's own attempt while it is open; a sent one leads to its result."""
    paper = own_paper()
    if paper.result:
        abort(redirect(url_for("learning.result", attempt=paper.attempt.public_id), 303))
    return paper


def _newer_elsewhere(paper: Paper, given: dict[str, tuple[Any, int]]) -> bool:
    """Decide whether another answer than a given one was saved since its page was made."""
    return any(
        revision <= paper.saved.get(name, (None, 0))[1] and paper.saved[name][0] != value
        for name, (value, revision) in given.items()
    )


def _read_posted(paper: Paper, questions: list[Question]) -> dict[str, tuple[Any, int]]:
    answers, form = {}, request.form
    for question in questions:
        value = read(question, form, paper.seed)
        text = form.get(f"revision-{question.id}") or form.get("revision", "0")
        revision = whole_number(text, 0) + 1
        if value is not None or question.id in paper.saved:
            answers[question.id] = (value, revision)
    return answers


@blueprint.get("/courses/<course>/check")
@at_course
@allow("learn")
def check(course: str) -> Any:
    """Say what the check asks, how long it is, and what is kept of it."""
    page, content, enrolment_id = open_enrolment(course)
    progress = records.progress_of(enrolment_id)
    renewal, renewing = find_renewal(enrolment_id), renewing_of(enrolment_id, content, progress)
    way = renewing.way if renewing else None
    attempt = records.find_open_attempt(renewal.id if renewal else enrolment_id)
    paper = Paper(attempt, None, page.facts) if attempt else None
    drawn = len(paper.questions) if paper else way.draw if way else content.criteria.draw
    return render_template(
        "learning/check.html",
        here="courses",
        course=content,
        criteria=content.criteria,
        needed_right=rules.needed_right(content.criteria, drawn),
        way=way,
        attempt_url=url_for("learning.question", attempt=attempt.public_id, number=paper.first_unanswered)
        if attempt and paper
        else None,
        answered=sum(paper.marks) if paper else 0,
        drawn=drawn,
        minutes=rules.check_minutes(drawn),
        past=[
            {
                "url": url_for("learning.result", attempt=row.public_id),
                "date": result.at.date(),
                "passed": result.passed,
                "renewal": row.renewal_id is not None,
            }
            for row, result in records.list_results(enrolment_id)
        ],
        passed=renewing.passed if renewing else progress.passed,
        missing_practice=not way and len(progress.practised) < rules.practice_needed(content),
        course_url=url_for("learning.course", course=content.id),
    )


@blueprint.post("/courses/<course>/check")
@at_course
@allow("learn")
def start_check(course: str) -> Any:
    """Open the check, or go on with the one that is open."""
    page, content, enrolment_id = open_enrolment(course)
    renewal = find_renewal(enrolment_id)
    way = way_between(get_course(renewal.since), content) if renewal else None
    attempt, saved = write(open_check, enrolment_id, content, way)
    number = Paper(attempt, None, page.facts, saved).first_unanswered if saved else 1
    if page.check_at_once:
        return redirect(url_for("learning.check_all", attempt=attempt.public_id), 303)
    return redirect(url_for("learning.question", attempt=attempt.public_id, number=number), 303)


@blueprint.route("/checks/<attempt>/<int:number>", methods=["GET", "POST"])
@with_attempt
@allow("see own answers")
def question(attempt: str, number: int) -> Any:
    """Show one question of an open check, and keep what is chosen."""
    paper = open_paper()
    if not 1 <= number <= len(paper.questions):
        abort(404)
    this = paper.questions[number - 1]
    problem, elsewhere = None, False
    if request.method == "POST":
        answers = _read_posted(paper, [this])
        newer = _newer_elsewhere(paper, answers)
        kept = write(save_answers, paper.attempt.id, answers)
        go = request.form.get("go", "next")
        given, revision = answers.get(this.id, (None, 0))
        problem = pages.in_our_words(complete(this, given)) if go == "next" and given is not None else None
        elsewhere = newer or kept.get(this.id, 0) > revision
        if elsewhere:
            problem = _("A newer answer was saved in another tab or on another device. It’s the one shown here.")
        if problem is None:
            return redirect(_after_question(paper, number, go), 303)
        paper = Paper(paper.attempt, None, paper.facts)
    page = render_template(
        "learning/question.html",
        elsewhere=elsewhere,
        here="courses",
        course=paper.course,
        attempt=attempt,
        number=number,
        count=len(paper.questions),
        presented=paper.shown(this),
        chosen=paper.chosen(this),
        problem=problem,
        revision=paper.revision(this),
        answered_words=_answered_words(paper),
        marks=paper.marks,
        course_url=url_for("learning.course", course=paper.course.id),
    )
    return make_response(page, 422 if problem else 200)


def _answered_words(paper: Paper) -> str:
    """Say how many questions have a whole answer."""
    return ngettext(
        "%(done)s of %(num)s question answered.",
        "%(done)s of %(num)s questions answered.",
        len(paper.questions),
        done=sum(paper.marks),
    )


def _after_question(paper: Paper, number: int, go: str) -> str:
    attempt = paper.attempt.public_id
    if go == "stop":
        return url_for("learning.check", course=paper.course.id)
    if go == "back":
        return url_for("learning.question", attempt=attempt, number=max(number - 1, 1))
    if number < len(paper.questions):
        return url_for("learning.question", attempt=attempt, number=number + 1)
    return url_for("learning.answers", attempt=attempt)


@blueprint.route("/checks/<attempt>/all", methods=["GET", "POST"])
@with_attempt
@allow("see own answers")
def check_all(attempt: str) -> Any:
    """Show all questions of an open check at once, and keep what is chosen."""
    paper = open_paper()
    if request.method == "POST":
        given = _read_posted(paper, paper.questions)
        newer = _newer_elsewhere(paper, given)
        if request.form.get("go") == "send" and not newer:
            return _send(paper, given)
        write(save_answers, paper.attempt.id, given)
        if request.form.get("go") == "stop" and not newer:
            return redirect(url_for("learning.check", course=paper.course.id), 303)
        return redirect(url_for("learning.answers", attempt=attempt, newer="yes" if newer else None), 303)
    return kept_page(
        (paper.course.digest, len(paper.questions)),
        lambda: _all_questions_page(paper),
        {"attempt": attempt, "questions": check_pages.all_questions(paper)},
        request.path.replace(attempt, hole("attempt")),
    )


def _all_questions_page(paper: Paper) -> str:
    """Make the page around the questions, which all who read the same version share."""
    return render_template(
        "learning/check_all.html",
        here="courses",
        course=paper.course,
        attempt=hole("attempt"),
        questions=Markup(hole("questions")),  # noqa: S704 - a template escaped what is put there
        count=len(paper.questions),
        course_url=url_for("learning.course", course=paper.course.id),
    )


@blueprint.post("/checks/<attempt>/answers")
@with_attempt
@allow("see own answers")
def save_answer(attempt: str) -> Any:
    """Keep one answer as it is chosen, and say which revision is kept."""
    paper = own_paper()
    this = paper.course.question_by_id.get(request.form.get("question", ""))
    if this is None or this not in paper.questions:
        abort(404)
    revision = whole_number(request.form.get("revision"), 1)
    value = read(this, request.form, paper.seed)
    newer = _newer_elsewhere(paper, {this.id: (value, revision)})
    kept = write(save_answers, paper.attempt.id, {this.id: (value, revision)})
    saved = paper.result is None and not newer
    now = paper.with_answer(this, value, kept[this.id]) if saved else paper
    return jsonify(question=this.id, revision=kept[this.id], saved=saved, newer=newer, count=_answered_words(now))


@blueprint.get("/checks/<attempt>/look-over")
@with_attempt
@allow("see own answers")
def answers(attempt: str) -> Any:
    """Show all answers before they are sent."""
    paper = open_paper()
    rows = [
        {
            "number": number,
            "stem": pages.dress(this.stem, paper.facts),
            "said": [pages.dress(text, paper.facts) for text in in_words(this, paper.answer(this), paper.seed)],
            "complete": complete(this, paper.answer(this)) is None,
            "critical": this.critical,
            "url": url_for("learning.question", attempt=attempt, number=number),
        }
        for number, this in enumerate(paper.questions, 1)
    ]
    return render_template(
        "learning/answers.html",
        here="courses",
        course=paper.course,
        attempt=attempt,
        rows=rows,
        notices=[_("Newer answers were saved in another tab or on another device. They’re the ones shown here.")]
        if request.args.get("newer")
        else [],
        unanswered=paper.marks.count(False),
        course_url=url_for("learning.course", course=paper.course.id),
    )


@blueprint.post("/checks/<attempt>/submit")
@with_attempt
@allow("see own answers")
def submit_check(attempt: str) -> Any:
    """Send a check once; sending it again leads to the same result."""
    paper = own_paper()
    return _send(paper, {})


def _send(paper: Paper, given: dict[str, tuple[Any, int]]) -> Any:
    result_url = url_for("learning.result", attempt=paper.attempt.public_id)
    for digest in paper.passed_on:
        get_course(digest)
    write(submit_answers, paper.attempt.id, paper.course, given)
    return redirect(result_url, 303)


@blueprint.get("/checks/<attempt>/result")
@with_attempt
@allow("see own answers")
def result(attempt: str) -> Any:
    """Give every choice back with its reason, and say what may help."""
    paper = own_paper()
    if paper.result is None:
        return redirect(url_for("learning.question", attempt=attempt, number=paper.first_unanswered), 303)
    passed = paper.result.passed
    to_come = _still_to_come(paper) if passed else {}
    hard = paper.course.better_unseen
    return kept_page(
        (passed, hard),
        lambda: render_template(
            "learning/result.html",
            here="courses",
            passed=passed,
            hard=hard,
            outcome=Markup(hole("outcome")),  # noqa: S704
        ),
        {"attempt": attempt, "outcome": check_pages.outcome(paper, paper.result, to_come)},
        request.path.replace(attempt, hole("attempt")),
    )


def _still_to_come(paper: Paper) -> dict[str, Any]:
    """Return what stands between a passed check and the certificate, which only its own page asks for."""
    progress = records.progress_of(paper.attempt.enrolment_id)
    certificate = certificate_of(paper.attempt.enrolment_id)
    asked = pages.asked_rows(paper.course, progress)
    if paper.attempt.renewal_id:
        renewing = renewing_of(paper.attempt.enrolment_id, paper.course, progress)
        asked = renewing.rows if renewing else []
    return {
        "certificate_url": certificate.url,
        "waiting_review": certificate.waiting,
        "letters": hooks().missing_letters(certificate.name),
        "left": [row for row in asked if not row["met"]],
    }
