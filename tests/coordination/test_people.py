"""The people page: four states, search, pages, and a CSV that says the same; a private course shows nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.accounts import actions as accounts
from lms.accounts.actions import set_programme
from lms.accounts.members.actions import Details, change_details
from lms.accounts.members.unit_actions import add_unit
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_programme
from lms.certification.awards.actions import withdraw
from lms.certification.awards.records import Award, get_award, list_awards_of_person
from lms.content.lint.check import check
from lms.coordination.batches import jobs as batch_jobs
from lms.coordination.board import search_records
from lms.coordination.board.list_records import Filter, count_found, filter_of, list_all, list_page
from lms.coordination.board.pages import board_of, rows_of
from lms.coordination.board.rules import Wanted
from lms.coordination.board.status_records import TrainingStatus
from lms.coordination.board.sum_records import count_all
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.foundation.text.csv_files import inert
from lms.foundation.text.xlsx_files import read_workbook
from lms.learning.progress.actions import enrol
from lms.library import actions as library
from tests.builders.accounts import give_app
from tests.builders.learning import PFA, earn, prepare
from tests.conftest import ROOT, Site
from tests.content import small_course
from tests.inspector import Inspector, Page, squeezed

PEOPLE = "/programmes/harbour/people"


def add(site: Site, names: list[str]) -> None:
    """Give the programme more learners."""
    secret = hash_password("a password for nobody")
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None

    def all_of_them() -> None:
        already = db.session.scalar(select(func.count()).select_from(Person)) or 0
        for number, name in enumerate(names):
            email = f"person{number if already < 10 else number + already}@example.org"
            person = accounts.register(email, name, secret)
            assert isinstance(person, Person)
            accounts.give_role(person.id, harbour.id, "learner")

    site.do(all_of_them)


def rows(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find(".people tbody tr")]


def row_of(page: Page, name: str) -> str:
    return next(row for row in rows(page) if row.startswith(name))


def sheet(visitor: Inspector, page: Page) -> list[list[str]]:
    reply = visitor.get(page.links()["Download as CSV"]).response
    assert reply.mimetype == "text/csv" and "attachment" in reply.headers["Content-Disposition"]
    text = reply.get_data(as_text=True)
    assert text.startswith("\ufeff"), "Excel would read it in another encoding"
    return list(csv.reader(io.StringIO(text[1:])))


def test_cora_sees_the_four_states_and_nothing_of_how_sam_answered(site: Site, cora: Inspector) -> None:
    assert "Not started" in row_of(cora.get(PEOPLE), "Sam Osei")
    prepare(site, "sam")
    assert "In training" in row_of(cora.get(PEOPLE), "Sam Osei")
    earn(site, "sam")
    done = row_of(cora.get(PEOPLE), "Sam Osei")
    assert "Completed" in done and "Valid" in done
    give_app(site)
    clock.shift(timedelta(days=700))
    site.visitors.pop("cora")
    page = site.visitor("cora").get(PEOPLE)
    assert "Renewal due" in row_of(page, "Sam Osei")
    assert "sam@example.org" not in page.html and "10 of 10" not in page.main


def test_cora_finds_people_by_part_of_a_name_and_by_state(site: Site, cora: Inspector) -> None:
    earn(site, "sam")
    page = cora.get(PEOPLE).form("/people").submit(q="osEI")
    assert [row[:8] for row in rows(page)] == ["Sam Osei"]
    page = cora.get(PEOPLE).form("/people").submit(state=["not_started"])
    assert [row[:11] for row in rows(page)] == ["Lena Brandt"]
    page = cora.get(PEOPLE).form("/people").submit(q="nobody of that name")
    assert rows(page) == []


def test_pages_hold_twenty_five_and_lead_to_one_another_with_the_search_kept(site: Site, cora: Inspector) -> None:
    add(site, [f"Person {number:03d}" for number in range(60)])
    page = cora.get(PEOPLE).form("/people").submit(q="person")
    pages = [rows(page)]
    assert "Previous page" not in page.links()
    assert "Choose the country" not in page.links(), "what was found stands at the top"
    assert "Choose the country" in cora.get(PEOPLE).links()
    while "Next page" in page.links():
        page = page.follow("Next page")
        pages.append(rows(page))
    assert [len(each) for each in pages] == [25, 25, 10]
    assert sorted(row for each in pages for row in each) == [f"Person {number:03d} Not started" for number in range(60)]
    for before in (pages[1], pages[0]):
        page = page.follow("Previous page")
        assert rows(page) == before and "q=person" in page.links()["Next page"]
    assert "Previous page" not in page.links()
    for odd in ("after=gone", "after=x/y", "before=gone/", "page=3", "after=%00"):
        assert len(rows(cora.get(f"{PEOPLE}?{odd}"))) == 25


@pytest.mark.parametrize("search", ["", "person", "osei"])
def test_the_csv_says_what_the_screen_says(site: Site, cora: Inspector, search: str) -> None:
    earn(site, "sam")
    add(site, [f"Person {number:03d}" for number in range(30)])
    page = cora.get(PEOPLE).form("/people").submit(q=search)
    told = sheet(cora, page)[1:]
    screen = rows(page)
    if "Next page" in page.links():
        screen += rows(page.follow("Next page"))
    assert len(told) == len(screen)
    for row, line in zip(told, screen, strict=True):
        assert all(cell in line or squeezed(cell) in line for cell in row[:3] if cell)


def workbook(visitor: Inspector, page: Page) -> list[list[str]]:
    reply = visitor.get(page.links()["Download for Excel"]).response
    assert "attachment" in reply.headers["Content-Disposition"]
    return [cells for _number, cells in read_workbook(reply.get_data())]


def as_excel_counts(cell: str) -> str:
    """Return a cell as Excel stores it: a day is a number of days."""
    return str((date.fromisoformat(cell) - date(1899, 12, 30)).days) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else cell


@pytest.mark.parametrize(
    ("columns", "head"),
    [
        ([], ["Name", "Course", "Training", "Completed on"]),
        (["unit", "email", "until"], ["Name", "Email or sign-in name", "Unit", "Valid until"]),
    ],
    ids=["usual", "chosen"],
)
def test_the_workbook_has_the_same_cells_as_the_csv(sqlite_site: Site, columns: list[str], head: list[str]) -> None:
    earn(sqlite_site, "sam")
    add(sqlite_site, ["=1+1", "Zoë Álvarez"])
    cora = sqlite_site.visitor("cora")
    page = cora.get(PEOPLE).form("/people").submit(**({"column": columns} if columns else {}))
    told = sheet(cora, page)
    assert told[0][: len(head)] == head
    if columns:
        assert [squeezed("".join(node.itertext())) for node in page.find(".people thead th")] == head == told[0]
    width = len(told[0])
    written = [[*row, *[""] * (width - len(row))] for row in workbook(cora, page)]
    assert written == [[as_excel_counts(cell) for cell in row] for row in told]


def test_the_csv_has_one_fact_a_cell_and_days_that_can_be_sorted(sqlite_site: Site) -> None:
    earn(sqlite_site, "sam")
    cora = sqlite_site.visitor("cora")
    head, *told = sheet(cora, cora.get(PEOPLE))
    sam = dict(zip(head, next(row for row in told if row[0] == "Sam Osei"), strict=True))
    assert (sam["Training"], sam["Certificate"], sam["Ready to practise"]) == ("Completed", "Valid", "")
    assert date.fromisoformat(sam["Completed on"]) == clock.today("UTC") < date.fromisoformat(sam["Valid until"])
    lena = dict(zip(head, next(row for row in told if row[0] == "Lena Brandt"), strict=True))
    assert lena["Training"] == "Not started" and not lena["Valid until"] and not lena["Certificate"]


# Each common word, and two that some have in common, with who is found in the order of names.
SEARCHED: list[tuple[str, list[str]]] = [
    ("zo", ["Ana Zoe", "Haddad Zoe", "Zoë Haddad", "Zoltan Zoe"]),
    ("haddad zo", ["Haddad Zoe", "Zoë Haddad"]),
    ("person5", ["Ida Petit"]),
]


def test_cora_finds_zoe_without_accents_and_names_stand_in_their_order(sqlite_site: Site) -> None:
    add(sqlite_site, ["Zoë Álvarez", "Élodie Petit", "Zara Young", "Łukasz Nowak"])
    cora = sqlite_site.visitor("cora")
    page = cora.get(PEOPLE).form("/people").submit(q="alvarez zoe")
    assert [row[:11] for row in rows(page)] == ["Zoë Álvarez"]
    names = [row[0] for row in sheet(cora, cora.get(PEOPLE))[1:]]
    assert names == ["Élodie Petit", "Lena Brandt", "Łukasz Nowak", "Sam Osei", "Zara Young", "Zoë Álvarez"]


def facts_of(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what rows show, without how many there are."""
    return [{name: value for name, value in row._mapping.items() if name != "fitting"} for row in rows]


