"""A published course stays readable when one of its pictures is gone from the data folder."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lms.library import course_cache
from tests.conftest import ROOT, Site


def test_a_lost_picture_leaves_its_course_readable(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(course_cache, "_courses", {})
    shutil.rmtree(sqlite_site.settings.data / "files")
    with caplog.at_level(logging.ERROR):
        page = sqlite_site.visitor("sam").get("/courses/psychological-first-aid")
    assert "Psychological first aid" in page.main
    assert "media/look-listen-link.svg of a course is gone" in caplog.text
    monkeypatch.setattr(course_cache, "_courses", {})


HEAVY = ("weasyprint", "pyhanko", "pyld", "fontTools", "PIL", "cryptography", "pydantic", "markdown", "markdown_it")
HEAVY += ("alembic", "psycopg", "yaml", "nh3", "segno", "xml.etree")
LOADED = """
import sys
from lms.cli.serving.served_app import create_served_app
from lms.library import course_cache
create_served_app()
print(len(course_cache._courses), *[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_a_web_process_has_its_courses_and_carries_nothing_that_only_reading_and_papers_need(
    filled_sqlite: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled_sqlite, tmp_path / "data")
    environment = {**os.environ, "LMS_DATA": str(tmp_path / "data"), "LMS_DATABASE_URL": ""}
    command = [sys.executable, "-c", LOADED, *HEAVY]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1"], done.stdout + done.stderr
