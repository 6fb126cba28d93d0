"""Figures about a course for its writers: words, reading grades, gentler versions and questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.content.model.course import Course
from lms.content.reader.context import ParseContext
from lms.content.reader.parts import Proofread
from lms.content.reader.reading import Passage, Sentence, grade, sentences

HARDEST = 9


@dataclass(frozen=True)
class LessonMeasures:
    """One lesson in figures; `grade` is None where English rules do not hold."""

    id: str
    path: str
    words: int
    grade: float | None
    minutes: int
    gentle: bool
    practice: int


@dataclass(frozen=True)
class Measures:
    """A course in figures; `sentences` holds (lesson id, path, sentence) of lesson prose outside quotation marks."""

    draft: bool
    questions: int
    conversations: int
    lessons: tuple[LessonMeasures, ...]
    sentences: tuple[tuple[str, str, Sentence], ...] = ()
    turns: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    @property
    def words(self) -> int:
        """Words of all lessons, without their gentler versions."""
        return sum(lesson.words for lesson in self.lessons)

    @property
    def gentle(self) -> int:
        """How many lessons have a gentler version."""
        return sum(lesson.gentle for lesson in self.lessons)

    @property
    def highest_grade(self) -> float | None:
        """The grade of the lesson that is hardest to read."""
        return max((lesson.grade for lesson in self.lessons if lesson.grade is not None), default=None)

    def in_a_line(self) -> str:
        """The figures as one line for a terminal."""
        parts = [
            _counted(self.words, "word"),
            _counted(len(self.lessons), "lesson"),
            _counted(self.gentle, "gentler version"),
            _counted(self.questions, "question"),
        ]
        if self.turns:
            turns, ends = _range(self.turns, "turn"), _range(self.ends, "end")
            parts.append(f"{_counted(self.conversations, 'conversation')} with {turns} and {ends}")
        if self.highest_grade is not None:
            parts.append(f"highest reading grade {self.highest_grade}")
        return ", ".join(["draft"] * self.draft + parts)


def measure(context: ParseContext, course: Course) -> Measures:
    """Counts every lesson; reports each page that is too hard to read."""
    ids = {lesson.path: lesson.id for lesson in course.lessons}
    pages = [(ids[path], page) for page in context.proofread if (path := _lesson_path(page)) in ids]
    for _, page in pages:
        if page.grade is not None and page.grade > HARDEST:
            message = f"This page has reading grade {page.grade}."
            context.report(page.path).add("READING_GRADE", page.line, message)
    grades = {page.path: page.grade for _, page in pages}
    return Measures(
        draft=course.draft,
        questions=len(course.questions),
        conversations=len(course.conversations),
        turns=tuple(len(conversation.turns) for conversation in course.conversations),
        ends=tuple(len(conversation.ends) for conversation in course.conversations),
        lessons=tuple(
            LessonMeasures(
                lesson.id,
                lesson.path,
                lesson.words,
                grades[lesson.path],
                lesson.minutes,
                lesson.gentle_html is not None,
                len(lesson.practice),
            )
            for lesson in course.lessons
        ),
        sentences=tuple((id, page.path, sentence) for id, page in pages for sentence in page.sentences),
    )


def _lesson_path(page: Proofread) -> str:
    """The path of the lesson that a page belongs to; empty when it belongs to none."""
    if page.role not in ("lesson", "gentle"):
        return ""
    return page.path.removesuffix(".gentle.md") + ".md" * (page.role == "gentle")


def grade_of(passages: Sequence[Passage], language: str) -> float | None:
    """The reading grade of a page; None where English rules do not hold."""
    return grade(sentences(passages)) if language.split("-")[0] == "en" else None


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + "s" * (count != 1)


def _range(counts: Sequence[int], thing: str) -> str:
    least, most = min(counts), max(counts)
    return _counted(most, thing) if least == most else f"{least} to {_counted(most, thing)}"
