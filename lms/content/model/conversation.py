"""A practice conversation as frozen values: turns, replies, ends, what it remembers, and the arc that joins several."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
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
# How the two speak with each other.
MEDIA = ("face to face", "phone", "chat")
LIMITS_STATEMENT = "limits statement"
# Ids of facts: what was said on the way to a place.
Memory = frozenset[str]
NOTHING: Memory = frozenset()


@dataclass(frozen=True)
class Condition:
    """Holds when every fact in `needs` is known, and none in `unless`."""

    needs: Memory = NOTHING
    unless: Memory = NOTHING

    def holds(self, memory: Memory) -> bool:
        """Return whether it holds for what was said."""
        return self.needs <= memory and not self.unless & memory


ALWAYS = Condition()


@dataclass(frozen=True)
class Reply:
    """Something the supporter may say; `label` and `fit` are words of the two lists above.

    It is offered when its condition holds, and choosing it sets its facts.
    """

    label: str
    fit: str
    text: str
    goes_to: str
    feedback: str
    sets: tuple[str, ...] = ()
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Variant:
    """What the colleague says instead when its condition holds."""

    when: Condition
    stage: str
    says: str


@dataclass(frozen=True)
class Turn:
    """What the colleague says, and the replies to it; `stage` is the direction in front of the words.

    `title` is plain text, and empty where the turn has none. `answers` are the facts that the words take for granted;
    a variant's own condition says the same of it.
    """

    id: str
    stage: str
    says: str
    replies: tuple[Reply, ...]
    title: str = ""
    variants: tuple[Variant, ...] = ()
    answers: tuple[str, ...] = ()

    def heard(self, memory: Memory) -> Turn:
        """Return the turn with the words for what was said so far; its replies keep their numbers."""
        variant = self.variant(memory)
        return self if variant is None else replace(self, stage=variant.stage, says=variant.says)

    def variant(self, memory: Memory) -> Variant | None:
        """Return the first variant that holds; None where the turn's own words are said."""
        return next((variant for variant in self.variants if variant.when.holds(memory)), None)

    def offered(self, memory: Memory) -> list[tuple[int, Reply]]:
        """Return the replies that can be chosen, with their numbers in the turn."""
        return [(index, reply) for index, reply in enumerate(self.replies) if reply.when.holds(memory)]


@dataclass(frozen=True)
class End:
    """An end of a conversation, with its debrief; a good one needs its facts on every road to it.

    `html` is the whole debrief. `parts` are its pieces with their conditions, empty where it has no conditions.
    """

    id: str
    title: str
    html: str
    good: bool
    needs: tuple[str, ...] = ()
    parts: tuple[tuple[Condition, str], ...] = ()

    def heard(self, memory: Memory) -> End:
        """Return the end with the debrief for what was said."""
        if not self.parts:
            return self
        return replace(self, html="".join(html for when, html in self.parts if when.holds(memory)), parts=())


@dataclass(frozen=True)
class Conversation:
    """A practice conversation as a graph of turns and ends.

    `facts` are what it remembers, each id with a sentence for trainers. `known` holds at its start: nothing, except in
    previews that start in the middle.
    """

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
    facts: tuple[tuple[str, str], ...] = ()
    by: str = MEDIA[0]
    first_contact: bool = False
    known: Memory = NOTHING

    @cached_property
    def places(self) -> dict[str, Turn | End]:
        """Turns and ends by id."""
        places: tuple[Turn | End, ...] = (*self.turns, *self.ends)
        return {place.id: place for place in places}

    def shown_order(self, turn: Turn, memory: Memory, step: int) -> list[tuple[int, Reply]]:
        """Return the replies that are offered, in an order that says nothing and stays the same at a step."""

        def lot_of(choice: tuple[int, Reply]) -> str:
            return hashlib.sha256(f"{self.id}|{turn.id}|{step}|{choice[0]}".encode()).hexdigest()

        return sorted(turn.offered(memory), key=lot_of)


@dataclass(frozen=True)
class Arc:
    """Contacts with one colleague that belong together: conversations by id, in their order, three at most."""

    id: str
    title: str
    contacts: tuple[str, ...]
