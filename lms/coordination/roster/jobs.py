"""Imports of people, done in the job process a few rows at a time; they continue after an interruption."""

from __future__ import annotations

from collections.abc import Sequence

from lms.accounts.invitations.actions import Outgoing
from lms.accounts.records import Programme, get_programme
from lms.coordination.invitations.emails import all_outgoing
from lms.coordination.roster import actions, records
from lms.coordination.roster.records import RosterRow
from lms.foundation.config.settings import Settings
from lms.foundation.db import write

# A row takes about a millisecond, and everybody who saves something waits meanwhile.
STEP = 40
FORGOTTEN_AT_ONCE = 1000


def work(key: str, settings: Settings) -> None:
    """Do the step of an import that a push asks for."""
    import_id, _space, turn = key.partition(" ")
    step(import_id, int(turn), settings)


def do_all(import_id: str, settings: Settings) -> None:
    """Do an import from here to its end, as a command does; whoever else works on it does other rows."""
    while (this := records.get_import(import_id)).state == "running":
        step(import_id, this.turn, settings)


def step(import_id: str, turn: int, settings: Settings) -> None:
    """Do the next few rows and ask for the step after them, so that other work gets its turn; end with the last."""
    this = write(actions.take_turn, import_id, turn)
    if this is None:
        return
    rows = records.list_undone(import_id, STEP)
    emails = _write_emails(get_programme(this.programme_id), rows, settings)
    write(actions.do_rows, import_id, STEP, emails, settings)
    if records.list_undone(import_id, 1):
        write(actions.push_next_step, import_id, turn + 1)
    else:
        write(actions.end, import_id, "done")


def _write_emails(programme: Programme, rows: Sequence[RosterRow], settings: Settings) -> dict[int, Outgoing]:
    """Write the emails of those who are invited, before the database is asked to take them."""
    results = actions.results_now(programme.id, rows)
    invited = [row for row in rows if results[row.number] in {"invited", "again"}]
    outgoing = all_outgoing(programme, settings, [(row.email, row.name, row.role) for row in invited])
    return {row.number: one for row, one in zip(invited, outgoing, strict=True)}


def sweep(settings: Settings) -> None:
    """Continue whatever is under way, and forget what is old."""
    for import_id, turn in records.list_running():
        step(import_id, turn, settings)
    for import_id in records.list_old():
        while write(records.forget_rows, import_id, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass
        write(records.forget, [import_id])
