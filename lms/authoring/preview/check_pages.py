"""The check in a preview: each question as it's asked, and what a learner reads after an answer to it."""

from __future__ import annotations

from typing import Any

from flask import get_template_attribute, render_template
from markupsafe import Markup

from lms.authoring.preview.pages import Page, Preview
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions import Answer, grade, present, sample
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import language
from lms.learning.check.pages import NUMBER, render_graded
from lms.learning.progress.placeholders import Facts, fill_question, placeholder_values
from lms.learning.progress.rules import lessons_for

# Any order serves; the same one each time lets a writer find an option again.
_SEED = 0
_MOST_NOT_RIGHT = 6


def check_page(preview: Preview, course: Course) -> Page:
    """Every question of the bank, each with its results."""
    words = placeholder_values(preview.facts)
    row = get_template_attribute("questions/question.html", "row")
    questions = [
        {
            "id": question.id,
            "asked": Markup(row(number, fill_question(present(question, _SEED), preview.facts), None, 0)),  # noqa: S704
            "drawn": question.drawable,
            "results": list(_results(question, number, words)),
            "lessons": [lesson.title for lesson in lessons_for(course, question)],
        }
        for number, question in enumerate(course.questions, 1)
    ]
    return Page(render_template("authoring/parts/preview/check.html", course=course, questions=questions))


def _results(question: Question, number: int, words: Facts) -> Any:
    answers = sample(question)
    for answer in answers["right"][:1]:
        yield _("After the right answer"), _result(question, answer, f"{number}-r", number, words)
    for place, answer in enumerate(answers["not_right"][:_MOST_NOT_RIGHT], 1):
        heading = _("After another answer (%(place)s)", place=place)
        yield heading, _result(question, answer, f"{number}-{place}", number, words)
    yield _("If it’s left unanswered"), _result(question, None, f"{number}-o", number, words)


def _result(question: Question, answer: Answer | None, anchor: str, number: int, words: Facts) -> Markup:
    made = render_graded(question.stem, question.critical, grade(question, answer), words, language())
    made = made.replace(f'id="question-{NUMBER}"', f'id="question-{anchor}"').replace(NUMBER, str(number))
    return Markup(made)  # noqa: S704 - it comes out of a template
