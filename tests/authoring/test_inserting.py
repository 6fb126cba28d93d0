"""Inserting into a file of a draft without a script: what was filled in is in the file, and reads without a problem."""

from __future__ import annotations

from typing import Any

from lms.authoring.inserting.choices import kind_of_file
from lms.authoring.inserting.offers import FORMS, OFFERED
from lms.content.lint.check import check
from tests.builders.drafts import add_draft
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import BASE, Page

HELLO, GENTLE, SINK = "1-begin/1-hello.md", "1-begin/1-hello.gentle.md", "practice/at-the-sink.md"
MEDIA = {
    "media/desk.svg": '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "media/sink.mp3": "ID3",
    "media/sink.txt": "What she says.",
}
ASKS = {"stem": "What would help her now?", "objectives": ["sml-o1"]}
REASON = "It leaves the choice with her."


def rows(**columns: list[str]) -> dict[str, str]:
    """Return the fields of rows of answers."""
    return {f"rows-{at}-{name}": value for name, cells in columns.items() for at, value in enumerate(cells) if value}


WHY = [REASON, "It takes the choice away."]
OPTIONS = rows(text=["Wait.", "Push."], why=WHY, right=["yes", ""])
FILLED: dict[str, dict[str, Any]] = {
    "one-answer": {**ASKS, **OPTIONS},
    "several-answers": {**ASKS, **OPTIONS, "rows-1-right": "yes"},
    "order": {**ASKS, **rows(text=["Look", "Listen"], why=WHY)},
    "match": {**ASKS, **rows(text=["A name", "A thank-you", ""], other=["First", "Last", "Never"])},
    "short-answer": {**ASKS, "model": "“Hi, I’m Noor.”", "look_for": "Your name\nYour role"},
    "critical-group": {
        "group": "leaving",
        "objectives": ["sml-o1"],
        **{
            f"rows-{at}-{name}": text
            for at in range(3)
            for name, text in {
                "stem": f"She leaves. What first? {at}",
                "right": "Wait.",
                "right_why": REASON,
                "other": "Push.",
                "other_why": WHY[1],
            }.items()
        },
    },
    "option": {"text": "Say hello.", "why": REASON},
    "callout": {"kind": "NOTE", "words": "Many people think that it needs a plan."},
    "spoken": {"words": "Would you like company?"},
    "prompt": {"words": "What helps you?"},
    "source": {"source": "WANG24"},
    "link": {"page": GENTLE, "words": "a gentler version"},
    "picture": {"picture": "media/desk.svg", "description": "A desk with a lamp"},
    "recording": {"recording": "media/sink.mp3", "title": "Dana at the [kitchen] sink"},
    "turn": {"id": "she-sits", "title": "She sits down", "stage": "sits", "words": "Thanks."},
    "end": {"id": "later", "title": "Another day", "words": "The door stays open.", "ending": "good"},
    "reply": {"label": "silence", "fit": "mixed", "words": "(wait)", "goes_to": "home", "feedback": REASON},
    "content-note": {
        "topics": ["panic", "death"],
        "note": "A death is mentioned. No details are given.",
        "mention": "yes",
    },
}
# What nothing leads to yet.
ALSO = {"turn": {"UNREACHABLE", "DEAD_END", "NO_WAY_TO_GOOD_END"}, "end": {"UNREACHABLE"}}
FILES_OF = {kind_of_file(path): path for path in (HELLO, GENTLE, SINK, "check.md")}
# Each thing in the first kind of file that offers it, and all of the questions in the check too.
EACH = {what: kind for kind in ("check", "conversation", "gentle", "lesson") for what in OFFERED[kind]}  # type: ignore[index]
CASES = [(what, FILES_OF[kind]) for what, kind in EACH.items()]  # type: ignore[index]


def form_of(site: Site, draft: str, what: str, path: str) -> Page:
    return site.visitor("tara").get(f"/programmes/harbour/drafts/{draft}/insert/{what}/{path}")


