"""Two servers on one PostgreSQL, as docs/several-servers.md says: in turns, and when one is killed under load."""

from __future__ import annotations

import inspect
import itertools
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select

from lms.accounts.records import find_programme
from lms.app import at_work, create_app
from lms.certification.awards import actions as certification
from lms.certification.awards.document_records import Document
from lms.certification.awards.records import Award, find_award
from lms.content.model.course import Course
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.background.leading import is_served
from lms.foundation.config.settings import Settings
from lms.foundation.db import db, write
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.per_app import provided
from lms.library.course_cache import get_course
from lms.library.records import list_current_digests
from tests.bench.load import Script, Unexpected, play_once
from tests.bench.site import _ready
from tests.bench.walk import Learner, right_choices, token_script, whole_check
from tests.builders.mail import Box, read
from tests.builders.serving import Running, serving, until
from tests.conftest import ROOT, settings_for
from tests.drills.ground import PLANT
from tests.journeys.served import LMS, free_port
from tests.postgres import Cluster

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PEOPLE, AT_ONCE, PASSED_FIRST = 24, 8, 6
# Its width and height.
LOGO = (300, 100)


@dataclass
class TwoServers:
    """Two servers, an app beside them on the same database, and people who need only the check."""

    app: Flask
    servers: tuple[Running, Running]
    course: Course
    cookies: list[str]
    sent: set[str] = field(default_factory=set)

    def count(self, query: Any) -> int:
        with at_work(self.app):
            return db.session.scalar(query) or 0

    def play(self, ports: Iterator[int], make: Callable[[], Script], *, tries: int = 1) -> None:
        """Play a script, each request at the next port; whoever gets no answer starts it again, as people do."""
        for left in reversed(range(tries)):
            try:
                _play_in_turns(ports, make())
                return
            except (OSError, Unexpected):
                if not left:
                    raise
                time.sleep(0.2)


def _play_in_turns(ports: Iterator[int], script: Script) -> None:
    following: bytes | None = next(script)
    while following is not None:
        asked, heard = following, []

        def one(asked: bytes = asked, heard: list[Any] = heard) -> Script:
            heard.append((yield asked))

        play_once(next(ports), one())
        try:
            following = script.send(heard[0])
        except StopIteration:
            following = None


def noon_zone() -> str:
    """Return the time zone in which it's about noon, because emails wait at night."""
    hours = datetime.now(UTC).hour - 12
    return f"Etc/GMT{hours:+d}" if hours else "Etc/GMT"


@pytest.fixture
def fault() -> str:
    """What is planted into both servers; nothing, but for the tests that have to notice it."""
    return ""


@pytest.fixture
def two(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path, box: Box, fault: str
) -> Iterator[TwoServers]:
    url = postgres.clone(filled_postgres)
    shared = tmp_path / "shared"
    (shared / "files").parent.mkdir()
    shutil.copytree(filled_sqlite / "files", shared / "files")
    settings = {
        "LMS_DATABASE_URL": url,
        "LMS_MAIL_URL": box.url,
        "LMS_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "LMS_TIMEZONE": noon_zone(),
        "LMS_FILES_URL": f"file:{shared}",
    }
    planted = {"PYTHONPATH": str(PLANT), "DRILL_FAULT": fault} if fault else {}
    first, second = tmp_path / "first", tmp_path / "second"
    app = create_app(settings_for(first, **settings))
    with at_work(app):
        programme = find_programme("harbour")
        assert programme is not None
        course = get_course(list_current_digests()[-1])
        cookies = [write(_ready, number, programme.id, course) for number in range(PEOPLE)]
        db.session.remove()
    with ExitStack() as running:
        one = running.enter_context(serving(first, tmp_path / "first.log", **settings, **planted))
        shutil.copytree(first / "keys", second / "keys")
        other = running.enter_context(serving(second, tmp_path / "second.log", **settings, **planted))
        yield TwoServers(app, (one, other), course, cookies)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres.drop(url)


def whole_way(two: TwoServers, cookie: str) -> Callable[[], Script]:
    """Return the way to a certificate: the page of the check, its token, the check itself."""
    right = right_choices(two.course)

    def make() -> Script:
        kept: list[str] = []
        yield from token_script(f"/courses/{two.course.id}/check", cookie, kept)
        yield from whole_check(two.course.id, right, iter([Learner(cookie, kept[0], True)]))

    return make


def made_once(two: TwoServers, box: Box, number: int) -> None:
    """See each certificate issued, made and emailed once."""
    until(lambda: two.count(select(func.count()).select_from(Document)) == number, 120)
    until(lambda: two.count(select(func.count()).where(OutboxMail.sent_at.is_(None))) == 0, 120)
    assert two.count(select(func.count()).select_from(Award)) == number
    assert two.count(select(func.count()).where(AuditEntry.event == "DocumentStored")) == number
    ids = [read(letter)["Message-ID"] for letter in box.letters]
    assert len(ids) == len(set(ids)) == number


