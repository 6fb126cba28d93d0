"""Questions and results of the check as HTML; what many people see alike is rendered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import get_template_attribute, render_template
from markupsafe import Markup, escape

from lms.content.model.course import Course, Lesson
from lms.content.model.question import Question
from lms.content.questions import Graded, Item, Note, Presented, present
from lms.foundation import clock
from lms.foundation.text.i18n import language
from lms.foundation.web.page_cache import cut, filled, slot
from lms.learning.check.attempt import CheckAttempt
from lms.learning.progress import pages, rules
from lms.learning.progress.attempt_records import Result
from lms.learning.progress.placeholders import Facts, fill_with, placeholder_values, translate_sentence
from lms.library.course_cache import get_course

# A question is kept with slots for its number, and for the token and the text of each option, side by side.
NUMBER = slot("number")
_MOST = 100
# No setting deletes answers earlier.
LEAST_KEPT = timedelta(days=28)
_SLOT_NAMES = {side: tuple(side * place for place in range(1, _MOST)) for side in ("l", "r")}


def all_questions(check_attempt: CheckAttempt) -> str:
    """Return all questions of a check, one below the other."""
    words = placeholder_values(check_attempt.facts)
    return "".join(_asked(check_attempt, number, this, words) for number, this in enumerate(check_attempt.questions, 1))


def _asked(check_attempt: CheckAttempt, number: int, this: Question, words: Facts) -> str:
    if this.id in check_attempt.saved:
        row = get_template_attribute("questions/question.html", "row")
        made: str = row(number, check_attempt.shown(this), check_attempt.chosen(this), check_attempt.revision(this))
        return made
    shown = present(this, check_attempt.seed)
    about = replace(shown, items=(), rights=())
    pieces = _question(about, (len(shown.items), len(shown.rights)), words, language())
    values = {"number": str(number)}
    for item, name in zip(shown.items, _SLOT_NAMES["l"], strict=False):
        values[name], values[f"{name}t"] = item.token, fill_with(item.text, words)
    for item, name in zip(shown.rights, _SLOT_NAMES["r"], strict=False):
        values[name], values[f"{name}t"] = item.token, _plain(item.text, words, language())
    return filled(pieces, values)


@lru_cache(maxsize=256)
def _question(about: Presented, many: tuple[int, int], words: Facts, _language: str) -> tuple[str, ...]:
    """Return an unanswered question as pieces of HTML, between which numbers, tokens and texts are filled in."""

    def items(side: str, number: int) -> tuple[Item, ...]:
        return tuple(Item(slot(name), Markup(slot(f"{name}t"))) for name in _SLOT_NAMES[side][:number])  # noqa: S704

    asked = replace(about, stem=fill_with(about.stem, words), items=items("l", many[0]), rights=items("r", many[1]))
    return cut(get_template_attribute("questions/question.html", "row")(NUMBER, asked, None, 0))


@lru_cache(maxsize=1024)
def _plain(html: str, words: Facts, _language: str) -> str:
    """Return the escaped text of some HTML, for places that can’t hold HTML."""
    return str(escape(fill_with(html, words).striptags()))


def answers_gone(check_attempt: CheckAttempt, result: Result) -> bool:
    """Decide whether the answers of a check that was sent are no longer kept, so that only its result can be shown."""
    return not check_attempt.saved and (result.right > 0 or result.at < clock.now() - LEAST_KEPT)


def outcome(check_attempt: CheckAttempt, result: Result, still_to_come: dict[str, Any]) -> str:
    """Return the result of an attempt: each choice with its reason, and the lessons that may help."""
    answers = {name: value for name, (value, _revision) in check_attempt.saved.items()}
    grading = rules.grade_check(check_attempt.course, check_attempt.attempt.drawn, answers)
    words = placeholder_values(check_attempt.facts)
    right_rows: list[str] = []
    missed_rows: list[str] = []
    missed: list[str] = []
    gone = answers_gone(check_attempt, result)
    for number, (this, graded) in enumerate(() if gone else grading.graded, 1):
        row = _graded(this.stem, this.critical, graded, words, language()).replace(NUMBER, str(number))
        (right_rows if graded.right else missed_rows).append(row)
        if not graded.right:
            missed.append(_missed(check_attempt.course.digest, this.id, words, language()).replace(NUMBER, str(number)))
    renewing = check_attempt.attempt.renewal_id is not None
    if result.passed and not still_to_come["left"] and not still_to_come["letters"]:
        url = still_to_come["certificate_url"]
        waits = (still_to_come["waiting_review"], still_to_come["waits_for_name"])
        about = (check_attempt.course.digest, renewing, result.right, result.asked, result.regraded_at is not None)
        rows = {"missed": "".join(missed_rows), "right": "".join(right_rows), "certificate": str(escape(url or ""))}
        return filled(_passed(about, bool(url), waits, gone, language()), rows)
    return render_template(
        "parts/outcome.html",
        course=check_attempt.course,
        passed=result.passed,
        renewing=renewing,
        right=result.right,
        asked=result.asked,
        needed=rules.needed_right(check_attempt.course.criteria, result.asked),
        regraded=result.regraded_at is not None,
        safety_right=grading.safety_right,
        missed=[Markup(item) for item in missed],  # noqa: S704 - each item comes out of a template
        missed_rows=Markup("".join(missed_rows)),  # noqa: S704 - each row comes out of a template
        right_rows=Markup("".join(right_rows)),  # noqa: S704 - each row comes out of a template
        revisit=[
            _lesson(check_attempt.course, check_attempt.course.lesson_by_id[name])
            for name, _safety in (() if gone else rules.lessons_to_revisit(check_attempt.course, grading))
        ],
        lead_text=words[0],
        contact=check_attempt.facts.get("contact"),
        reply_time=check_attempt.facts.get("reply_time"),
        attempts=check_attempt.attempts,
        answers_gone=gone,
        **still_to_come,
    )


@lru_cache(maxsize=64)
def _passed(
    about: tuple[str, bool, int, int, bool], has_url: bool, waits: tuple[bool, bool], gone: bool, _language: str
) -> tuple[str, ...]:
    """Return the result of somebody who has done everything, as pieces of HTML around what is theirs alone."""
    digest, renewing, right, asked, regraded = about
    html = render_template(
        "parts/outcome.html",
        course=get_course(digest),
        passed=True,
        renewing=renewing,
        right=right,
        asked=asked,
        regraded=regraded,
        missed_rows=Markup(slot("missed")),  # noqa: S704 - rows come out of a template
        right_rows=Markup(slot("right")),  # noqa: S704 - rows come out of a template
        certificate_url=slot("certificate") if has_url else None,
        waiting_review=waits[0],
        waits_for_name=waits[1],
        answers_gone=gone,
    )
    return cut(html)


@lru_cache(maxsize=1024)
def _missed(digest: str, question_id: str, words: Facts, _language: str) -> str:
    """Return a question that wasn’t answered right, with the lessons that may help."""
    course = get_course(digest)
    question = course.question_by_id[question_id]
    return render_template(
        "parts/missed.html",
        number=NUMBER,
        stem=fill_with(question.stem, words),
        critical=question.critical,
        lessons=[_lesson(course, lesson) for lesson in rules.lessons_for(course, question)],
    )


def _lesson(course: Course, lesson: Lesson) -> dict[str, Any]:
    return {"title": lesson.title, "url": pages.lesson_path(course, lesson), "minutes": lesson.minutes}


def render_graded(stem: str, critical: bool, graded: Graded, words: Facts, _language: str) -> str:
    """Return the feedback on one answer, the same for everybody who gave it; `NUMBER` in it is filled in later."""
    return render_template(
        "parts/graded.html",
        number=NUMBER,
        stem=fill_with(stem, words),
        critical=critical,
        right=graded.right,
        notes=[_note(note, words) for note in graded.notes],
        better=[_note(note, words) for note in graded.better],
        part=translate_sentence(graded.part),
    )


_graded = lru_cache(maxsize=1024)(render_graded)


def _note(note: Note, words: Facts) -> dict[str, Any]:
    return {"chosen": fill_with(note.chosen, words), "reason": fill_with(note.reason, words)}
