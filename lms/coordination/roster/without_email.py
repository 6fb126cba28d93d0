"""Rows of a file without an email address: which people they are, or the sign-in names that they get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lms.accounts.invitations.slips import free_sign_in_names
from lms.coordination.roster import records
from lms.coordination.roster.reading import Entry


@dataclass(frozen=True)
class KnownPerson:
    """Somebody of a programme without email, or who waits for a slip."""

    sign_in_name: str
    name: str
    staff_number: str


def with_sign_in_names(programme_id: str, import_id: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return rows with a sign-in name where they have no address: that of whom the programme knows, or a free one.

    The same staff number is the same person. So is the same name, unless both have a staff number.
    """
    wanted = [entry for entry in entries if not entry.email and not entry.problems and not entry.repeats]
    if not wanted:
        return list(entries)
    people = _known(programme_id, wanted)
    found = {entry.number: _sign_in_name(entry, people) for entry in wanted}
    new = [entry for entry in wanted if not found[entry.number]]
    free = free_sign_in_names([entry.name for entry in new], records.list_sign_in_names(import_id))
    found |= {entry.number: name for entry, name in zip(new, free, strict=True)}
    return [replace(entry, email=found[entry.number]) if entry.number in found else entry for entry in entries]


def _known(programme_id: str, wanted: Sequence[Entry]) -> list[KnownPerson]:
    names = {entry.name for entry in wanted}
    numbers = {entry.staff_number for entry in wanted if entry.staff_number}
    return [KnownPerson(*row) for row in records.list_without_email(programme_id, names, numbers)]


def _sign_in_name(entry: Entry, people: Sequence[KnownPerson]) -> str:
    """Return whose row it is; empty for somebody new."""
    for one in people:
        if entry.staff_number and one.staff_number == entry.staff_number:
            return one.sign_in_name
    for one in people:
        if one.name == entry.name and not (entry.staff_number and one.staff_number):
            return one.sign_in_name
    return ""
