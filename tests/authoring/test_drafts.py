"""Drafts: Tara writes a course in the browser, without a script."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lms import all_rooms
from lms.accounts.records import find_programme
from lms.authoring.drafts.actions import Saved, change, contents_of
from lms.authoring.drafts.actions import start as start_draft
from lms.authoring.drafts.records import PAGE, Draft, DraftText, find_file
from lms.content.model.bundle import Bundle
from lms.foundation import clock
from lms.foundation.db import db, write
from lms.foundation.refused import Refused
from lms.retention import sweep
from tests.builders.drafts import add_draft
from tests.builders.learning import PFA
from tests.conftest import PASSWORD, Site
from tests.content import small_course
from tests.inspector import BASE, Page

START = "/programmes/harbour/drafts/new"
TITLE = {"title": "Night shifts", "audience": "Colleagues on nights.", "summary": "How to stay near at night."}


def start(site: Site, way: str = "starter", name: str = "tara") -> Page:
    return site.visitor(name).get(START).form_with("Start").submit(way=way, **TITLE)


def written(page: Page) -> str:
    return page.find("textarea")[0].text.removeprefix("\n")


@pytest.mark.parametrize(
    ("way", "rows", "left"), [("starter", "A first lesson", 1), ("nothing", "About the course", 3)]
)
def test_a_draft_starts_from_an_example_or_from_nothing(sqlite_site: Site, way: str, rows: str, left: int) -> None:
    draft = start(sqlite_site, way)
    assert draft.h1 == "Night shifts" and rows in draft.main
    assert f"To fix before publishing: {left}." in draft.main, "as the page that publishes counts them"
    assert "Night shifts" in sqlite_site.visitor("tara").get("/programmes/harbour/writing").main


def test_a_course_of_somebody_else_gets_an_id_of_its_own(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("tara").get(START).form_with("Start from this course")
    asked = form.submit(course=PFA, expect=422)
    assert "needs an id of its own" in asked.main
    draft = asked.form_with("Start from this course").submit(course=PFA, course_id="our-pfa", title="Our first aid")
    assert draft.h1 == "Our first aid"
    text = written(draft.follow("About the course"))
    assert "id: our-pfa" in text and 'version: "1.0.0"' in text


def test_an_id_that_no_address_can_have_is_refused_in_words(sqlite_site: Site) -> None:
    id, words = "Night Shifts", "Use only lower-case letters, digits and hyphens"
    form = sqlite_site.visitor("tara").get(START).form_with("Start")
    assert words in form.submit(way="starter", **TITLE, course_id=id, expect=422).main
    draft = start(sqlite_site)
    added = draft.follow("Add a lesson (Module 1: First steps)").form_with("Add")
    assert words in added.submit(title="After the shift", part_id=id, expect=422).main
    part = draft.follow("Rename, move or remove (A first lesson)")
    assert words in part.form_with("Save").submit(part_id=id, expect=422).main


def test_a_title_with_what_no_database_holds_loses_no_text(site: Site) -> None:
    editor = start(site).follow("About the course")
    read_at = dict(editor.form_with("Save").fields)["revision"]
    for sign in (r"\ud83d", r"\u0000"):
        text = written(editor).replace("title: Night shifts", f'title: "Night{sign} shifts"')
        saved = save_as_script(site, editor, text, read_at)
        assert saved.status_code == 200 and saved.json
        read_at = str(saved.json["revision"])
        assert "Night shifts" in site.visitor("tara").get("/programmes/harbour/writing").main


def test_of_two_people_who_add_a_file_at_once_the_second_overwrites_nothing(sqlite_site: Site) -> None:
    start(sqlite_site)
    with sqlite_site.inside():
        draft = db.session.scalars(select(Draft)).one()
        tara, seen = sqlite_site.person("tara").id, draft.revision
        files = [contents_of({"glossary.md": text}) for text in (b"first", b"second")]
        done = [write(change, draft.id, tara, "added", "glossary.md", one, seen=seen) for one in files]
        assert [type(one) for one in done] == [Saved, Refused]
        assert find_file(draft.id, "glossary.md").sha256 == files[0].digests["glossary.md"]  # type: ignore[union-attr]


def test_what_is_saved_is_there_again_with_its_problems_below(sqlite_site: Site) -> None:
    editor = start(sqlite_site).follow("A first lesson")
    text = written(editor) + "Another <b>line</b>.\r\nA tab\there.\x00"
    saved = editor.form_with("Save").submit(text=text)
    assert written(saved) == text.replace("\r\n", "\n").replace("\0", "") + "\n"
    assert "Saved" in saved.main and "RAW_HTML" in saved.main
    line = written(saved).splitlines().index("Another <b>line</b>.") + 1
    assert saved.find(f"#line-{line}")


def test_what_has_one_safe_fix_is_fixed_at_once_and_can_be_undone(sqlite_site: Site) -> None:
    page = start(sqlite_site).follow("A first lesson")
    spoiled = written(page).replace("\n## ", "\n##\u00a0", 1)
    page = page.form_with("Save").submit(text=spoiled)
    assert written(page) == spoiled
    fixed = page.form_with("Fix 1 problem automatically").submit()
    assert "Fixed. You can undo this in the history." in fixed.main
    assert written(fixed) == spoiled.replace("\u00a0", " ") and not fixed.find("form[action*='/fix/']")
    code = page.links()["HIDDEN_SPACE"]
    assert sqlite_site.visitor("tara").get(code).h1 == "HIDDEN_SPACE"
    history = fixed.follow("Night shifts").follow("History")
    assert "Fixed problems automatically in" in history.main


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
    assert "This id is taken" in taken.main
    draft = taken.form_with("Save").submit(title="Going home", part_id="going-home")
    assert written(draft.follow("Going home")).startswith("---\nid: going-home\ntitle: Going home\n")
    history = draft.follow("History")
    assert "Tara Lindqvist" in history.main
    draft = history.form_with(
        "Undo (Renamed 1-first-steps/1-after-the-shift.md to 1-first-steps/1-going-home.md)"
    ).submit()
    assert "After the shift" in draft.main and "Going home" not in draft.main
    moved = draft.follow("History").form_with("Undo (Added 1-first-steps/2-after-the-shift.md)").submit(expect=422)
    assert "changed since then" in moved.main


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


def path_of(page: Page) -> str:
    return page.path.split("?")[0]


def save_as_script(site: Site, page: Page, text: str, revision: str, name: str = "tara") -> TestResponse:
    token = dict(page.form_with("Save").fields)["form_token"]
    headers = {"Accept": "application/json", "Origin": BASE}
    sent = {"form_token": token, "text": text, "revision": revision}
    return site.visitor(name).browser.post(path_of(page), base_url=BASE, data=sent, headers=headers)


def test_a_script_saves_and_is_told_of_a_newer_text(site: Site) -> None:
    editor = start(site).follow("A first lesson")
    read_at, text = dict(editor.form_with("Save").fields)["revision"], written(editor)
    for number in range(3):
        saved = save_as_script(site, editor, f"{text}Line {number}.\n", read_at)
        assert saved.status_code == 200 and saved.json and saved.json["saved"]
        read_at = str(saved.json["revision"])
    renamed = save_as_script(site, editor, text.replace("A first", "My first") + "<b>Line 2.</b>\n", read_at).json
    assert renamed and renamed["heading"] == "My first lesson" and renamed["title"] == "My first lesson – Night shifts"
    assert 'aria-current="page">My first lesson</a>' in renamed["outline"] and "1 problem" in renamed["outline"]
    course = editor.follow("About the course")
    saved = save_as_script(site, course, written(course).replace("title: Night shifts", "title: Nights"), "1")
    assert saved.json and saved.json["crumb"] == "Nights"
    late = save_as_script(site, editor, text + "Late.\n", "1")
    assert late.status_code == 409 and late.json and late.json["text"].endswith("<b>Line 2.</b>\n")
    draft = editor.follow("Night shifts").follow("History")
    assert draft.main.count("Changed 1-first-steps/1-a-first-lesson.md") == 2, "with its button; typing is one change"
    with site.inside():
        texts = db.session.scalars(select(DraftText.content))
        assert sum(b"Line " in content for content in texts) == 1, "what was typed in between isn't kept"


def test_what_is_checked_for_a_script_is_what_the_check_says_of_the_text_on_the_page(sqlite_site: Site) -> None:
    editor = start(sqlite_site).follow("A first lesson")
    address, token = editor.find("form[data-editor]")[0].get("data-check"), dict(editor.form_with("Save").fields)
    sent = {
        "form_token": token["form_token"],
        "path": "1-first-steps/1-a-first-lesson.md",
        "text": written(editor) + "<b>x</b>",
    }
    browser = sqlite_site.visitor("tara").browser
    found = browser.post(address, base_url=BASE, data=sent, headers={"Origin": BASE}).json
    assert found and {row["code"] for row in found["problems"]} >= {"RAW_HTML", "NO_SELF_CARE"}
    row = next(row for row in found["problems"] if row["code"] == "RAW_HTML")
    assert row["severity"] == "error" and row["url"].endswith(f"#line-{row['line']}") and row["fix"]
    saved = browser.get(address, base_url=BASE).json
    assert saved and {row["code"] for row in saved["problems"]} == {"NO_SELF_CARE"}


def test_a_sign_in_that_ends_while_somebody_types_loses_nothing(sqlite_site: Site) -> None:
    tara = sqlite_site.visitor("tara")
    editor = start(sqlite_site).follow("A first lesson")
    # Nothing packs this, as the page that asks to sign in again does with what was typed.
    text = written(editor) + "".join(f"{random.Random(line).randbytes(300).hex()}\n\n" for line in range(200))
    clock.shift(timedelta(hours=2))
    sign_in = editor.form_with("Save").submit(text=text, expect=401)
    carry = sign_in.form("/sign-in").submit(email="tara@example.org", password=PASSWORD)
    saved = next(form for form in carry.forms if form.action.endswith(path_of(editor))).submit()
    assert saved.client is tara and written(saved) == text


@pytest.mark.parametrize(
    ("text", "expect", "says"),
    [
        ("x" * 300_000, 422, "a file can be 256 kB at most"),
        ("ü" * 400_000, 422, "a file can be 256 kB at most"),
        ("", 200, "NO_FRONT_MATTER"),
        ("---\nid: [\n---\n", 200, "YAML_BROKEN"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_in_words_and_stays(
    sqlite_site: Site, text: str, expect: int, says: str
) -> None:
    editor = start(sqlite_site).follow("A first lesson")
    answer = editor.form_with("Save").submit(text=text, expect=expect)
    assert says in answer.main and (answer.find("textarea")[0].text or "").strip() == text.strip()


def png(width: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 20), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "alt", "says"),
    [
        (b"<!doctype html><script>alert(1)</script>", "A page", "a web page"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "A bench", "HEIC"),
        (b"\x89PNG" + b"\0" * (5 * 1024 * 1024), "A bench", "larger than 5 MB"),
        (png(), "", "Describe what the picture shows"),
        (b"", "A bench", "Choose a picture first"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(sqlite_site: Site, content: bytes, alt: str, says: str) -> None:
    page = start(sqlite_site).follow("Pictures")
    token = dict(page.form_with("Add").fields)["form_token"]
    upload = FileStorage(io.BytesIO(content), "bench.png" if content else "")
    answer = page.client.send(path_of(page), {"form_token": token, "alt": alt, "picture": upload}, expect=422)
    assert says in answer.main


def test_a_picture_is_added_with_its_description_and_renamed_where_it_is_shown(sqlite_site: Site) -> None:
    draft = start(sqlite_site)
    page = draft.follow("Pictures")
    token = dict(page.form_with("Add").fields)["form_token"]
    sent = {
        "form_token": token,
        "alt": "Two people on a bench",
        "picture": FileStorage(io.BytesIO(png()), "Meine Bank.JPG"),
    }
    added = page.client.send(path_of(page), sent)
    line = "![Two people on a bench](media/meine-bank.png)"
    assert line in added.main
    editor = draft.follow("A first lesson")
    saved = editor.form_with("Save").submit(text=f"{written(editor)}\n{line}\n")
    assert "Fix before publishing" not in saved.main
    part = added.follow("Rename, move or remove (meine-bank.png)")
    part.form_with("Save").submit(part_id="the-bench")
    assert "(media/the-bench.png)" in written(draft.follow("A first lesson"))


def test_a_discarded_draft_is_gone_at_once_and_deleted_after_a_month(sqlite_site: Site) -> None:
    draft = start(sqlite_site)
    home = draft.follow("Discard this draft").form_with("Discard").submit()
    assert "Night shifts" not in home.main
    draft.client.get(path_of(draft), expect=404)
    for days, left in ((29, 1), (31, 0)):
        clock.shift(timedelta(days=days))
        with sqlite_site.inside():
            sweep(sqlite_site.settings, all_rooms.delete_person)
            assert len(list(db.session.scalars(select(Draft)))) == left


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


WITH_MORE = {
    "../out.md": b"No.",
    "nights/course.md": small_course.COURSE.encode(),
    "nights/check.md": "café".encode("latin-1"),
}


@pytest.mark.parametrize(
    ("content", "expect", "says"),
    [
        (zipped(WITH_MORE), 200, "A small course"),
        (zipped({"readme.txt": b"Hello"}), 422, "no course.md"),
        (b"no zip at all", 422, "as a ZIP file"),
    ],
    ids=["a course", "no course", "no zip"],
)
def test_a_draft_starts_from_a_zip_file(sqlite_site: Site, content: bytes, expect: int, says: str) -> None:
    tara = sqlite_site.visitor("tara")
    token = dict(tara.get(START).form_with("Start from this file").fields)["form_token"]
    sent = {"form_token": token, "way": "zip", "file": FileStorage(io.BytesIO(content), "nights.zip")}
    page = tara.send(START, sent, expect=expect)
    assert says in page.main
    if expect == 200:
        assert "1 file was left out" in page.text
        old = page.follow("Check")
        assert "wasn’t in UTF-8" in old.main and "café" in written(old)


def test_many_drafts_come_page_by_page(site: Site) -> None:
    for _number in range(PAGE + 1):
        add_draft(site, Bundle({"course.md": small_course.COURSE.encode()}))
    first = site.visitor("tara").get("/programmes/harbour/drafts")
    second = first.follow("Next page")
    assert [len(page.find("main .rows li")) for page in (first, second)] == [PAGE, 1]


def test_a_draft_of_another_programme_is_not_found_through_ones_own(sqlite_site: Site) -> None:
    draft = path_of(start(sqlite_site))
    sqlite_site.visitor("ada").get(draft.replace("harbour", "meadow"), expect=404)
    assert sqlite_site.visitor("ada").get(draft).h1 == "Night shifts"


def test_a_button_pressed_twice_starts_one_draft(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("tara").get(START).form_with("Start")
    words = {"title": "Night shifts", "audience": "Us.", "summary": "Nights."}
    paths = [form.submit("Start", **words).path for _press in range(2)]
    assert paths[0] == paths[1]
    clock.shift(timedelta(minutes=1))
    sqlite_site.visitors.clear()
    again = sqlite_site.visitor("tara").get(START).form_with("Start").submit("Start", **words)
    assert again.path != paths[0]


def test_many_files_cost_no_look_up_each(sqlite_site: Site) -> None:
    site, counts = sqlite_site, []
    with site.inside():
        harbour, tara = find_programme("harbour"), site.person("tara")
    assert harbour is not None
    for many in (3, 60):
        files = {f"1-a/{number}-lesson-{number}.md": f"Text {number}.".encode() for number in range(many)}
        with site.statements() as seen:
            site.do(start_draft, harbour.id, tara.id, Bundle(files), f"course-{many}", "Many")
        counts.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counts[0] == counts[1]
