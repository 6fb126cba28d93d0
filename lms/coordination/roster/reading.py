"""Read a file of people: find its headings, then look at each row by itself and beside the rows before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from lms.accounts.actions import FormError, check_addresses
from lms.accounts.forms import NAME_MOST
from lms.accounts.members.details import UNIT_NAME_MOST, unit_path
from lms.coordination.roster import rules
from lms.coordination.roster.rules import Column, Heading
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.names import tidy_name
from lms.foundation.text.tables import HEAD_ROWS
from lms.foundation.text.xlsx_files import Row, column_letters
from lms.foundation.web.fields import hides_something, name_trouble, show_hidden

MOST: dict[Column, int] = {"name": NAME_MOST, "unit": 163, "staff_number": 40, "line_manager": 254}
NAMES: frozenset[Column] = frozenset({"name", "given_name", "family_name"})
_NOTHING = {"-", "–", "—", "n/a", "N/A"}


@dataclass(frozen=True)
class Entry:
    """One row of a file; `problems` are (column, reason), and one that `repeats` says what an earlier row says."""

    number: int
    email: str
    name: str
    role: str
    unit: str
    staff_number: str
    line_manager: str
    problems: tuple[tuple[str, str], ...] = ()
    repeats: bool = False

    def with_problem(self, column: str, reason: str) -> Entry:
        """Return this row with one more problem."""
        return replace(self, problems=(*self.problems, (column, reason)))


def find_heading(rows: Iterator[Row]) -> Heading | Refused:
    """Return the row that names the columns; what stands above it, such as a title, is passed over."""
    for _number, cells in islice(rows, HEAD_ROWS):
        if rules.is_heading(cells):
            heading = rules.read_heading(cells)
            return _unclear(heading) or heading
    return Refused(
        _(
            "We can’t find a row with the names of the columns, such as Email and Name. Please add one above the list. "
            "If you only have addresses, you can paste them instead."
        )
    )


def _unclear(heading: Heading) -> Refused | None:
    if heading.twice:
        first, second = (f"{heading.cells[place]} ({column_letters(place)})" for place in heading.twice)
        words = _(
            "Two columns seem to mean the same: %(first)s and %(second)s. Please rename or remove one of them.",
            first=first,
            second=second,
        )
        return Refused(words)
    if "email" not in heading.places:
        return Refused(
            _(
                "There’s no column for email addresses. We found these columns: %(columns)s. Please name the one "
                "with the addresses “Email”.",
                columns=", ".join(cell for cell in heading.cells if cell),
            )
        )
    return None


@dataclass
class Reader:
    """Reads the rows below a heading, and remembers enough of them to see what comes twice."""

    heading: Heading
    _names: dict[str, tuple[int, str]] = field(default_factory=dict)
    _whole: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _numbers: dict[str, tuple[int, str]] = field(default_factory=dict)

    def read(self, rows: Sequence[Row]) -> list[Entry]:
        """Return some rows as entries; a row that names the columns once more is passed over."""
        entries = [self._entry(number, cells) for number, cells in rows if not self._is_heading(cells)]
        checked = check_addresses({entry.email for entry in entries if entry.email})
        return [self._beside_others(self._with_address(entry, checked)) for entry in entries]

    def _is_heading(self, cells: Sequence[str]) -> bool:
        return rules.is_heading(cells) and "@" not in self._cell(cells, "email")

    def _cell(self, cells: Sequence[str], column: Column) -> str:
        place = self.heading.places.get(column, len(cells))
        cell = cells[place] if place < len(cells) else ""
        cell = tidy_name(cell) if column in NAMES else cell
        return "" if cell in _NOTHING else cell

    def _called(self, column: Column) -> str:
        place = self.heading.places.get(column)
        return self.heading.cells[place] if place is not None else ""

    def _entry(self, number: int, cells: Sequence[str]) -> Entry:
        parts = (self._cell(cells, column) for column in ("given_name", "family_name"))
        name = self._cell(cells, "name") or " ".join(part for part in parts if part)
        entry = Entry(
            number,
            self._cell(cells, "email"),
            name,
            rules.read_role(self._cell(cells, "role")) or "",
            self._cell(cells, "unit"),
            self._cell(cells, "staff_number"),
            self._cell(cells, "line_manager"),
        )
        for column in self.heading.places:
            reason = self._problem_with(column, self._cell(cells, column))
            entry = entry.with_problem(self._called(column), reason) if reason else entry
        trouble = name_trouble(name) if name and not entry.problems else None
        return entry.with_problem(self._called("name") or self._called("family_name"), trouble) if trouble else entry

    def _problem_with(self, column: Column, cell: str) -> str | None:
        """Return why a cell can't be used, in words."""
        if column == "email":
            return None
        if rules.is_formula(cell):
            return _("This looks like a formula. Please enter it as plain text.")
        if len(cell) > MOST.get(column, NAME_MOST):
            return _("This is longer than %(most)s characters.", most=MOST.get(column, NAME_MOST))
        if hides_something(cell):
            codes = dict.fromkeys(code for code, is_hidden in show_hidden(cell) if is_hidden)
            return _("This has a hidden character in it: %(codes)s. Please enter it again.", codes=", ".join(codes))
        if column == "unit" and any(len(part) > UNIT_NAME_MOST for part in unit_path(cell)):
            return _("This is longer than %(most)s characters.", most=UNIT_NAME_MOST)
        if column == "role" and rules.read_role(cell) is None:
            return _(
                "“%(cell)s” isn’t a role here. You can write learner, trainer, observer, coordinator or employer, "
                "or leave it empty for a learner.",
                cell=cell,
            )
        return None

    def _with_address(self, entry: Entry, checked: dict[str, str | FormError]) -> Entry:
        """Bring an address into the form in which it is stored."""
        if not entry.email:
            return self._without_address(entry)
        found = checked.get(entry.email)
        if isinstance(found, FormError):
            return replace(entry, email="").with_problem(self._called("email"), found.message)
        return replace(entry, email=found or "")

    def _without_address(self, entry: Entry) -> Entry:
        """Look at a row of somebody without email, who joins by a printed slip, as a learner."""
        if not entry.name:
            return entry.with_problem(self._called("email"), _("There’s no email address and no name here."))
        if entry.role not in {"learner", ""}:
            reason = _("People without an email address can only be learners. Please add their address.")
            return entry.with_problem(self._called("role"), reason)
        return entry

    def _beside_others(self, entry: Entry) -> Entry:
        """Look at what comes twice: the same person again is passed over, and what contradicts itself is a problem."""
        if entry.problems:
            return entry
        if not entry.email:
            return self._beside_slips(entry)
        row, name = self._names.setdefault(entry.email, (entry.number, entry.name))
        if name and entry.name and name != entry.name:
            reason = _("This address is in row %(row)s too, with another name. We use that row.", row=row)
            return entry.with_problem(self._called("email"), reason)
        first = self._whole.setdefault((entry.email, entry.role), entry)
        if first is not entry:
            if replace(first, number=0) == replace(entry, number=0):
                return replace(entry, repeats=True)
            reason = _("This address is in row %(row)s too, with other details. We use that row.", row=first.number)
            return entry.with_problem(self._called("email"), reason)
        return self._beside_numbers(entry, entry.email)

    def _beside_slips(self, entry: Entry) -> Entry:
        """Look at a row without an address beside the others: a name alone is one person."""
        whose = f"{entry.name} {entry.staff_number}"
        first = self._whole.setdefault((whose, entry.role), entry)
        if first is entry:
            return self._beside_numbers(entry, whose)
        if replace(first, number=0) == replace(entry, number=0):
            return replace(entry, repeats=True)
        reason = _(
            "This name is in row %(row)s too, without an email address. If these are two people, please add their "
            "staff numbers.",
            row=first.number,
        )
        return entry.with_problem(self._called("name") or self._called("family_name"), reason)

    def _beside_numbers(self, entry: Entry, whose: str) -> Entry:
        row, other = self._numbers.setdefault(entry.staff_number, (entry.number, whose))
        if entry.staff_number and other != whose:
            reason = _("This staff number is in row %(row)s too, for somebody else.", row=row)
            return entry.with_problem(self._called("staff_number"), reason)
        return entry
