"""Events of learning: ids only, never an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Enrolled:
    """Somebody began a course."""

    person_id: str
    programme_id: str
    enrolment_id: str
    course_id: str


@dataclass(frozen=True)
class LessonFinished:
    """Somebody finished a lesson, in whichever version."""

    person_id: str
    programme_id: str
    enrolment_id: str


@dataclass(frozen=True)
class PracticeCompleted:
    """Somebody brought a practice conversation to an end that counts."""

    person_id: str
    programme_id: str
    enrolment_id: str


@dataclass(frozen=True)
class CheckOpened:
    """Somebody opened the check."""

    person_id: str
    programme_id: str
    enrolment_id: str
    attempt_id: str


@dataclass(frozen=True)
class CheckSubmitted:
    """Somebody sent their answers."""

    person_id: str
    programme_id: str
    enrolment_id: str
    attempt_id: str


@dataclass(frozen=True)
class CoursePassed:
    """Somebody passed a course's check."""

    person_id: str
    programme_id: str
    enrolment_id: str
    attempt_id: str


@dataclass(frozen=True)
class WentOn:
    """Somebody went on to a newer version of a course."""

    person_id: str
    programme_id: str
    enrolment_id: str
    version: str


@dataclass(frozen=True)
class RenewalBegun:
    """Somebody began to renew what they know of a course."""

    person_id: str
    programme_id: str
    enrolment_id: str


@dataclass(frozen=True)
class RemarkAnswered:
    """The authors of a course answered what was said of a lesson; what was said, and by whom, is in no event."""

    programme_id: str
    course_id: str
    lesson_id: str


@dataclass(frozen=True)
class EquivalentRecorded:
    """A coordinator recorded something as met in another way."""

    person_id: str
    programme_id: str
    enrolment_id: str
    equivalent_id: str


@dataclass(frozen=True)
class EquivalentUndone:
    """What was recorded as met in another way no longer counts."""

    person_id: str
    programme_id: str
    enrolment_id: str
    equivalent_id: str


@dataclass(frozen=True)
class OldAnswersDeleted:
    """Answers of long ago were deleted: how many, of checks that were opened and last answered before which day.

    The programme is there when it keeps them for a shorter time than the site.
    """

    answers: int
    before: date
    programme_id: str | None = None
