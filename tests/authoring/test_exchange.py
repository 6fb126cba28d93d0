"""Questions come into a draft from a file and go out again; a course goes along as a package."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from lms.accounts.actions import give_role
from lms.accounts.records import find_programme
from lms.interop.questions.importing import read_questions
from lms.library import actions as library
from tests.builders.drafts import add_draft, publish_small
from tests.builders.learning import PFA, at_once
from tests.conftest import Site
from tests.content.small_course import bundle
from tests.inspector import BASE, Page

FILES = Path(__file__).parent.parent / "interop" / "files"
COURSE = f"/programmes/harbour/writing/courses/{PFA}/exchange"


def draft_of(site: Site) -> str:
    return f"/programmes/harbour/drafts/{add_draft(site, bundle())}"


def send(page: Page, name: str, expect: int = 200) -> Page:
    return upload(page, (FILES / name).read_bytes(), name, expect)


def upload(page: Page, content: bytes, name: str, expect: int = 200) -> Page:
    form = page.form_with("Show what would be imported")
    fields = {**dict(form.fields), "objective": "sml-o2", "file": FileStorage(io.BytesIO(content), name)}
    return page.client.send(form.action, fields, expect=expect)


def test_tara_looks_at_a_file_and_adds_it_as_one_revision(sqlite_site: Site) -> None:
    draft = draft_of(sqlite_site)
    shown = send(
        sqlite_site.visitor("tara").get(f"{draft}/files/check.md").follow("Import and export questions"), "moodle.xml"
    )
    assert "7 questions would be added." in shown.main and "4 would be left out." in shown.main
    assert "drag onto an image" in shown.main and "A picture was left out" in shown.main
    assert "begin-well" not in sqlite_site.visitor("tara").get(f"{draft}/files/check.md").text
    editor = shown.form_with("Add to the check").submit()
    text = editor.find("textarea")[0].text
    assert "## What first? {#sml-q01" in text and '{#begin-well objectives="sml-o2"}' in text
    assert len(sqlite_site.visitor("tara").get(f"{draft}/history").find("form")) >= 1
    again = send(editor.follow("Import and export questions"), "moodle.xml")
    assert "Nothing in this file is new" in again.main


def test_a_button_pressed_many_times_adds_the_questions_once(site: Site) -> None:
    page = site.visitor("tara").get(f"{draft_of(site)}/questions")
    shown = upload(page, b"::N:: Anything new? {=yes ~no}", "bank.gift")
    assert {reply.status_code for reply in at_once(shown.form_with("Add to the check"), 6)} <= {303, 422}
    text = site.visitor("tara").get(page.path.replace("questions", "files/check.md")).find("textarea")[0].text
    assert text.count("Anything new?") == 1


def test_a_file_without_questions_changes_nothing(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("tara").get(f"{draft_of(sqlite_site)}/questions")
    assert (
        "Choose a file with questions first." in page.form_with("Show what would be imported").submit(expect=422).main
    )
    shown = upload(page, b"Dear all, here are the questions.", "letter.txt")
    assert "No questions were found in this file." in shown.main and not shown.find("#f-text")


@pytest.mark.parametrize("form", ["gift", "qti", "csv"])
def test_questions_of_a_draft_and_of_a_course_can_be_taken_out(sqlite_site: Site, form: str) -> None:
    browser = sqlite_site.visitor("tara").browser
    for address in (f"{draft_of(sqlite_site)}/questions", COURSE):
        sent = browser.get(f"{address}/{form}", base_url=BASE)
        assert sent.status_code == 200 and "no-store" in sent.headers["Cache-Control"]
        assert len(read_questions(sent.data, "x.csv" if form == "csv" else "x").items) >= 3


def test_a_course_goes_along_whole_and_to_nobody_who_only_learns(sqlite_site: Site) -> None:
    sent = sqlite_site.visitor("tara").browser.get(f"{COURSE}/scorm", base_url=BASE, buffered=True)
    with zipfile.ZipFile(io.BytesIO(sent.data)) as package:
        names = package.namelist()
        page = package.read("index.html").decode()
    assert names[0] == "imsmanifest.xml" and "media/look-listen-link.svg" in names
    assert 'src="media/look-listen-link.svg"' in page and "/media/" not in page and "url_for" not in page
    for name in ("sam", "cora", "mina"):
        for address in (COURSE, f"{COURSE}/scorm", f"{COURSE}/gift", f"{draft_of(sqlite_site)}/questions/gift"):
            sqlite_site.visitor(name).get(address, expect=404)


@pytest.mark.parametrize(("open_reading", "expect"), [(False, 404), (True, 200)])
def test_keys_are_for_trainers_of_other_programmes_only_where_everybody_may_read(
    sqlite_site: Site, open_reading: bool, expect: int
) -> None:
    publish_small(sqlite_site)
    with sqlite_site.inside():
        harbour, meadow = find_programme("harbour"), find_programme("meadow")
        assert harbour and meadow
        mina = sqlite_site.person("mina").id
    sqlite_site.do(give_role, mina, meadow.id, "trainer")
    sqlite_site.do(library.offer, harbour.id, "small-course", open_reading, 0)
    here = "/programmes/meadow/writing"
    for end in ("", "/1.0.0/preview/check", "/1.0.0/preview/course", "/1.0.0.zip", "/compare", "/ask-for-review"):
        sqlite_site.visitor("mina").get(f"{here}/courses/small-course{end}", expect, buffered=True)
    for end in ("courses/small-course/exchange/gift", "figures/small-course", "figures/small-course/sml-q01/regrade"):
        sqlite_site.visitor("mina").get(f"{here}/{end}", 404)
