"""The files of a programme's list: the columns of the screen, with one fact in each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import IO

from lms.coordination.board.pages import PersonRow, notes_of, state_names
from lms.coordination.board.rules import Column
from lms.foundation.text.csv_files import write_sheet
from lms.foundation.text.i18n import gettext as _

Fact = tuple[str, Callable[[PersonRow], object]]


def facts_of(columns: Sequence[Column]) -> list[Fact]:
    """Return the heads and facts of a file, in the order of the columns on the screen.

    What they sign in with stands in every file, at its end if it wasn't chosen: it tells apart people who share a name.
    """
    states = state_names()
    email: Fact = (_("Email or sign-in name"), lambda row: row.email)
    facts: dict[Column, list[Fact]] = {
        "email": [email],
        "staff_number": [(_("Staff number"), lambda row: row.staff_number)],
        "unit": [(_("Unit"), lambda row: row.unit)],
        "course": [(_("Course"), lambda row: row.course)],
        "training": [
            (_("Training"), lambda row: states[row.training]),
            (_("Completed on"), lambda row: row.passed_on),
        ],
        "certificate": [
            (_("Certificate"), lambda row: row.certificate_short),
            (_("Ready to practise"), _readiness_of),
            (_("Name on certificate"), lambda row: row.printed),
            (_("To do"), lambda row: "; ".join(notes_of(row))),
            (_("Code"), lambda row: row.code),
        ],
        "until": [(_("Valid until"), lambda row: row.until)],
    }
    chosen = [fact for column in columns for fact in facts[column]]
    return [(_("Name"), lambda row: row.name), *chosen, *([] if "email" in columns else [email])]


def write_csv(facts: Sequence[Fact], rows: Iterable[PersonRow]) -> tuple[IO[bytes], int]:
    """Return rows as a CSV file that spreadsheets read as UTF-8, with inert cells and ISO dates, and their number."""
    return write_sheet([head for head, _fact in facts], ((fact(row) for _head, fact in facts) for row in rows))


def _readiness_of(row: PersonRow) -> str:
    return _("Readiness on hold") if row.on_hold else _("Yes") if row.ready else ""