def said_of(two: TwoServers, code: str, words: str) -> bool:
    """Whether every web worker of both servers says so of a certificate, as far as six requests to each can tell."""
    return all(words in server.status(f"/verify/{code}")[1] for server in two.servers for _request in range(6))


def test_a_learner_goes_back_and_forth_and_a_withdrawal_is_seen_by_both(two: TwoServers, box: Box) -> None:
    ports = [server.port for server in two.servers]
    two.play(itertools.cycle(ports), whole_way(two, two.cookies[0]))
    made_once(two, box, 1)
    with at_work(two.app):
        award = db.session.scalars(select(Award)).one()
        code, award_id = award.code, award.id
    assert said_of(two, code, "is valid")
    with at_work(two.app):
        write(certification.withdraw, award_id, "It was issued by mistake.")
        assert find_award(code) is not None
    assert said_of(two, code, "withdrawn")


def pictures_on(pdf: bytes) -> list[tuple[int, int]]:
    """Return the width and height of each picture on the first page of a PDF, of which the QR code is one."""
    resources: Any = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]
    objects = [one.get_object() for one in resources["/XObject"].values()]
    return [(one["/Width"], one["/Height"]) for one in objects if one["/Subtype"] == "/Image"]


def test_a_certificate_that_the_other_server_made_has_the_programmes_logo(two: TwoServers, tmp_path: Path) -> None:
    first, second = two.servers
    logo = tmp_path / "logo.png"
    Image.new("RGB", LOGO, "teal").save(logo)
    command = [*LMS, "programme", "logo", "harbour", str(logo)]
    subprocess.run(command, cwd=ROOT, env=first.environment, check=True, capture_output=True)
    kill(first)
    two.play(itertools.repeat(second.port), whole_way(two, two.cookies[0]), tries=20)
    until(lambda: two.count(select(func.count()).select_from(Document)) == 1, 120)
    with at_work(two.app):
        assert LOGO in pictures_on(db.session.scalars(select(Document.content)).one())


def kill(server: Running) -> None:
    """End a server and all its processes at once, as a power cut does."""
    family = [psutil.Process(server.process.pid), *server.children()]
    for one in family:
        os.kill(one.pid, signal.SIGKILL)
    server.process.wait()
    psutil.wait_procs(family, timeout=10)


def test_two_servers_count_as_serving_while_both_of_their_job_processes_are_gone(two: TwoServers) -> None:
    with at_work(two.app):
        url = provided(Settings).database_url
    for server in two.servers:
        for child in psutil.Process(server.process.pid).children():
            if child.cmdline()[-1] == "work":
                child.kill()
                child.wait(5)
    assert is_served(url)


def test_nothing_is_lost_or_done_twice_when_a_server_is_killed_under_load(two: TwoServers, box: Box) -> None:
    first, second = two.servers
    alive, waiting, troubles = [first.port, second.port], list(two.cookies), []
    started = threading.Event()

    def ports() -> Iterator[int]:
        for number in itertools.count():
            yield alive[number % len(alive)]

    def people() -> None:
        while waiting:
            cookie = waiting.pop()
            try:
                two.play(ports(), whole_way(two, cookie), tries=20)
            except Exception as trouble:
                troubles.append(f"{cookie}: {trouble!r}")
            if len(waiting) <= PEOPLE - AT_ONCE - PASSED_FIRST:
                started.set()

    threads = [threading.Thread(target=people) for _person in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    assert started.wait(60)
    kill(first)
    alive.remove(first.port)
    for thread in threads:
        thread.join(120)
    assert troubles == []
    made_once(two, box, PEOPLE)
    assert second.status()[0] == 200


CAUGHT_BY: dict[str, Callable[..., None]] = {
    "certificates_are_remembered": test_a_learner_goes_back_and_forth_and_a_withdrawal_is_seen_by_both,
    "everybody_leads": test_a_learner_goes_back_and_forth_and_a_withdrawal_is_seen_by_both,
    "files_of_its_own": test_a_certificate_that_the_other_server_made_has_the_programmes_logo,
}


@pytest.mark.parametrize("fault", CAUGHT_BY)
def test_each_planted_fault_is_caught(two: TwoServers, box: Box, tmp_path: Path, fault: str) -> None:
    given = {"two": two, "box": box, "tmp_path": tmp_path}
    played = CAUGHT_BY[fault]
    with pytest.raises(AssertionError):
        played(**{name: given[name] for name in inspect.signature(played).parameters})
