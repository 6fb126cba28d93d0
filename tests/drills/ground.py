"""The ground that drills are played on: a filled site on SQLite or PostgreSQL, served by processes of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_programme
from lms.content.model.conversation import End
from lms.content.model.course import Course
from lms.foundation.background.leading import is_served
from lms.foundation.db import db
from lms.foundation.migrations import upgrade
from lms.learning.progress import actions as learning
from tests.bench.walk import right_choices
from tests.builders.learning import finish_all, pass_check, the_course
from tests.builders.serving import Running, serving
from tests.conftest import PASSWORD, ROOT, Site, _fill, _keep_media, app_of, settings_for
from tests.drills.report import Skip
from tests.drills.visitors import Crowd, whole_check_of
from tests.postgres import Cluster, cluster

PLANT = Path(__file__).parent / "plant"
# A crash of PostgreSQL would lose what was acknowledged under the settings of the other tests.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Learner:
    """Somebody who needs only the check for a certificate: the enrolment, the address and the cookie of a browser."""

    enrolment: str
    email: str
    cookie: str


@dataclass
class Ground:
    """A filled site with its course, on a database that can be stopped and started if it's PostgreSQL."""

    folder: Path
    site: Site
    course: Course
    fault: str = ""
    server: Cluster | None = None
    right: dict[str, Any] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.site.settings.data

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file in the data folder."""
        return self.server is None

    def environment(self, **more: str) -> dict[str, str]:
        """Return what processes of this site are told beyond its folder: the database, the hour, and the fault."""
        own = {"LMS_DATABASE_URL": "" if self.is_sqlite else self.site.settings.database_url}
        own |= {"LMS_TIMEZONE": where_it_is_noon(), "LMS_REGISTRATION": "open", "LMS_MAIL_URL": "file:"}
        if self.fault:
            own |= {"PYTHONPATH": str(PLANT), "DRILL_FAULT": self.fault}
        return own | self.more | more

    @contextmanager
    def served(self, **more: str) -> Iterator[Running]:
        """Serve the site in processes of its own."""
        with serving(self.data, self.folder / "log", **self.environment(**more)) as running:
            yield running

    def job_process_works(self) -> bool:
        """Whether the job process has begun to sweep, which is some seconds after the first page on a busy machine."""
        return (self.data / "lane-work.lock").exists() if self.is_sqlite else is_served(self.site.settings.database_url)

    def command(self, *words: str, **more: str) -> tuple[list[str], dict[str, str]]:
        """Return the command line and the environment of `lms …` for this site."""
        from tests.builders.serving import environment
        from tests.journeys.served import LMS

        return [*LMS, *words], environment(self.data, **self.environment(**more))

    def lms(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `lms …` on this site."""
        command, env = self.command(*words)
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300)

    def learners(self, number: int, first: int = 0) -> list[Learner]:
        """Add people who need only the check for a certificate."""
        with self.site.inside():
            harbour = find_programme("harbour")
        assert harbour is not None
        secret = hash_password(PASSWORD)
        names = range(first, first + number)
        made: list[Learner] = self.site.do(_add_learners, names, harbour.id, self.course, secret)
        return made

    def holders(self, number: int) -> None:
        """Add people who earned a certificate whose PDF isn't made yet."""
        for learner in self.learners(number, first=10_000):
            pass_check(self.site, learner.enrolment)

    def checks(self, port: int, learners: list[Learner], clients: int) -> Crowd:
        """Return a crowd in which each of these people takes the check once."""

        def script(learner: Learner) -> Callable[[], Any]:
            return lambda: whole_check_of(self.course.id, self.right, learner.cookie)

        return Crowd(port, [(learner.enrolment, script(learner)) for learner in learners], clients)


def _add_learners(numbers: range, programme_id: str, course: Course, secret: str) -> list[Learner]:
    return [_add_learner(number, programme_id, course, secret) for number in numbers]


def _add_learner(number: int, programme_id: str, course: Course, secret: str) -> Learner:
    email = f"ruth-adeyemi-{number}@example.org"
    person = accounts.register(email, f"Ruth Adeyemi {number}", secret)
    assert isinstance(person, Person)
    accounts.give_role(person.id, programme_id, "learner")
    enrolment = learning.enrol(person.id, programme_id, course)
    finish_all(enrolment.id, course)
    for conversation in course.conversations:
        end = next(end for end in conversation.ends if isinstance(end, End) and end.good)
        learning.complete_practice(enrolment.id, conversation, end)
    return Learner(enrolment.id, email, f"session={accounts.sign_in(person.id, True, email, '127.0.0.1')}")


def where_it_is_noon() -> str:
    """Return a time zone in which it's about noon, so that email leaves at whatever hour a drill is played."""
    hours = datetime.now(UTC).hour - 12
    return f"Etc/GMT{hours:+d}" if hours else "UTC"


@contextmanager
def ground(folder: Path, database: str = "sqlite", fault: str = "", data: Path | None = None) -> Iterator[Ground]:
    """Fill a site in an empty folder. `data` is where its data goes, if not into that folder."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster(**DURABLE)) if database == "postgres" else None
        url = server.create("drill") if server else ""
        settings = settings_for(data or folder / "data", url)
        # In a child, because filling loads what a drill doesn't need and leaves connections behind.
        filling = multiprocessing.get_context("fork").Process(target=_fill_site, args=(settings,))
        filling.start()
        filling.join()
        if filling.exitcode:
            raise RuntimeError("the site could not be filled")
        site = Site(app_of(settings), settings)
        stack.callback(let_go, site)
        with site.inside():
            course = the_course()
        yield Ground(folder, site, course, fault, server, right_choices(course))


def _fill_site(settings: Any) -> None:
    app = app_of(settings)
    upgrade(app)
    _keep_media(app)
    _fill(app)


def let_go(site: Site) -> None:
    """Close every connection of this process to the database."""
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def disk_of(folder: Path, megabytes: int, kind: str = "tmpfs") -> Iterator[Path]:
    """Mount a small disk of its own: in memory, or `ext4` in a file beside it; raise Skip where that isn't possible."""
    folder.mkdir(parents=True)
    image = folder.with_suffix(".image")
    if kind == "ext4":
        with image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        if not shutil.which("mkfs.ext4"):
            raise Skip("there is no mkfs.ext4 here")
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
        command = ["mount", "-o", "loop", str(image), str(folder)]
    else:
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        raise Skip("no disk can be mounted here, which takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
