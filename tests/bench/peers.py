"""`./dev bench --peers`: other learning platforms beside the site, each on its own production server, in one run.

Each is installed from the package registry into an environment of its own and set up by its own commands, with the
course or the pages that it ships. docs/performance.md says what can be compared and what can't.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from lms.accounts import actions as accounts
from lms.app import at_work
from lms.content.model.course import Course
from lms.foundation.db import db, write
from tests.bench.load import Script, Timing, best, load, read_page
from tests.bench.site import PEOPLE, PFA, Running, _learner, free_port, new_app, publish, running, yardstick
from tests.bench.weigh import cpu_of_all, pss_of_all

SECONDS, ROUNDS = 0.8, 5
INSTALL_MOST, SET_UP_MOST, REST_SECONDS = 900, 300, 5
BARE = "bare Flask page"
HOME, COURSES, LESSON = "home page, nobody signed in", "list of courses, nobody signed in", "lesson, signed in"
LABELS = (HOME, COURSES, LESSON)
# Whom the platforms' own set-up makes.
ADMIN, PASSWORD = "admin", "a lamp beside the harbour wall"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# They are to be served as in production, also where a test runner's environment says otherwise.
PLAIN = {"CI": ""}


class Skipped(Exception):
    """A platform that can't be measured here; the message says why."""


@dataclass(frozen=True)
class Served:
    """How something is started, and which of its pages are asked for, with the cookie that each needs."""

    command: list[str]
    port: int
    first_page: str
    environment: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)


def _run(command: list[str], most: float, **environment: str) -> str:
    """Run a command of somebody else's; its words may name where packages come from, so they aren't repeated."""
    try:
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=most, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Skipped(f"`{' '.join([Path(command[0]).name, *command[1:3]])}` did not end well") from error
    return done.stdout


def install(package: str, folder: Path) -> tuple[Path, str]:
    """Install a package into an environment of its own, or take the one that is there; return its programs, version."""
    programs = folder / package / "bin"
    if not (folder / package / "ready").exists():
        _run([sys.executable, "-m", "venv", str(folder / package)], INSTALL_MOST)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        try:
            _run(pip, INSTALL_MOST)
        except Skipped:
            raise Skipped(f"{package} could not be installed: no registry, or no such package") from None
        (folder / package / "ready").touch()
    ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    return programs, _run([str(programs / "python"), "-c", ask, package], SET_UP_MOST).strip()


def _opener() -> tuple[urllib.request.OpenerDirector, CookieJar]:
    cookies = CookieJar()
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies)), cookies


def _read(opener: urllib.request.OpenerDirector, url: str) -> str:
    with opener.open(url, timeout=60) as answer:
        return str(answer.read().decode())


def _header(cookies: CookieJar) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)


def now_lms(programs: Path, data: Path) -> Served:
    """Set up NOW LMS with its example courses; it's served by gunicorn with as many workers and threads as we have."""
    data.mkdir()
    environment = PLAIN | {
        "DATABASE_URL": f"sqlite:///{data / 'now.db'}",
        "NOW_LMS_DATA_DIR": str(data),
        "SECRET_KEY": secrets.token_hex(32),
        "ADMIN_USER": ADMIN,
        "ADMIN_PSWD": PASSWORD,
        "NOW_LMS_WORKERS": "2",
        "NOW_LMS_THREADS": "4",
    }
    _run([str(programs / "lmsctl"), "database", "init", "--with-examples"], SET_UP_MOST, **environment)
    serve = [str(programs / "lmsctl"), "serve", "--wsgi-server", "gunicorn"]
    return Served(serve, free_port(), "/", environment, {HOME: "/", COURSES: "/course/explore"})


def now_lms_lesson(port: int) -> tuple[str, str]:
    """Sign in as the administrator that the set-up made, and return a lesson of the example course and the cookie."""
    opener, cookies = _opener()
    address = f"http://127.0.0.1:{port}"
    token = _CSRF.search(_read(opener, f"{address}/user/login"))
    sent = {"csrf_token": token[1] if token else "", "usuario": ADMIN, "acceso": PASSWORD}
    opener.open(f"{address}/user/login", urlencode(sent).encode(), timeout=60).close()
    course = _read(opener, f"{address}/course/resources/view")
    lesson = re.search(r'"(/course/resources/resource/img/[^"]+)"', course)
    if lesson is None:
        raise Skipped("the example course of NOW LMS has no lesson of the kind that was looked for")
    return lesson[1], _header(cookies)


def kolibri(programs: Path, data: Path) -> Served:
    """Set up Kolibri without a channel: channels come from its makers' servers, and not from a package registry."""
    data.mkdir()
    environment = PLAIN | {"KOLIBRI_HOME": str(data), "KOLIBRI_LISTEN_ADDRESS": "127.0.0.1"}
    made = ["--facility", "Harbour", "--superusername", ADMIN, "--superuserpassword", PASSWORD]
    made += ["--preset", "nonformal", "--language_id", "en", "--noinput"]
    _run([str(programs / "kolibri"), "manage", "provisiondevice", "--", *made], SET_UP_MOST, **environment)
    port = free_port()
    serve = [str(programs / "kolibri"), "start", "--foreground", "--port", str(port), "--zip-port", str(free_port())]
    return Served(serve, port, "/en/auth/", environment, {HOME: "/en/auth/", COURSES: "/en/learn/"})


