"""What people do for care: keep how they like their screen, check a support line, take one off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lms.foundation import clock
from lms.foundation.db import after_commit
from lms.foundation.events import announce
from lms.wellbeing import kept, records
from lms.wellbeing.events import LineChecked, LineRestored, LineWithdrawn


def keep_looks(person_id: str, choices: str) -> None:
    """Keep display choices with an account; they name no reason and stand in no trail."""
    records.keep_looks(person_id, choices)


def check_line(line_id: str, on: date, data: Path) -> None:
    """Note that somebody made sure of a line today; who it was stands in the audit trail."""
    records.line_note(line_id).verified_on = on
    announce(LineChecked(line_id, on))
    after_commit(lambda: kept.copy_notes(data))


def withdraw_line(line_id: str, data: Path) -> None:
    """Take a line off every page, from the next page on."""
    note = records.line_note(line_id)
    if note.withdrawn_at is None:
        note.withdrawn_at = clock.now()
        announce(LineWithdrawn(line_id))
    after_commit(lambda: kept.copy_notes(data))


def restore_line(line_id: str, data: Path) -> None:
    """Show a line again that had been taken off."""
    note = records.line_note(line_id)
    if note.withdrawn_at is not None:
        note.withdrawn_at = None
        announce(LineRestored(line_id))
    after_commit(lambda: kept.copy_notes(data))
