"""The end of a check: the summary before sending, sending it, and the result."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup

from lms.accounts.access import allow
from lms.content.questions import complete
from lms.foundation.db import write
from lms.foundation.hooks import hooks
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.page_cache import cached_page, slot
from lms.learning.blueprint import blueprint
from lms.learning.check import pages as check_pages
from lms.learning.check.access import open_attempt, own_attempt, with_attempt
from lms.learning.check.actions import submit_answers
from lms.learning.check.attempt import CheckAttempt
from lms.learning.progress import pages, records
from lms.learning.progress.access import certificate_of, renewal_progress_of
from lms.learning.progress.placeholders import fill_placeholders
from lms.library.course_cache import get_course


@blueprint.get("/checks/<attempt>/look-over")
@with_attempt
@allow("see own answers")
def answers(attempt: str) -> Any:
    """Show all answers before they are sent."""
    check_attempt = open_attempt()
    rows = [
        {
            "number": number,
            "stem": fill_placeholders(this.stem, check_attempt.facts),
            "said": check_attempt.in_words(this),
            "complete": complete(this, check_attempt.answer(this)) is None,
            "critical": this.critical,
            "url": url_for("learning.question", attempt=attempt, number=number),
        }
        for number, this in enumerate(check_attempt.questions, 1)
    ]
    return render_template(
        "learning/answers.html",
        here="courses",
        course=check_attempt.course,
        attempt=attempt,
        rows=rows,
        notices=[_("Newer answers were saved in another tab or on another device. They’re the ones shown here.")]
        if request.args.get("newer")
        else [],
        unanswered=check_attempt.marks.count(False),
        course_url=url_for("learning.course", course=check_attempt.course.id),
    )


@blueprint.post("/checks/<attempt>/submit")
@with_attempt
@allow("see own answers")
def submit_check(attempt: str) -> Any:
    """Submit an attempt; submitting it again leads to the same result."""
    check_attempt = own_attempt()
    return send_and_show_result(check_attempt, {})


def send_and_show_result(check_attempt: CheckAttempt, given: dict[str, tuple[Any, int]]) -> Any:
    """Submit an attempt with the answers that came with it, and redirect to its result."""
    result_url = url_for("learning.result", attempt=check_attempt.attempt.public_id)
    for digest in check_attempt.passed_on:
        get_course(digest)
    write(submit_answers, check_attempt.attempt.id, check_attempt.course, given)
    return redirect(result_url, 303)


@blueprint.get("/checks/<attempt>/result")
@with_attempt
@allow("see own answers")
def result(attempt: str) -> Any:
    """Show the result: every choice with its reason, and the lessons that may help."""
    check_attempt = own_attempt()
    if check_attempt.result is None:
        return redirect(url_for("learning.question", attempt=attempt, number=check_attempt.first_unanswered), 303)
    passed = check_attempt.result.passed
    to_come = _still_to_come(check_attempt) if passed else {}
    hard = check_attempt.course.better_unseen
    return cached_page(
        (passed, hard),
        lambda: render_template(
            "learning/result.html",
            here="courses",
            passed=passed,
            hard=hard,
            outcome=Markup(slot("outcome")),  # noqa: S704
        ),
        {"attempt": attempt, "outcome": check_pages.outcome(check_attempt, check_attempt.result, to_come)},
        request.path.replace(attempt, slot("attempt")),
    )


def _still_to_come(check_attempt: CheckAttempt) -> dict[str, Any]:
    """Return what is still missing for the certificate after the check is passed."""
    progress = records.progress_of(check_attempt.attempt.enrolment_id)
    certificate = certificate_of(check_attempt.attempt.enrolment_id)
    asked = pages.requirement_rows(check_attempt.course, progress)
    if check_attempt.attempt.renewal_id:
        renewing = renewal_progress_of(check_attempt.attempt.enrolment_id, check_attempt.course, progress)
        asked = renewing.rows if renewing else []
    return {
        "certificate_url": certificate.url,
        "waiting_review": certificate.waiting,
        "waits_for_name": certificate.waits_for_name,
        "letters": hooks().missing_letters(certificate.name),
        "left": [row for row in asked if not row["met"]],
    }
