"""People with random histories: courses begun, certificates that were withdrawn or replaced, observed practices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from lms.accounts.members.records import Member, keys_of
from lms.accounts.records import Membership, Person
from lms.certification.awards.observations import Observation
from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.db import db
from lms.learning.progress.records import Enrolment
from tests.builders.learning import PFA

TODAY = date(2026, 11, 30)


def history(chance: random.Random, enrolment: Enrolment) -> Iterator[Any]:
    """Yield the certificates and observed practices of one enrolment, some of them waiting, withdrawn or replaced."""
    passed, before = TODAY - timedelta(days=chance.randint(700, 1500)), None
    awards = []
    for number in range(chance.choice((0, 1, 1, 1, 2, 3))):
        passed += timedelta(days=chance.choice((0, 300, 640)))
        end = None if chance.random() < 0.1 or (before and not before.valid_until) else passed + timedelta(days=730)
        facts = {"minutes": 1, "score": 80, "safety": False, "practice": 0}
        award = Award.first(enrolment)
        award.id, award.cycle, award.facts = f"{enrolment.id}-{number}", number + 1, facts
        award.facts |= {"ready_on": passed.isoformat()} if chance.random() < 0.4 else {}
        award.course_id, award.digest, award.version, award.title = PFA, "", "1.0.0", "PFA"
        award.name, award.passed_on, award.valid_until, award.waiting = "Sam", passed, end, False
        award.withdrawn_at = clock.now() if chance.random() < 0.25 else None
        if before and chance.random() < 0.5:
            before.replaced_by = award.id
        before = award
        awards.append(award)
    if awards:
        awards[-1].current_for = enrolment.id
        awards[-1].waiting = chance.random() < 0.2
        yield from awards
    for number in range(chance.choice((0, 0, 1, 2, 3))):
        yield Observation(
            id=f"{enrolment.id}-{number}",
            programme_id=enrolment.programme_id,
            enrolment_id=enrolment.id,
            observer="Tara",
            observer_role="trainer",
            pending=chance.random() < 0.3,
            seen_on=TODAY - timedelta(days=chance.randint(0, 3)),
            rating=chance.choice(("harmful", "harmful", "not yet", "basic")),
            recorded_at=clock.now(),
            undone_at=clock.now() if chance.random() < 0.2 else None,
        )


def make(chance: random.Random, programme_id: str, people: int) -> None:
    """Give a programme people with random histories, by their rows."""
    layers: list[list[Any]] = [[], [], [], []]
    for number in range(people):
        name, email, person_id = f"Person {number}", f"p{number}@example.org", f"p{number:05d}"
        one = Person(id=person_id, email=email, display_name=name, certificate_name="", password_hash="")
        one.created_at = clock.now()
        here = {"programme_id": programme_id, "person_id": person_id}
        search, order = keys_of(name, email, None)
        layers[0].append(one)
        layers[1].append(Membership(**here, role="learner", created_at=clock.now()))
        layers[1].append(Member(**here, search_key=search, sort_key=order, joined_at=clock.now()))
        if chance.random() < 0.85:
            enrolment = Enrolment(id=f"e{number:05d}", **here, course_id=PFA, minor_line="1.0")
            enrolment.started_at = clock.now()
            layers[2].append(enrolment)
            layers[3] += history(chance, enrolment)
    for rows in layers:
        db.session.add_all(rows)
        db.session.flush()
