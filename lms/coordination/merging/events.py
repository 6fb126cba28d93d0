"""Events of merging, which hold ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountsMerged:
    """Another account of somebody was merged into theirs, and is closed."""

    merge_id: str
    person_id: str
    other_id: str
    programme_id: str


@dataclass(frozen=True)
class MergeUndone:
    """Two accounts are apart again, each with what it had before."""

    merge_id: str
    person_id: str
    other_id: str
    programme_id: str
