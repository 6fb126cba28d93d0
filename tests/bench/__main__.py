"""`./dev bench`: measures the site against a bare page under plain gunicorn, in one run on temporary data.

Timings depend on what else the machine does, so this is a report and no test: it ends well unless something broke.
Sixteen clients play at once. In whole checks each client is one of its own twenty-five people, another one each time,
because what a check costs grows with the attempts before it; every other one is somebody who passes and is issued a
certificate. docs/performance.md keeps the figures and says what they mean.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lms.foundation.storage.compiled import compiled_templates
from tests.bench import figures, hosts, peers, scale, walk, weigh
from tests.bench.load import Script, Timing, best, load, play_once, read_any, read_page
from tests.bench.site import LESSONS_DONE, PASSWORD, PEOPLE, Filled, Running, fill, free_port, running, yardstick
from tests.bench.walk import Learner
from tests.bench.writing import check_while_writing, preview_after_save

SECONDS, ROUNDS = 0.8, 6
SIGN_INS = 32
IDLE = "idle"


@dataclass
class Told:
    """The report as it grows: rows for people, values for programmes, and what broke."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, what: str, value: Any, unit: str, target: str = "", met: bool | None = None) -> None:
        """Add one value, with its target and whether it is met."""
        self.rows.append({"what": what, "value": value, "unit": unit, "target": target, "met": met})

    def most(self, what: str, value: float, unit: str, most: float) -> None:
        """Add one value that should not be larger."""
        self.add(what, round(value, 2), unit, f"≤ {most:g}", value <= most)

    def broke(self, where: str, errors: tuple[str, ...]) -> None:
        """Keep errors, each kind once."""
        self.errors += [f"{where}: {error}" for error in dict.fromkeys(errors)]


Scripts = list[Callable[[], Script]]
Timings = dict[int, Timing]


@dataclass(frozen=True)
class Load:
    """One kind of load: where it goes, and the scripts of so many clients in a round, counted over all rounds."""

    port: int
    scripts: Callable[[int, int], Scripts]


def _take_turns(loads: dict[str, Load]) -> dict[str, Timings]:
    """Play all kinds of load in turn, round after round, so that a slow moment of the machine meets each of them."""
    rounds: dict[tuple[str, int], list[Timing]] = {}
    for number in range(ROUNDS):
        for name, played in loads.items():
            for place, clients in enumerate((1, PEOPLE)):
                scripts = played.scripts(number * 2 + place, clients)
                rounds.setdefault((name, clients), []).append(load(played.port, scripts, SECONDS))
    return {name: {clients: best(rounds[name, clients]) for clients in (1, PEOPLE)} for name in loads}


def _speed(told: Told, name: str, timings: Timings, bare: Timings, least: float | None) -> None:
    for clients, timing in timings.items():
        ratio = timing.rate / bare[clients].rate
        where = f"{name}, {clients} client{'s' if clients > 1 else ''}"
        if clients == PEOPLE and least is not None:
            told.add(f"{where}, of the yardstick’s rate", round(ratio, 3), "", f"≥ {least:g}", ratio >= least)
        else:
            told.add(f"{where}, of the yardstick’s rate", round(ratio, 3), "")
        _rate(told, where, timing)


def _rate(told: Told, where: str, timing: Timing) -> None:
    told.add(f"  {where}", round(timing.rate), "a second")
    told.add("    half of them within", round(timing.p50, 1), "ms")
    told.add("    19 of 20 within", round(timing.p95, 1), "ms")
    told.broke(where, timing.errors)


def _learners(port: int, path: str, cookies: Sequence[str], passes: bool) -> list[Learner]:
    """Return people with the form token of the page that each has open."""
    tokens: list[str] = []
    for cookie in cookies:
        play_once(port, walk.token_script(path, cookie, tokens))
    return [Learner(cookie, token, passes) for cookie, token in zip(cookies, tokens, strict=True)]


