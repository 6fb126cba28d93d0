"""A published course stays readable when one of its pictures is gone from the data folder."""

from __future__ import annotations

import logging
import shutil

import pytest

from lms.library import shelf
from tests.conftest import Site


def test_a_lost_picture_leaves_its_course_readable(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shelf, "_courses", {})
    shutil.rmtree(sqlite_site.settings.data / "files")
    with caplog.at_level(logging.ERROR):
        page = sqlite_site.visitor("sam").get("/courses/psychological-first-aid")
    assert "Psychological first aid" in page.main
    assert "media/look-listen-link.svg of a course is gone" in caplog.text
    monkeypatch.setattr(shelf, "_courses", {})
