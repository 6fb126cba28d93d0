"""A site of any earlier version comes up to date with all that is in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from lms.app import create_app
from lms.foundation.migrations import list_revisions, upgrade
from tests.builders.schemas import REVISIONS, VERSIONS, counts_of, fill, is_whole, opened
from tests.conftest import settings_for
from tests.postgres import Cluster

EARLIER = REVISIONS[:-1]


def test_each_migration_follows_the_one_whose_number_comes_before() -> None:
    """So the names of files tell whether a database is up to date, and Alembic needn't read them all at each start."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list_revisions() == walked == REVISIONS[::-1]


@pytest.fixture(scope="module")
def earlier_databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The empty database of each earlier version, each made from the one before."""
    folder = tmp_path_factory.mktemp("earlier")
    app, databases = create_app(settings_for(folder)), {}
    for revision in EARLIER:
        upgrade(app, revision)
        with opened(app):
            pass
        databases[revision] = (folder / "sidelight.db").read_bytes()
    return databases


@pytest.mark.parametrize("revision", EARLIER)
def test_a_site_of_each_earlier_version_keeps_its_data(
    tmp_path: Path, earlier_databases: dict[str, bytes], revision: str
) -> None:
    (tmp_path / "sidelight.db").write_bytes(earlier_databases[revision])
    app = create_app(settings_for(tmp_path))
    with opened(app) as connection:
        before = fill(connection)
    upgrade(app)
    is_whole(app, before)


@pytest.mark.postgres
def test_a_site_of_each_earlier_version_keeps_its_data_on_postgres(tmp_path: Path, postgres: Cluster) -> None:
    """One site goes through all versions, and each fills its tables: the rows of every version meet all later steps."""
    url = postgres.create("earlier")
    app = create_app(settings_for(tmp_path, url))
    upgrade(app, EARLIER[0])
    for place, following in enumerate(REVISIONS[1:]):
        with opened(app) as connection:
            filled = fill(connection, first=place * 2)
            before = counts_of(connection, filled)
        upgrade(app, following)
        with opened(app) as connection:
            counts = counts_of(connection, before)
        # A step may add rows that are worked out from others, and loses none.
        assert {name: count for name, count in before.items() if counts[name] < count} == {}, following
        before = counts
    is_whole(app, before)
    postgres.drop(url)


def test_an_upgrade_that_would_leave_a_row_without_what_it_refers_to_changes_nothing(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    upgrade(app, REVISIONS[0])
    with opened(app) as connection:
        fill(connection)
    database = tmp_path / "sidelight.db"
    with sqlite3.connect(database) as bare:
        bare.execute("DELETE FROM person")
    with pytest.raises(RuntimeError, match=r"refer.*person"):
        upgrade(app)
    with sqlite3.connect(database) as bare:
        assert bare.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[0],)
        assert not bare.execute("SELECT 1 FROM sqlite_master WHERE name LIKE '%tmp%'").fetchone()
