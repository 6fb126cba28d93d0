"""A workshop pack holds what a facilitator needs and nothing that the check asks, on paper that programs can read."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from sqlalchemy import select, update

from lms.accounts.records import find_programme
from lms.authoring.pack import records as pack_records
from lms.authoring.pack.papers import make_pack, texts_in
from lms.authoring.pack.records import PackRequest
from lms.authoring.pack.sheets import SIGN_IN_ROWS, Place, sheets_of
from lms.cli.pack import pack
from lms.content.lint.check import read_course
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.config.shipped import shipped
from lms.foundation.db import db
from lms.library import actions as library
from tests.builders.drafts import publish_small
from tests.builders.pictures import picture
from tests.conftest import ROOT, Site
from tests.content.small_course import FILES
from tests.inspector import BASE

COURSE = ROOT / "courses" / "active-listening"
PAPERS = ["facilitator-guide", "handouts", "observer-sheets", "role-cards", "sign-in-sheet"]
HARBOUR = Place("Harbour", {"lead": "Noor Amari"}, "https://learn.example/courses/x", "https://learn.example/people")


@pytest.fixture(scope="module")
def course() -> Course:
    found = read_course(from_folder(COURSE), COURSE.name).course
    assert found
    return found


@pytest.fixture(scope="module")
def made(course: Course) -> bytes:
    return make_pack(course, HARBOUR, date(2026, 11, 30), shipped("certificates"))


@pytest.fixture(scope="module")
def papers(made: bytes) -> dict[str, PdfReader]:
    packed = ZipFile(BytesIO(made))
    return {Path(name).stem: PdfReader(BytesIO(packed.read(name))) for name in packed.namelist()}


def words(paper: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


def test_a_pack_is_five_tagged_papers_in_the_courses_language(course: Course, papers: dict[str, PdfReader]) -> None:
    assert sorted(papers) == PAPERS
    for paper in papers.values():
        root = paper.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
        assert course.title in str(paper.metadata.title if paper.metadata else "")
        assert course.title in words(paper) and "Harbour" in words(paper)


def test_each_paper_holds_what_it_is_for(course: Course, papers: dict[str, PdfReader]) -> None:
    guide, cards = words(papers["facilitator-guide"]), words(papers["role-cards"])
    assert all(objective.text in guide for objective in course.objectives)
    assert all(module.title in guide and module.facilitator for module in course.modules)
    assert all(one.content_note.note in guide for one in course.lessons if one.content_note.note)
    assert "Noor Amari" in guide
    for conversation in course.conversations:
        assert f"You are {conversation.partner}" in cards
        assert cards.count(" ".join(conversation.setting.split())) == 2
    assert "Could have done harm" in words(papers["observer-sheets"])
    assert "To take with you, module by module." in words(papers["handouts"])
    assert all(term.term in words(papers["handouts"]) for term in course.glossary)
    assert HARBOUR.course_url in words(papers["sign-in-sheet"]).replace(" ", "")


def test_no_question_of_the_check_is_in_a_pack(course: Course) -> None:
    said = " ".join(text for values in sheets_of(course, HARBOUR).values() for text in texts_in(values))
    assert course.questions and not [question.id for question in course.questions if question.stem in said]


def test_every_line_of_a_colleague_is_on_their_card(course: Course) -> None:
    cards = sheets_of(course, HARBOUR)["role-cards"]["conversations"]
    for conversation, card in zip(course.conversations, cards, strict=True):
        lines = {said.says for turn in conversation.turns for said in (turn, *turn.variants)}
        assert len({card["opening"], *card["lines"]}) == len(lines)


def test_nothing_leads_anywhere_on_paper() -> None:
    notes = "---\ntitle: Notes\n---\nAsk [Ada](https://example.org), {{lead}}, first.[^WANG24]\n\n"
    notes += "![A map](../media/map.png)\n"
    files = {path: text.encode() for path, text in {**FILES, "1-begin/facilitator.md": notes}.items()}
    course = read_course(Bundle({**files, "media/map.png": picture("PNG")})).course
    assert course
    html = sheets_of(course, HARBOUR)["facilitator-guide"]["modules"][0]["html"]
    assert html == "<p>Ask Ada, Noor Amari, first.</p>\n<figure>[A map]</figure>"


def test_the_same_course_gives_the_same_file(course: Course, made: bytes) -> None:
    assert make_pack(course, HARBOUR, date(2026, 11, 30), shipped("certificates")) == made
    assert len(sheets_of(course, Place())["sign-in-sheet"]["rows"]) == SIGN_IN_ROWS


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(pack, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Wrote "),
        ({"course.md": "no front matter"}, "can’t be read as a course yet. Nothing was written."),
        ({"1-begin/facilitator.md": "---\ntitle: Notes\n---\nSay 🦉 first."}, "no font here prints: 🦉. Nothing was"),
        ({"there": "already"}, "already exists. Nothing was written. Choose another name, or add --force."),
    ],
)
def test_the_command_says_what_it_did(tmp_path: Path, change: dict[str, str], said: str) -> None:
    folder, file = tmp_path / "small-course", tmp_path / "small.zip"
    for path, text in {**FILES, **change}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    if "there" in change:
        (folder / "there").unlink()
        file.write_bytes(b"mine")
    before = file.read_bytes() if file.exists() else None
    result = run(folder, file)
    assert said in " ".join(result.output.split()) and result.exit_code == (0 if not change else 1)
    assert "Traceback" not in result.output
    if change:
        assert (file.read_bytes() if file.exists() else None) == before
    else:
        assert len(ZipFile(file).namelist()) == 5


PAGE = "/programmes/harbour/courses/psychological-first-aid/workshop-pack"
SMALL_PAGE = "/programmes/harbour/courses/small-course/workshop-pack"


def rows(site: Site) -> list[PackRequest]:
    with site.inside():
        return list(db.session.scalars(select(PackRequest)))


def download(site: Site, name: str, page: str = PAGE) -> Any:
    return site.visitor(name).browser.get(f"{page}.zip", base_url=BASE)


def test_the_job_process_makes_the_pack_that_tara_asks_for(site: Site) -> None:
    page = site.visitor("tara").get("/courses/psychological-first-aid/facilitator")
    page = page.follow(next(text for text in page.links() if text.startswith("Workshop pack to print, for ")))
    file = download(site, "tara")
    assert file.status_code == 303 and "Download the pack" not in page.links()
    page.form(PAGE).submit()
    page = page.form(PAGE).submit()
    assert "It will be here in a minute." in page.main and len(rows(site)) == 1
    site.work()
    page = page.follow("Refresh")
    assert "You can download it until" in page.main
    file = download(site, "tara")
    assert (file.status_code, file.mimetype) == (200, "application/zip")
    packed = ZipFile(BytesIO(file.data))
    assert [Path(name).stem for name in packed.namelist()] == PAPERS
    sheet = next(name for name in packed.namelist() if "sign-in" in name)
    assert "/courses/psychological-first-aid" in words(PdfReader(BytesIO(packed.read(sheet)))).replace(" ", "")
    assert download(site, "sam").status_code == 404


def test_a_pack_is_deleted_a_day_after_it_was_made(sqlite_site: Site) -> None:
    _offer_small(sqlite_site)
    sqlite_site.visitor("cora").get(SMALL_PAGE).form(SMALL_PAGE).submit()
    sqlite_site.work()
    assert download(sqlite_site, "cora", SMALL_PAGE).status_code == 200
    clock.shift(timedelta(days=1, minutes=1))
    sqlite_site.visitors.clear()
    assert download(sqlite_site, "cora", SMALL_PAGE).status_code == 303
    sqlite_site.work()
    assert rows(sqlite_site) == [] and "Prepare the pack" in sqlite_site.visitor("cora").get(SMALL_PAGE).main


def _offer_small(site: Site) -> None:
    """Offer a course in harbour whose pack is made in no time."""
    publish_small(site)
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour
    site.do(library.offer, harbour.id, "small-course", True, 1)


def test_what_stands_in_the_way_of_a_pack_is_said(sqlite_site: Site) -> None:
    _offer_small(sqlite_site)
    page = sqlite_site.visitor("tara").get(SMALL_PAGE).form(SMALL_PAGE).submit()
    with sqlite_site.inside():
        key = rows(sqlite_site)[0].id
        sqlite_site.do(pack_records.note_trouble, key)
    page = page.follow("Refresh")
    assert "We’ll try again within the hour" in page.main and "Traceback" not in page.main
    sqlite_site.do(pack_records.note_letters, key, "🦉 𓀀")
    page = page.follow("Refresh")
    assert "characters that our fonts can’t print: 🦉 𓀀." in page.main
    page.form(SMALL_PAGE).submit()
    sqlite_site.work()
    assert [row.state for row in rows(sqlite_site)] == ["ready"]
    with sqlite_site.inside():
        db.session.execute(update(PackRequest).values(digest="of an earlier version"))
        db.session.commit()
    assert "This pack is of an earlier one." in sqlite_site.visitor("tara").get(SMALL_PAGE).main
