"""A few people whose whole lives on the site are played by real actions, each on its day: the patterns of a fill."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from lms.accounts import actions as accounts
from lms.accounts.members.actions import Details, change_details
from lms.accounts.passwords import hash_password
from lms.app import at_work
from lms.certification.awards import actions as certification
from lms.certification.awards.records import find_award_of_enrolment
from lms.cli.courses import publish_folder
from lms.cli.demo.history import add_person, practise, read_lessons, take_check
from lms.content.model.course import Course
from lms.content.questions import sample
from lms.foundation import clock
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.learning.check.actions import open_check, save_answers
from lms.learning.practice import actions as practice
from lms.learning.progress import actions as learning
from lms.learning.progress.records import find_enrolment
from lms.library import actions as library
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

PFA, LISTENING = "psychological-first-aid", "active-listening"
PASSWORD = "a lamp beside the harbour wall"
# Courses are two and a half years old, so that some certificates have had time to expire.
BEGAN = 900
LATELY = 200
# On these days the job process tells holders of an end that comes in 60 days.
REMINDED = range(686, 704)
FACTS = {"lead": "Tara Lindqvist", "contact": "tara@example.org", "reply_time": "a day"}
STAFF = (
    ("cora", "Cora Haddad", "coordinator"),
    ("tara", "Tara Lindqvist", "trainer"),
    ("ada", "Ada Novak", "operator"),
)


class Played:
    """The site while lives are played: its clock, which begins in the past, and when it was how late."""

    def __init__(self, app: Flask, now: datetime) -> None:
        self.app = app
        self.began = _morning(now) - timedelta(days=BEGAN)
        self._shifts: list[tuple[float, timedelta]] = []
        self._secret = hash_password(PASSWORD)

    def go_to(self, day: int) -> None:
        """Make it the morning of a day after the beginning."""
        shift = self.began + timedelta(days=day) - datetime.now(UTC)
        clock.shift(shift)
        self._shifts.append((time.time(), shift))

    def moment_at(self, seconds: float) -> datetime:
        """Return what the site's clock said at a moment of the machine's; ids come from the machine's."""
        shift = next((shift for since, shift in reversed(self._shifts) if since <= seconds + 0.001), timedelta(0))
        return datetime.fromtimestamp(seconds, UTC) + shift

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one action in its write."""
        with at_work(self.app):
            return write(action, *args, **kwargs)

    def work(self) -> None:
        """Do what the job process does in a minute."""
        provided(Jobs, self.app).sweep()

    def add(self, email: str, name: str, role: str, programme_id: str) -> str:
        """Add somebody, as an invitation does; return their id."""
        return str(self.do(add_person, email, name, role, self._secret, programme_id))


def _morning(now: datetime) -> datetime:
    """Return the last half past eight at which emails leave and whose morning is over."""
    morning = now.astimezone(UTC).replace(hour=8, minute=30, second=0, microsecond=0)
    return morning if now - morning > timedelta(hours=3, minutes=30) else morning - timedelta(days=1)


@dataclass(frozen=True)
class Learner:
    """Somebody of a life, with what stands in their rows and nowhere else."""

    number: int
    programme_id: str

    @property
    def words(self) -> tuple[str, str, str]:
        """The parts of their name."""
        return (f"Pat{self.number}q", f"Alder{self.number}q", f"Birch{self.number}q")

    @property
    def name(self) -> str:
        """Their name."""
        return " ".join(self.words)

    @property
    def email(self) -> str:
        """Their address."""
        return f"pattern{self.number}q@example.org"

    @property
    def staff_number(self) -> str:
        """Their number at the programme."""
        return f"A-{900_000_000 + self.number}"


Step = Callable[[Played, Learner, str], None]


def _course(course_id: str) -> Course:
    digest = find_newest_digest(course_id)
    assert digest is not None
    return get_course(digest)


def _enrolment(played: Played, person_id: str, course_id: str) -> tuple[str, Course]:
    with at_work(played.app):
        found = find_enrolment(person_id, course_id)
        assert found is not None
        return found.id, _course(course_id)


def _details(played: Played, who: Learner, person_id: str) -> None:
    played.do(change_details, who.programme_id, person_id, Details("", "", ""), Details(who.staff_number, "", ""))


def _sign_in(played: Played, who: Learner, person_id: str) -> None:
    played.do(accounts.sign_in, person_id, False, who.email, "127.0.0.1", device="Firefox, Windows")


def _start(course_id: str) -> Step:
    def start(played: Played, who: Learner, person_id: str) -> None:
        with at_work(played.app):
            course = _course(course_id)
        played.do(learning.enrol, person_id, who.programme_id, course)

    return start


def _read(share: float, course_id: str = PFA) -> Step:
    def read(played: Played, _who: Learner, person_id: str) -> None:
        enrolment, course = _enrolment(played, person_id, course_id)
        played.do(read_lessons, enrolment, course, share)

    return read


def _practise(played: Played, _who: Learner, person_id: str) -> None:
    enrolment, course = _enrolment(played, person_id, PFA)
    played.do(practise, enrolment, course)


def _check(right: bool) -> Step:
    def check(played: Played, _who: Learner, person_id: str) -> None:
        enrolment, course = _enrolment(played, person_id, PFA)
        with at_work(played.app):
            take_check(enrolment, course, right=right)

    return check


def _leave_open(played: Played, _who: Learner, person_id: str) -> None:
    """Begin a conversation and a check, and leave both open."""
    enrolment, course = _enrolment(played, person_id, PFA)
    run = played.do(practice.begin, enrolment, course.digest, course.conversations[0].id)
    played.do(practice.say, run.id, course.conversations[0], 0, 0)
    attempt, _saved = played.do(open_check, enrolment, course)
    question = course.question_by_id[attempt.drawn[0]]
    played.do(save_answers, attempt.id, {question.id: (sample(question)["right"][0], 1)})


def _withdraw(played: Played, _who: Learner, person_id: str) -> None:
    enrolment = _enrolment(played, person_id, PFA)[0]
    with at_work(played.app):
        award = find_award_of_enrolment(enrolment)
        assert award is not None
        write(certification.withdraw, award.id, "holder asked")


@dataclass(frozen=True, eq=False)
class Life:
    """What somebody does on which day after joining; how common it is among those who joined lately, and before.

    After `whole` days, nothing changes any more but that emails come.
    """

    name: str
    recent: int
    earlier: int
    enrolments: int
    days: dict[int, tuple[Step, ...]] = field(default_factory=dict)

    @property
    def whole(self) -> int:
        """The day of its last step."""
        return max(self.days)

    def share_of(self, age: int) -> int:
        """Return how common it is among people who joined so many days ago, in percent."""
        return self.recent if age <= LATELY else self.earlier


_JOINED: dict[int, tuple[Step, ...]] = {0: (_details, _sign_in)}
_STARTED = _JOINED | {2: (_start(PFA), _read(0.4))}
_FINISHED = _STARTED | {9: (_read(1), _practise)}
_PASSED = _FINISHED | {20: (_check(True),)}

LIVES = (
    Life("joined", 25, 1, 0, _JOINED),
    Life("reading", 25, 4, 1, _STARTED),
    Life("in the middle", 8, 1, 1, _STARTED | {5: (_leave_open,)}),
    Life("not passed yet", 6, 3, 1, _FINISHED | {20: (_check(False),)}),
    Life("passed", 30, 72, 1, _PASSED),
    Life("passed at the second attempt", 4, 8, 1, _FINISHED | {20: (_check(False),), 27: (_check(True),)}),
    Life("two courses", 2, 10, 2, _PASSED | {60: (_start(LISTENING), _read(0.5, LISTENING))}),
    Life("withdrawn", 0, 1, 1, _PASSED | {200: (_withdraw,)}),
)


@dataclass(frozen=True)
class Patterns:
    """What was played: the programme in which people learn, the other one as a pattern of programmes, and learners."""

    programme_id: str
    other_id: str
    other_staff: str
    learners: dict[str, tuple[Learner, str]]


def play(played: Played, after_day: Callable[[], None]) -> Patterns:
    """Play all lives side by side, day by day, with the job process at work after each; return what there is."""
    played.go_to(0)
    with at_work(played.app):
        harbour = write(accounts.set_programme, "harbour", "Harbour Hospitals", FACTS, False, touch_hold=True)
        for place, course in enumerate((PFA, LISTENING)):
            publish_folder(shipped("courses") / course, harbour.id, True, place)
        harbour_id = harbour.id
        other = write(accounts.set_programme, "pattern-0q", "Pattern Programme 0q", FACTS, False, touch_hold=True)
        other_id = other.id
        for place, course in enumerate((PFA, LISTENING)):
            write(library.offer, other_id, course, True, place)
    for name, shown, role in STAFF:
        played.add(f"{name}@example.org", shown, role, harbour_id)
    lead = played.add("lead0q@example.org", "Lea Harper0q Woods0q", "coordinator", other_id)
    learners = {life.name: Learner(number, harbour_id) for number, life in enumerate(LIVES)}
    people: dict[str, str] = {}
    for day in sorted({day for life in LIVES for day in life.days} | set(REMINDED)):
        played.go_to(day)
        for life in LIVES:
            who = learners[life.name]
            if day == 0:
                people[life.name] = played.add(who.email, who.name, "learner", harbour_id)
            for step in life.days.get(day, ()):
                step(played, who, people[life.name])
        played.work()
        if day not in REMINDED[1:-1]:
            after_day()
    clock.shift(timedelta(0))
    return Patterns(harbour_id, other_id, lead, {name: (learners[name], people[name]) for name in learners})
