"""Events of marking checks again: ids only, never an answer or a score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegradeProposed:
    """A trainer proposed to mark earlier checks of a course again."""

    programme_id: str
    regrade_id: str
    course_id: str


@dataclass(frozen=True)
class RegradeDecided:
    """A coordinator decided whether earlier checks are marked again."""

    programme_id: str
    regrade_id: str
    applied: bool


@dataclass(frozen=True)
class CheckRegraded:
    """Marking a check again made it a pass, or a coordinator took the pass back that it had been."""

    person_id: str
    programme_id: str
    enrolment_id: str
    attempt_id: str
    passed: bool


@dataclass(frozen=True)
class PassKept:
    """A coordinator decided that somebody keeps a pass that marking again would have taken away."""

    person_id: str
    programme_id: str
    enrolment_id: str
    attempt_id: str
