"""The notice of what is kept about people names every column in which anything personal stands."""

from __future__ import annotations

from lms import all_rooms
from lms.foundation.db import Base
from tests.conftest import Site
from tests.house import privacy
from tests.house.tables import ABOUT_NOBODY

POINTS_AT_SOMEBODY = {"person_id", "actor_id", "recorded_by", "email", "recipient"}


def columns() -> dict[str, set[str]]:
    return {table.name: {column.name for column in table.columns} for table in Base.metadata.sorted_tables}


def test_every_personal_column_stands_in_the_notice_and_no_other(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        told = [name for kind in all_rooms.list_stored() for name in kind.columns]
    personal = {f"{table}.{name}" for table, names in columns().items() if table not in ABOUT_NOBODY for name in names}
    assert len(told) == len(set(told))
    assert set(told) == personal


def test_no_table_that_points_at_somebody_is_said_to_be_about_nobody(sqlite_site: Site) -> None:
    personal = {table for table, names in columns().items() if names & POINTS_AT_SOMEBODY}
    for table in reversed(Base.metadata.sorted_tables):
        if {key.column.table.name for key in table.foreign_keys} & {"person", "enrolment", "attempt", "award"}:
            personal.add(table.name)
    assert personal & ABOUT_NOBODY == set()
    assert columns().keys() >= ABOUT_NOBODY


def test_the_table_in_the_documentation_is_what_the_code_stores(sqlite_site: Site) -> None:
    page = privacy.FILE.read_text("utf-8")
    with sqlite_site.inside():
        assert privacy.filled(page, privacy.table()) == page, "run: python -m tests.house.privacy"


def test_each_kind_says_what_why_and_until_when_and_the_page_shows_it(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        kept = all_rooms.list_stored()
    assert all(kind.what and kind.why and kind.until and kind.columns for kind in kept)
    page = sqlite_site.visitor("sam").get("/account/data")
    assert len(page.find("tbody tr")) == len(kept)
    assert all(kind.what in page.main for kind in kept)
