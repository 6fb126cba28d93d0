"""The schema can be split by programme: its statements run, and keep the rules that Citus has for keys."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from lms.app import create_app
from lms.foundation.background.jobs import Jobs
from lms.foundation.db import db
from lms.foundation.migrations import upgrade
from lms.foundation.per_app import provided
from tests.builders.learning import open_check, prepare, take_check
from tests.conftest import ROOT, Site, settings_for
from tests.house.sharding import COLUMN, read_schema, statements
from tests.postgres import Cluster

PAGE = ROOT / "docs" / "sharding.md"
# Citus refuses a unique rule without the column that splits a table, and a reference between split tables without it
# (https://docs.citusdata.com, "Distributed tables" and "Foreign keys"). These stand in for its functions.
STAND_INS = """
CREATE TABLE split (name text primary key);
CREATE FUNCTION create_reference_table(name text) RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION create_distributed_table(name text, by_column text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE lacking text; BEGIN
  SELECT string_agg(indexrelid::regclass::text, ', ') INTO lacking FROM pg_index WHERE indrelid = name::regclass
    AND indisunique AND NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = indrelid AND attname = by_column
    AND attnum = ANY (indkey));
  IF lacking IS NOT NULL THEN RAISE 'unique without %: %', by_column, lacking; END IF;
  INSERT INTO split VALUES (name);
END $$;
"""
CROSSING = """
SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'
AND confrelid::regclass::text IN (SELECT name FROM split) AND pg_get_constraintdef(oid) NOT LIKE '%(programme_id%'
"""


@pytest.mark.postgres
def test_the_statements_split_the_schema_within_the_rules_of_citus(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.create("sharded")
    app = create_app(settings_for(tmp_path, url))
    upgrade(app)
    provided(Jobs, app).close()
    with app.app_context():
        db.engine.dispose()
    schema = read_schema()
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        connection.execute(STAND_INS)
        for statement in statements(schema):
            connection.execute(statement)
        split = {name for (name,) in connection.execute("SELECT name FROM split")}
        assert split == {*schema.own, *schema.through}
        assert connection.execute(CROSSING).fetchall() == []
    postgres.drop(url)


def test_the_page_names_every_table_where_it_belongs() -> None:
    schema, page = read_schema(), PAGE.read_text("utf-8")
    for title, names in (("programme", schema.own), ("through", schema.through), ("site", schema.site)):
        found = re.search(rf"<!-- tables: {title} -->\n(.*?)<!-- end of tables -->", page, re.DOTALL)
        assert found is not None and sorted(re.findall(r"`(\w+)`", found[1])) == sorted(names), title


# What a learner's road asks of split tables without naming a programme, as docs/sharding.md says. Fewer is better.
ACROSS_MOST = 11


def test_what_a_learners_road_asks_across_programmes_doesnt_grow(sqlite_site: Site) -> None:
    schema = read_schema()
    prepare(sqlite_site, "sam")
    sam = sqlite_site.visitor("sam")
    with sqlite_site.statements() as asked:
        sam.get("/courses/psychological-first-aid")
        sam.get("/courses/psychological-first-aid/lessons/listen-without-pressing")
        open_check(sam)
        take_check(sqlite_site, "sam")
    across = set()
    for statement in asked:
        tables = set(re.findall(r"(?:FROM|JOIN|UPDATE|INTO)\s+\"?(\w+)\"?", statement))
        split = sorted(name for name in tables if schema.is_distributed(name))
        where = statement.partition("WHERE")[2]
        if split and not statement.startswith("INSERT") and COLUMN not in where:
            across.add(" ".join(split))
    assert len(across) <= ACROSS_MOST, "\n".join(sorted(across))
