"""What the page of an import shows: how many rows come to what, and a page of the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.accounts.addresses import as_people_write
from lms.coordination.roster import records
from lms.coordination.roster.records import Counts, RosterImport, RosterRow
from lms.coordination.roster.rules import RESULTS
from lms.foundation.text.csv_files import as_sheet
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment
from lms.foundation.web.fields import show_hidden

PAGE = 50
RECENT_MOST = 5
NAMED_MOST = 12


@dataclass(frozen=True)
class Group:
    """The rows of one result: how many, what they are called, and what that means."""

    result: str
    count: int
    name: str
    meaning: str


def groups_of(counts: Counts, state: str) -> list[Group]:
    """Return the results that rows have, in the order in which they are told."""
    words = _in_future() if state == "draft" else _in_past()
    return [
        Group(result, counts.by_result[result], *words[result]) for result in RESULTS if counts.by_result.get(result)
    ]


def _of_either() -> dict[str, tuple[str, str]]:
    return {
        "problem": (
            _("Can’t be used"),
            _("Nothing happens with these rows. Correct them in your file and import it again: "
              "nobody is invited twice."),
        ),
        "waiting": (
            _("Invited already, not yet joined"),
            _("They already have an invitation, so we don’t email them again."),
        ),
        "here": (_("Already a member"), _("Nothing changes for them.")),
        "same": (_("Listed twice"), _("These rows say the same as an earlier one.")),
    }  # fmt: skip


def _in_future() -> dict[str, tuple[str, str]]:
    return {
        **_of_either(),
        "invited": (_("Will be invited"), _("They get an email with a link to join.")),
        "again": (_("Invited before, but the link has expired"), _("They get an email with a new link.")),
        "slip": (
            _("No email address: a slip to print"),
            _("They get a sign-in name, and a slip with their link that you print afterwards."),
        ),
        "changed": (
            _("Details change"),
            _("Their unit, staff number or line manager will be changed to what your file says."),
        ),
    }


def _in_past() -> dict[str, tuple[str, str]]:
    return {
        **_of_either(),
        "invited": (_("Invited"), _("An email with a link to join is on its way to them.")),
        "again": (_("Invited again"), _("An email with a new link is on its way to them.")),
        "slip": (_("No email address: a slip to print"), _("Print their slips under “Slips to print”.")),
        "changed": (
            _("Details changed"),
            _("Their unit, staff number or line manager was changed to what your file says."),
        ),
    }


@dataclass(frozen=True)
class Line:
    """A row of a file as a page shows it; `who` is the name or address in pieces, with codes for hidden characters."""

    number: int
    address: str
    name: str
    who: list[tuple[str, bool]]
    role: str
    details: str
    problems: Sequence[Sequence[str]]


def list_page(import_id: str, result: str, after: int) -> tuple[list[Line], int | None]:
    """Return a page of the rows with a result, and the row number after which the next page begins."""
    found = records.list_rows(import_id, result, after, PAGE + 1)
    lines = [_line(row) for row in found[:PAGE]]
    return lines, lines[-1].number if len(found) > PAGE else None


def _line(row: RosterRow) -> Line:
    details = " · ".join(part for part in (row.unit, row.staff_number, row.line_manager) if part)
    address = as_people_write(row.email)
    return Line(row.number, address, row.name, show_hidden(row.name or address), row.role, details, row.problems)


def first_few(texts: Sequence[str]) -> str:
    """Return headings or names of units in one line: the first few, and how many more there are."""
    names = ", ".join(texts[:NAMED_MOST])
    more = len(texts) - NAMED_MOST
    return _("%(names)s and %(more)s more", names=names, more=more) if more > 0 else names


def recent_imports(programme_id: str, asked_by: str, zone: str) -> list[tuple[str, str, str]]:
    """Return (id, when, state) of what somebody imported lately."""
    found: Sequence[RosterImport] = records.list_recent(programme_id, asked_by, RECENT_MOST)
    return [(row.public_id, moment(row.made_at, zone), row.state) for row in found]


def example_file() -> str:
    """Return a file that can be filled in: every column that is read, with two people who don't exist."""
    head = ["Email", "Name", "Role", "Unit", "Staff number", "Line manager"]
    return as_sheet(
        head,
        [
            ["amal.haddad@example.org", "Amal Haddad", "learner", "Surgery / Ward 4", "00123", "ingrid@example.org"],
            ["ingrid@example.org", "Ingrid Okafor", "coordinator", "Surgery", "00124", ""],
        ],
    )
