"""The CSV file of a programme's people."""

from __future__ import annotations

from lms.coordination.pages import PersonRow, state_names
from lms.foundation.text.csv_files import as_sheet
from lms.foundation.text.i18n import gettext as _


def notes_of(row: PersonRow) -> list[str]:
    """Return what beside its state asks a coordinator to look at a certificate."""
    found = [
        row.on_hold and _("Readiness on hold"),
        row.to_confirm and _("Name to confirm"),
        row.letters and _("No PDF yet"),
        row.withdrawn_code and _("A newer certificate was withdrawn"),
    ]
    return [words for words in found if words]


def as_csv(rows: list[PersonRow]) -> str:
    """Return the same rows as CSV for a spreadsheet: inert cells, one fact in each, dates that can be sorted."""
    states = state_names()
    head = [
        *(_("Name"), _("Course"), _("Training"), _("Completed on"), _("Certificate"), _("Valid until")),
        *(_("Ready to practise"), _("Name on certificate"), _("To do"), _("Code"), _("Email address")),
    ]
    return as_sheet(
        head,
        (
            (
                *(row.name, row.course, states[row.training], row.passed_on, row.certificate_short, row.until),
                *(_readiness_of(row), row.printed, "; ".join(notes_of(row)), row.code, row.email),
            )
            for row in rows
        ),
    )


def _readiness_of(row: PersonRow) -> str:
    return _("Readiness on hold") if row.on_hold else _("Yes") if row.ready else ""
