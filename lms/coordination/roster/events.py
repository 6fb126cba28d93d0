"""What happens to imports of people, told in ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RosterImportStarted:
    """Somebody confirmed a file of people."""

    import_id: str
    programme_id: str
    rows: int


@dataclass(frozen=True)
class RosterImportEnded:
    """It was done to its end, or stopped before."""

    import_id: str
    programme_id: str
    state: str