def sidelight(data: Path) -> tuple[Served, Course, str]:
    """Fill a site with its first course and a learner who is signed in."""
    app = new_app(data)
    with at_work(app):
        programme = write(accounts.set_programme, "harbour", "Harbour Hospitals", {}, False, touch_hold=True)
        course = publish(PFA, programme.id)
        cookie = write(_learner, 1, programme.id, course)
        db.session.remove()
        db.engine.dispose()
    serve = [sys.executable, "-m", "lms.cli", "serve"]
    return Served(serve, free_port(), "/", {"LMS_DATA": str(data)}, {HOME: "/", COURSES: "/courses"}), course, cookie


@dataclass
class Begun:
    """One that is served: its first process, the CPU it took to start, its memory at rest, and a script for each page.

    For each page there are the rounds of load, and the CPU seconds and requests of all of them together.
    """

    running: Running
    start: float
    idle: float
    scripts: dict[str, Callable[[], Script]]
    rounds: dict[str, list[Timing]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)


def _begin(served: Served, stack: ExitStack) -> Begun:
    """Start it twice, because the first start of all compiles and migrates; the second one counts."""
    start = partial(running, served.command, served.port, served.first_page, quiet=True, **served.environment)
    with start():
        pass
    site = stack.enter_context(start())
    used = cpu_of_all(site.pid)
    time.sleep(REST_SECONDS)
    scripts = {label: partial(read_page, path) for label, path in served.pages.items()}
    return Begun(site, used, pss_of_all(site.pid), scripts)


def _ours(data: Path, stack: ExitStack) -> Begun:
    served, course, cookie = sidelight(data)
    begun = _begin(served, stack)
    begun.scripts[LESSON] = partial(read_page, f"/courses/{course.id}/lessons/{course.lessons[0].id}", cookie)
    return begun


def _now_lms(programs: Path, data: Path, stack: ExitStack) -> Begun:
    served = now_lms(programs, data)
    begun = _begin(served, stack)
    lesson, cookie = now_lms_lesson(served.port)
    begun.scripts[LESSON] = partial(read_page, lesson, cookie)
    return begun


def _kolibri(programs: Path, data: Path, stack: ExitStack) -> Begun:
    return _begin(kolibri(programs, data), stack)


PEERS = {"now-lms": ("NOW LMS", _now_lms), "kolibri": ("Kolibri", _kolibri)}


def compare(folder: Path) -> str:
    """Install, start and measure all in turn, round after round; return a table in Markdown, with what was skipped."""
    skipped = []
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sidelight-peers-")))
        command, port = yardstick()
        begun = {BARE: _begin(Served(command, port, "/", pages={HOME: "/"}), stack)}
        begun["Sidelight"] = _ours(data / "sidelight", stack)
        for package, (label, begin) in PEERS.items():
            try:
                programs, version = install(package, folder)
                begun[f"{label} {version}"] = begin(programs, data / package, stack)
            except (Skipped, RuntimeError, OSError) as trouble:
                skipped.append(f"{label} was skipped: {trouble}.")
        _take_turns(begun)
        return "\n".join([as_table(begun), *(f"\n{line}" for line in skipped)])


def _take_turns(begun: Mapping[str, Begun]) -> None:
    for _round in range(ROUNDS):
        for each in begun.values():
            for label, script in each.scripts.items():
                before = cpu_of_all(each.running.pid)
                each.rounds.setdefault(label, []).append(load(each.running.port, [script] * PEOPLE, SECONDS))
                each.cpu[label] = each.cpu.get(label, 0.0) + cpu_of_all(each.running.pid) - before


def as_table(begun: Mapping[str, Begun]) -> str:
    """Return all figures: start, memory, and each page's rate beside that of the bare page."""
    head = f"Measured on {datetime.now(UTC):%-d %B %Y}, on {os.cpu_count()} CPUs, Python {platform.python_version()}."
    rows = {"cold start to its first page": [f"{each.running.seconds:.1f} s" for each in begun.values()]}
    rows["CPU that this takes"] = [f"{each.start:.1f} s" for each in begun.values()]
    rows["memory (PSS) of all its processes, idle"] = [f"{each.idle:.0f} MB" for each in begun.values()]
    loaded = (pss_of_all(each.running.pid) for each in begun.values())
    rows["the same after the load"] = [f"{most:.0f} MB" for most in loaded]
    yard = best(begun[BARE].rounds[HOME])
    for label in LABELS:
        rows[label] = [_cell(each, label, yard) for each in begun.values()]
    lines = [head, "", f"| | {' | '.join(begun)} |", f"|---|{'---|' * len(begun)}"]
    return "\n".join([*lines, *(f"| {label} | {' | '.join(cells)} |" for label, cells in rows.items())])


def _cell(begun: Begun, label: str, yard: Timing) -> str:
    """Return a page's requests a second, their part of the bare page's, and the CPU of its server for one of them."""
    rounds = begun.rounds.get(label)
    if not rounds:
        return "–"
    timing = best(rounds)
    each = begun.cpu[label] * 1000 / max(1, sum(timing.count for timing in rounds))
    broke = f", {len(timing.errors)} errors" if timing.errors else ""
    return f"{timing.rate:.0f} a second ({timing.rate / yard.rate:.3f}), {each:.2f} ms{broke}"
