"""Operators read the audit trail: narrowed, in words, a page at a time, and never what people do while they learn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, text

from lms.accounts.records import find_programme
from lms.accounts.trail.records import PAGE, Filter, list_entries
from lms.accounts.trail.wording import PRIVATE
from lms.cli import main
from lms.foundation import ids
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db, run
from tests.conftest import Site
from tests.inspector import Page

PATH = "/operator/audit"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
ROWS = [
    "12 March 2026, 12:00 | Role givenRole: learner | Cora Haddad | Sam Osei | Harbour Hospitals",
    "14 March 2026, 12:00 | Certificate withdrawn | Cora Haddad | Sam Osei | Harbour Hospitals",
    "14 March 2026, 13:00 | Signed in on a new kind of device | Sam Osei |  | ",
    "15 March 2026, 00:30 | Sign-in refused | A visitor | A deleted account | ",
    "15 March 2026, 01:00 | List downloadedNumber: 12 | Mina Farah |  | Meadow Schools",
]


def write_down(site: Site, *rows: tuple[datetime, str, str, str, str, dict[str, object]]) -> None:
    """Write entries: moment, event, who did it, whom it's about, the programme, and facts."""
    with site.inside():
        id_of = {name: site.person(name).id for name in ("sam", "cora", "mina")} | {"": None, "gone": "gone"}
        programmes: dict[str, Any] = {"": None}
        for slug in ("harbour", "meadow"):
            found = find_programme(slug)
            programmes[slug] = found and found.id
    values = [
        {
            "id": ids.inner_id(),
            "at": at,
            "event": event,
            "actor_id": id_of[by],
            "person_id": id_of[about],
            "programme_id": programmes[programme],
            "facts": facts,
        }
        for at, event, by, about, programme, facts in rows
    ]
    site.do(lambda: run(insert(AuditEntry.__table__), values))


def furnish(site: Site) -> None:
    write_down(
        site,
        (NOON - timedelta(days=2), "MembershipGiven", "cora", "sam", "harbour", {"role": "learner"}),
        (NOON - timedelta(days=1), "CheckSubmitted", "sam", "sam", "harbour", {}),
        (NOON, "CertificateWithdrawn", "cora", "sam", "harbour", {"reason": "canary"}),
        (NOON + timedelta(hours=1), "NewDevice", "sam", "sam", "", {"kind": "canary"}),
        (NOON + timedelta(hours=12.5), "SignInRefused", "", "gone", "", {}),
        (NOON + timedelta(hours=13), "ListExported", "mina", "", "meadow", {"kind": "people", "count": 12}),
    )


def rows_of(page: Page) -> list[str]:
    """Return the entries of a page, the oldest first, without those of the site's own making."""
    found = [" | ".join(" ".join("".join(cell.itertext()).split()) for cell in row) for row in page.find("tbody tr")]
    return [row for row in reversed(found) if "March 2026" in row]


FILTERS: list[tuple[str, list[int]]] = [
    ("", [0, 1, 2, 3, 4]),
    ("?event=CertificateWithdrawn", [1]),
    ("?event=CheckSubmitted", [0, 1, 2, 3, 4]),
    ("?event=NoSuchEvent&programme=nowhere&person=nobody&before=x", [0, 1, 2, 3, 4]),
    ("?programme=harbour", [0, 1]),
    ("?programme=meadow&event=ListExported", [4]),
    ("?first=2026-03-14", [1, 2, 3, 4]),
    ("?first=2026-03-14&last=2026-03-14", [1, 2]),
    ("?last=2026-03-12", [0]),
    ("?q=OSEI", [0, 1, 2]),
    ("?q=sam@example.org", [0, 1, 2]),
    ("?q=cora&first=2026-03-14", [1]),
]


def test_an_operator_reads_what_fits_the_filter_and_nothing_private(site: Site) -> None:
    furnish(site)
    ada = site.visitor("ada")
    for query, expected in FILTERS:
        page = ada.get(PATH + query)
        assert rows_of(page) == [ROWS[number] for number in expected], query
        assert "canary" not in page.html and not page.find('option[value="CheckSubmitted"]')
    page = ada.get(PATH).follow("Sam Osei")
    assert "By or about Sam Osei" in page.text and rows_of(page) == ROWS[:3]
    assert rows_of(page.form(PATH).submit(event="NewDevice")) == ROWS[2:3]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?q=zzz", "Nobody with an account has that name"),
        ("?first=14+March", "Please enter a date such as 2027-03-14"),
        ("?last=2026-02-30", "Please enter a date such as 2027-03-14"),
        ("?first=2026-03-14&last=2026-03-13", "The last day is before the first one."),
        ("?first=10000-01-01", "Please enter a date such as 2027-03-14"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(sqlite_site: Site, query: str, words: str) -> None:
    page = sqlite_site.visitor("ada").get(PATH + query, expect=422)
    assert words in page.text and not page.find("tbody tr")


def test_a_name_that_several_people_have_is_asked_about(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("ada").get(f"{PATH}?q=example.org&last=2026-03-14")
    assert "Who do you mean?" in page.text and "cora@example.org" in page.text and not page.find("tbody tr")
    chosen = page.follow("Cora Haddad")
    assert "By or about Cora Haddad" in chosen.text and "last=2026-03-14" in chosen.path


@pytest.mark.parametrize("query", ["first=2020-01-01&last=2020-12-31", "q=cora&first=2020-01-01&last=2020-12-31"])
def test_every_entry_is_on_one_page_however_many_share_a_moment(site: Site, query: str) -> None:
    start = datetime(2020, 5, 1, tzinfo=UTC)
    moments = [start] * (PAGE - 5) + [start + timedelta(seconds=1)] * 40 + [start + timedelta(seconds=2)] * (PAGE - 1)
    write_down(site, *((at, "LineChecked", "cora", "", "", {"line_id": str(n)}) for n, at in enumerate(moments)))
    page, seen = site.visitor("ada").get(f"{PATH}?{query}"), []
    while True:
        seen += ["".join(row.itertext()).split("Line: ")[1].split()[0] for row in page.find("tbody tr")]
        if "Earlier entries" not in page.links():
            break
        page = page.follow("Earlier entries")
    assert sorted(seen, key=int) == [str(number) for number in range(len(moments))]
    assert "Newest entries" in page.links()


def test_the_page_says_what_verifying_said_last(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = sqlite_site.visitor("ada")
    assert "Nobody has verified the trail on this site yet." in ada.get(PATH).text
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    assert CliRunner().invoke(main, ["audit", "seal"]).exit_code == 0
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0
    assert "nothing was changed" in ada.get(PATH).text
    sqlite_site.do(lambda: run(text("UPDATE audit_entry SET event = 'SignedOut' WHERE event = 'SignedIn'"), {}))
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 1
    assert ", with problems." in ada.get(PATH).text


def test_every_filter_goes_by_an_index(sqlite_site: Site) -> None:
    furnish(sqlite_site)
    for asked in (
        Filter(PRIVATE),
        Filter(event="SignedIn"),
        Filter(PRIVATE, programme_id="x"),
        Filter(PRIVATE, person_id="x"),
        Filter(PRIVATE, since=NOON, until=NOON),
    ):
        with sqlite_site.statements() as asking, sqlite_site.inside():
            list_entries(asked, NOON)
        with sqlite_site.inside():
            for statement in asking:
                values = ("x",) * statement.count("?")
                plan = db.engine.raw_connection().execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
                assert any("USING INDEX ix_audit_entry" in row[3] for row in plan), (asked, plan)
                assert asked.person_id or not any(row[3][4:] == "TEMP B-TREE FOR ORDER BY" for row in plan)
