"""Deleting an account: nothing planted about its person is left in a table or file of the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from lms import all_rooms
from lms.coordination.batches.jobs import folder_of
from lms.foundation.db import Base, db, write
from lms.foundation.mail import outbox as mail_outbox
from tests.builders.mail import at_noon
from tests.builders.planted import KEPT_AFTER_ERASURE, World, personal_tables, publish_another_course, world_of
from tests.conftest import Site

# The numbers above a list say how many people are in a phase of a course, and nothing of whom.
COUNTED = ("training_status.course_id", "training_status.phase")
BODY = "a text that only this email has: 7c1e"


def planted(world: World) -> dict[bytes, str]:
    """Return what was planted in texts and bytes that may not stay, with the column it was planted in."""
    found = {world.email.encode(): "person.email", BODY.encode(): "the email"}
    for table in personal_tables():
        for column in table.columns:
            value, name = world.rows[table.name][column.name], f"{table.name}.{column.name}"
            if isinstance(value, list):
                value = str(value)
            if isinstance(column.type, LargeBinary):
                value = value.decode()
            marker = f"{table.name}-{column.name}-{world.name}-0"
            if marker in str(value) and name not in {*KEPT_AFTER_ERASURE, *COUNTED}:
                found[marker.encode()] = name
    return found


def in_tables() -> bytes:
    rows = (row for table in Base.metadata.sorted_tables for row in db.session.execute(select(table)))
    return "\n".join(str(tuple(row)) for row in rows).encode()


def in_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def test_no_table_and_no_file_holds_what_was_planted_about_a_deleted_person(site: Site) -> None:
    at_noon()
    data = site.settings.data
    with site.inside():
        publish_another_course()
        world = world_of("sam.a")
        write(mail_outbox.queue_mail, site.settings, world.email, "Hello", BODY, any_hour=True)
        mail_outbox.sweep(site.settings)
        write(world.fill)
        file = folder_of(site.settings) / f"{world.rows['batch']['public_id']}.zip"
        file.parent.mkdir(exist_ok=True)
        file.write_text("award-name-sam.a-0")
        sought = planted(world)
        before = in_tables() + b"".join(content for _path, content in in_files(data))
        assert {name for marker, name in sought.items() if marker not in before} == set()
        write(all_rooms.delete_person, world.person_id, None)
        db.session.remove()
    site.work()
    with site.inside():
        everywhere = {"the tables": in_tables(), **dict(in_files(data))}
    left = {
        (place, name) for place, content in everywhere.items() for marker, name in sought.items() if marker in content
    }
    assert left == set()


@pytest.mark.parametrize("kept", [None, "sealed"])
def test_the_log_outside_the_backup_holds_a_number_and_a_day_alone(sqlite_site: Site, kept: str | None) -> None:
    with sqlite_site.inside():
        number = sqlite_site.person("lena").id
        write(all_rooms.delete_person, number, b"k" * 32 if kept else None)
    day, told, how = (sqlite_site.settings.data / "erasures.log").read_text().split()
    assert (told, how, len(day)) == (number, kept or "plain", 10)
