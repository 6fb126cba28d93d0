"""Files of people as they come: each is read as it was meant, or refused in words; nothing is guessed."""

from __future__ import annotations

import time

import pytest

from lms.accounts.records import find_programme
from lms.coordination.roster import drafts
from lms.coordination.roster.drafts import make_draft
from lms.coordination.roster.records import RosterImport, RosterRow, list_rows
from lms.coordination.roster.rules import RESULTS
from lms.foundation.refused import Refused
from tests.builders.rows import count_rows
from tests.builders.sheets import MAIN, archive, workbook
from tests.conftest import Site

AMAL = ("amal@example.org", "Amal Haddad", "learner", "", "", "")
ZOE = ("zoe@example.org", "Zoë Müller", "learner", "", "", "")
PLAIN = "Email,Name\namal@example.org,Amal Haddad\nzoe@example.org,Zoë Müller\n"
BOTH = [(2, *AMAL), (3, *ZOE)]
HEAD = ["Email", "Name", "Staff number", "Unit"]
TITLES = "Staff list 2026,,\n,,\nWho,,Work\nName,E-mail address,Role\nAmal Haddad,amal@example.org,Participant\n"
BOMB = f'<worksheet xmlns="{MAIN}"><sheetData>' + "<row><c><v>1</v></c></row>" * 2_600_000


def read(site: Site, content: bytes) -> list[tuple[object, ...]] | str:
    """Return the rows that a file comes to, those that can't be used as (row, column, reason), or why it is refused."""
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
        draft = make_draft(harbour.id, None, content)
        if isinstance(draft, Refused):
            return draft.message
        rows = sorted(
            (row for result in RESULTS for row in list_rows(draft.id, result, 0, 99)), key=lambda row: row.number
        )
        return [
            (row.number, *map(tuple, row.problems))
            if row.problems
            else (row.number, row.email, row.name, row.role, row.unit, row.staff_number, row.line_manager)
            for row in rows
        ]


