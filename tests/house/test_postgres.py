"""The PostgreSQL of the tests is real, and a clone is a database of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import cluster

pytestmark = pytest.mark.postgres


def test_a_clone_holds_what_its_template_holds_and_goes_its_own_way() -> None:
    with cluster() as server:
        _run(
            server.create("lessons"),
            "CREATE TABLE lesson (title text)",
            "INSERT INTO lesson VALUES ('Dîner à Orléans')",
        )
        first, second = server.clone("lessons"), server.clone("lessons")
        _run(first, "DELETE FROM lesson")
        assert _titles(first) == []
        assert _titles(second) == ["Dîner à Orléans"]
        server.drop(first)
        folder = server.folder
    assert not folder.exists()


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _titles(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        titles = list(connection.scalars(text("SELECT title FROM lesson")))
    engine.dispose()
    return titles
