"""What a certificate attests: read from what is stored, written as it was, and what goes over to the next one."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect

from lms.certification.awards.attestation import Attestation
from lms.certification.awards.records import Award, SuccessorReason

OF_BEFORE = {"minutes": 200, "score": 80, "safety": True, "practice": 2, "level": "completed", "observed": 0}
COUNTS = dict.fromkeys(("lessons_known", "lessons_otherwise", "lessons_waived"), 0)
COUNTS |= {"practice_otherwise": 0, "practice_waived": 1}
COMPLETED = OF_BEFORE | COUNTS | {"lessons": 14, "does_not_attest": "No licence.", "design": "warm", "language": "de"}
OBSERVED = [{"on": "2026-03-01", "observer": "Tara Obi", "role": "trainer"}]
READY = COMPLETED | {"level": "ready", "observed": 1, "observations": OBSERVED, "ready_on": "2026-03-02"}
FIRST = {"on": "2024-03-01", "version": "1.0.0", "score": 80, "safety": True, "practice": 2}
FIRST |= {"practice_otherwise": 0, "practice_waived": 0}
RENEWAL = {"scope": "changes", "since": "1.0.0", "lessons": 2, "asked": 6}
RENEWED = READY | {"renewal": RENEWAL, "first": FIRST}
SHAPES = {
    "completed": COMPLETED,
    "ready": READY,
    "renewed": RENEWED,
    "first": RENEWED | {"first": FIRST | {"lessons": 3}},
}


@pytest.mark.parametrize("stored", SHAPES.values(), ids=SHAPES)
def test_what_is_stored_keeps_its_shape(stored: dict[str, Any]) -> None:
    assert Attestation.from_json(stored).as_json() == stored


def test_a_certificate_of_before_is_read_although_it_says_less() -> None:
    read = Attestation.from_json(OF_BEFORE)
    assert (read.lessons, read.played, read.level, read.all_lessons_asked) == (None, 2, "completed", True)
    again = read.as_json()
    assert "lessons" not in again and {key: again[key] for key in OF_BEFORE} == OF_BEFORE


@given(st.builds(Attestation, **{each.name: ... for each in fields(Attestation)}))
def test_every_attestation_comes_back_as_it_was(attested: Attestation) -> None:
    assert Attestation.from_json(attested.as_json()) == attested


def test_the_first_certificate_is_remembered_through_all_renewals() -> None:
    first = Attestation.from_json(COMPLETED).as_first("1.0.0", date(2026, 3, 1))
    assert (first.version, first.played, first.lessons) == ("1.0.0", 1, 14)
    assert Attestation.from_json(RENEWED).as_first("2.0.0", date(2026, 3, 1)).on == date(2024, 3, 1)


def test_readiness_and_the_names_of_observers_can_be_taken_away() -> None:
    ready = Attestation.from_json(READY)
    assert ready.without_readiness() == Attestation.from_json(COMPLETED)
    assert ready.without_observers().as_json()["observations"] == [OBSERVED[0] | {"observer": ""}]


NOW = datetime(2026, 11, 30, tzinfo=UTC)
BEFORE = {
    "id": "before",
    "code": "0000000000000000",
    "current_for": "enrolment",
    "waiting": True,
    "issued_at": NOW,
    "withdrawn_at": NOW,
    "withdrawn_reason": "other",
    "replaced_by": "another",
    "renewed_by": "another",
    "raised_to": "another",
    "name_shown": True,
    "name_seal": "seal",
    "badge_open": True,
    "cycle": 3,
    "name_waits_since": NOW,
}
CARRIED = {
    "programme_id": "programme",
    "person_id": "person",
    "enrolment_id": "enrolment",
    "course_id": "course",
    "digest": "digest",
    "version": "1.0.0",
    "title": "Listening",
    "name": "Sam Osei",
    "name_confirmed_at": NOW,
    "facts": COMPLETED,
    "passed_on": date(2026, 3, 1),
    "valid_until": date(2028, 3, 1),
}


@pytest.mark.parametrize(("reason", "cycle"), [("renewed", 4), ("reissued", 3), ("raised", 3)])
def test_a_successor_carries_what_was_done_and_nothing_that_its_holder_chose(
    reason: SuccessorReason, cycle: int
) -> None:
    assert {column.key for column in inspect(Award).columns} == BEFORE.keys() | CARRIED.keys()
    after = Award(**BEFORE, **CARRIED).successor(reason)
    assert {name: getattr(after, name) for name in CARRIED} == CARRIED
    assert after.id != "before" and after.code != BEFORE["code"] and after.issued_at
    assert (after.cycle, after.waiting, after.name_shown, after.badge_open) == (cycle, False, False, None)
    withdrawn = ("withdrawn_at", "withdrawn_reason", "name_seal", "current_for")
    ended = (*withdrawn, "replaced_by", "renewed_by", "raised_to", "name_waits_since")
    assert [getattr(after, name) for name in ended] == [None] * len(ended)