@pytest.mark.parametrize(
    ("among", "whole_words", "ways"),
    [
        (40, 0, ["sorted", "sorted", "sorted"]),
        (8, 0, ["in turn", "in turn", "sorted"]),
        (40, 1, ["sorted", "walked", "walked"]),
        (40, 12, ["walked", "walked", "walked"]),
    ],
)
def test_a_search_finds_the_same_whatever_it_begins_with(
    site: Site, monkeypatch: pytest.MonkeyPatch, among: int, whole_words: int, ways: list[str]
) -> None:
    for limit, value in (("RARE", 1), ("COMPARED_MOST", 1), ("WHOLE_WORDS_MOST", whole_words)):
        monkeypatch.setattr(search_records, limit, value)
    add(site, ["Zoë Haddad", "Bo Haddad", "Ana Zoe", "Zoltan Zoe", "Haddad Zoe", "Ida Petit"])
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
        board = board_of(harbour.id, site.settings)
        for (search, names), way in zip(SEARCHED, ways, strict=True):
            words = search_records.find_words(harbour.id, search, among)
            assert ("walked" if words.walk else "sorted" if words.few else "in turn") == way, search
            found = Filter((TrainingStatus.programme_id == harbour.id, *words.conditions), words.few, words.walk)
            page = list_page(board, found, 9)
            assert [row.display_name for row in page] == names, search
            assert facts_of(row for some in list_all(board, found, 2) for row in some) == facts_of(page), search
            assert facts_of(list_page(board, found, 9, before=tuple(page[-1][:3]))) == facts_of(page)[:-1], search
            assert count_found(found) == (len(names), False), search
            assert [getattr(row, "fitting", None) for row in page] == [len(page) if way == "sorted" else None] * len(
                page
            )
        for listed, (search, names) in product((0, 9), SEARCHED):
            monkeypatch.setattr(search_records, "LISTED_MOST", listed)
            words = search_records.find_words(harbour.id, search, among, few=True)
            found = Filter((TrainingStatus.programme_id == harbour.id, *words.conditions), few=True)
            assert words.walk is None and [row.display_name for row in list_page(board, found, 9)] == names, search
            # Few people are asked one by one, so that all who have a common word needn't be listed.
            assert any("IN (SELECT" in str(one) for one in words.conditions) == (listed == 9), search
        found = filter_of(board, Wanted(search="zo", states=("not_started",)))
        assert count_found(found) == (4, False)
        assert found.walk is None or found.walk.count(found.conditions, 2) == (2, True)
        nobody = (Wanted(search="zo", states=("ready",)), Wanted(search="--"))
        sums = count_all(board.programme_id, board.courses, board.today)
        assert [list_page(board, filter_of(board, one, sums), 9) for one in nobody] == [[], []]


