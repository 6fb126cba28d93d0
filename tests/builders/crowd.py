"""A crowd: many people who sent a check at once, each with answers of their own, as real rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from lms.accounts.records import Membership, Person, find_programme
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.learning.progress import rules
from lms.learning.progress.attempt_records import Answer, Attempt, Result
from lms.learning.progress.records import Enrolment
from lms.library import actions as library
from lms.library.course_cache import get_course
from tests.builders.content import course_of
from tests.builders.learning import PFA
from tests.conftest import PFA as PFA_FOLDER
from tests.conftest import Site

Answers = Mapping[str, Any]


def send_checks(site: Site, course: Course, people: Sequence[Answers], programme: str = "harbour") -> list[str]:
    """Let so many new people send a check with these answers, by question; return their enrolments."""
    enrolments: list[str] = site.do(_send_all, course, people, programme)
    return enrolments


def _send_all(course: Course, people: Sequence[Answers], programme: str) -> list[str]:
    found = find_programme(programme)
    assert found is not None
    rows: dict[type, list[dict[str, Any]]] = {
        table: [] for table in (Person, Membership, Enrolment, Attempt, Answer, Result)
    }
    for given in people:
        _add_person(rows, course, given, found.id)
    _insert(rows)
    return [row["id"] for row in rows[Enrolment]]


def _insert(rows: dict[type, list[dict[str, Any]]]) -> None:
    for table, some in rows.items():
        if some:
            db.session.execute(insert(table), some)


def _add_person(rows: dict[type, list[dict[str, Any]]], course: Course, given: Answers, programme_id: str) -> None:
    at, person_id, enrolment_id = clock.now(), ids.inner_id(), ids.inner_id()
    name = f"Person {ids.public_id()}"
    rows[Person].append(
        {"id": person_id, "public_id": ids.public_id(), "email": f"{ids.public_id()}@example.org".lower()}
        | {"display_name": name, "joined_as": name, "certificate_name": name, "password_hash": "", "created_at": at}
        | {"email_proven_at": at}
    )
    rows[Membership].append(
        {"id": ids.inner_id(), "programme_id": programme_id, "person_id": person_id, "role": "learner"}
        | {"created_at": at}
    )
    rows[Enrolment].append(
        {"id": enrolment_id, "programme_id": programme_id, "person_id": person_id, "course_id": course.id}
        | {"minor_line": course.minor_line, "started_at": at - timedelta(days=1)}
    )
    add_attempt(rows, course, given, enrolment_id)


def add_attempt(rows: dict[type, list[dict[str, Any]]], course: Course, given: Answers, enrolment_id: str) -> None:
    """Add the rows of a check that was sent with these answers."""
    at, attempt_id = clock.now(), ids.inner_id()
    outcome = rules.grade_check(course, list(given), given)
    rows[Attempt].append(
        {"id": attempt_id, "public_id": ids.public_id(), "enrolment_id": enrolment_id, "open_for": None}
        | {"digest": course.digest, "seed": "7", "drawn": list(given), "opened_at": at, "renewal_id": None}
    )
    rows[Answer] += [
        {"attempt_id": attempt_id, "question_id": name, "value": {"answer": value}, "revision": 1, "saved_at": at}
        for name, value in given.items()
    ]
    rows[Result].append(
        {"attempt_id": attempt_id, "right": outcome.right, "asked": outcome.asked, "passed": outcome.passed, "at": at}
    )


def publish_mended(site: Site, version: str, *changes: tuple[str, str]) -> Course:
    """Publish the first course as a version whose check reads differently in some places."""
    files = dict(from_folder(PFA_FOLDER).files)
    head, bank = files["course.md"].decode(), files["check.md"].decode()
    for old, new in changes:
        assert old in bank, old
        bank = bank.replace(old, new, 1)
    files["course.md"] = re.sub(r"(?m)^version: .*$", f'version: "{version}"', head).encode()
    files["check.md"] = bank.encode()
    bundle = Bundle(files)
    site.do(library.publish, bundle, course_of(bundle, PFA))
    with site.inside():
        return get_course(bundle.digest)


def send_again(site: Site, course: Course, enrolments: Sequence[str], given: Answers) -> None:
    """Let people who sent a check send another one."""
    rows: dict[type, list[dict[str, Any]]] = {table: [] for table in (Attempt, Answer, Result)}
    for enrolment_id in enrolments:
        add_attempt(rows, course, given, enrolment_id)
    site.do(_insert, rows)
