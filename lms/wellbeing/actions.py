"""Wellbeing actions: save display settings, mark a support line as checked, hide or show it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lms.foundation import clock
from lms.foundation.db import after_commit, db
from lms.foundation.events import announce
from lms.wellbeing import records, support_cache
from lms.wellbeing.events import LineChecked, LineRestored, LineWithdrawn
from lms.wellbeing.records import LineWithdrawal


def save_display(person_id: str, choices: str) -> None:
    """Keep display choices with an account; they name no reason and stand in no trail."""
    records.save_display(person_id, choices)


def check_line(line_id: str, on: date, data: Path) -> None:
    """Note that somebody made sure of a line today; who it was stands in the audit trail."""
    records.line_note(line_id).verified_on = on
    announce(LineChecked(line_id, on))
    after_commit(lambda: support_cache.copy_notes(data))


def withdraw_line(line_id: str, data: Path, programme_id: str | None = None) -> None:
    """Take a line off a programme's pages, from the next page on; without a programme, off the whole site."""
    if programme_id is None:
        note = records.line_note(line_id)
        changed, note.withdrawn_at = note.withdrawn_at is None, note.withdrawn_at or clock.now()
    else:
        changed = records.find_withdrawal(programme_id, line_id) is None
        if changed:
            db.session.add(LineWithdrawal(programme_id=programme_id, line_id=line_id, withdrawn_at=clock.now()))
    if changed:
        announce(LineWithdrawn(line_id, programme_id))
    after_commit(lambda: support_cache.copy_notes(data))


def restore_line(line_id: str, data: Path, programme_id: str | None = None) -> None:
    """Show a line again on a programme's pages, or on the whole site; what the other took off stays off."""
    if programme_id is None:
        note = records.line_note(line_id)
        changed, note.withdrawn_at = note.withdrawn_at is not None, None
    else:
        row = records.find_withdrawal(programme_id, line_id)
        changed = row is not None
        if row:
            db.session.delete(row)
    if changed:
        announce(LineRestored(line_id, programme_id))
    after_commit(lambda: support_cache.copy_notes(data))
