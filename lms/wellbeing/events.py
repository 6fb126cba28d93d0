"""Events of support lines, which hold ids only; nothing records that somebody opened the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LineWithdrawn:
    """A line was taken off a programme's pages, or off the whole site."""

    line_id: str
    programme_id: str | None = None


@dataclass(frozen=True)
class LineRestored:
    """A line that had been taken off a programme's pages, or the whole site, is shown again."""

    line_id: str
    programme_id: str | None = None


@dataclass(frozen=True)
class LineChecked:
    """Somebody made sure on a day that a line answers."""

    line_id: str
    on: date
