"""A site to measure: temporary data, learners who are signed in, certificates, and servers started and stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Flask

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person
from lms.app import at_work, create_app
from lms.certification.awards.codes import new_code
from lms.certification.awards.records import Award
from lms.certification.awards.rules import attest_course
from lms.cli.courses import publish_folder
from lms.content.model.conversation import End
from lms.content.model.course import Course
from lms.foundation import clock, ids
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from lms.foundation.migrations import upgrade
from lms.learning.progress import actions as learning
from lms.learning.progress.records import Enrolment
from lms.learning.progress.rules import Progress
from lms.library.course_cache import get_course
from lms.library.records import list_current_digests

ROOT = Path(__file__).resolve().parents[2]
PFA = ROOT / "courses" / "psychological-first-aid"
FOLDER = str(ROOT)
PEOPLE = 16
# Nobody takes a check fifty times: each client plays many people in turn, so that none has more tries than people have.
PEOPLE_EACH = 25
# Somebody passes once, so that each of these is played once in all rounds together.
READY = 1400
CODES = 400
LESSONS_DONE = 3
PASSWORD = "a lamp beside the harbour wall"
START_MOST = 60.0
# Plain gunicorn, so that the ratio to it shows what the site's own worker costs as well as what its pages cost.
YARDSTICK = ["--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
YARDSTICK += ["--worker-connections", "512", "--no-control-socket", "--log-level", "warning"]


@dataclass(frozen=True)
class Filled:
    """What is in the data: the course, whom to be, and certificates to verify.

    `cookies` are of people in the middle of the course, `ready` of those who need only the check for a certificate.
    """

    data: Path
    course: Course
    cookies: tuple[str, ...]
    ready: tuple[str, ...]
    codes: tuple[str, ...]


def new_app(data: Path) -> Flask:
    """Return an app on an empty folder, its database made."""
    app = create_app(read_settings({"LMS_DATA": str(data)}))
    upgrade(app)
    return app


def publish(folder: Path, programme_id: str) -> Course:
    """Publish a course as `lms publish` does, and let a programme offer it."""
    publish_folder(folder, programme_id, True, 0)
    return get_course(list_current_digests()[-1])


def fill(data: Path) -> Filled:
    """Fill a folder with the first course, learners in the middle of it and at its end, and certificates."""
    app = new_app(data)
    with at_work(app):
        facts = {"lead": "Ingrid Okafor", "emergency": "999", "country": "GB"}
        programme = write(accounts.set_programme, "harbour", "Harbour Hospitals", facts, False, touch_hold=True)
        course = publish(PFA, programme.id)
        cookies = write(_in_groups, range(PEOPLE * PEOPLE_EACH), lambda number: _learner(number, programme.id, course))
        ready = write(_in_groups, range(READY), lambda number: _ready(number, programme.id, course))
        codes = write(_in_groups, range(CODES), lambda number: _certificate(number, programme.id, course))
        db.session.remove()
        db.engine.dispose()
    return Filled(data, course, cookies, ready, codes)


def _in_groups(numbers: range, make: Callable[[int], str]) -> tuple[str, ...]:
    return tuple(make(number) for number in numbers)


def _enrolled(name: str, programme_id: str, course: Course) -> tuple[str, str, Enrolment]:
    """Return the address, the inner id and the enrolment of a new learner."""
    email = f"{name.lower().replace(' ', '-')}@example.org"
    person = accounts.register(email, name, _hash())
    assert isinstance(person, Person)
    accounts.give_role(person.id, programme_id, "learner")
    return email, person.id, learning.enrol(person.id, programme_id, course)


@cache
def _hash() -> str:
    """Return the hash that everybody has: making one for each would take a minute."""
    return hash_password(PASSWORD)


def _signed_in(email: str, person_id: str) -> str:
    return f"session={accounts.sign_in(person_id, True, email, '127.0.0.1')}"


def _learner(number: int, programme_id: str, course: Course) -> str:
    email, person_id, enrolment = _enrolled(f"Sam Osei {number}", programme_id, course)
    for lesson in course.lessons[:LESSONS_DONE]:
        learning.finish_lesson(enrolment.id, lesson.id)
    return _signed_in(email, person_id)


def _ready(number: int, programme_id: str, course: Course) -> str:
    email, person_id, enrolment = _enrolled(f"Ruth Adeyemi {number}", programme_id, course)
    for lesson in course.lessons:
        learning.finish_lesson(enrolment.id, lesson.id)
    for conversation in course.conversations:
        end = next(end for end in conversation.ends if isinstance(end, End) and end.good)
        learning.complete_practice(enrolment.id, conversation, end)
    return _signed_in(email, person_id)


def _certificate(number: int, programme_id: str, course: Course) -> str:
    """Make a certificate, of the last three years; some have expired."""
    _email, person_id, enrolment = _enrolled(f"Lena Brandt {number}", programme_id, course)
    passed_on = clock.today("UTC") - timedelta(days=number * 1000 // CODES)
    award = Award(
        id=ids.inner_id(),
        code=new_code(),
        programme_id=programme_id,
        person_id=person_id,
        enrolment_id=enrolment.id,
        course_id=course.id,
        digest=course.digest,
        version=course.version,
        title=course.title,
        name=f"Lena Brandt {number}",
        facts=attest_course(course, Progress(), ()).as_json(),
        passed_on=passed_on,
        valid_until=passed_on + timedelta(days=730),
        waiting=False,
        issued_at=clock.now(),
        name_shown=False,
        current_for=enrolment.id,
    )
    db.session.add(award)
    return award.code


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@dataclass(frozen=True)
class Running:
    """A server that answers: its port, its first process, and how long it took to the first page."""

    port: int
    pid: int
    seconds: float


@contextmanager
def running(command: list[str], port: int, page: str, *, quiet: bool = False, **more: str) -> Iterator[Running]:
    """Start a server, wait for a page of it, and stop it afterwards; a quiet one’s errors aren’t shown."""
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    process = subprocess.Popen(
        command,
        cwd=FOLDER,
        env=environment | {"PORT": str(port)} | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
    )
    try:
        while not _answers(port, page):
            if process.poll() is not None or time.perf_counter() - began > START_MOST:
                raise RuntimeError(f"{' '.join(command)} did not start")
            time.sleep(0.02)
        yield Running(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, page: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def yardstick() -> tuple[list[str], int]:
    """Return how to start a bare page under plain gunicorn."""
    port = free_port()
    return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *YARDSTICK, "tests.bench.bare:app"], port
