"""Running `lms` commands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from lms.cli import main
from tests.conftest import Site

Run = Callable[..., Result]


def of(site: Site, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return `lms …` for a site that is there; `input` is what it reads."""
    monkeypatch.setenv("LMS_DATA", str(site.settings.data))
    return lambda *words, **more: CliRunner().invoke(main, [str(word) for word in words], **more)
