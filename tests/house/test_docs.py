"""What is written about the code is what the code says."""

from __future__ import annotations

from babel.messages.pofile import read_po

from lms.content.model.codes import as_markdown as codes_as_markdown
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