def test_each_thing_that_is_filled_in_goes_into_its_file_and_checks_clean(sqlite_site: Site) -> None:
    assert set(EACH) == set(FORMS) == set(FILLED)
    whole = bundle(**MEDIA)
    known = {finding.code for finding in check(whole, "small-course").findings}
    for what, path in CASES:
        draft = add_draft(sqlite_site, whole)
        saved = form_of(sqlite_site, draft, what, path).form_with("Insert").submit(**FILLED[what])
        text = saved.find("textarea")[0].text.removeprefix("\n")
        assert "Inserted at line" in saved.text and text != FILES[path], what
        reading = check(bundle(**{path: text, **MEDIA}), "small-course")
        also = known | ALSO.get(what, set())
        told = [(row.code, row.line, row.message) for row in reading.findings if row.code not in also]
        assert (what, told) == (what, []) and (reading.course is not None or what in ALSO)


def test_what_is_missing_is_said_and_nothing_is_lost(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    sent: dict[str, dict[str, Any]] = {"content-note": {"topics": ["panic"]}, "link": {}, "option": {"text": "Wait."}}
    sent |= {"critical-group": {**FILLED["critical-group"], "rows-2-other_why": ""}, "turn": {"id": "home"}}
    sent |= {"one-answer": ASKS, "match": {}, "prompt": {"words": "What helps?", "id": "sml-p01"}}
    for what, fields in sent.items():
        path = FILES_OF[EACH[what]] if what in {"critical-group", "turn"} else HELLO
        asked = form_of(sqlite_site, draft, what, path).form_with("Insert").submit(expect=422, **fields)
        assert asked.find(".errs"), what
        assert all(str(text) in asked.html for text in fields.values() if isinstance(text, str)), what


def test_a_script_gets_the_change_for_its_cursor_and_nothing_is_saved(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    page = form_of(sqlite_site, draft, "spoken", HELLO)
    token = dict(page.form_with("Insert").fields)["form_token"]
    sent = {"form_token": token, "words": "Hello.", "text": "---\nid: hello\n---\nOne.\n\nTwo.\n", "line": "4"}
    headers = {"Accept": "application/json", "Origin": BASE}
    reply = sqlite_site.visitor("tara").browser.post(page.path, base_url=BASE, data=sent, headers=headers)
    assert reply.json == {"first": 5, "last": 6, "lines": "\n> “Hello.”\n\n"}
    assert "Hello.”" not in page.follow(HELLO).find("textarea")[0].text.replace("“Hello, I’m Noor.”", "")


def test_what_was_typed_is_saved_on_the_way_to_the_form(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    editor = sqlite_site.visitor("tara").get(f"/programmes/harbour/drafts/{draft}/files/{HELLO}")
    button = next(found for found in editor.find("button") if found.get("value") == "source")
    fields = {**dict(editor.form_with("Save").fields), "text": f"{FILES[HELLO]}\nMore.\n", "begin": "source"}
    reply = sqlite_site.visitor("tara").browser.post(
        button.get("formaction"), base_url=BASE, data=fields, headers={"Origin": BASE}
    )
    assert (reply.status_code, "/insert/source/" in reply.location) == (303, True)
    assert "More." in sqlite_site.visitor("tara").get(editor.path).find("textarea")[0].text


def test_no_learners_page_loads_a_byte_of_the_editor(sqlite_site: Site) -> None:
    draft = add_draft(sqlite_site, bundle())
    editor = sqlite_site.visitor("tara").get(f"/programmes/harbour/drafts/{draft}/files/{HELLO}")
    assert "static/editor/codemirror.js" in editor.html and "css/editor.css" in editor.html
    assert "'nonce-" in editor.response.headers["Content-Security-Policy"]
    for path in (
        "/",
        "/courses",
        "/courses/psychological-first-aid",
        "/courses/psychological-first-aid/lessons/what-pfa-is",
    ):
        page = sqlite_site.visitor("sam").get(path)
        assert (
            "editor." not in page.html
            and "upload" not in page.html
            and "nonce" not in page.response.headers["Content-Security-Policy"]
        ), path
