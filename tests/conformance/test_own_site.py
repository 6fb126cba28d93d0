"""Our own site, as it is served, meets every rule of the suite with the recipe that is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lms.cli.care import RECIPES
from lms.conformance.findings import Verdict
from lms.conformance.recipe import read_recipe
from lms.conformance.rules import all_rules
from tests.builders.learning import pass_check, prepare
from tests.conformance.conftest import check_all
from tests.conftest import PASSWORD
from tests.journeys.served import serve


@pytest.mark.browser
@pytest.mark.slow
def test_our_own_site_meets_every_rule(filled_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_CARE_EMAIL", "sam@example.org")
    monkeypatch.setenv("LMS_CARE_PASSWORD", PASSWORD)
    shutil.copytree(filled_sqlite, tmp_path / "data")
    with serve(tmp_path / "data") as served:
        served.lms("publish", "courses/active-listening", "--programme", "harbour")
        pass_check(served.site, prepare(served.site, "sam", practised=False), lambda question: not question.critical)
        run = (served.url, read_recipe((RECIPES / "sidelight.toml").read_text("utf-8")), all_rules())
        card = check_all({"own": run})["own"]
    assert card.problems == []
    assert [(one.rule.id, one.pages) for one in card.results if one.verdict not in (Verdict.MET, Verdict.NO_CASE)] == []
