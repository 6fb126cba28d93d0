"""A site of the first version comes up to date with all that is in it, also when it is killed on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.report import Scale
from tests.drills.servers import kill_upgrades


def test_an_upgrade_that_is_killed_on_the_way_is_done_at_the_next_start(tmp_path: Path) -> None:
    outcome = kill_upgrades(tmp_path, "sqlite", "", Scale(5, 0, 0))
    assert outcome.holds, outcome.says()


@pytest.mark.slow
def test_an_upgrade_can_be_killed_at_any_statement(tmp_path: Path) -> None:
    outcome = kill_upgrades(tmp_path, "sqlite", "", Scale(150, 0, 0))
    assert outcome.holds, outcome.says()
