"""An expected refusal, returned as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """An expected "no", in words for the person who asked."""

    message: str