READ = {
    "comma": (PLAIN, BOTH),
    "Latin-1": (PLAIN.encode("cp1252"), BOTH),
    "UTF-16 with a mark": (PLAIN.encode("utf-16"), BOTH),
    "UTF-16 without a mark": (PLAIN.encode("utf-16-le"), BOTH),
    "UTF-8 with a mark": (PLAIN.encode("utf-8-sig"), BOTH),
    "semicolons": (PLAIN.replace(",", ";"), BOTH),
    "semicolons, and Excel is told": ("sep=;\n" + PLAIN.replace(",", ";"), BOTH),
    "tabs": (PLAIN.replace(",", "\t"), BOTH),
    "line ends of an old Mac": (PLAIN.replace("\n", "\r"), BOTH),
    "quotes, with commas and line breaks in them": (
        'Email;"Full name"\namal@example.org;"Haddad,\nAmal"\nben@example.org;Ben "Bo" O’Brien\n',
        [
            (2, "amal@example.org", "Haddad, Amal", "learner", "", "", ""),
            (3, "ben@example.org", 'Ben "Bo" O’Brien', "learner", "", "", ""),
        ],
    ),
    "columns in any order, names in two": (
        "Surname;Personnel no;Dept.;First name;Line manager;Phone;E-Mail;Role\n"
        "Haddad;00123;Surgery / Ward 4;Amal;Ingrid Okafor;+44 20;AMAL@example.org;Trainer\n",
        [(2, "amal@example.org", "Amal Haddad", "trainer", "Surgery / Ward 4", "00123", "Ingrid Okafor")],
    ),
    "a title and a second row of headings above": (TITLES, [(5, *AMAL)]),
    "the headings once more, and empty rows": (
        PLAIN + ",\n\nEmail,Name\nben@example.org,–\n",
        [*BOTH, (7, "ben@example.org", "", "learner", "", "", "")],
    ),
    "300 columns": (
        "Email,Name," + ",".join(f"Day {day}" for day in range(298)) + "\namal@example.org,Amal Haddad" + ",1" * 298,
        [(2, *AMAL)],
    ),
    "a number kept as text": (
        'Email,Name,Staff no.\namal@example.org,Amal Haddad,"=""00123"""\n',
        [(2, *AMAL[:4], "00123", "")],
    ),
    "formulas": (
        "Email,Name,Unit\namal@example.org,=cmd|' /C calc'!A0,+Ward\n@SUM(A1),Ben,\n",
        [
            (2, ("Name", "This looks like a formula."), ("Unit", "This looks like a formula.")),
            (3, ("Email", "An email address needs one @")),
        ],
    ),
    "what can't be used, by row and column": (
        "E-Mail,Name,Rolle,Role\nnew@@example.org,No,x,\n,,,learner\nben@example.org,Ben,,boss\n"
        "cleo@example.org,cl\u200beo,,\nada@example.org,Ada,,operator\n",
        [
            (2, ("E-Mail", "An email address needs one @")),
            (3, ("E-Mail", "There’s no email address and no name here.")),
            (4, ("Role", "“boss” isn’t a role here.")),
            (5, ("Name", "This has a hidden character")),
            (6, ("Role", "“operator” isn’t a role here.")),
        ],
    ),
    "units that nobody could rename": (
        f"Email,Unit\na@example.org,{'u' * 81}\nb@example.org,Surgery / {'u' * 81}\n",
        [(row, ("Unit", "This is longer than 80 characters.")) for row in (2, 3)],
    ),
    "the same address again, with another name, other details and another's number": (
        "Email,Name,Staff number\namal@example.org,Amal Haddad,\nAmal@Example.org,Amal Haddad,\n"
        "amal@example.org,Zoë,\namal@example.org,Amal Haddad,7\nben@example.org,Ben,8\ncleo@example.org,Cleo,8\n",
        [
            (2, *AMAL),
            (3, *AMAL),
            (4, ("Email", "This address is in row 2 too, with another name.")),
            (5, ("Email", "This address is in row 2 too, with other details.")),
            (6, "ben@example.org", "Ben", "learner", "", "8", ""),
            (7, ("Staff number", "This staff number is in row 6 too, for somebody else.")),
        ],
    ),
    "people without an address": (
        "Email,Name,Staff no,Role\n,Rosa Lind,,\n–,Rosa Lind,8,\n,Rosa Lind,,\n,Zoë Müller,8,\n,أمل حداد,,\n"
        ",Tom,,trainer\n,Søren Łukasz,,\n",
        [
            (2, "rosa.lind", "Rosa Lind", "learner", "", "", ""),
            (3, "rosa.lind2", "Rosa Lind", "learner", "", "8", ""),
            (4, "", "Rosa Lind", "learner", "", "", ""),
            (5, ("Staff no", "This staff number is in row 3 too, for somebody else.")),
            (6, "person", "أمل حداد", "learner", "", "", ""),
            (7, ("Role", "People without an email address can only be learners.")),
            (8, "soren.lukasz", "Søren Łukasz", "learner", "", "", ""),
        ],
    ),
    "a date in three forms, in a column that isn't used": (
        "Email,Name,Start date\namal@example.org,Amal Haddad,03/04/2026\nzoe@example.org,Zoë Müller,2026-04-03\n",
        BOTH,
    ),
    "a workbook": (
        workbook([["People of 2026"], [], HEAD, ["amal@example.org", "Amal Haddad", 123, "Ward 4"]]),
        [(4, *AMAL[:3], "Ward 4", "123", "")],
    ),
    "a workbook with merged cells": (
        workbook(
            [HEAD, ["amal@example.org", "Amal Haddad", "00123", "Ward 4"], ["zoe@example.org", "Zoë Müller", 7.5]],
            merged="D2:D3",
        ),
        [(2, *AMAL[:3], "Ward 4", "00123", ""), (3, *ZOE[:3], "Ward 4", "7.5", "")],
    ),
}
REFUSED = {
    "no headings": (b"amal@example.org\nben@example.org\n", "We can’t find a row with the names of the columns"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "We can’t find a row with the names of the columns"),
    "no column of addresses": (b"Name,Unit,Grade\nAmal,Ward 4,7\n", "We found these columns: Name, Unit, Grade."),
    "two columns of addresses": (b"Email,Name,E-mail\na@example.org,A,b@example.org\n", "Email (A) and E-mail (C)"),
    "only headings": (b"Email,Name\n", "There’s nobody in this file yet"),
    "a quotation mark that never closes": (PLAIN.encode() + b'"ben@example.org,Ben\n' * 9, "in row 4 don’t match up"),
    "too many rows": (b"Email\n" + b"a@example.org\n" * 20_020, "There are more than 20,000 rows"),
    "an old or locked workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as XLSX or CSV"),
    "a ZIP file that is no workbook": (archive({"people.csv": PLAIN}), "can’t be read as an Excel workbook"),
    "half a workbook": (workbook([HEAD, ["amal@example.org"]])[:-200], "can’t be read as an Excel workbook"),
    "a workbook with an entity in it": (
        workbook([HEAD], xl__worksheets__y=f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}">&a;</worksheet>'),
        "can’t be read as an Excel workbook",
    ),
    "a workbook that is a bomb": (workbook([HEAD], xl__worksheets__y=BOMB), "too large when it’s unpacked"),
}


def test_files_are_read_as_they_were_meant(sqlite_site: Site) -> None:
    for kind, (content, expected) in READ.items():
        found = read(sqlite_site, content.encode() if isinstance(content, str) else content)
        assert isinstance(found, list), (kind, found)
        seen = [_short(row, said) for row, said in zip(found, expected, strict=True)]
        assert seen == expected, kind


def _short(row: tuple[object, ...], said: tuple[object, ...]) -> tuple[object, ...]:
    """Return a row with its reasons cut to the length of the expected ones."""
    if not isinstance(row[1], tuple):
        return row
    pairs = zip(row[1:], said[1:], strict=False)
    return (row[0], *((pair[0], pair[1][: len(due[1])]) for pair, due in pairs))  # type: ignore[index]


def test_one_row_beyond_the_limit_is_refused_as_well(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "IMPORTED_AT_ONCE", 2)
    assert read(sqlite_site, PLAIN.encode()) == BOTH
    assert "more than 2 rows" in str(read(sqlite_site, PLAIN.encode() + b"ben@example.org,Ben\n"))
    assert count_rows(sqlite_site, RosterImport) == 1


def test_files_that_cannot_be_read_are_refused_in_words_at_once_and_leave_nothing(sqlite_site: Site) -> None:
    for kind, (content, said) in REFUSED.items():
        began = time.perf_counter()
        found = read(sqlite_site, content)
        assert isinstance(found, str) and said in found, (kind, found)
        assert time.perf_counter() - began < 10, kind
        assert count_rows(sqlite_site, RosterRow) == count_rows(sqlite_site, RosterImport) == 0, kind
