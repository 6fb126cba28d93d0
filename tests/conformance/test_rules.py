"""Every rule finds its own defect, one page for each, and finds nothing on a clean page."""

from __future__ import annotations

import pytest

from lms.conformance.findings import Scorecard, Verdict
from lms.conformance.recipe import Recipe
from lms.conformance.rules import ORDER, WITH_AXE, all_rules
from tests.conformance.conftest import DEFECTS, check_all, recipe
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

NAMES = sorted(path.stem for path in DEFECTS.glob("*.html") if path.stem != "clean")
PRESSED = "[{ press = '#keep' }]"
# Rules that concern one kind of page; all others are shown a lesson.
KIND = {"error-linked": "form-error", "error-in-words": "form-error", "leave-near": "heavy lesson"}
KIND |= {"note-before-content": "heavy lesson", "error-three-parts": "not-found", "retry-said": "check"}
CLEAN_AS = ("heavy lesson", "form-error", "check", "not-found")
BESIDE_CLEAN = {"navigation-same-order"}
# What else has to be wrong on such a page, and why.
ALSO = {
    "calm-lines--long": {"fits-320"},  # a line that long is wider than a phone
    "error-in-words": {"error-linked"},  # red alone is tied to no words
}


@pytest.fixture(scope="module")
def cards(pages: str) -> dict[str, Scorecard]:
    """Each defect before its own rule, and the clean page before all."""
    rules = {rule.id: rule for rule in all_rules()}
    runs = {name: (pages, _recipe(name), (rules[name.split("--")[0]],)) for name in NAMES}
    clean = recipe("account /clean.html", "lesson /clean.html", steps=PRESSED)
    kinds = recipe(*(f"{kind} /clean.html" for kind in CLEAN_AS))
    special = tuple(rule for rule in all_rules() if rule.kinds or rule.as_opened)
    return check_all(runs | {"clean": (pages, clean, all_rules()), "clean, each kind": (pages, kinds, special)})


@pytest.fixture(scope="module")
def full_cards(pages: str) -> dict[str, Scorecard]:
    """Each defect before all rules."""
    return check_all({name: (pages, _recipe(name), all_rules()) for name in NAMES})


def _recipe(name: str) -> Recipe:
    seen = [f"lesson /{other}.html" for other in ("clean",) if name in BESIDE_CLEAN]
    steps = PRESSED if name == "result-announced" else "[]"
    return recipe(*seen, f"{KIND.get(name, 'lesson')} /{name}.html", steps=steps)


def test_a_clean_page_meets_every_rule(cards: dict[str, Scorecard]) -> None:
    pages, kinds = cards["clean"], cards["clean, each kind"]
    seen = [one for one in (*pages.results, *kinds.results) if one.pages]
    fine = (Verdict.MET, Verdict.NO_CASE)
    assert [(one.rule.id, one.pages) for one in seen if one.verdict not in fine] == []
    assert {one.rule.id for one in seen} == {rule.id for rule in all_rules()}
    assert kinds.status == 0 and pages.problems == kinds.problems == []


@pytest.mark.parametrize("name", NAMES)
def test_its_rule_sees_the_defect(name: str, cards: dict[str, Scorecard]) -> None:
    (one,) = cards[name].results
    assert one.verdict is Verdict.NOT_MET and cards[name].status == 1, one.pages


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_other_rule_takes_it_for_its_own(name: str, full_cards: dict[str, Scorecard]) -> None:
    unmet = {one.rule.id: one.pages for one in full_cards[name].results if one.verdict is Verdict.NOT_MET}
    assert set(unmet) - {name.split("--")[0]} == ALSO.get(name, set()), unmet


def test_every_rule_has_a_defect_and_a_file_of_its_own() -> None:
    assert {rule.id for rule in all_rules()} == {name.split("--")[0] for name in NAMES}
    rules = ROOT / "lms/conformance/rules"
    files = {f"{path.parent.name}.{path.stem}" for path in rules.glob("*/*.py") if path.stem != "__init__"}
    assert files - {WITH_AXE} == set(ORDER)
    assert [name.partition(".")[2].replace("_", "-") for name in ORDER] == [rule.id for rule in all_rules()]
