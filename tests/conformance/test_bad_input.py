"""What can't be checked is reported with its place, and never counts as met."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.conformance.findings import Scorecard, Verdict
from lms.conformance.recipe import BadRecipe, read_recipe
from lms.conformance.rules import all_rules
from lms.conformance.scorecard import as_data, as_html, as_lines
from tests.conformance.conftest import check_all, recipe
from tests.journeys.served import free_port

HOME = '[[page]]\nkind = "home"\npath = "/clean.html"\n'
ACCOUNT = {"LMS_CARE_EMAIL": "sam@example.org", "LMS_CARE_PASSWORD": "not used here"}
SIGN_IN = '[sign-in]\nsteps = [{ open = "/clean.html" }, { fill = "#nobody", with = "x" }]\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "x', "line 1"),
        (f'{HOME}[[page]]\nkind = "dungeon"\npath = "/"', "line 4: a page needs a kind"),
        ('name = "x"\n[[page]]\nkind = "home"\npath = "home"', "line 2: a page needs a path"),
        ('name = "x"', "has no pages"),
        ('name = "x"\nsurprise = 1\n[[page]]\nkind = "home"\npath = "/"', "line 2: 'surprise' isn’t allowed"),
        ('support = "("\n[[page]]\nkind = "home"\npath = "/"', "line 1: support isn’t a valid regular expression"),
        ('[[page]]\nkind = "home"\npath = "/"\nsteps = [{ jump = "x" }]', "line 1: each step is one of"),
        ('[[page]]\nkind = "home"\npath = "/"\nsteps = [{ fill = "x", with = "$CARE_NOT_SET" }]', "CARE_NOT_SET"),
    ],
)  # fmt: skip
def test_a_recipe_that_cannot_be_used_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(BadRecipe, match=words.replace("(", r"\(")):
        read_recipe(text)


@pytest.fixture(scope="module")
def cards(pages: str) -> dict[str, Scorecard]:
    """Runs in which something can't be checked."""
    locked = f"{SIGN_IN}{HOME}{HOME.replace('home', 'account')}signed_in = true"
    runs = {
        "hanging": recipe("lesson /hanging.html", "home /clean.html"),
        "never": recipe("lesson /never.html", "home /clean.html"),
        "missing": recipe("lesson /nowhere.html"),
        "locked": read_recipe(locked),
    }
    rules = tuple(rule for rule in all_rules() if rule.id in ("language-named", "headings-in-order", "kind-words"))
    found = check_all({name: (pages, one, rules) for name, one in runs.items()}, page_seconds=4.0, rule_seconds=2.5)
    mute = recipe("lesson /never.html", "home /never.html", "account /never.html")
    found |= check_all({"mute": (pages, mute, rules)}, page_seconds=2.0)
    silent = {"silent": (f"http://127.0.0.1:{free_port()}", recipe("home /"), rules)}
    return found | check_all(silent, page_seconds=4.0)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hanging", "didn’t answer within 2.5 seconds"),
        ("never", "there was no answer in time"),
        ("missing", "answered 404"),
        ("locked", "step 2 (fill #nobody)"),
        ("silent", "the address doesn’t answer"),
        ("mute", "the site had stopped answering"),
    ],
)
def test_what_cannot_be_looked_at_is_never_met(name: str, words: str, cards: dict[str, Scorecard]) -> None:
    card = cards[name]
    assert card.status == 2
    assert words in json.dumps(as_data(card), ensure_ascii=False) and words in as_html(card)
    assert "could not be looked at" in "\n".join(as_lines(card))
    unseen = [one for one in card.results if one.verdict is Verdict.NOT_CHECKED]
    assert unseen and card.count(Verdict.NOT_MET) == 0


@pytest.mark.browser
@pytest.mark.parametrize("name", ["hanging", "never", "locked"])
def test_the_rest_is_still_looked_at(name: str, cards: dict[str, Scorecard]) -> None:
    for one in cards[name].results:
        home = next(finding for page, finding in one.pages.items() if page.startswith("home"))
        assert home.verdict is Verdict.MET


def test_the_command_tells_a_broken_recipe_and_an_address_calmly(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ", "utf-8")
    broken = CliRunner().invoke(main, ["care", "http://127.0.0.1:9", "--recipe", str(tmp_path / "broken.toml")])
    assert broken.exit_code == 1 and "broken.toml" in broken.output and "line 1" in broken.output
    nowhere = CliRunner().invoke(main, ["care", "training", "--recipe", "sidelight"])
    assert nowhere.exit_code == 2 and "isn’t a web address" in nowhere.output
    unknown = CliRunner().invoke(main, ["care", "http://127.0.0.1:9", "--recipe", "nobody"])
    assert (
        unknown.exit_code == 2 and "The built-in ones are: kolibri, now-lms, sidelight, wagtail-lms" in unknown.output
    )


def test_without_playwright_the_command_names_a_package_that_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    # What an import finds when the package is not installed.
    monkeypatch.setitem(sys.modules, "playwright", None)
    result = CliRunner().invoke(main, ["care", "http://127.0.0.1:9", "--recipe", "sidelight"], env=ACCOUNT)
    assert result.exit_code and "pip install playwright" in result.output


def test_the_rules_can_be_listed() -> None:
    listed = CliRunner().invoke(main, ["care", "--rules", "--json"])
    rows = json.loads(listed.output)
    assert len(rows) == len(all_rules()) + 1
    assert all(row["title"] and row["why"] and row["anchor"] and row["mark"] in "SMPLg" for row in rows)