def test_cells_that_a_spreadsheet_would_run_are_made_inert(site: Site, cora: Inspector) -> None:
    names = [
        "=1+1",
        "+44 20",
        "-2",
        "@SUM(A1)",
        '=HYPERLINK("http://evil.example")',
        "＝1+1",
        "＠SUM(A1)",
        "＋1",
        "－2",
    ]
    add(site, names)
    told = [row[0] for row in sheet(cora, cora.get(PEOPLE))[1:]]
    assert {f"'{name}" for name in names} <= set(told)
    assert not [cell for cell in told if cell[:1] in "=+-@＝＋－＠"]


@given(cell=st.text(max_size=20))
def test_no_cell_begins_a_formula_and_nothing_else_is_changed(cell: str) -> None:
    assert inert(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert inert(cell).replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize(
    "cell", ["＝1+1", "\u200b=1+1", " =1+1", "\ufeff@SUM(A1)", "\u00a0+1", "﹢1", "﹣2", "−2", "\u2068=1"]
)
def test_a_formula_in_other_forms_or_behind_hidden_characters_is_inert_too(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Sam;=1+1", "Sam;'=1+1"),
        ('Sam; "=cmd|calc', "Sam; \"'=cmd|calc"),
        ("Sam\t@SUM(A1)", "Sam\t'@SUM(A1)"),
        ("Sam\n=1+1", "Sam\n'=1+1"),
        ("Sam;＝1", "Sam;'＝1"),
        ("a;b-c=d, +e", "a;b-c=d, +e"),
    ],
)
def test_a_formula_where_excel_divides_a_cell_is_inert_too(cell: str, told: str) -> None:
    assert inert(cell) == told


