"""What the check's pages show of questions, asked and given back: made once where many are shown the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import get_template_attribute, render_template
from markupsafe import Markup

from lms.content.course import Course, Question
from lms.content.questions import Graded, Item, Note, Presented, present
from lms.foundation.keeping import hole
from lms.foundation.words import language
from lms.learning import pages, rules
from lms.learning.pages import Facts
from lms.learning.papers import Paper
from lms.learning.records import Result

# Where a question that is kept has the tokens of one attempt, side by side.
_TOKENS = {side: tuple(hole(side * place) for place in range(1, 100)) for side in ("l", "r")}
_NUMBER = hole("number")


def all_questions(paper: Paper) -> str:
    """Return all questions of a check, one below the other."""
    words = pages.fact_words(paper.facts)
    return "".join(_asked(paper, number, this, words) for number, this in enumerate(paper.questions, 1))


def _asked(paper: Paper, number: int, this: Question, words: Facts) -> str:
    if this.id in paper.saved:
        row = get_template_attribute("questions/question.html", "row")
        made: str = row(number, paper.shown(this), paper.chosen(this), paper.revision(this))
        return made
    shown = present(this, paper.seed)
    texts, rights = (tuple([item.text for item in side]) for side in (shown.items, shown.rights))
    about = (shown.id, shown.kind, shown.stem, shown.critical, shown.choose)
    html = _question(about, texts, rights, words, language()).replace(_NUMBER, str(number))
    for side, items in (("l", shown.items), ("r", shown.rights)):
        for place, item in zip(_TOKENS[side], items, strict=False):
            html = html.replace(place, item.token)
    return html


@lru_cache(maxsize=2048)
def _question(
    about: tuple[str, str, str, bool, int | None],
    texts: tuple[str, ...],
    rights: tuple[str, ...],
    words: Facts,
    _language: str,
) -> str:
    """Return a question that nobody has answered, in one order of its options; in its holes go number and tokens."""

    def items(side: str, texts: tuple[str, ...]) -> tuple[Item, ...]:
        return tuple(Item(token, pages.wear(text, words)) for token, text in zip(_TOKENS[side], texts, strict=False))

    id, kind, stem, critical, choose = about
    asked = Presented(id, kind, pages.wear(stem, words), (), critical, items("l", texts), items("r", rights), choose)
    return str(get_template_attribute("questions/question.html", "row")(_NUMBER, asked, None, 0))


def outcome(paper: Paper, result: Result, still_to_come: dict[str, Any]) -> str:
    """Return what came of a check: every choice with its reason, and what may help."""
    answers = {name: value for name, (value, _revision) in paper.saved.items()}
    came = rules.grade_check(paper.course, paper.attempt.drawn, answers)
    words = pages.fact_words(paper.facts)
    return render_template(
        "parts/outcome.html",
        course=paper.course,
        passed=result.passed,
        renewing=paper.attempt.renewal_id is not None,
        right=result.right,
        asked=result.asked,
        needed=came.needed,
        safety_fit=came.safety_fit,
        rows=Markup("").join(_row(number, *graded, words) for number, graded in enumerate(came.graded, 1)),
        revisit=[_lesson(paper.course, *lesson) for lesson in rules.lessons_to_revisit(paper.course, came)],
        lead_text=words[0],
        contact=paper.facts.get("contact"),
        reply_time=paper.facts.get("reply_time"),
        tries=paper.tries,
        **still_to_come,
    )


def _lesson(course: Course, name: str, safety: bool) -> dict[str, Any]:
    lesson = course.lesson_by_id[name]
    url = pages.lesson_path(course, lesson)
    return {"title": lesson.title, "url": url, "minutes": lesson.minutes, "safety": safety}


def _row(number: int, this: Question, graded: Graded, words: Facts) -> Markup:
    return Markup(_graded(this.stem, this.critical, graded, words, language()).replace(_NUMBER, str(number)))  # noqa: S704


@lru_cache(maxsize=1024)
def _graded(stem: str, critical: bool, graded: Graded, words: Facts, _language: str) -> str:
    """Return what is said of one answer, the same to all who gave it; in its hole goes the number of the question."""
    return render_template(
        "parts/graded.html",
        number=_NUMBER,
        stem=pages.wear(stem, words),
        critical=critical,
        right=graded.right,
        notes=[_note(note, words) for note in graded.notes],
        better=[_note(note, words) for note in graded.better],
        part=pages.in_our_words(graded.part),
    )


def _note(note: Note, words: Facts) -> dict[str, Any]:
    return {"chosen": pages.wear(note.chosen, words), "reason": pages.wear(note.reason, words)}
