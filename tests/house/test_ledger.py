"""The route ledger: every door of the site is listed with its mark, and the marks mean what the MAY table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts.access import WITH_KEY
from lms.accounts.rules import MAY
from lms.app import create_app
from tests.conftest import ROOT, settings_for
from tests.house.ledger import read_ledger


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(settings_for(tmp_path_factory.mktemp("ledger")))


def doors_of(app: Flask) -> dict[tuple[str, str], str | None]:
    return {
        (method, rule.rule): getattr(app.view_functions[rule.endpoint], "access", None)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_view_says_who_may_enter(app: Flask) -> None:
    marks = {"public", WITH_KEY, *MAY}
    unmarked = [name for name, view in app.view_functions.items() if getattr(view, "access", None) not in marks]
    assert unmarked == []


def test_the_ledger_lists_every_door_with_its_mark_and_no_other(app: Flask) -> None:
    listed = {(door.method, door.path): door.mark for door in read_ledger()}
    assert len(listed) == len(read_ledger())
    assert listed == doors_of(app)


def test_every_address_that_was_ever_given_out_still_leads_somewhere(app: Flask) -> None:
    lines = (ROOT / "tests" / "house" / "addresses.txt").read_text("utf-8").splitlines()
    given_out = [line.split() for line in lines if line and not line.startswith("#")]
    places = app.url_map.bind("127.0.0.1")
    lost = [
        f"{method} {path}"
        for method, path in given_out
        if not places.test(re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", path)), method)
    ]
    assert lost == []


def test_what_the_ledger_says_of_who_gets_in_is_what_the_may_table_says() -> None:
    for door in read_ledger():
        if door.mark == "public":
            assert door.who == "anyone", door
        elif door.mark == WITH_KEY:
            assert door.who == "a key", door
        else:
            rule = MAY[door.mark]
            assert door.who == ("own" if rule.self_only else " or ".join(sorted(rule.roles))), door


def test_every_mark_of_the_may_table_stands_on_a_door_or_is_a_sight() -> None:
    marks = {door.mark for door in read_ledger()}
    assert MAY.keys() - marks <= {"see certificates of a programme"}


def test_nothing_changes_by_being_looked_at() -> None:
    """A view that acts is asked by POST; only names that show are open to GET."""
    acting = ("/done", "/submit", "/enrol", "/end", "/end-others", "/sign-out", "/show-name", "/answers")
    assert [str(door) for door in read_ledger() if door.method == "GET" and door.path.endswith(acting)] == []


def test_the_ledger_is_sorted_so_that_a_change_is_easy_to_see() -> None:
    listed = [(door.path, door.method) for door in read_ledger()]
    assert listed == sorted(listed)
    assert Path(__file__).with_name("ledger.txt").read_text("utf-8").startswith("# Every door of the site")