def test_a_private_course_shows_nothing_of_sam(site: Site, cora: Inspector) -> None:
    private = small_course.bundle(
        **{"course.md": small_course.COURSE.replace("language: en", "language: en\nprivate: yes")}
    )
    course = check(private, "small-course").course
    assert course is not None and course.private
    with site.inside():
        harbour = find_programme("harbour")
        sam = site.person("sam")
    assert harbour is not None
    site.do(library.publish, private, course)
    site.do(library.offer, harbour.id, course.id, True, 1)
    site.do(enrol, sam.id, harbour.id, course)
    page = cora.get(PEOPLE)
    assert "Not started" in row_of(page, "Sam Osei")
    assert course.title not in page.html and all(course.title not in row for row in sheet(cora, page))


def asked_for(site: Site, address: str) -> int:
    """Return how many statements a page of Cora's takes."""
    cora = site.visitor("cora")
    with site.statements() as asked:
        cora.get(address)
    return len(asked)


def test_pages_ask_the_same_of_the_database_however_many_people_there_are(sqlite_site: Site) -> None:
    site = sqlite_site
    earn(site, "sam")
    sam = site.visitor("cora").get(PEOPLE).links()["Sam Osei"]
    addresses = (PEOPLE, f"{PEOPLE}?q=person", f"{PEOPLE}?state=completed", sam)
    add(site, [f"Person {number}" for number in range(30)])
    few = [asked_for(site, address) for address in (*addresses, *addresses)][4:]
    add(site, [f"Person {number}" for number in range(30, 60)])
    earn(site, "lena")
    assert [asked_for(site, address) for address in addresses] == few
    assert max(few) <= 14, few


NARROWED: list[tuple[str, list[str]]] = [
    ("certificate=valid", ["Sam Osei"]),
    ("certificate=none", ["Lena Brandt"]),
    ("certificate=expired", []),
    ("role=trainer", ["Lena Brandt"]),
    ("unit={ward}", ["Lena Brandt", "Sam Osei"]),
    ("unit={bay}", ["Sam Osei"]),
    (f"course={PFA}", ["Sam Osei"]),
    ("q=a-10+os&state=completed&certificate=valid&unit={bay}", ["Sam Osei"]),
    ("q=sam+brandt", []),
    ("q=-", []),
    ("state=ready&state=expired", []),
    ("state=wilful&unit=gone&role=operator&certificate=maybe&column=secrets", ["Lena Brandt", "Sam Osei"]),
]


def test_cora_narrows_the_list_by_what_she_knows(site: Site, cora: Inspector) -> None:
    earn(site, "sam")
    with site.inside():
        sam, lena, programme = site.person("sam"), site.person("lena"), find_programme("harbour")
    assert programme is not None
    ward = site.do(add_unit, programme.id, "Ward", "")
    bay = site.do(add_unit, programme.id, "Bay", ward.public_id)
    site.do(change_details, programme.id, sam.id, Details("", "", ""), Details("A-104", bay.public_id, ""))
    site.do(change_details, programme.id, lena.id, Details("", "", ""), Details("", ward.public_id, ""))
    site.do(accounts.give_role, lena.id, programme.id, "trainer")
    for asked, names in NARROWED:
        page = cora.get(f"{PEOPLE}?{asked.format(ward=ward.public_id, bay=bay.public_id)}")
        found = [next(name for name in ("Lena Brandt", "Sam Osei") if row.startswith(name)) for row in rows(page)]
        assert found == names, asked
        listed = [row[0] for row in sheet(cora, page)[1:]] if names else page.links().get("Download as CSV", [])
        assert listed == names, asked


def test_only_harbours_people_stand_on_harbours_page(site: Site, cora: Inspector) -> None:
    page = cora.get(PEOPLE)
    assert "Mina Farah" not in page.main and "Meadow" not in page.html
    assert "Sam Osei" not in site.visitor("mina").get("/programmes/meadow/people").main


