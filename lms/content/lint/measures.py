"""Figures about a course for its writers: words, reading grades, gentler versions and questions."""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.model.course import Course
from lms.content.reader.context import ParseContext, ParsedFile
from lms.content.reader.reading import Sentence, grade, paragraphs, sentences

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
        if self.highest_grade is not None:
            parts.append(f"highest reading grade {self.highest_grade}")
        return ", ".join(["draft"] * self.draft + parts)


def measure(context: ParseContext, course: Course) -> Measures:
    """Counts and grades every lesson; reports each page that is too hard to read."""
    english = course.language.split("-")[0] == "en"
    ids = {lesson.path: lesson.id for lesson in course.lessons}
    pages = [(ids[path], parsed) for parsed in context.parsed_files if (path := _lesson_path(parsed)) in ids]
    grades = {parsed.report.path: _grade(parsed) if english else None for _, parsed in pages}
    return Measures(
        draft=course.draft,
        questions=len(course.questions),
        conversations=len(course.conversations),
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
        sentences=tuple(
            (id, parsed.report.path, sentence)
            for id, parsed in pages
            for sentence in sentences(paragraphs(parsed.prose), quoted=False)
        ),
    )


def _lesson_path(parsed: ParsedFile) -> str:
    """The path of the lesson that a page belongs to; empty when it belongs to none."""
    if parsed.role not in ("lesson", "gentle"):
        return ""
    return parsed.report.path.removesuffix(".gentle.md") + ".md" * (parsed.role == "gentle")


def _grade(parsed: ParsedFile) -> float:
    found = grade(sentences(paragraphs(parsed.prose)))
    if found > HARDEST:
        line = parsed.prose[0].line if parsed.prose else 1
        parsed.report.add("READING_GRADE", line, f"This page has reading grade {found}.")
    return found


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + "s" * (count != 1)
