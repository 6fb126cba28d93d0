"""What pages cost with many people: the same requests to sites that were filled with so many enrolments."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from lms.accounts.members.records import Member
from lms.accounts.records import Membership, Person, Programme
from lms.app import at_work, create_app
from lms.certification.awards.records import Award
from lms.certification.verification.actions import make_key
from lms.content.model.course import Course
from lms.coordination.board.status_records import TrainingStatus
from lms.foundation import ids
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import read_settings
from lms.foundation.db import db, write
from lms.foundation.migrations import upgrade
from lms.foundation.per_app import provided
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.records import Enrolment
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest
from tests.bench.cost import Cost, Meter, Once, cookie_of, summed_up
from tests.bench.walk import encoded, right_answers, right_choices
from tests.fill.lives import PASSWORD
from tests.inspector import BASE
from tests.postgres import Cluster, cluster

PFA = "psychological-first-aid"
SQLITE_SIZES, POSTGRES_SIZES = (10_000, 100_000, 1_000_000), (10_000, 100_000)
ROUNDS, FEW, SWEEPS = 25, 7, 3
# What is asked for ten times as many people, or a hundred times, may cost so many times as much.
MOST = 1.5
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_REPLY = re.compile(r'name="reply" value="([^"]*)"')
Size = tuple[str, int]
Costs = dict[str, Cost]


@dataclass(frozen=True)
class Place:
    """A site that was filled, and whom and what to ask for."""

    app: Flask
    course: Course
    cookies: dict[str, str]
    learners: tuple[str, ...]
    readers: tuple[str, ...]
    ready: tuple[str, ...]
    codes: tuple[str, ...]
    key: str
    lists: dict[str, tuple[str, int, str]]
    addresses: tuple[str, ...]

    def get(self, path: str, who: str = "", **more: str) -> Any:
        """Ask for a page."""
        reply = self.app.test_client(use_cookies=False).get(BASE + path, headers=self._headers(who, more))
        assert reply.status_code == 200, (path, reply.status)
        return reply

    def post(self, path: str, form: str, who: str = "", network: int = 1, status: int = 303) -> Any:
        """Send a form."""
        more = {"Content-Type": "application/x-www-form-urlencoded", "Origin": BASE}
        reply = self.app.test_client(use_cookies=False).post(
            BASE + path,
            data=form,
            headers=self._headers(who, more),
            environ_base={"REMOTE_ADDR": f"10.{network // 250}.{network % 250}.1"},
        )
        assert reply.status_code == status, (path, reply.status)
        return reply

    def _headers(self, who: str, more: dict[str, str]) -> dict[str, str]:
        cookie = self.cookies.get(who, who)
        return {**({"Cookie": cookie} if cookie else {}), **more}


def open_place(folder: Path, url: str = "") -> Place:
    """Open a site that was filled, and sign its people in."""
    values = {"LMS_DATA": str(folder), "LMS_BASE_URL": BASE, **({"LMS_DATABASE_URL": url} if url else {})}
    app = create_app(read_settings(values))
    # One that was filled by an earlier version has its schema.
    upgrade(app)
    with at_work(app):
        digest = find_newest_digest(PFA)
        assert digest is not None
        course = get_course(digest)
        learners = _addresses(TrainingStatus.phase == "issued", most=ROUNDS + FEW)
        readers = _addresses(TrainingStatus.phase == "training", ~_sent_a_check(), most=FEW + 2)
        ready = _addresses(TrainingStatus.phase == "training", _sent_a_check(), most=FEW + 2)
        codes = tuple(db.session.scalars(select(Award.code).order_by(Award.code).limit(500)))
        lists = {"large": _list_of("harbour"), "small": _list_of("programme-1")}
        key = str(write(make_key, f"bench {ids.public_id()}"))
    addresses = {"learner": learners[0], "operator": "ada@example.org", "large": "cora@example.org"}
    addresses["small"] = "cora1@example.org"
    cookies = {who: cookie_of(app, email) for who, email in addresses.items()}
    groups = (tuple(cookie_of(app, email) for email in some) for some in (learners, readers, ready))
    return Place(app, course, cookies, *groups, codes, key, lists, tuple(readers))


def _addresses(*conditions: Any, most: int) -> list[str]:
    query = select(Person.email).join(TrainingStatus, TrainingStatus.person_id == Person.id)
    found = list(db.session.scalars(query.where(TrainingStatus.course_id == PFA, *conditions).limit(most)))
    assert len(found) == most, (found, most)
    return found


def _sent_a_check() -> Any:
    """Return the condition that somebody sent a check; whoever did and is still in training has done all else."""
    sent = select(Result.attempt_id).join(Attempt, Attempt.id == Result.attempt_id)
    return sent.where(Attempt.enrolment_id == TrainingStatus.enrolment_id).exists()


def _list_of(slug: str) -> tuple[str, int, str]:
    """Return a programme's short name, how many people it has, and the public id of the one in the middle."""
    programme = select(Programme.id).where(Programme.slug == slug).scalar_subquery()
    count = select(func.count()).select_from(Membership)
    people = db.session.scalar(count.where(Membership.programme_id == programme, Membership.role == "learner")) or 0
    query = select(Person.public_id).join(Member, Member.person_id == Person.id)
    query = query.join(Enrolment, (Enrolment.person_id == Person.id) & (Enrolment.course_id == PFA))
    order = query.where(Member.programme_id == programme).order_by(Member.sort_key, Member.person_id)
    return slug, people, db.session.scalars(order.offset(people // 2).limit(1)).one()


def measure(place: Place) -> Costs:
    """Measure every kind of page once; what is written meanwhile are sessions, checks and certificates."""
    meter = Meter(place.app)
    costs = {name: meter.measure(ask, rounds) for name, (ask, rounds) in _pages(place).items()}
    costs |= _course(place, meter)
    costs["a minute’s sweep"] = meter.measure(lambda _round: provided(Jobs, place.app).sweep(), SWEEPS)
    return costs


def _pages(place: Place) -> dict[str, tuple[Callable[[int], Any], int]]:
    lesson = f"/courses/{PFA}/lessons/{place.course.lessons[0].id}"
    found: dict[str, tuple[Callable[[int], Any], int]] = {}
    found["home, nobody"] = (lambda _round: place.get("/"), ROUNDS)
    found["the site’s page, operator"] = (lambda _round: place.get("/operator", "operator"), ROUNDS)
    for who in ("nobody", "learner", "operator"):
        found[f"courses, {who}"] = (lambda _round, who=who: place.get("/courses", _as(who)), ROUNDS)  # type: ignore[misc]
    for who in ("nobody", "learner"):
        found[f"lesson, {who}"] = (lambda _round, who=who: place.get(lesson, _as(who)), ROUNDS)  # type: ignore[misc]
        found[f"course page, {who}"] = (lambda _round, who=who: place.get(f"/courses/{PFA}", _as(who)), ROUNDS)  # type: ignore[misc]
    found["verify"] = (lambda number: place.get(f"/verify/{place.codes[number]}"), ROUNDS)
    for name, words in (("large", "of 9,000"), ("small", "of 100")):
        found |= _list_pages(place, name, words)
    found |= _many_codes(place)
    found["data download"] = (lambda number: place.get("/account/data/download", place.learners[number]), FEW)
    found["delete page"] = (lambda number: place.get("/account/delete", place.learners[number]), ROUNDS)
    return found


def _as(who: str) -> str:
    return "" if who == "nobody" else who


def _list_pages(place: Place, name: str, words: str) -> dict[str, tuple[Callable[[int], Any], int]]:
    slug, _people, middle = place.lists[name]
    listed = f"/programmes/{slug}/people"
    pages = {
        f"people list {words}": "",
        f"people list {words}, a page in the middle": f"?after={middle}/{PFA}",
        f"people list {words}, search": "?q=zoe",
        f"one person of {words.removeprefix('of ')}": f"/{middle}",
    }
    return {label: (lambda _round, path=path: place.get(listed + path, name), ROUNDS) for label, path in pages.items()}  # type: ignore[misc]


def _many_codes(place: Place) -> dict[str, tuple[Callable[[int], Any], int]]:
    form = urlencode({"form_token": _token_of(place.get("/verify/list")), "codes": "\n".join(place.codes)})
    sent = {"codes": list(place.codes)}

    def by_program(_round: int) -> Any:
        headers = {"Authorization": f"Bearer {place.key}"}
        reply = place.app.test_client(use_cookies=False).post(f"{BASE}/api/verify", json=sent, headers=headers)
        assert reply.status_code == 200, reply.status
        return reply

    by_page = lambda number: place.post("/verify/list", form, network=number + 1, status=200)  # noqa: E731
    return {"500 codes, page": (by_page, FEW), "500 codes, API": (by_program, FEW)}


class _Steps:
    """What people do one after the other, each step measured."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._measured: dict[str, list[Once]] = {}

    def do(self, name: str, ask: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do a step and return its answer."""
        kept: list[Any] = []
        measured = self._measured.setdefault(name, [])
        measured.append(self._meter.once(lambda: kept.append(ask(*args, **more)) or kept[0], count=len(measured) < 2))
        return kept[0]

    def costs(self) -> Costs:
        """Return what each step costs; the first two people don't count."""
        return {name: summed_up(measured) for name, measured in self._measured.items()}


def _course(place: Place, meter: Meter) -> Costs:
    """Let people sign in, finish a lesson and converse, and others pass the check who have done all else."""
    steps = _Steps(meter)
    for cookie, email in zip(place.readers, place.addresses, strict=True):
        _begin(place, steps, cookie, email)
    for cookie in place.ready:
        _pass(place, steps, cookie)
    return steps.costs()


def _begin(place: Place, steps: _Steps, cookie: str, email: str) -> None:
    page = place.get("/sign-in")
    form = urlencode({"form_token": _token_of(page), "email": email, "password": PASSWORD})
    steps.do("sign in", place.post, "/sign-in", form, page.headers.get("Set-Cookie", "").partition(";")[0])
    lesson = f"/courses/{PFA}/lessons/{place.course.lessons[-1].id}"
    token = _token_of(place.get(lesson, cookie))
    steps.do("finish a lesson", place.post, f"{lesson}/done", f"form_token={token}", cookie)
    conversation = f"/courses/{PFA}/conversations/{place.course.conversations[0].id}"
    begun = place.post(conversation, f"form_token={_token_of(place.get(conversation, cookie))}", cookie)
    talk = begun.headers["Location"].removeprefix(BASE)
    html = steps.do("read on in a conversation", place.get, talk, cookie).get_data(as_text=True)
    fields = [*_HIDDEN.findall(html), ("reply", _REPLY.findall(html)[0])]
    steps.do("reply in a conversation", place.post, talk.partition("#")[0], urlencode(fields), cookie)


def _pass(place: Place, steps: _Steps, cookie: str) -> None:
    right = right_choices(place.course)
    form = f"form_token={_token_of(place.get(f'/courses/{PFA}/check', cookie))}"
    opened = steps.do("open a check", place.post, f"/courses/{PFA}/check", form, cookie)
    attempt = "/checks/" + opened.headers["Location"].split("/checks/")[1].split("/")[0]
    html = steps.do("read all its questions", place.get, f"{attempt}/all", cookie).get_data(as_text=True)
    answers = encoded(right_answers(html, right), html)
    sent = steps.do("submit, pass", place.post, f"{attempt}/all", f"{form}&go=send&{answers}", cookie)
    steps.do("its result", place.get, sent.headers["Location"].removeprefix(BASE), cookie)


def _token_of(page: Any) -> str:
    found = _TOKEN.search(page.get_data(as_text=True))
    assert found is not None
    return found[1]


def compare(sqlite: Sequence[int], postgres: Sequence[int], keep: Path | None) -> Iterator[tuple[Size, Costs]]:
    """Fill and measure a site of each size; `keep` is a folder in which filled sites stay for the next time."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sidelight-scale-")))
        for size in sorted(sqlite):
            yield ("SQLite", size), _measure_in_child(folder / f"sqlite-{size}", size, "")
        server: Cluster | None = stack.enter_context(cluster()) if postgres else None
        for size in sorted(postgres):
            assert server is not None
            data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sidelight-scale-")))
            url = server.create(f"scale{size}")
            yield ("PostgreSQL", size), _measure_in_child(data / "data", size, url)
            server.drop(url)


def _measure_in_child(data: Path, size: int, url: str) -> Costs:
    """Fill where nothing is yet, and measure in a process of its own, which has met no other site."""
    database = ["--database", url] if url else []
    if not (data / "filled").exists():
        command = [sys.executable, "-m", "tests.fill", str(size), "--into", str(data), *database]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (data / "filled").touch()
    command = [sys.executable, "-m", "tests.bench.scale", str(data), url]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = (line.split("\t") for line in said.splitlines())
    return {name: Cost(float(cpu), float(p95), int(asked), int(sent)) for name, cpu, p95, asked, sent in rows}


def as_table(found: dict[Size, Costs]) -> str:
    """Return all costs as a table in Markdown: CPU ms, and statements at the largest size where they differ."""
    sizes = list(found)
    heads = [f"{kind} {size:,}" for kind, size in sizes]
    kinds = [kind for kind in ("SQLite", "PostgreSQL") if sum(each == kind for each, _size in sizes) > 1]
    head = ["Page", *heads, "Statements", *(f"{kind}, times" for kind in kinds), f"≤ {MOST}"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name in next(iter(found.values())):
        costs = [found[size][name] for size in sizes]
        times = [_times(found, name, kind) for kind in kinds]
        asked = dict.fromkeys(str(cost.statements) for cost in costs)
        met = ("yes" if all(each <= MOST for each in times) else "not yet") if times else ""
        cells = [*(f"{cost.cpu:.1f}" for cost in costs), " to ".join(asked), *(f"{each:.2f}" for each in times), met]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _times(found: dict[Size, Costs], name: str, kind: str) -> float:
    costs = [cost[name].cpu for (each, _size), cost in found.items() if each == kind]
    return costs[-1] / costs[0]


if __name__ == "__main__":
    for label, cost in measure(open_place(Path(sys.argv[1]), sys.argv[2])).items():
        print(label, *cost, sep="\t")
