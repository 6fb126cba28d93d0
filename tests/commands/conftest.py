"""The `lms` command on an empty data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.foundation.db import db
from lms.foundation.migrations import upgrade
from tests.builders.commands import Run
from tests.conftest import app_of, settings_for


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them, which takes half a second of CPU to make."""
    folder = tmp_path_factory.mktemp("migrated")
    app = app_of(settings_for(folder))
    upgrade(app)
    with app.app_context():
        db.engine.dispose()
    return folder / "sidelight.db"


@pytest.fixture
def lms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `lms …` on an empty data folder."""
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    for name in ("LMS_DATABASE_URL", "LMS_BASE_URL", "LMS_REGISTRATION", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def with_tables(migrated: Path, tmp_path: Path) -> None:
    """A data folder whose database has all tables, for commands of which it doesn't matter that they're the first."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(migrated, tmp_path / "data")
