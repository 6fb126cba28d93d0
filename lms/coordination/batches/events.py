"""What coordinators do for many people at once, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BatchAsked:
    """A coordinator asked for something for many certificates at once."""

    batch_id: str
    programme_id: str
    kind: str
    count: int


@dataclass(frozen=True)
class BatchEnded:
    """It was done to its end, or stopped before."""

    batch_id: str
    programme_id: str
    state: str


@dataclass(frozen=True)
class DocumentHandedOut:
    """Somebody's certificate went into a file that a coordinator asked for."""

    award_id: str
    person_id: str
    programme_id: str
    batch_id: str
