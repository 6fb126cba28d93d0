"""What is written about the code is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from lxml import etree

from lms.content.lint.codes.explain import as_markdown as codes_as_markdown
from tests.house import authoring, load_guide
from tests.house.catalogue import FILE, messages
from tests.house.tour import ROOT, as_markdown, opening_line


def test_the_tour_tells_every_module_as_it_opens() -> None:
    assert (ROOT / "docs" / "tour.md").read_text("utf-8") == as_markdown(), "run: python -m tests.house.tour"


def test_every_module_opens_with_one_line() -> None:
    modules = [path for path in (ROOT / "lms").rglob("*.py") if "migrations" not in path.parts]
    assert [str(path) for path in modules if not opening_line(path).endswith((".", ":", "!"))] == []


def test_the_page_of_codes_holds_every_code_of_the_check() -> None:
    assert (ROOT / "docs" / "check-codes.md").read_text("utf-8") == codes_as_markdown()


def test_the_catalogue_holds_every_string_that_people_read() -> None:
    with FILE.open("rb") as file:
        kept = {str(message.id) for message in read_po(file) if message.id}
    assert kept == messages(), "run: python -m tests.house.catalogue"


def test_the_tables_for_course_writers_say_what_the_reader_takes() -> None:
    for shape, said in authoring.KEYS.items():
        assert list(said) == [key for key, _field in authoring.rows_of(shape)]
    page = authoring.FILE.read_text("utf-8")
    assert authoring.filled(page) == page, "run: python -m tests.house.authoring"


PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
# What somebody who follows docs/extending.md makes.
MADE = {"lms/content/questions/number.py", "templates/questions/number.html", "templates/coordination/renewals.html"}


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that a Git host gives to the headings of a page."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text("utf-8"))
    heads = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```|`[^`\n]*`|\\[\[\]]", "", page.read_text("utf-8"))
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not target.startswith(("http:", "https:", "mailto:")) and (
            not file.exists() or (anchor and anchor not in anchors_of(file))
        ):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return
    named = set(re.findall(r"`((?:lms|tests|templates|certificates)/[\w./-]+)`", page.read_text("utf-8"))) - MADE
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_load_guide_and_its_chart_say_what_was_measured() -> None:
    for path, content in load_guide.pages().items():
        assert path.read_text("utf-8") == content, f"{path.name}: run: python -m tests.house.load_guide"
    chart = etree.fromstring(load_guide.CHART.read_bytes())
    assert chart.findtext("{*}title") and chart.findtext("{*}desc")
    assert "prefers-color-scheme: dark" in (chart.findtext("{*}style") or "")