def _checks(filled: Filled, people: list[Learner], ready: list[Learner]) -> Callable[[int, int], Scripts]:
    """Return whole checks for the clients of a round; nobody who is ready for a certificate is played twice."""
    right = walk.right_choices(filled.course)
    share = len(ready) // (2 * ROUNDS)

    def scripts(number: int, clients: int) -> Scripts:
        those = ready[number * share : (number + 1) * share]
        return [
            partial(
                walk.whole_check,
                filled.course.id,
                right,
                walk.turns(people[first::clients], those[first::clients]),
            )
            for first in range(clients)
        ]

    return scripts


# What is measured of pages: the least part of the yardstick's rate, and what each figure replaces, with the reason why.
KINDS = {
    "lesson pages": (0.45, "14 lessons, as people read them, and not one over and over"),
    "verification pages": (0.45, "400 codes, as each visitor brings another, and not one over and over"),
    "whole checks": (0.01, "every other one passes and its certificate is issued, and not none"),
}
REPLACED = {"lesson pages": "one lesson", "verification pages": "one code", "whole checks": "checks that nobody passes"}


def _measure_speed(told: Told, site: Running, filled: Filled) -> None:
    lessons = [f"/courses/{filled.course.id}/lessons/{lesson.id}" for lesson in filled.course.lessons]
    codes = [f"/verify/{code}" for code in filled.codes]
    readers = filled.cookies[:PEOPLE]
    one = lessons[LESSONS_DONE]
    people = _learners(site.port, one, filled.cookies, passes=False)
    ready = _learners(site.port, one, filled.ready, passes=True)
    unpassed = _checks(filled, people, [])
    at_once = load(site.port, unpassed(0, PEOPLE), 0)
    errors = len(at_once.errors) + PEOPLE - at_once.count
    told.add(f"{PEOPLE} whole checks started at once: not finished", errors, "", "0", errors == 0)
    told.broke("checks at once", at_once.errors)
    command, port = yardstick()
    with running(command, port, "/"):
        timings = _take_turns(
            {
                "bare page": Load(port, lambda _round, clients: [partial(read_page, "/")] * clients),
                "lesson pages": Load(
                    site.port, lambda _round, clients: [partial(read_any, lessons, each) for each in readers[:clients]]
                ),
                "one lesson": Load(
                    site.port, lambda _round, clients: [partial(read_page, one, each) for each in readers[:clients]]
                ),
                "verification pages": Load(site.port, lambda _round, clients: [partial(read_any, codes)] * clients),
                "one code": Load(site.port, lambda _round, clients: [partial(read_page, codes[0])] * clients),
                "whole checks": Load(site.port, _checks(filled, people, ready)),
                "checks that nobody passes": Load(site.port, unpassed),
            }
        )
    bare = timings["bare page"]
    for clients, timing in bare.items():
        _rate(told, f"yardstick, {clients} client{'s' if clients > 1 else ''}", timing)
    for name, (least, why) in KINDS.items():
        told.add(f"{name}: {why}", "", "")
        _speed(told, name, timings[name], bare, least)
        _speed(told, f"in place of {REPLACED[name]}", timings[REPLACED[name]], bare, None)
    checks = timings["whole checks"][PEOPLE].rate
    told.add("whole checks with every other certificate", round(checks), "a second", "≥ 200", checks >= 200)


