"""No answer key leaves the server before an answer is sent: not in pages, JSON, cookies, attributes or order."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from tests.builders.learning import attempt_of, begin, open_check, plan, reasons_of, take_check, the_course
from tests.conftest import Site
from tests.inspector import BASE, squeezed

SAYS = re.compile(r"right|correct|fits\b|score|data-(?:key|answer|value)|position", re.I)


def plain(html: str) -> str:
    return squeezed(Markup(html).striptags())


def test_no_page_of_an_open_check_holds_a_reason_or_says_which_is_right(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = open_check(sam)
    base = page.path.rsplit("/", 1)[0]
    with sqlite_site.inside():
        questions = attempt_of(sqlite_site, "sam").questions
    pages = [sam.get(f"{base}/{path}") for path in [*range(1, 11), "all", "look-over"]]
    for page in pages:
        for reason in (reason for question in questions for reason in reasons_of(question)):
            assert plain(reason) not in squeezed(page.html) and plain(reason) not in page.text
        for field in page.find("fieldset.ask *"):
            for name, value in field.attrib.items():
                assert not SAYS.search(f"{name}={value}"), f"{page.path}: {name}={value}"


def test_saving_an_answer_says_nothing_about_it_and_sets_no_cookie(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    page = open_check(sam)
    rights, others = plan(sqlite_site, "sam"), plan(sqlite_site, "sam", lambda _q: False)
    # Some questions have no other answer that is whole: as many options are chosen as there are right ones.
    place = next(number for number, fields in enumerate(others) if fields)
    for fields in rights[:place]:
        page = page.form_with("Save and continue").submit("Save and continue", **fields)
    question = page.find("[data-question]")[0].get("data-question")
    address = page.find("[data-autosave]")[0].get("data-autosave")
    told = []
    # The one that is right comes first, then one that is not under the next revision; both are saved in the same words.
    for revision, fields in enumerate((rights[place], others[place]), 3):
        sent = {**dict(page.form_with("Save and continue").fields), **fields, "question": question}
        sent["revision"] = str(revision)
        reply = sam.browser.post(address, base_url=BASE, data=sent, headers={"Accept": "application/json"})
        assert "Set-Cookie" not in reply.headers
        told.append(reply.json)
    count = f"{place + 1} of 10 questions answered."
    assert told == [
        {"count": count, "newer": False, "question": question, "revision": kept, "saved": True} for kept in (3, 4)
    ]


def test_tokens_tell_neither_place_nor_worth_and_differ_from_check_to_check(sqlite_site: Site) -> None:
    seen: list[set[str]] = []
    for name in ("sam", "lena"):
        visitor = sqlite_site.visitor(name)
        begin(visitor)
        page = open_check(visitor).follow("Show all questions on one page")
        tokens = {
            f.get("value") for f in page.find("fieldset.ask input[type=radio], fieldset.ask input[type=checkbox]")
        }
        assert tokens and all(re.fullmatch(r"[0-9a-f]{10}", token) for token in tokens)
        seen.append(tokens)
    assert not seen[0] & seen[1]


@pytest.mark.parametrize("right", [True, False])
def test_the_reasons_come_with_the_result(sqlite_site: Site, right: bool) -> None:
    begin(sqlite_site.visitor("sam"))
    page = take_check(sqlite_site, "sam", lambda _q: right)
    with sqlite_site.inside():
        course = the_course()
    told = [reason for q in course.questions for reason in reasons_of(q) if plain(reason) in page.text]
    assert len(told) >= 10