def withdraw_newest(site: Site, name: str) -> str:
    """Withdraw the certificate of somebody that stands; return its code."""
    with site.inside():
        award = next(one for one in list_awards_of_person(site.person(name).id) if one.current_for)
    site.do(withdraw, award.id, "other")
    return award.code


def hold_reviews(site: Site) -> None:
    site.do(set_programme, "harbour", None, {}, True, touch_hold=True)


def test_somebody_who_passed_and_waits_for_a_review_does_not_look_unfinished(site: Site, cora: Inspector) -> None:
    hold_reviews(site)
    earn(site, "sam")
    page = cora.get(PEOPLE)
    assert "Passed" in row_of(page, "Sam Osei") and "waiting for the course’s review" in row_of(page, "Sam Osei")
    assert "In training" not in row_of(page, "Sam Osei")
    assert [row[:8] for row in rows(page.form("/people").submit(state=["waiting"]))] == ["Sam Osei"]
    assert rows(page.form("/people").submit(state=["in_training"])) == []
    person_page = cora.get(page.links()["Sam Osei"])
    assert "waiting for the course’s review" in person_page.main


def test_somebody_whose_certificate_was_withdrawn_does_not_count_as_completed(site: Site, cora: Inspector) -> None:
    earn(site, "sam")
    withdraw_newest(site, "sam")
    page = cora.get(PEOPLE)
    assert "Certificate withdrawn" in row_of(page, "Sam Osei") and "Completed" not in row_of(page, "Sam Osei")
    assert rows(page.form("/people").submit(state=["completed"])) == []
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
        board = board_of(harbour.id, site.settings)
        (row,) = [one for one in rows_of(board, list_page(board, filter_of(board, Wanted()), 9)) if one.course]
        assert row.training == "withdrawn" and row.passed_on is None


def test_an_older_certificate_that_is_still_valid_is_shown_beside_a_newer_one_that_was_withdrawn(site: Site) -> None:
    first = earn(site, "sam", document=True)
    clock.shift(timedelta(days=670))
    site.visitors.clear()
    renew(site)
    newest = withdraw_newest(site, "sam")
    assert newest != first
    cora = site.visitor("cora")
    page = cora.get(PEOPLE)
    assert "A newer certificate was withdrawn" in row_of(page, "Sam Osei")
    hrefs = [node.get("href") for node in page.find(".people tbody a")]
    assert f"/verify/{first}" in hrefs and f"/verify/{newest}" in hrefs
    assert "An older one is still valid" in cora.get(page.links()["Sam Osei"]).main
    with site.inside():
        enrolment = list_awards_of_person(site.person("sam").id)[0].enrolment_id
        outcome, award_id = batch_jobs._make_if_missing(enrolment, "file", site.settings, ROOT / "certificates")
        assert award_id is not None and (outcome, get_award(award_id).code) == ("in", first)


def renew(site: Site) -> None:
    with site.inside():
        old = list_awards_of_person(site.person("sam").id)[0]
    copied = {key: getattr(old, key) for key in old.__table__.columns.keys()}  # noqa: SIM118 - no mapping

    def follow() -> None:
        db.session.get_one(Award, old.id).current_for = None
        db.session.flush()
        newer = {"id": ids.inner_id(), "code": "7QK4M2XD9RTPC6HV", "passed_on": clock.today("UTC"), "cycle": 2}
        newer |= {"valid_until": clock.today("UTC") + timedelta(days=700)}
        db.session.add(Award(**{**copied, **newer}))

    site.do(follow)


def test_three_people_of_one_name_are_told_apart_and_found_by_their_address(site: Site, cora: Inspector) -> None:
    add(site, ["Maria Silva", "María Silva", "maria silva", "Zoë Álvarez"])
    page = cora.get(PEOPLE).form("/people").submit(q="maria silva")
    assert [f"person{number}@example.org" in page.main for number in range(4)] == [True, True, True, False]
    found = cora.get(PEOPLE).form("/people").submit(q="person1@")
    assert [row[:11] for row in rows(found)] == ["María Silva"]
    assert "person1@example.org" in cora.get(found.links()["María Silva"]).main
    assert "person3@example.org" in [row[-1] for row in sheet(cora, cora.get(PEOPLE))]
