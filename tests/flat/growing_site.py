"""A site that grows under one's eyes, and every page of it as somebody who may open it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select, update
from werkzeug.test import Client

from lms.accounts.records import find_programme
from lms.certification.awards.records import Award
from lms.coordination.board import actions as board
from lms.flow import lanes
from lms.foundation import clock
from lms.foundation.background.jobs import Sweep
from lms.foundation.db import Base, db, write
from tests.conftest import ROOT, Site
from tests.flat.growth import copy_rows
from tests.flat.watching import Watched, Watcher
from tests.house.ledger import Door, read_ledger
from tests.house.matrix import PEOPLE, World, address, cases, promised
from tests.inspector import BASE

# What a programme comes to have in years: its people and certificates grow by their own copies.
OF_YEARS = ("assignment", "batch", "draft", "invitation", "roster_import", "regrade", "remark_answer")
# These ask the server of single sign-on, which isn't there; and a file is no page.
ELSEWHERE = {"/sign-in/single-sign-on", "/sign-in/single-sign-on/answer", "/static/<path:filename>"}
# What is searched for: a word that nearly everybody has, two of them, and a word that few have or nobody.
WORDS = ("example", "lena example.org", "cora", "nobody-at-all")
SEARCHED = (
    ("ada", "/operator/accounts"),
    ("cora", "/programmes/<programme>/people"),
    ("erin", "/programmes/<programme>/status"),
    ("cora", "/programmes/<programme>/assignments/<assignment>/add-people"),
)


@dataclass(frozen=True)
class Visit:
    """A page as one person opens it."""

    door: Door
    name: str
    owner: str
    course: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.door.path} as {self.name or 'a stranger'}"


def list_visits() -> list[Visit]:
    """Return every page of the ledger, as a stranger and as somebody signed in, or as one of those who may open it."""
    doors = [door for door in read_ledger() if door.method == "GET" and door.path not in ELSEWHERE]
    return [visit for door in doors for visit in _visits_of(door)]


def _visits_of(door: Door) -> list[Visit]:
    found = [visit for name in PEOPLE if (visit := _visit(door, name))]
    if door.who != "anyone":
        return found[:1]
    return [visit for visit in found if visit.name in {"", "sam"} or (visit.name, door.path) == ("ada", "/courses")]


def _visit(door: Door, name: str) -> Visit | None:
    for owner, course in cases(door, name):
        if promised(door, name, owner, course) == "open":
            return Visit(door, name, owner, tuple(course.items()))
    return None


def grow(world: World, people: range, programmes: range) -> None:
    """Add copies of Lena with all that is hers, of a programme with its coordinator, and of what years bring."""
    write_all = world.site.do
    with world.site.inside():
        lena, mina = world.site.person("lena").id, world.site.person("mina").id
        harbour, meadow = find_programme("harbour"), find_programme("meadow")
    assert harbour and meadow
    write_all(copy_rows, {"person": {lena}}, people)
    write_all(copy_rows, {"programme": {meadow.id}, "person": {mina}}, programmes)
    write_all(_add_years, harbour.id, programmes)
    write_all(_vary, f"{lena}-")
    with world.site.inside():
        write(board.rebuild)


def _add_years(programme_id: str, numbers: range) -> None:
    for name in OF_YEARS:
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key.columns))
        # A copy's key begins with that of the original, which therefore comes first.
        first = db.session.scalar(select(key).where(table.c.programme_id == programme_id).order_by(key).limit(1))
        if first is not None:
            copy_rows({name: {first}}, numbers)


def _vary(copies: str) -> None:
    """Let some of the copies' certificates wait, end, or be withdrawn."""
    mine = Award.person_id.startswith(copies)
    today = clock.today("UTC")
    for digit, values in (
        ("1", {"withdrawn_at": clock.now(), "withdrawn_reason": "other"}),
        ("2", {"valid_until": today.replace(year=today.year - 1)}),
        ("4", {"waiting": True, "issued_at": None}),
        # More names than a page of them, even in the small site.
        *((digit, {"name_waits_since": clock.now(), "waiting": True, "issued_at": None}) for digit in "35678"),
    ):
        db.session.execute(update(Award).where(mine, Award.person_id.endswith(digit)).values(values))


def list_sweeps(site: Site) -> Iterator[tuple[str, Sweep]]:
    """Return every sweep of the job process, by its place and the first line of its code."""
    for lane in lanes(site.settings, ROOT / "certificates"):
        for number, sweep in enumerate(lane.sweeps):
            yield f"{lane.name} {number}: {inspect.getsource(sweep).strip().splitlines()[0]}", sweep


def sweep_all(site: Site, watcher: Watcher) -> dict[str, Watched]:
    """Run every sweep and return what the database was asked for each."""
    found = {}
    for name, sweep in list_sweeps(site):
        with watcher.watching() as watched, site.inside():
            sweep()
        found[name] = watched
    return found


def open_all(world: World, watcher: Watcher, visits: list[Visit]) -> dict[str, Watched]:
    """Open every page and return what the database was asked for each."""
    browsers: dict[str, Client] = {name: world.enter(name) for name in PEOPLE}
    found, paths = {}, {}
    for visit in visits:
        path = paths[visit.door.path] = address(world, visit.door, visit.owner, dict(visit.course))
        found[str(visit)] = _open(browsers[visit.name], watcher, path)
    for name, place in SEARCHED:
        for search in WORDS:
            path = f"{paths[place]}?{urlencode({'q': search})}"
            found[f"{place} as {name} for {search}"] = _open(browsers[name], watcher, path)
    return found


def _open(browser: Client, watcher: Watcher, path: str) -> Watched:
    with watcher.watching() as watched:
        reply = browser.get(path, base_url=BASE, buffered=True)
    assert reply.status_code in {200, 303, 410, 422}, (path, reply.status)
    return watched
