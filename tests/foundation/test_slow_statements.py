"""Slow statements of the database are logged without their values and counted, in what serves people."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from lms.foundation.db import db
from lms.foundation.logs.slow_statements import shortened
from lms.foundation.per_app import provided
from lms.foundation.web.figures import Figure
from lms.foundation.web.observing import Observer, watch_statements
from tests.conftest import Site

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAME = re.compile(r"\bsidelight_\w+")
# What takes 0.2 s on a machine of any speed: waiting on PostgreSQL, counting far on SQLite.
COUNTING = """
    WITH RECURSIVE far(step) AS (VALUES(1) UNION ALL SELECT step + 1 FROM far WHERE step < 3000000)
    SELECT count(*), :name
    FROM far
"""


def ask_slowly(site: Site, name: str) -> None:
    with site.inside():
        waiting = "SELECT pg_sleep(0.25), CAST(:name AS text)"
        on_postgres = db.engine.dialect.name == "postgresql"
        db.session.execute(text(waiting if on_postgres else COUNTING), {"name": name}).all()


def counted(site: Site) -> str:
    metrics = provided(Observer, site.app).metrics
    assert metrics is not None
    return metrics.as_text([Figure("sidelight_nothing", "", {})]).decode()


def test_a_slow_statement_is_logged_without_its_values_and_counted(make_site, caplog: pytest.LogCaptureFixture) -> None:
    site = make_site(LMS_METRICS_KEY="a-key-that-nobody-guesses")
    caplog.set_level(logging.WARNING)
    ask_slowly(site, "Sam Canary")
    assert not [record for record in caplog.records if record.name == "lms.db.slow"]
    watch_statements("web", site.app)
    assert 'sidelight_slow_statements_total{process="web"} 0.0' in counted(site)
    ask_slowly(site, "Sam Canary")
    [record] = [record for record in caplog.records if record.name == "lms.db.slow"]
    said = record.getMessage()
    assert re.match(r"a statement took [2-9]\d\d ms: |a statement took \d{4,} ms: ", said), said
    assert "Canary" not in said and "SELECT" in said and "\n" not in said
    assert record.fields["ms"] >= 200 and record.fields["statement"] in said
    assert 'sidelight_slow_statements_total{process="web"} 1.0' in counted(site)


def test_a_quick_statement_is_neither_logged_nor_counted(make_site, caplog: pytest.LogCaptureFixture) -> None:
    site = make_site(LMS_METRICS_KEY="a-key-that-nobody-guesses")
    watch_statements("web", site.app)
    site.visitor("sam").get("/courses")
    assert not [record for record in caplog.records if record.name == "lms.db.slow"]
    assert 'sidelight_slow_statements_total{process="web"} 0.0' in counted(site)


def test_a_list_of_values_is_one_mark() -> None:
    asked = "SELECT a\n  FROM t WHERE id IN (?, ?, ?) AND b = %(b_1)s AND c IN (%(c_1)s, %(c_2)s)"
    assert shortened(asked) == "SELECT a FROM t WHERE id IN (?, …) AND b = %(b_1)s AND c IN (%(c_1)s, …)"
    assert "still there" in shortened(";")
    assert len(shortened("SELECT " + "a, " * 5000)) == 2000


def test_lookups_in_caches_are_counted(make_sqlite_site) -> None:
    site = make_sqlite_site(LMS_METRICS_KEY="a-key-that-nobody-guesses")
    visitor = site.stranger()
    page = visitor.get("/courses/psychological-first-aid")
    lesson = next(address for address in page.links().values() if "/lessons/" in address)
    visitor.get(lesson)
    before = counted(site)
    visitor.get(lesson)
    after = counted(site)
    for cache in ("page", "course"):
        name = f'sidelight_cache_lookups_total{{cache="{cache}",result="hit"}}'
        assert value_of(after, name) > value_of(before, name)
    missed = 'sidelight_cache_lookups_total{cache="page",result="miss"}'
    assert value_of(after, missed) == value_of(before, missed) > 0


def value_of(told: str, series: str) -> float:
    return next(float(line.rpartition(" ")[2]) for line in told.splitlines() if line.startswith(series))


def test_the_dashboard_names_nothing_that_metrics_do_not_tell(make_sqlite_site) -> None:
    site = make_sqlite_site(LMS_METRICS_KEY="a-key-that-nobody-guesses")
    watch_statements("web", site.app)
    site.visitor("sam").get("/courses")
    reply = site.app.test_client().get("/metrics", headers={"Authorization": "Bearer a-key-that-nobody-guesses"})
    told = reply.get_data(as_text=True)
    series = set(NAME.findall("\n".join(line for line in told.splitlines() if not line.startswith("#"))))
    # Those that tell of a job process and of a backup, of which there is none here.
    series |= {"sidelight_jobs_seen_seconds", "sidelight_backup_age_seconds"}
    board = json.loads((DOCS / "examples" / "grafana-dashboard.json").read_text("utf-8"))
    asked = {name for panel in board["panels"] for target in panel["targets"] for name in NAME.findall(target["expr"])}
    assert asked - series == set()
    assert {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in asked} == {
        name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in series
    }
    table = set(NAME.findall((DOCS / "deployment.md").read_text("utf-8")))
    assert {name for name in asked if not name.endswith(("_bucket", "_sum", "_count"))} <= table
    assert all(panel["title"] and panel["description"] and panel["targets"] for panel in board["panels"])
