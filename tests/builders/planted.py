"""A person with a planted value in every personal column, and what may stay of them after their account is deleted.

The rows come from the schema: a column that somebody adds is filled without being mentioned.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, Table, insert

from lms.accounts.records import find_programme
from lms.content.model.bundle import Bundle, from_folder
from lms.foundation import db as database
from lms.foundation.db import Base, write
from lms.library import actions as library
from lms.library.records import list_current_digests
from tests.builders.content import course_of
from tests.conftest import ROOT
from tests.house.tables import ABOUT_NOBODY

TRAIL = "the audit trail is append-only; its numbers lead to nobody once the account is deleted"
RECORD = "whoever is shown a certificate can still ask whether it is genuine; it holds no name any more"
BADGE = "a badge's place in the list of withdrawn badges is never given to another one"
ASKED = "what a coordinator asked of others stays in force; who asked is taken out"
WRITTEN = "a course's text belongs to its programme; who wrote it is taken out"
# Columns that still hold their value after somebody with a certificate deleted their account.
KEPT_AFTER_ERASURE: dict[str, str] = {
    **{
        f"audit_entry.{name}": TRAIL for name in ["id", "at", "event", "actor_id", "person_id", "programme_id", "facts"]
    },
    **{
        f"award.{name}": RECORD
        for name in [
            "id",
            "code",
            "programme_id",
            "person_id",
            "enrolment_id",
            "current_for",
            "course_id",
            "digest",
            "name_confirmed_at",
            "name_waits_since",
            "version",
            "title",
            "facts",
            "passed_on",
            "valid_until",
            "waiting",
            "issued_at",
            "withdrawn_at",
            "withdrawn_reason",
            "replaced_by",
            "cycle",
            "renewed_by",
            "raised_to",
        ]
    },
    **{
        f"regrade.{name}": ASKED
        for name in [
            "id",
            "public_id",
            "programme_id",
            "course_id",
            "question_id",
            "how",
            "digest",
            "state",
            "after_attempt",
            "proposed_at",
            "decided_at",
        ]
    },
    **{
        f"assignment.{name}": ASKED
        for name in [
            "id",
            "public_id",
            "programme_id",
            "course_id",
            "audience",
            "unit_id",
            "role",
            "due_on",
            "note",
            "made_at",
            "closed_at",
        ]
    },
    **{
        f"draft.{name}": WRITTEN
        for name in [
            "id",
            "public_id",
            "programme_id",
            "course_id",
            "title",
            "base_digest",
            "created_at",
            "changed_at",
            "revision",
            "state",
        ]
    },
    **{
        f"draft_revision.{name}": WRITTEN
        for name in ["draft_id", "number", "at", "what", "path", "new_path", "changes"]
    },
    **{
        f"publication.{name}": WRITTEN
        for name in [
            "draft_id",
            "programme_id",
            "course_id",
            "version",
            "revision",
            "state",
            "asked_at",
            "decided_at",
            "publish_at",
            "note",
        ]
    },
    **{f"credential.{name}": BADGE for name in ["award_id", "list_number", "list_index", "stored_at", "suspendable"]},
    **{
        f"enrolment.{name}": "the certificate rests on it"
        for name in ["id", "programme_id", "person_id", "course_id", "minor_line", "started_at"]
    },
    "person.id": "an empty row under this number holds the certificates of one person together",
}

ANOTHER = ROOT / "courses" / "looking-after-yourself"
POINTERS = {"person_id", "actor_id", "recorded_by", "asked_by"}
ADDRESSES = {"person.email", "outbox_mail.recipient", "invitation.email", "roster_row.email", "mail_trouble.address"}
LISTS = {"attempt.drawn", "roster_import.left_out", "roster_import.new_units"}
DAY_ONE = datetime(2030, 1, 1, tzinfo=UTC)


def personal_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in ABOUT_NOBODY]


def is_key(column: Column[Any]) -> bool:
    """A number that only joins rows: the inner id of a row, or that of another one."""
    return bool(column.foreign_keys) or column.name in POINTERS or (column.primary_key and column.name == "id")


class World:
    """One row of every personal table, all about one person, no two values the same."""

    def __init__(self, name: str, digests: list[str], programme_id: str, flag: bool) -> None:
        self.name, self.digests, self.programme_id, self.flag = name, digests, programme_id, flag
        self.person_id = f"person-id-{name}"
        self.email = f"{name}@example.org"
        self.rows: dict[str, dict[str, Any]] = {}

    def fill(self) -> None:
        """Insert the rows; call it inside a write."""
        for table in personal_tables():
            self.rows[table.name] = {
                column.name: self.value(column, place) for place, column in enumerate(table.columns)
            }
            database.run(insert(table), self.rows[table.name])

    def value(self, column: Column[Any], place: int, variant: int = 0) -> Any:
        """Return a value of the column's type, another one for each variant."""
        table, name = column.table.name, column.name
        if f"{table}.{name}" in {"attempt.digest", "talk_run.digest", "renewal.since"}:
            return self.digests[variant]
        if name in POINTERS or f"{table}.{name}" == "person.id":
            return self.person_id
        if f"{table}.{name}" in ADDRESSES and not variant:
            return self.email
        if name == "programme_id":
            return self.programme_id
        target = next(iter(column.foreign_keys), None)
        if target is not None:
            return self.rows.get(target.column.table.name, {}).get(target.column.name)
        text = f"{table}-{name}-{self.name}-{variant}"
        if f"{table}.{name}" in LISTS:
            return [text]
        if f"{table}.{name}" == "roster_row.problems":
            return [["column", text]]
        if table == "misses" and name == "key":
            return f"sign-in:{self.email}:{text}"
        kind = datetime if isinstance(column.type, database.Moment) else column.type.python_type
        return self.of_type(kind, text, 1000 * (1 + variant) + 40 * len(table) + place, variant)

    def of_type(self, kind: type, text: str, number: int, variant: int) -> Any:
        number += 300_000 * (self.name != "sam.a")
        made: dict[type, Any] = {
            str: text,
            object: {"answer": text},  # a JSON value
            bytes: text.encode(),
            bool: self.flag is not bool(variant),
            int: number,
            datetime: DAY_ONE + timedelta(hours=number),
            date: (DAY_ONE + timedelta(days=number % 20_000)).date(),
            time: time(number % 24, number % 60),
        }
        return made[kind]


def world_of(name: str, flag: bool = True) -> World:
    programme = find_programme("harbour")
    assert programme is not None
    return World(name, list_current_digests(), programme.id, flag)


def publish_another_course() -> None:
    """Publish a second course with a version of its own, so that each digest leads to another course."""
    files = dict(from_folder(ANOTHER).files)
    files["course.md"] = re.sub(rb"(?m)^version: .*$", b"version: 7.7.7", files["course.md"])
    bundle = Bundle(files)
    write(library.publish, bundle, course_of(bundle, ANOTHER.name))
