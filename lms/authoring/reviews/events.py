"""What happens to requests for a review, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewAsked:
    """Somebody was asked to review a version of a course."""

    person_id: str
    programme_id: str
    request_id: str
    course_id: str
    role: str
