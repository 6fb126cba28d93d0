"""The check’s start page, and its questions, one by one or all on one page."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from lms.accounts.access import allow
from lms.content.model.question import Question
from lms.content.questions import complete, read
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.fields import whole_number
from lms.foundation.web.page_cache import cached_page, slot
from lms.foundation.web.security import settings
from lms.learning.blueprint import blueprint
from lms.learning.check import pages as check_pages
from lms.learning.check.access import at_course, open_attempt, own_attempt, with_attempt
from lms.learning.check.actions import open_check, save_answers
from lms.learning.check.attempt import CheckAttempt
from lms.learning.check.result_views import send_and_show_result
from lms.learning.progress import records, rules
from lms.learning.progress.access import open_enrolment, renewal_progress_of
from lms.learning.progress.attempt_records import find_open_attempt, list_results
from lms.learning.progress.placeholders import announce_topics, translate_sentence
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.renewal_rules import renewal_scope
from lms.library.course_cache import get_course


def _newer_elsewhere(check_attempt: CheckAttempt, given: dict[str, tuple[Any, int]]) -> bool:
    """Return whether a different answer was saved after the page with the given one was rendered."""
    return any(
        revision <= check_attempt.saved.get(name, (None, 0))[1] and check_attempt.saved[name][0] != value
        for name, (value, revision) in given.items()
    )


def _read_posted(check_attempt: CheckAttempt, questions: list[Question]) -> dict[str, tuple[Any, int]]:
    answers, form = {}, request.form
    for question in questions:
        value = read(question, form, check_attempt.seed)
        text = form.get(f"revision-{question.id}") or form.get("revision", "0")
        revision = whole_number(text, 0) + 1
        if value is not None or question.id in check_attempt.saved:
            answers[question.id] = (value, revision)
    return answers


@blueprint.get("/courses/<course>/check")
@at_course
@allow("learn")
def check(course: str) -> Any:
    """Show what the check asks for, how long it takes, and earlier attempts."""
    page, content, enrolment_id = open_enrolment(course)
    progress = records.progress_of(enrolment_id)
    renewal, renewing = find_renewal(enrolment_id), renewal_progress_of(enrolment_id, content, progress)
    scope = renewing.scope if renewing else None
    attempt = find_open_attempt(renewal.id if renewal else enrolment_id)
    check_attempt = CheckAttempt(attempt, None, page.facts) if attempt else None
    drawn = len(check_attempt.questions) if check_attempt else scope.draw if scope else content.criteria.draw
    return render_template(
        "learning/check.html",
        here="courses",
        course=content,
        criteria=content.criteria,
        needed_right=rules.needed_right(content.criteria, drawn),
        scope=scope,
        attempt_url=url_for("learning.question", attempt=attempt.public_id, number=check_attempt.first_unanswered)
        if attempt and check_attempt
        else None,
        answered=sum(check_attempt.marks) if check_attempt else 0,
        drawn=drawn,
        minutes=rules.check_minutes(drawn),
        past=[
            {
                "url": url_for("learning.result", attempt=row.public_id),
                "date": clock.day_of(result.at, settings().timezone),
                "passed": result.passed,
                "renewal": row.renewal_id is not None,
            }
            for row, result in list_results(enrolment_id)
        ],
        passed=renewing.passed if renewing else progress.passed,
        topics=announce_topics(content.announced_in_check),
        missing_practice=not scope and len(progress.practised) < rules.practice_needed(content),
        course_url=url_for("learning.course", course=content.id),
    )


@blueprint.post("/courses/<course>/check")
@at_course
@allow("learn")
def start_check(course: str) -> Any:
    """Start an attempt, or continue the open one."""
    page, content, enrolment_id = open_enrolment(course)
    renewal = find_renewal(enrolment_id)
    scope = renewal_scope(get_course(renewal.since), content) if renewal else None
    attempt, saved = write(open_check, enrolment_id, content, scope, page.facts.get("country"))
    number = CheckAttempt(attempt, None, page.facts, saved).first_unanswered if saved else 1
    if page.check_at_once:
        return redirect(url_for("learning.check_all", attempt=attempt.public_id), 303)
    return redirect(url_for("learning.question", attempt=attempt.public_id, number=number), 303)


@blueprint.route("/checks/<attempt>/<int:number>", methods=["GET", "POST"])
@with_attempt
@allow("see own answers")
def question(attempt: str, number: int) -> Any:
    """Show one question of an open attempt, and save its answer."""
    check_attempt = open_attempt()
    if not 1 <= number <= len(check_attempt.questions):
        abort(404)
    this = check_attempt.questions[number - 1]
    problem, elsewhere = None, False
    if request.method == "POST":
        answers = _read_posted(check_attempt, [this])
        newer = _newer_elsewhere(check_attempt, answers)
        kept = write(save_answers, check_attempt.attempt.id, answers)
        go = request.form.get("go", "next")
        given, revision = answers.get(this.id, (None, 0))
        problem = translate_sentence(complete(this, given)) if go == "next" and given is not None else None
        elsewhere = newer or kept.get(this.id, 0) > revision
        if elsewhere:
            problem = _("A newer answer was saved in another tab or on another device. It’s the one shown here.")
        if problem is None:
            return redirect(_after_question(check_attempt, number, go), 303)
        check_attempt = CheckAttempt(check_attempt.attempt, None, check_attempt.facts)
    page = render_template(
        "learning/question.html",
        elsewhere=elsewhere,
        here="courses",
        course=check_attempt.course,
        attempt=attempt,
        number=number,
        count=len(check_attempt.questions),
        presented=check_attempt.shown(this),
        chosen=check_attempt.chosen(this),
        problem=problem,
        revision=check_attempt.revision(this),
        answered_words=_answered_words(check_attempt),
        marks=check_attempt.marks,
        course_url=url_for("learning.course", course=check_attempt.course.id),
    )
    return make_response(page, 422 if problem else 200)


def _answered_words(check_attempt: CheckAttempt) -> str:
    """Say how many questions have a whole answer."""
    return ngettext(
        "%(done)s of %(num)s question answered.",
        "%(done)s of %(num)s questions answered.",
        len(check_attempt.questions),
        done=sum(check_attempt.marks),
    )


def _after_question(check_attempt: CheckAttempt, number: int, go: str) -> str:
    attempt = check_attempt.attempt.public_id
    if go == "stop":
        return url_for("learning.check", course=check_attempt.course.id)
    if go == "back":
        return url_for("learning.question", attempt=attempt, number=max(number - 1, 1))
    if number < len(check_attempt.questions):
        return url_for("learning.question", attempt=attempt, number=number + 1)
    return url_for("learning.answers", attempt=attempt)


@blueprint.route("/checks/<attempt>/all", methods=["GET", "POST"])
@with_attempt
@allow("see own answers")
def check_all(attempt: str) -> Any:
    """Show all questions of an open attempt on one page, and save the answers."""
    check_attempt = open_attempt()
    if request.method == "POST":
        given = _read_posted(check_attempt, check_attempt.questions)
        newer = _newer_elsewhere(check_attempt, given)
        if request.form.get("go") == "send" and not newer:
            return send_and_show_result(check_attempt, given)
        write(save_answers, check_attempt.attempt.id, given)
        if request.form.get("go") == "stop" and not newer:
            return redirect(url_for("learning.check", course=check_attempt.course.id), 303)
        return redirect(url_for("learning.answers", attempt=attempt, newer="yes" if newer else None), 303)
    return cached_page(
        (check_attempt.course.digest, len(check_attempt.questions)),
        lambda: _all_questions_page(check_attempt),
        {"attempt": attempt, "questions": check_pages.all_questions(check_attempt)},
        request.path.replace(attempt, slot("attempt")),
    )


def _all_questions_page(check_attempt: CheckAttempt) -> str:
    """Render the page around the questions, which is the same for everybody on this version."""
    return render_template(
        "learning/check_all.html",
        here="courses",
        course=check_attempt.course,
        attempt=slot("attempt"),
        questions=Markup(slot("questions")),  # noqa: S704 - a template escaped what is put there
        count=len(check_attempt.questions),
        course_url=url_for("learning.course", course=check_attempt.course.id),
    )


@blueprint.post("/checks/<attempt>/answers")
@with_attempt
@allow("see own answers")
def save_answer(attempt: str) -> Any:
    """Save one answer from the page's script, and return the revision that is stored."""
    check_attempt = own_attempt()
    this = check_attempt.course.question_by_id.get(request.form.get("question", ""))
    if this is None or this not in check_attempt.questions:
        abort(404)
    revision = whole_number(request.form.get("revision"), 1)
    value = read(this, request.form, check_attempt.seed)
    newer = _newer_elsewhere(check_attempt, {this.id: (value, revision)})
    kept = write(save_answers, check_attempt.attempt.id, {this.id: (value, revision)})
    saved = check_attempt.result is None and not newer
    now = check_attempt.with_answer(this, value, kept[this.id]) if saved else check_attempt
    return jsonify(question=this.id, revision=kept[this.id], saved=saved, newer=newer, count=_answered_words(now))