def _measure_sign_ins(told: Told, site: Running, filled: Filled) -> None:
    """Read lessons with four clients, alone and while many people sign in at the same moment."""
    lessons = [f"/courses/{filled.course.id}/lessons/{lesson.id}" for lesson in filled.course.lessons]
    readers: Scripts = [partial(read_any, lessons, cookie) for cookie in filled.cookies[:4]]
    alone = load(site.port, readers, SECONDS)
    with ThreadPoolExecutor(1) as beside:
        people = [partial(walk.sign_in, f"sam-osei-{number}@example.org", PASSWORD) for number in range(SIGN_INS)]
        crowd = beside.submit(load, site.port, people, 0)
        busy = load(site.port, readers, SECONDS)
        signed_in = crowd.result()
    told.add(f"{SIGN_INS} people who sign in at once: not signed in", SIGN_INS - signed_in.count, "", "0")
    told.add("  the last of 19 in 20 of them is in after", round(signed_in.p95), "ms")
    told.add("  lesson pages meanwhile, 4 clients, of their rate alone", round(busy.rate / alone.rate, 2), "")
    told.add("    19 of 20 within", round(busy.p95, 1), "ms", f"alone {alone.p95:.1f}")
    told.broke("sign-ins at once", signed_in.errors)
    told.broke("lessons beside sign-ins", busy.errors)


def _measure_view(told: Told, site: Running, filled: Filled) -> None:
    view = weigh.first_view(site.port, filled)
    if isinstance(view, str):
        told.add("first lesson view", view, "")
        return
    told.most("first lesson view as it came, with headers", view.wire / 1000, "kB", 75)
    told.add("  its bodies as gzip -9 would leave them", round(view.packed / 1000, 1), "kB")
    told.most("requests of a first lesson view", len(view.requests), "", 8)
    for request in view.requests:
        told.add(f"  {request.rpartition(' ')[0]}", int(request.rpartition(" ")[2]), "bytes")


def _memory(told: Told, when: str, pid: int, most: float) -> None:
    found = weigh.memory(pid)
    if found is None:
        told.add(f"memory, {when}", "skipped: this system does not tell it", "")
        return
    told.most(f"PSS of two web workers, {when}", found.web, "MB", most)
    if when == IDLE:
        told.most(f"  beside them: the job process, {when}", found.jobs, "MB", 90)
    else:
        told.add(f"  beside them: the job process, {when}", round(found.jobs, 1), "MB")
    told.add(f"  beside them: `lms serve` itself, {when}", round(found.keeper, 1), "MB")


def _measure_certificates(told: Told, folder: Path) -> None:
    made = weigh.certificates(folder)
    told.most("certificate with badge and signature, warm, CPU", made.warm, "ms", 60)
    told.add("  of it: PDF with the badge in it", round(made.paper, 1), "ms")
    told.add("  of it: signature", round(made.signature, 1), "ms")
    told.add("  its bytes", made.size, "")
    told.most("first certificate of a job process, which loads what makes it, CPU", made.first, "s", 2)
    told.most(f"memory of a process after {weigh.PIECES} certificates", made.most, "MB", 200)
    told.most("a badge verified, CPU", made.verified, "ms", 6)


def _measure_writing(told: Told, folder: Path) -> None:
    """Check a large course; the yardstick of a check after an edit is the first check of the same run."""
    found = check_while_writing()
    told.most(f"first check of a course with {found.lessons} lessons, CPU", found.first, "s", 3)
    told.most("a check after an edit of one of them, CPU", found.again * 1000, "ms", 200)
    told.most("  of the first check", 100 * found.again / found.first, "%", 7)
    words, seconds = preview_after_save(folder)
    told.most(f"a lesson of {words} words, checked and previewed after a change, CPU", seconds * 1000, "ms", 100)


def _measure(folder: Path) -> Told:
    told = Told()
    filled = fill(folder / "site")
    serve = [sys.executable, "-m", "lms.cli", "serve"]
    shutil.rmtree(compiled_templates(filled.data).folder, ignore_errors=True)
    with running(serve, free_port(), "/verify", LMS_DATA=str(filled.data)) as site:
        told.add("the very first start, with nothing compiled, to its first page", round(site.seconds, 2), "s")
    with running(serve, free_port(), "/verify", LMS_DATA=str(filled.data)) as site:
        told.most("cold start of `lms serve` to its first page", site.seconds, "s", 1.5)
        weigh.wait_for_jobs(site.pid)
        _memory(told, IDLE, site.pid, 120)
        _measure_view(told, site, filled)
        _measure_speed(told, site, filled)
        _memory(told, "loaded", site.pid, 150)
        _measure_sign_ins(told, site, filled)
    _measure_certificates(told, folder / "certificates")
    told.most("`lms check` of the first course, the best of three", weigh.course_check(), "s", 1)
    _measure_writing(told, folder / "writing")
    clicks = walk.shortest_path(folder / "path")
    told.most("clicks beyond the answers, three lessons", len(clicks), "", 14)
    return told


