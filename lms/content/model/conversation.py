"""A practice conversation as frozen values: turns, replies, ends, and the arc that joins several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from lms.content.model.content_note import ContentNote

# What kind of reply it is, and how it fits: closed lists, which the site translates.
LABELS = (
    "opening offer", "open question", "closed question", "simple reflection", "complex reflection", "affirmation",
    "summary", "silence", "information with permission", "advice without permission", "reassurance", "minimising",
    "self-disclosure", "direct safety question", "linking", "limits statement",
)  # fmt: skip
FITS = ("steady", "mixed", "detour")


@dataclass(frozen=True)
class Reply:
    """Something the supporter may say; `label` and `fit` are words of the two lists above."""

    label: str
    fit: str
    text: str
    goes_to: str
    feedback: str


@dataclass(frozen=True)
class Turn:
    """What the colleague says, and the replies to it; `stage` is the direction in front of the words.

    `title` is plain text, and empty where the turn has none.
    """

    id: str
    stage: str
    says: str
    replies: tuple[Reply, ...]
    title: str = ""


@dataclass(frozen=True)
class End:
    """An end of a conversation, with its debrief."""

    id: str
    title: str
    html: str
    good: bool


@dataclass(frozen=True)
class Conversation:
    """A practice conversation as a graph of turns and ends."""

    id: str
    title: str
    partner: str
    setting: str
    content_note: ContentNote
    objectives: tuple[str, ...]
    start: str
    turns: tuple[Turn, ...]
    ends: tuple[End, ...]
    must_reach: Literal["any", "good"] = "any"
    minutes: int = 12
    path: str = ""

    @cached_property
    def places(self) -> dict[str, Turn | End]:
        """Turns and ends by id."""
        places: tuple[Turn | End, ...] = (*self.turns, *self.ends)
        return {place.id: place for place in places}


@dataclass(frozen=True)
class Arc:
    """Contacts with one colleague that belong together: conversations by id, in their order, three at most."""

    id: str
    title: str
    contacts: tuple[str, ...]
