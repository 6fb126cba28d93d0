"""The demo: what Sam, Cora and Tara find in the first minute, all of it made by the actions of real life."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from lms.accounts.records import find_programme
from lms.app import at_work, create_app
from lms.cli import courses, main
from lms.foundation import clock
from lms.foundation.db import db
from lms.learning.feedback.records import list_released
from tests.builders.content import checked
from tests.builders.rows import list_awards
from tests.inspector import Inspector
from tests.postgres import Cluster

PFA = "psychological-first-aid"


@contextmanager
def standing_in_app() -> Iterator[Flask]:
    app = create_app()
    with at_work(app):
        yield app
        db.session.remove()
        db.engine.dispose()


def run_demo(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str = "") -> str:
    for name in ("LMS_BASE_URL", "LMS_REGISTRATION", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_DATA", str(folder))
    monkeypatch.setenv("LMS_DATABASE_URL", url)
    # All courses take 10 s to check, and are the same each time.
    monkeypatch.setattr(courses, "check_bundle", checked)
    told = CliRunner().invoke(main, ["demo"])
    assert told.exit_code == 0, told.output
    return told.output


def sign_in(app: Flask, name: str, password: str) -> Inspector:
    visitor = Inspector(app, name)
    page = visitor.get("/sign-in").form("/sign-in").submit(email=f"{name}@demo.example", password=password)
    assert page.path == "/courses", page.text
    return visitor


def test_the_demo_has_a_programme_in_every_state_and_a_history_for_each_of_the_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run_demo(tmp_path, monkeypatch)
    assert clock.now().date() == clock.today("UTC")
    password = told.strip().splitlines()[-1].split()[-1]
    with standing_in_app() as app:
        programme, today = find_programme("harbour"), clock.today("UTC")
        assert programme is not None
        states = Counter(award.state(today) for award in list_awards() if not award.waiting)
        assert {"valid", "expired", "revoked"} <= set(states)
        assert any(award.waiting for award in list_awards()) and any(award.level == "ready" for award in list_awards())
        assert {row.said for row in list_released(programme.id, PFA, today)} == {"helpful", "unclear", "too_much"}

    sam = sign_in(app, "sam", password)
    home = sam.get("/courses").main
    assert "Active listening" in home and re.search(r"\b\d+ of \d+ lessons", home)
    assert home.count("Psychological first aid for colleagues") >= 2 and "can be renewed now" in home

    cora = sign_in(app, "cora", password)
    seen = "".join(cora.get(f"/programmes/harbour/people?after={start}").text for start in (0, 25))
    assert "Carl Jensen" in seen
    rows = cora.get("/programmes/harbour/people.csv").response.get_data(as_text=True).splitlines()[1:]
    assert 36 <= len({row.split(",")[0] for row in rows}) <= 45


@pytest.mark.postgres
def test_the_demo_can_run_again_on_either_database_and_changes_nothing_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Cluster
) -> None:
    url = postgres.create("demo")
    first = run_demo(tmp_path, monkeypatch, url)
    with standing_in_app():
        before = sorted(award.code for award in list_awards())
    again = run_demo(tmp_path, monkeypatch, url)
    assert first.splitlines()[-1] == again.splitlines()[-1]
    with standing_in_app():
        assert sorted(award.code for award in list_awards()) == before and len(before) > 25
