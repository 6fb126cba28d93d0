"""The suite works by itself: without the site, from a wheel, and away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

LISTED = """
import sys
from lms.conformance import browser, phrases, runner, scorecard
from lms.conformance.languages import Text
from lms.conformance.rules import all_rules
from lms.conformance.recipe import read_recipe
assert len(all_rules()) == 45 and "pageFunctions" in runner.PAGE_FUNCTIONS
assert list(phrases.list_phrases("no-urgency", [Text("en", "Hurry!")])) == ["“Hurry”"]
assert "flask" not in sys.modules and "sqlalchemy" not in sys.modules, "the suite brings the site with it"
print(runner.__file__)
"""


def _run(folder: Path, where: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LISTED],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": where},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_can_be_imported_without_the_site(tmp_path: Path) -> None:
    _run(tmp_path, str(ROOT))


@pytest.mark.slow
def test_it_works_from_a_wheel_away_from_the_checkout(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "there")
        assert any(name.endswith("conformance/recipes/sidelight.toml") for name in packed.namelist())
    assert _run(tmp_path, str(tmp_path / "there")).startswith(str(tmp_path))
    metadata = next((tmp_path / "there").glob("*.dist-info")) / "METADATA"
    assert "Provides-Extra: conformance" in metadata.read_text("utf-8")
