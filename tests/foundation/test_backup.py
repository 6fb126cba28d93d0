"""A backup that follows docs/deployment.md is a whole site again."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.builders.learning import earn
from tests.conftest import Site, app_of, settings_for


def copy_while_in_use(data: Path, backup: Path) -> None:
    """Copy a data folder as the page says while the site is in use: the database first, then what it refers to."""
    backup.mkdir()
    with (
        closing(sqlite3.connect(data / "sidelight.db")) as source,
        closing(sqlite3.connect(backup / "sidelight.db")) as copy,
    ):
        source.backup(copy)
    for name in ("keys", "files"):
        shutil.copytree(data / name, backup / name)


def test_a_backup_made_while_the_site_runs_is_the_whole_site(sqlite_site: Site, tmp_path: Path) -> None:
    code = earn(sqlite_site, document=True)
    pdf = sqlite_site.visitor("sam").get(f"/certificates/{code}/pdf").response.data
    copy_while_in_use(sqlite_site.settings.data, tmp_path / "backup")
    settings = settings_for(tmp_path / "backup")
    restored = Site(app_of(settings), settings)
    assert restored.visitor("sam").get(f"/certificates/{code}/pdf").response.data == pdf
    assert "valid" in restored.stranger().get(f"/verify/{code}").text
