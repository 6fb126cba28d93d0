"""A course as frozen values, after its files have been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lms.content.model.content_note import ANNOUNCED, NO_NOTE, ContentNote
from lms.content.model.conversation import Arc, Conversation
from lms.content.model.question import Question
from lms.content.model.report import Finding


@dataclass(frozen=True)
class Objective:
    """Something a learner can do after the course."""

    id: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A work that the course cites; `checked` is the day on which somebody last compared the course with it."""

    id: str
    citation: str
    url: str | None = None
    licence: str | None = None
    checked: str | None = None


@dataclass(frozen=True)
class Lesson:
    """A lesson as HTML that still holds `{{lead}}`, `{{emergency}}` and `{{limits_statement}}`."""

    id: str
    title: str
    objectives: tuple[str, ...]
    content_note: ContentNote
    html: str
    minutes: int
    words: int
    sources: tuple[str, ...] = ()
    gentle_html: str | None = None
    gentle_note: ContentNote = NO_NOTE
    self_care: bool = False
    path: str = ""
    practice: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Module:
    """A folder of lessons in their order; `facilitator` is HTML that learners never get."""

    id: str
    number: int
    title: str
    html: str
    lessons: tuple[Lesson, ...]
    facilitator: str = ""


@dataclass(frozen=True)
class Criteria:
    """What the certificate asks for: `score` in whole per cent of the drawn questions.

    `refresher` is how many questions renewing draws across the course, where the course says so itself.
    """

    score: int
    draw: int
    practice_required: int
    observed_practice: int = 0
    lessons_required: bool = False
    refresher: int | None = None


@dataclass(frozen=True)
class CertificateTerms:
    """How long a certificate is valid and what it does not attest; None months means without end."""

    does_not_attest: str
    valid_months: int | None
    design: str


@dataclass(frozen=True)
class JurisdictionNote:
    """A dated example of local law; nobody's advice."""

    place: str
    text: str
    read_on: str | None = None
    owner: str | None = None
    next_check: str | None = None


@dataclass(frozen=True)
class Correction:
    """A correction for safety: people who had read one of these lessons see its note there, from that day on."""

    day: str
    lessons: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Term:
    """A word of the course's glossary, and its meaning as safe HTML without an outer paragraph."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Course:
    """A whole course, as published under one digest."""

    id: str
    code: str
    title: str
    version: str
    language: str
    summary: str
    audience: str
    sectors: tuple[str, ...]
    prerequisites: tuple[str, ...]
    private: bool
    draft: bool
    objectives: tuple[Objective, ...]
    content_note: str
    criteria: Criteria
    certificate: CertificateTerms
    sources: tuple[Source, ...]
    jurisdiction_notes: tuple[JurisdictionNote, ...]
    review_due: str | None
    licence: str
    authors: tuple[str, ...]
    html: str
    modules: tuple[Module, ...]
    questions: tuple[Question, ...]
    conversations: tuple[Conversation, ...]
    digest: str
    media: dict[str, str] = field(default_factory=dict)
    needs_facts: tuple[str, ...] = ()
    glossary: tuple[Term, ...] = ()
    arcs: tuple[Arc, ...] = ()
    corrected: Correction | None = None
    # What check.md says its questions touch on; None where that follows from the lessons.
    check_note: ContentNote | None = None

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in the order in which they are offered."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @cached_property
    def lesson_by_id(self) -> dict[str, Lesson]:
        """Lessons by id."""
        return {lesson.id: lesson for lesson in self.lessons}

    @cached_property
    def question_by_id(self) -> dict[str, Question]:
        """Questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def conversation_by_id(self) -> dict[str, Conversation]:
        """Practice conversations by id."""
        return {conversation.id: conversation for conversation in self.conversations}

    @cached_property
    def better_unseen(self) -> bool:
        """True when somebody may not want to be seen on a lesson, a conversation or the check of this course."""
        notes = (part.content_note for part in self._noted)
        return any(note.better_unseen for note in (*notes, self.check_note or NO_NOTE))

    @property
    def _noted(self) -> tuple[Lesson | Conversation, ...]:
        return (*self.lessons, *self.conversations)

    @cached_property
    def announced_in_check(self) -> tuple[str, ...]:
        """The topics that the check's first page names: those of its own note, or else of the lessons it asks about."""
        if self.check_note is not None:
            return self.check_note.announced
        asked = {objective for question in self.questions for objective in question.objectives}
        about = (part for part in self._noted if asked & set(part.objectives))
        topics = {topic for part in about for topic in part.content_note.topics}
        return tuple(topic for topic in ANNOUNCED if topic in topics)

    @property
    def minor_line(self) -> str:
        """The minor line that learners stay on, "1.0" for version 1.0.3."""
        return ".".join(self.version.split(".")[:2])

    @property
    def minutes(self) -> int:
        """Estimated minutes in all: lessons, conversations and two a drawn question."""
        read = sum(lesson.minutes for lesson in self.lessons)
        played = sum(conversation.minutes for conversation in self.conversations)
        return read + played + 2 * self.criteria.draw


@dataclass(frozen=True)
class Reading:
    """The result of reading a bundle: findings, and a course unless one of them is an error.

    `so_far` is the course as far as it could be put together, errors or not: for previews, never for learners.
    """

    course: Course | None
    findings: tuple[Finding, ...]
    so_far: Course | None = None

    @property
    def ok(self) -> bool:
        """True when no finding is an error."""
        return not any(finding.severity == "error" for finding in self.findings)
