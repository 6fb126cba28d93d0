"""Drafts: Tara writes a course in the browser, without a script."""

from __future__ import annotations

import pytest

from tests.builders.learning import PFA
from tests.conftest import Site
from tests.inspector import Page

START = "/programmes/harbour/drafts/new"
TITLE = {"title": "Night shifts", "audience": "Colleagues on nights.", "summary": "How to stay near at night."}


def start(site: Site, way: str = "starter", name: str = "tara") -> Page:
    return site.visitor(name).get(START).form_with("Start").submit(way=way, **TITLE)


def edit(page: Page, link: str) -> Page:
    return page.follow(link)


def written(page: Page) -> str:
    return page.find("textarea")[0].text.removeprefix("\n")


@pytest.mark.parametrize(("way", "rows"), [("starter", "A first lesson"), ("nothing", "About the course")])
def test_a_draft_starts_from_an_example_or_from_nothing(sqlite_site: Site, way: str, rows: str) -> None:
    draft = start(sqlite_site, way)
    assert draft.h1 == "Night shifts" and rows in draft.main
    assert "To fix before publishing: 0." in draft.main
    assert "Night shifts" in sqlite_site.visitor("tara").get("/programmes/harbour/writing").main


def test_a_course_of_somebody_else_gets_an_id_of_its_own(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("tara").get(START).form_with("Start from this course")
    asked = form.submit(course=PFA, expect=422)
    assert "needs an id of its own" in asked.main
    draft = asked.form_with("Start from this course").submit(course=PFA, course_id="our-pfa", title="Our first aid")
    assert draft.h1 == "Our first aid"
    text = written(draft.follow("About the course"))
    assert "id: our-pfa" in text and 'version: "1.0.0"' in text


def test_what_is_saved_is_there_again_with_its_problems_below(sqlite_site: Site) -> None:
    editor = start(sqlite_site).follow("A first lesson")
    text = written(editor) + "Another <b>line</b>.\r\nA tab\there.\x00"
    saved = editor.form_with("Save").submit(text=text)
    assert written(saved) == text.replace("\r\n", "\n").replace("\0", "") + "\n"
    assert "Saved" in saved.main and "RAW_HTML" in saved.main
    line = written(saved).splitlines().index("Another <b>line</b>.") + 1
    assert saved.find(f"#line-{line}")


def test_two_people_in_one_file_overwrite_nothing(sqlite_site: Site) -> None:
    tara = start(sqlite_site).follow("A first lesson")
    ada = sqlite_site.visitor("ada").get(tara.path)
    first = written(tara)
    theirs = first.replace("the first thing to do", "breathe out")
    assert "Saved" in ada.form_with("Save").submit(text=theirs).main
    both = tara.form_with("Save").submit(text=first.replace("What helps", "What is good"))
    assert (
        "both changes are in it now" in both.text and "breathe out" in written(both) and "What is good" in written(both)
    )
    assert "Ada Novak is writing in this draft too" in both.main
    beside = tara.form_with("Save").submit(text=first.replace("the first thing to do", "sit down"), expect=409)
    assert "Ada Novak" in beside.main or "You, in another window" in beside.main
    assert "sit down" in written(beside)
    assert "sit down" in written(beside.form_with("Save my text").submit())


def test_a_file_that_was_removed_meanwhile_can_be_put_back(sqlite_site: Site) -> None:
    draft = start(sqlite_site)
    editor = draft.follow("A first lesson")
    part = draft.follow("Rename, move or remove (A first lesson)")
    assert "A first lesson" not in part.form_with("Remove").submit().main
    back = editor.form_with("Save").submit(text=written(editor) + "More.\n", expect=409)
    assert "removed this file" in back.main
    assert "More." in written(back.form_with("Save my text").submit())


def test_the_outline_is_added_to_renamed_moved_and_undone(sqlite_site: Site) -> None:
    draft = start(sqlite_site)
    added = draft.follow("Add a lesson (Module 1: First steps)").form_with("Add").submit(title="After the shift")
    assert added.path.split("?")[0].endswith("/1-first-steps/2-after-the-shift.md")
    draft = added.follow("Night shifts")
    part = draft.follow("Rename, move or remove (After the shift)")
    draft = part.form_with("Move up").submit()
    assert draft.main.index("After the shift") < draft.main.index("A first lesson")
    part = draft.follow("Rename, move or remove (After the shift)")
    taken = part.form_with("Save").submit(part_id="a-first-lesson", expect=422)
    assert "There’s one with this id already" in taken.main
    draft = taken.form_with("Save").submit(title="Going home", part_id="going-home")
    assert written(draft.follow("Going home")).startswith("---\nid: going-home\ntitle: Going home\n")
    history = draft.follow("History")
    assert "Tara Lindqvist" in history.main
    draft = history.form_with(
        "Undo (Renamed 1-first-steps/1-after-the-shift.md to 1-first-steps/1-going-home.md)"
    ).submit()
    assert "After the shift" in draft.main and "Going home" not in draft.main


@pytest.mark.parametrize(
    ("kind", "folder", "link"),
    [
        ("module", "", "Add a module (Module 1: First steps)"),
        ("conversation", "", "Add a conversation"),
        ("glossary", "", "Add a glossary"),
        ("gentler", "", "Add a gentler version (Module 1: First steps)"),
        ("facilitator", "", "Add facilitator notes (Module 1: First steps)"),
    ],
)
def test_every_kind_of_part_is_added_without_a_new_error(sqlite_site: Site, kind: str, folder: str, link: str) -> None:
    page = start(sqlite_site)
    page = page.follow(link if link in page.links() else link.split(" (")[0])
    form = page.form_with("Add")
    added = form.submit(title="Something new") if "title" in dict(form.fields) else form.submit()
    assert "Fix before publishing" not in added.main
