"""What happens to drafts on their way to being published, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublicationAsked:
    """Somebody asked a second person to approve a draft."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str


@dataclass(frozen=True)
class PublicationApproved:
    """A second person approved a draft; it's published at once, or at its time."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str


@dataclass(frozen=True)
class ChangesAsked:
    """A second person asked for changes before a draft is published."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str


@dataclass(frozen=True)
class PublicationScheduled:
    """A draft is to be published at a time."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str


@dataclass(frozen=True)
class PublicationCalledOff:
    """A request to publish a draft, or its time, was taken back."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str


@dataclass(frozen=True)
class PublicationStopped:
    """The time to publish a draft came, and it couldn't be published any more."""

    programme_id: str
    draft_id: str
    course_id: str
    version: str
