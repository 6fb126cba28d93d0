"""The `lms` command on an empty data folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from tests.builders.commands import Run


@pytest.fixture
def lms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `lms …` on an empty data folder."""
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    for name in ("LMS_DATABASE_URL", "LMS_BASE_URL", "LMS_REGISTRATION", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])