def _as_text(told: Told) -> str:
    lines = [f"On {os.cpu_count()} CPUs, which the load shares; the best of {ROUNDS} rounds of {SECONDS:g} s.", ""]
    for row in told.rows:
        verdict = {True: "met", False: "NOT YET", None: ""}[row["met"]]
        lines.append(f"{row['what']:<76}{row['value']!s:>10} {row['unit']:<10}{row['target']:<8}{verdict}".rstrip())
    return "\n".join([*lines, *(f"\nBroke: {error}" for error in told.errors)])


def _as_table(told: Told) -> str:
    """Return the rows as a table in Markdown, for docs/performance.md."""
    lines = ["| What | Value | Target | Met |", "|---|---|---|---|"]
    for row in told.rows:
        verdict = {True: "yes", False: "not yet", None: ""}[row["met"]]
        lines.append(f"| {row['what'].strip()} | {row['value']} {row['unit']} | {row['target']} | {verdict} |")
    return "\n".join(lines)


def _as_json(told: Told) -> str:
    return json.dumps({"cpus": os.cpu_count(), "rows": told.rows, "errors": told.errors}, ensure_ascii=False, indent=2)


def _measure_scale(asked: argparse.Namespace) -> int:
    """Print what pages cost with many people; without sizes, those of docs/performance.md."""
    whole = not asked.scale and not asked.postgres
    sizes = scale.SQLITE_SIZES if whole else asked.scale or ()
    found = dict(scale.compare(sizes, scale.POSTGRES_SIZES if whole else asked.postgres or (), asked.keep))
    print(scale.as_table(found))
    if asked.save:
        figures.save(found)
    return 0


def _measure_peers(keep: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="sidelight-peers-") as folder:
        print(peers.compare((keep or Path(folder)).resolve()))
    return 0


def _measure_hosts() -> int:
    table, errors = hosts.compare()
    print(table, *(f"\nBroke: {error}" for error in dict.fromkeys(errors)), sep="")
    return 1 if errors else 0


def main() -> int:
    """Measure, tell, and return 1 only when something broke."""
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure the site against a bare page.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--table", action="store_true", help="print a table in Markdown")
    scale = parser.add_argument_group("with many people")
    scale.add_argument("--scale", nargs="*", type=int, metavar="ENROLMENTS", help="what pages cost, on SQLite")
    scale.add_argument("--postgres", nargs="*", type=int, metavar="ENROLMENTS", help="the same on PostgreSQL")
    scale.add_argument("--keep", type=Path, metavar="FOLDER", help="keep filled sites or installed platforms here")
    scale.add_argument("--save", action="store_true", help="write docs/figures/scale.json, from which docs are written")
    beside = parser.add_argument_group("beside other platforms")
    beside.add_argument("--peers", action="store_true", help="NOW LMS and Kolibri, installed beside this, and the site")
    several = parser.add_argument_group("on several hosts")
    several.add_argument("--hosts", action="store_true", help="whole checks on one host and on two, on PostgreSQL")
    asked = parser.parse_args()
    if asked.hosts:
        return _measure_hosts()
    if asked.peers:
        return _measure_peers(asked.keep)
    if asked.scale is not None or asked.postgres is not None:
        return _measure_scale(asked)
    with tempfile.TemporaryDirectory(prefix="sidelight-bench-") as folder:
        told = _measure(Path(folder))
    print((_as_json if asked.json else _as_table if asked.table else _as_text)(told))
    return 1 if told.errors else 0


if __name__ == "__main__":
    sys.exit(main())
