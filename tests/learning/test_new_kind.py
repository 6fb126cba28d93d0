"""A question kind that docs/extending.md describes works everywhere once it is registered."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jinja2 import ChoiceLoader, DictLoader

from lms.cli.check import check as check_command
from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.content.questions import KINDS, grade, kind_of, sample
from lms.library import actions as library
from tests.builders.content import filled_in
from tests.conftest import Site, find_programme
from tests.content.small_course import FILES
from tests.inspector import BASE, Inspector, Page
from tests.learning.example_kind import number

QUESTION = """
## How many {count}? {{#sml-n0{place} objectives="sml-o{goal}"}}

| {right} |
| --- |
| {count} are counted in this way. |
"""
ASKED = ("steps", "chairs", "windows", "doors")
BANK = "---\nkind: check\n---\n" + "".join(
    QUESTION.format(count=count, place=place, goal=place % 2 + 1, right=place) for place, count in enumerate(ASKED, 1)
)
COURSE = {**FILES, "check.md": BANK}
TEMPLATE = Path(number.__file__).with_suffix(".html").read_text("utf-8")


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the kind, as its line in lms/content/questions/__init__.py would."""
    monkeypatch.setitem(KINDS, number.KIND, number)


def publish(site: Site) -> None:
    """Put the kind's template beside the others, and offer a course that asks nothing else."""
    known: Any = site.app.jinja_env.loader
    site.app.jinja_env.loader = ChoiceLoader([DictLoader({"questions/number.html": TEMPLATE}), known])
    bundle = Bundle({path: text.encode() for path, text in COURSE.items()})
    course = check(bundle, "small-course").course
    assert course is not None and {kind_of(question) for question in course.questions} == {"number"}
    with site.inside():
        programme = find_programme("harbour")
        assert programme is not None
    site.do(library.publish, bundle, course)
    site.do(library.offer, programme.id, course.id, True, 1)


def open_check(sam: Inspector) -> Page:
    sam.get("/courses/small-course").form("/enrol").submit()
    return sam.get("/courses/small-course/check").form("/check").submit()


def words(node: Any) -> str:
    return " ".join(node.itertext()).strip()


def right_number(page: Page) -> int:
    """Return the answer to the question of a page, which its heading names."""
    asked = re.search(r"How many (\w+)\?", page.main)
    assert asked
    return ASKED.index(asked[1]) + 1


def autosave(sam: Inspector, page: Page, value: str) -> dict[str, Any]:
    """Save one answer as the page's script does."""
    question = page.find("[data-question]")[0].get("data-question")
    token = dict(page.form_with("Save and continue").fields)["form_token"]
    sent = {"form_token": token, "question": question, "revision": "1", f"q-{question}": value}
    reply = sam.browser.post(page.find("[data-autosave]")[0].get("data-autosave"), base_url=BASE, data=sent)
    assert reply.status_code == 200 and reply.json is not None
    return dict(reply.json)


def exported_answers(sam: Inspector) -> list[str]:
    """Return the answers in the file that Sam downloads of her data."""
    links = sam.get("/account").follow("Your data: see it, export it, delete your account").links()
    reply = sam.browser.get(links["Export your data"], base_url=BASE)
    text = zipfile.ZipFile(io.BytesIO(reply.data)).read("csv/answers.csv").decode("utf-8-sig")
    return sorted(row["answer"] for row in csv.DictReader(io.StringIO(text)))


def test_lms_check_reads_the_kind_and_names_its_problems(tmp_path: Path) -> None:
    for path, text in {**COURSE, "check.md": BANK.replace("| 4 |", "| four |").replace("| 3 |", "| 0 |")}.items():
        place = tmp_path / "small-course" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    said = CliRunner().invoke(check_command, [str(tmp_path / "small-course")]).output
    assert "The head of the table isn’t a whole number." in said and "Nobody needs to count to nought." in said


def test_sam_takes_a_check_of_the_new_kind_from_its_draw_to_her_own_data(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    publish(sqlite_site)
    page = open_check(sam)
    assert words(page.find(".hint")[0]) == "Write a whole number."
    saved = autosave(sam, page, str(right_number(page)))
    assert saved["saved"] is True and saved["count"] == "1 of 3 questions answered."
    page = sam.get(page.path)
    numbers = [right_number(page)]
    assert page.find("fieldset input[inputmode]")[0].get("value") == str(numbers[0])
    page = page.form_with("Save and continue").submit("Save and continue")
    assert len(page.follow("Show all questions on one page").find("fieldset input[inputmode]")) == 3
    for given in ("7", None):
        numbers.append(right_number(page) if given is None else int(given))
        field = page.find("fieldset input[inputmode]")[0].get("name")
        page = page.form_with("Save and continue").submit("Save and continue", **{field: str(numbers[-1])})
    assert [words(node) for node in page.find("main ol ul li")] == [str(number) for number in numbers]
    assert exported_answers(sam) == sorted(map(str, numbers))
    result = page.form("/submit").submit()
    assert "You got 2 of 3 questions right" in result.main and "are counted in this way" in result.main
    assert exported_answers(sam) == sorted(map(str, numbers))


def test_its_samples_hold_what_they_promise() -> None:
    course = check(Bundle({path: text.encode() for path, text in COURSE.items()}), "small-course").course
    assert course is not None
    for question in course.questions:
        answers = sample(question)
        assert [grade(question, answer).right for answer in answers["right"]] == [True]
        assert not any(grade(question, answer).right for answer in answers["not_right"] + answers["malformed"])
        assert filled_in(question, answers["right"][0], 1) == {f"q-{question.id}": [str(answers["right"][0])]}
