"""docs/requirements.md: no requirement is missing, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "requirements.md").read_text("utf-8")
ROW = re.compile(r"^\| ([0A-Z][^|]*) \| ([^|]+) \| ([^|]+) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
# T2 isn't built yet.
REQUIRED = [f"S{number}" for number in range(1, 12)] + ["T1", *(f"T{number}" for number in range(3, 9))]
REQUIRED += ["P1", "P3", "P4", "C1", "C2", "C3", "C4", *(f"E{number}" for number in range(1, 9))]
REQUIRED += [f"G{number}" for number in range(1, 6)] + ["B"]
FOR_PEOPLE = {"C4", "G4"}
ROWS = {name.strip(): held for name, _what, held in ROW.findall(PAGE)}


@cache
def names_in(path: str) -> set[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_requirement_is_on_the_page() -> None:
    assert [name for name in REQUIRED if name not in ROWS] == []


@pytest.mark.parametrize("name", ROWS)
def test_a_row_names_tests_that_are_there(name: str) -> None:
    named = NAMED.findall(ROWS[name])
    assert named or (name in FOR_PEOPLE and "release-checklist.md" in ROWS[name])
    assert [f"{path}::{test}" for path, test in named if test not in names_in(path)] == []
    assert not NAMED.sub("", ROWS[name]).strip() or name in FOR_PEOPLE


def test_the_list_for_people_is_there() -> None:
    assert (ROOT / "docs" / "release-checklist.md").read_text("utf-8").count("- [ ]") > 15
