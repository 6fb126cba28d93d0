"""Which column of a file says what, which role a cell means, and what is to happen with each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

DRAFT_KEPT, IMPORT_KEPT = timedelta(days=1), timedelta(days=7)

Column = Literal["email", "name", "given_name", "family_name", "role", "unit", "staff_number", "line_manager"]
# The names by which personnel systems and people call these columns, without spaces and signs.
_CALLED: dict[Column, str] = {
    "email": "email emailaddress mail mailaddress eaddress workemail workemailaddress officeemail businessemail "
    "emailorsigninname",
    "name": "name fullname displayname employeename employee staffname person participant learnername",
    "given_name": "firstname firstnames givenname givennames forename forenames",
    "family_name": "lastname lastnames familyname surname surnames",
    "role": "role roles sidelightrole courserole",
    "unit": "unit unitname orgunit organisationalunit organizationalunit department dept ward team site division",
    "staff_number": "staffnumber staffno staffnr staffid employeenumber employeeno employeeid personnelnumber "
    "personnelno payrollnumber payrollno",
    "line_manager": "linemanager linemanagername linemanageremail manager managername manageremail supervisor "
    "reportsto",
}
_COLUMN_OF = {name: column for column, names in _CALLED.items() for name in names.split()}
_ROLES = {
    "learner": "learner learners trainee student participant peersupporter member",
    "trainer": "trainer trainers facilitator instructor teacher",
    "observer": "observer observers assessor",
    "coordinator": "coordinator coordinators organiser organizer",
    "employer": "employer employers",
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names.split()}

Result = Literal["problem", "invited", "again", "slip", "waiting", "changed", "here", "same", "left"]
RESULTS: tuple[Result, ...] = ("problem", "invited", "again", "slip", "changed", "waiting", "here", "same", "left")


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def known_columns(cells: Sequence[str]) -> int:
    """Return how many columns a row names, which is what tells a row of headings from others."""
    return len({_COLUMN_OF[name] for name in map(_bare, cells) if name in _COLUMN_OF})


@dataclass(frozen=True)
class Heading:
    """The row that names the columns: the place of each that is used, those left out, and one named twice."""

    places: dict[Column, int]
    cells: tuple[str, ...]
    left_out: tuple[str, ...]
    twice: tuple[int, int] | None


def read_heading(cells: Sequence[str]) -> Heading:
    """Return which columns a row of headings names; a column without a heading is left out."""
    places: dict[Column, int] = {}
    left_out, twice = list[str](), None
    for place, cell in enumerate(cells):
        column = _COLUMN_OF.get(_bare(cell))
        if column is None:
            left_out += [cell] if cell else []
        elif column in places:
            twice = twice or (places[column], place)
        else:
            places[column] = place
    return Heading(places, tuple(cells), tuple(left_out), twice)


def is_heading(cells: Sequence[str]) -> bool:
    """Decide whether a row names columns: an address column, or two others."""
    return known_columns(cells) >= 2 or any(_COLUMN_OF.get(_bare(cell)) == "email" for cell in cells)


def read_role(text: str) -> str | None:
    """Return the role that a cell means, a learner's for an empty one, and None for anything else."""
    return _ROLE_OF.get(_bare(text)) if text else "learner"


def is_formula(cell: str) -> bool:
    """Decide whether a cell would be a formula in a spreadsheet; no name, unit or number begins like that."""
    return cell[:1] in {"=", "+", "@", "|"} or (cell[:1] == "-" and len(cell) > 1)


@dataclass(frozen=True)
class Standing:
    """Where somebody stands in a programme: their roles there, and their open invitation to the role in question."""

    roles: frozenset[str]
    invited: bool
    expired: bool
    differs: bool
    without_email: bool = False


def decide_row(role: str, standing: Standing) -> Result:
    """Return what happens with a row: nobody is invited twice, and a link that still works is left alone."""
    is_member = role in standing.roles or (role == "learner" and standing.roles)
    if is_member:
        return "changed" if standing.differs else "here"
    if not standing.invited:
        return "slip" if standing.without_email else "invited"
    if standing.expired and not standing.without_email:
        return "again"
    return "changed" if standing.differs else "waiting"
