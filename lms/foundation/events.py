"""Events: announcing a frozen value writes its audit row and runs its reactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lms.foundation import db
from lms.foundation.audit import entries

Reactions = Mapping[type, Sequence[Callable[[Any], object]]]

_reactions: Reactions = {}


def bind(reactions: Reactions) -> None:
    """Set the one table of what follows what; `lms.flow` holds it."""
    global _reactions
    _reactions = reactions


def announce(event: Any) -> None:
    """Keep an event in the audit trail and run its reactions, all inside the present write.

    An event holds ids, classes and dates, never a name, an answer or a secret.
    """
    if not db.writing():
        raise RuntimeError("announce() needs a write() around it")
    entries.record(type(event).__name__, dict(vars(event)))
    for react in _reactions.get(type(event), ()):
        react(event)
