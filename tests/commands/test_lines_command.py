"""`lms lines`: a file is looked over before it is used, and a number is off every page at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli import main
from tests.conftest import PFA, Site

Run = Callable[..., Result]


@pytest.fixture
def lms(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `lms …` for the site of this test."""
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    monkeypatch.delenv("LMS_DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def test_check_counts_a_good_file_and_names_each_trouble_of_another(lms: Run, tmp_path: Path) -> None:
    file = tmp_path / "lines.toml"
    file.write_text('[GB]\nlines = [\n{ id = "a", label = "A", number = "1" } ]\n')
    assert "is fine: 1 lines" in lms("lines", "check", file).output
    file.write_text('[GB]\nlines = [\n{ id = "a", label = "A", number = "one", way = "x" } ]\n')
    result = lms("lines", "check", file)
    assert result.exit_code == 1
    assert "Line 3: “way” isn’t a field that support lines have." in result.output
    assert "Line 3: “one” doesn’t look like a telephone number." in result.output


def test_a_removed_line_is_off_the_next_page_and_an_unknown_one_changes_nothing(sqlite_site: Site, lms: Run) -> None:
    stranger = sqlite_site.stranger()
    assert "Shout" in stranger.get("/support?place=GB").main
    assert lms("lines", "remove", "gb-shout").exit_code == 0
    assert "Shout" not in stranger.get("/support?place=GB").main
    assert "taken off" in lms("lines", "list").output
    refused = lms("lines", "remove", "nobody")
    assert refused.exit_code == 1 and "Nothing was changed" in refused.output


@pytest.mark.usefixtures("with_tables")
def test_nothing_is_published_for_a_programme_that_names_nobody_to_talk_to(lms: Run) -> None:
    assert lms("programme", "set", "quay", "name=Quay", "lead=Asa Holm", "contact=asa@example.org").exit_code == 0
    told = lms("publish", PFA, "--programme", "quay")
    assert told.exit_code == 1 and "Missing: reply_time." in told.output and "Nothing was published" in told.output
    assert lms("programme", "set", "quay", "reply_time=within two days").exit_code == 0
    assert "published" in lms("publish", PFA, "--programme", "quay").output
