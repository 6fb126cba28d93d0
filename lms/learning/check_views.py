"""What people see of the check: its door, its questions one by one or all at once, sending, and the result."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from lms.accounts.access import allow, signed_in
from lms.content.course import Question
from lms.content.questions import Note, complete, read
from lms.foundation.db import write
from lms.foundation.fields import whole_number
from lms.foundation.gate import settings
from lms.foundation.words import day
from lms.foundation.words import gettext as _
from lms.learning import actions, pages, records, rules
from lms.learning.papers import Paper
from lms.learning.views import certificate_of, open_enrolment, rooms, warm


def own_paper(attempt: str) -> Paper:
    """Return somebody's own attempt, or answer 404."""
    found = records.find_attempt(attempt, signed_in().person_id)
    if found is None:
        abort(404)
    return Paper(*found)


def open_paper(attempt: str) -> Paper:
    """Return somebody's own attempt while it is open; a sent one leads to its result."""
    paper = own_paper(attempt)
    if paper.result:
        abort(redirect(url_for("learning.result", attempt=attempt), 303))
    return paper


def _read_posted(paper: Paper, questions: list[Question]) -> dict[str, tuple[Any, int]]:
    answers = {}
    for question in questions:
        value = read(question, request.form, paper.seed)
        text = request.form.get(f"revision-{question.id}", request.form.get("revision", "0"))
        revision = whole_number(text, 0) + 1
        if value is not None or question.id in paper.saved:
            answers[question.id] = (value, revision)
    return answers


@rooms.get("/courses/<course>/check")
@allow("learn")
def check(course: str) -> Any:
    """Say what the check asks, how long it is, and what is kept of it."""
    page, content, enrolment_id = open_enrolment(course)
    attempt = records.find_open_attempt(enrolment_id)
    paper = Paper(attempt, None, page.facts) if attempt else None
    progress = records.progress_of(enrolment_id)
    zone = settings().timezone
    return render_template(
        "learning/check.html",
        here="courses",
        course=content,
        criteria=content.criteria,
        fit_needed=rules.needed_right(content.criteria, content.criteria.draw),
        attempt_url=url_for("learning.question", attempt=attempt.public_id, number=_first_unanswered(paper))
        if attempt and paper
        else None,
        answered=sum(paper.marks) if paper else 0,
        drawn=len(paper.questions) if paper else content.criteria.draw,
        past=[
            {
                "url": url_for("learning.result", attempt=row.public_id),
                "date": result.at.date(),
                "passed": result.passed,
            }
            for row, result in records.list_results(enrolment_id)
        ],
        zone=zone,
        passed=progress.passed,
        missing_practice=len(progress.practised) < rules.practice_needed(content),
        course_url=url_for("learning.course", course=content.id),
    )


def _first_unanswered(paper: Paper | None) -> int:
    marks = paper.marks if paper else []
    return marks.index(False) + 1 if False in marks else 1


@rooms.post("/courses/<course>/check")
@allow("learn")
def start_check(course: str) -> Any:
    """Open the check, or go on with the one that is open."""
    page, content, enrolment_id = open_enrolment(course)
    attempt = write(actions.open_check, enrolment_id, content)
    number = _first_unanswered(Paper(attempt, None, page.facts))
    return redirect(url_for("learning.question", attempt=attempt.public_id, number=number), 303)


@rooms.route("/checks/<attempt>/<int:number>", methods=["GET", "POST"])
@allow("see own answers")
def question(attempt: str, number: int) -> Any:
    """Show one question of an open check, and keep what is chosen."""
    paper = open_paper(attempt)
    if not 1 <= number <= len(paper.questions):
        abort(404)
    this = paper.questions[number - 1]
    problem = None
    if request.method == "POST":
        answers = _read_posted(paper, [this])
        kept = write(actions.save_answers, paper.attempt.id, answers)
        go = request.form.get("go", "next")
        given, revision = answers.get(this.id, (None, 0))
        problem = pages.in_our_words(complete(this, given)) if go == "next" and given is not None else None
        if kept.get(this.id, 0) > revision:
            problem = _("A newer answer was saved in another tab or on another device. It is the one shown here.")
        if problem is None:
            return redirect(_after_question(paper, number, go), 303)
        paper = Paper(paper.attempt, None, paper.facts)
    page = render_template(
        "learning/question.html",
        here="courses",
        course=paper.course,
        attempt=attempt,
        number=number,
        count=len(paper.questions),
        presented=paper.shown(this),
        chosen=paper.chosen(this),
        problem=problem,
        revision=paper.revision(this),
        answered=sum(paper.marks),
        marks=paper.marks,
        course_url=url_for("learning.course", course=paper.course.id),
    )
    return make_response(page, 422 if problem else 200)


def _after_question(paper: Paper, number: int, go: str) -> str:
    attempt = paper.attempt.public_id
    if go == "stop":
        return url_for("learning.check", course=paper.course.id)
    if go == "back":
        return url_for("learning.question", attempt=attempt, number=max(number - 1, 1))
    if number < len(paper.questions):
        return url_for("learning.question", attempt=attempt, number=number + 1)
    return url_for("learning.answers", attempt=attempt)


