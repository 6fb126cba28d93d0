"""An attempt as its pages need it: course, questions and saved answers in one value."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions import Presented, chosen, complete, in_words, present
from lms.learning.check.records import OwnAttempt, Saved, answers_of
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.placeholders import fill_placeholders, fill_question
from lms.library.course_cache import get_course


class CheckAttempt:
    """An open or sent attempt with its course, questions and saved answers."""

    attempts: int = 0
    passed_on: tuple[str, ...] = ()

    def __init__(
        self, attempt: Attempt, result: Result | None, facts: dict[str, Any], saved: Saved | None = None
    ) -> None:
        self.attempt, self.result, self.facts = attempt, result, facts
        self.course: Course = get_course(attempt.digest)
        self.seed = int(attempt.seed)
        self.questions = [self.course.question_by_id[name] for name in attempt.drawn]
        self.saved = answers_of(attempt.id) if saved is None else saved

    @classmethod
    def of(cls, own: OwnAttempt) -> CheckAttempt:
        """Return somebody's own attempt, with how many they have sent and on which versions they passed."""
        check_attempt = cls(own.stored.attempt, own.stored.result, own.facts, own.stored.saved)
        check_attempt.attempts, check_attempt.passed_on = own.attempts, own.passed_on
        return check_attempt

    def answer(self, question: Question) -> Any:
        """Return the saved answer of a question, or None."""
        return self.saved.get(question.id, (None, 0))[0]

    def revision(self, question: Question) -> int:
        """Return the revision of a saved answer, 0 when there is none."""
        return self.saved.get(question.id, (None, 0))[1]

    def shown(self, question: Question) -> Presented:
        """Return a question as this attempt shows it."""
        return fill_question(present(question, self.seed), self.facts)

    def chosen(self, question: Question) -> Any:
        """Return what is chosen already, in the page's tokens."""
        return chosen(question, self.answer(question), self.seed)

    def in_words(self, question: Question) -> list[Markup]:
        """Return what is chosen already, in the question's own words."""
        texts = in_words(question, self.answer(question), self.seed)
        return [fill_placeholders(text, self.facts) for text in texts]

    def with_answer(self, question: Question, value: Any, revision: int) -> CheckAttempt:
        """Return the attempt with one more answer saved."""
        return CheckAttempt(self.attempt, self.result, self.facts, {**self.saved, question.id: (value, revision)})

    @property
    def first_unanswered(self) -> int:
        """Return the number of the first question without a whole answer; 1 when there is none."""
        marks = self.marks
        return marks.index(False) + 1 if False in marks else 1

    @property
    def marks(self) -> list[bool]:
        """Return for each question whether it has a whole answer."""
        return [complete(question, self.answer(question)) is None for question in self.questions]
