"""What happens to drafts, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DraftStarted:
    """Somebody began to write a course."""

    draft_id: str
    programme_id: str
    course_id: str


@dataclass(frozen=True)
class DraftChanged:
    """Files of a draft were changed; what is typed within ten minutes is one change."""

    draft_id: str
    programme_id: str
    revision: int


@dataclass(frozen=True)
class DraftDiscarded:
    """A draft isn't written any further, and will be deleted."""

    draft_id: str
    programme_id: str