@rooms.route("/checks/<attempt>/all", methods=["GET", "POST"])
@allow("see own answers")
def check_all(attempt: str) -> Any:
    """Show all questions of an open check at once, and keep what is chosen."""
    paper = open_paper(attempt)
    if request.method == "POST":
        given = _read_posted(paper, paper.questions)
        if request.form.get("go") == "send":
            return _send(paper, given)
        write(actions.save_answers, paper.attempt.id, given)
        if request.form.get("go") == "stop":
            return redirect(url_for("learning.check", course=paper.course.id), 303)
        return redirect(url_for("learning.answers", attempt=attempt), 303)
    return render_template(
        "learning/check_all.html",
        here="courses",
        course=paper.course,
        attempt=attempt,
        rows=[
            (number, paper.shown(this), paper.chosen(this), None, paper.revision(this))
            for number, this in enumerate(paper.questions, 1)
        ],
        answered=sum(paper.marks),
        course_url=url_for("learning.course", course=paper.course.id),
    )


@rooms.post("/checks/<attempt>/answers")
@allow("see own answers")
def save_answer(attempt: str) -> Any:
    """Keep one answer as it is chosen, and say which revision is kept."""
    paper = own_paper(attempt)
    this = paper.course.question_by_id.get(request.form.get("question", ""))
    if this is None or this not in paper.questions:
        abort(404)
    revision = whole_number(request.form.get("revision"), 1)
    value = read(this, request.form, paper.seed)
    kept = write(actions.save_answers, paper.attempt.id, {this.id: (value, revision)})
    return jsonify(question=this.id, revision=kept[this.id], saved=paper.result is None)


@rooms.get("/checks/<attempt>/look-over")
@allow("see own answers")
def answers(attempt: str) -> Any:
    """Show all answers before they are sent."""
    paper = open_paper(attempt)
    rows = [
        {
            "number": number,
            "stem": pages.dress(this.stem, paper.facts),
            "said": [Markup(text) for text in _said(paper, this)],  # noqa: S704
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
        unanswered=paper.marks.count(False),
        course_url=url_for("learning.course", course=paper.course.id),
    )


def _said(paper: Paper, this: Question) -> list[str]:
    """Return what was chosen, in the question's own words; a place or a pair is told with its item."""
    shown, picked = paper.shown(this), paper.chosen(this)
    if not picked:
        return []
    if shown.kind == "order":
        placed = [(place, item.text) for item in shown.items if (place := picked.get(item.token))]
        return [f"{place}. {text}" for place, text in sorted(placed, key=lambda pair: int(pair[0]))]
    if shown.kind == "match":
        rights = {item.token: item.text for item in shown.rights}
        return [
            f"{item.text}: {rights[picked[item.token]]}" for item in shown.items if picked.get(item.token) in rights
        ]
    return [item.text for item in shown.items if item.token in picked]


@rooms.post("/checks/<attempt>/submit")
@allow("see own answers")
def submit_check(attempt: str) -> Any:
    """Send a check once; sending it again leads to the same result."""
    paper = own_paper(attempt)
    return _send(paper, {})


def _send(paper: Paper, given: dict[str, tuple[Any, int]]) -> Any:
    result_url = url_for("learning.result", attempt=paper.attempt.public_id)
    warm(paper.attempt.enrolment_id)
    write(actions.submit_answers, paper.attempt.id, paper.course, given)
    return redirect(result_url, 303)


@rooms.get("/checks/<attempt>/result")
@allow("see own answers")
def result(attempt: str) -> Any:
    """Give every choice back with its reason, and say what may help."""
    paper = own_paper(attempt)
    if paper.result is None:
        return redirect(url_for("learning.question", attempt=attempt, number=_first_unanswered(paper)), 303)
    answers = {name: value for name, (value, _revision) in paper.saved.items()}
    outcome = rules.grade_check(paper.course, paper.attempt.drawn, answers)
    progress = records.progress_of(paper.attempt.enrolment_id)
    certificate = certificate_of(paper.attempt.enrolment_id)
    lessons = paper.course.lesson_by_id
    return render_template(
        "learning/result.html",
        here="courses",
        course=paper.course,
        passed=paper.result.passed,
        right=paper.result.right,
        asked=paper.result.asked,
        needed=outcome.needed,
        safety_fit=outcome.safety_fit,
        rows=[_row(paper, number, this, graded) for number, (this, graded) in enumerate(outcome.graded, 1)],
        revisit=[
            {
                "title": lessons[name].title,
                "url": pages.lesson_path(paper.course, lessons[name]),
                "minutes": lessons[name].minutes,
                "safety": safety,
            }
            for name, safety in rules.lessons_to_revisit(paper.course, outcome)
        ],
        certificate_url=certificate["url"],
        waiting_review=certificate["waiting"],
        left=[row for row in pages.asked_rows(paper.course, progress) if not row["met"]],
        try_url=url_for("learning.start_check", course=paper.course.id),
        lead_text=pages.fact_words(paper.facts)[0],
        tries=progress.tries,
        sent_on=day(paper.result.at.date()),
        course_url=url_for("learning.course", course=paper.course.id),
    )


def _row(paper: Paper, number: int, this: Question, graded: Any) -> dict[str, Any]:
    return {
        "number": number,
        "stem": pages.dress(this.stem, paper.facts),
        "critical": this.critical,
        "right": graded.right,
        "notes": [_note(paper, note) for note in graded.notes],
        "better": [_note(paper, note) for note in graded.better],
        "part": pages.in_our_words(graded.part),
    }


def _note(paper: Paper, note: Note) -> dict[str, Any]:
    chosen_text, reason = pages.dress(note.chosen, paper.facts), pages.dress(note.reason, paper.facts)
    return {"chosen": chosen_text, "fits": note.fits, "reason": reason}
