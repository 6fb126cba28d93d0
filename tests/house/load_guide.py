"""Writes the tables and the chart of docs/load.md, and one of docs/performance.md, from what was measured.

`./dev bench --scale --save` measures; `python -m tests.house.load_guide` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from tests.bench import figures, scale

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHART = DOCS / "pictures" / "load.svg"
# What somebody does from the invitation to the certificate of the first course, with one look back at each lesson.
CLICKS = {
    "sign in": 5,
    "courses, learner": 5,
    "course page, learner": 8,
    "lesson, learner": 28,
    "finish a lesson": 14,
    "read on in a conversation": 16,
    "reply in a conversation": 16,
    "open a check": 1,
    "read all its questions": 1,
    "submit, pass": 1,
    "its result": 1,
}
# Beside the app: web server, kernel, logs and a proxy with TLS, in ms of CPU for a request.
AROUND = 0.6
# The other half is for backups, sweeps, emails and a busy moment.
USED = 0.5
PAUSE = 20
# Working hours of a year, and how much busier than the mean the busiest of them is.
HOURS, BUSIEST = 2000, 10
MACHINES = {"1 CPU, 1 GB": 1, "2 CPUs, 2 GB": 2, "4 CPUs, 4 GB": 4}


class Load:
    """What people cost, and how many a machine serves."""

    def __init__(self, measured: dict[str, Any]) -> None:
        sites = [site for site in measured["sites"] if site["database"] == "SQLite"]
        self.site = max(sites, key=lambda site: int(site["enrolments"]))
        self.pdf = float(measured["certificate_cpu_ms"])
        self.cpu = {name: float(self.site["costs"][name][0]) for name in CLICKS}

    @property
    def course(self) -> float:
        """CPU ms of a whole course with its certificate."""
        return sum(count * (self.cpu[name] + AROUND) for name, count in CLICKS.items()) + self.pdf

    @property
    def click(self) -> float:
        """CPU ms of a click in the mean."""
        return (self.course - self.pdf) / sum(CLICKS.values())

    def at_once(self, cpus: int) -> int:
        """Return how many people may be on the site at the same moment."""
        return _rounded(cpus * USED * PAUSE * 1000 / self.click)

    def an_hour(self, cpus: int) -> int:
        """Return how many people may do a whole course in the same hour."""
        return _rounded(cpus * USED * 3_600_000 / self.course)

    def a_year(self, cpus: int) -> int:
        """Return how many people may do a course in a year, if its busiest hour is so much busier than the mean."""
        return _rounded(self.an_hour(cpus) * HOURS / BUSIEST)


def _rounded(number: float) -> int:
    """Return a number with two digits that say something, rounded down."""
    step = 10 ** max(0, len(str(int(number))) - 2)
    return int(number // step * step)


def tables(measured: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the tables of each page by the name in their marks."""
    load = Load(measured)
    clicks = ["| What somebody does | Times | CPU ms each |", "|---|---|---|"]
    clicks += [
        f"| {name.removesuffix(', learner')} | {times} | {load.cpu[name]:.1f} |" for name, times in CLICKS.items()
    ]
    whole = f"**together, with {AROUND} ms outside the app for each click**"
    clicks += [f"| the certificate’s PDF and badge | 1 | {load.pdf:.0f} |"]
    clicks += [f"| {whole} | {sum(CLICKS.values())} clicks | **{load.course:.0f}** |"]
    head = ("Machine", "On the site at the same moment", "Do a course in the same hour", "Do a course in a year")
    machines = [f"| {' | '.join(head)} |", "|---|---|---|---|"]
    for name, cpus in MACHINES.items():
        machines.append(f"| {name} | {load.at_once(cpus):,} | {load.an_hour(cpus):,} | {load.a_year(cpus):,} |")
    found: dict[tuple[str, int], dict[str, scale.Cost]] = {}
    for site in measured["sites"]:
        costs = {name: scale.Cost(*cost) for name, cost in site["costs"].items()}
        found[site["database"], site["enrolments"]] = costs
    day = date.fromisoformat(measured["measured"])
    about = f"Measured on {day.day} {day:%B %Y}, on {measured['machine']}."
    return {
        "load.md": {"clicks": "\n".join(clicks), "machines": "\n".join(machines), "machine": about},
        "performance.md": {"scale": f"{about}\n\n{scale.as_table(found)}"},
    }


def filled(text: str, of_page: dict[str, str]) -> str:
    """Return a page with what stands between its marks as it was measured."""
    for name, content in of_page.items():
        marks = re.compile(rf"(<!-- table: {name} -->)\n.*?(<!-- end of table -->)", re.DOTALL)
        text, count = marks.subn(lambda mark: f"{mark[1]}\n\n{content}\n\n{mark[2]}", text)  # noqa: B023
        if count != 1:
            raise ValueError(f"the page needs the marks of the table “{name}” once")
    return text


# Narrow, so that its words can be read on a phone, where it is as wide as the screen.
WHOLE, LEFT, WIDE, BAR, GAP = 372, 126, 184, 30, 18
STYLE = """
    svg { background: #f6f8f7 }
    text { font: 15px/1.3 system-ui, sans-serif; fill: #16262b }
    .head { font-weight: 700; font-size: 17px; fill: #0f4c4a }
    .soft { fill: #3a4b50; font-size: 14px }
    .bar { fill: #1f6f6b }
    .axis { stroke: #5c716f; stroke-width: 1 }
    .line { stroke: #c9d6d3; stroke-width: 1 }
    @media (prefers-color-scheme: dark) {
      svg { background: #10191c }
      text { fill: #e4eae8 }
      .head { fill: #8fd3c7 }
      .soft { fill: #b3c1c1 }
      .bar { fill: #6bb8ad }
      .axis { stroke: #839a99 }
      .line { stroke: #2b3d42 }
    }
"""


def chart(measured: dict[str, Any]) -> str:
    """Return the chart: how many people may be on the site at the same moment, by machine."""
    load = Load(measured)
    counts = {name: load.at_once(cpus) for name, cpus in MACHINES.items()}
    step = _step(max(counts.values()))
    top, most = 84, -(-max(counts.values()) // step) * step
    high = top + len(counts) * (BAR + GAP)
    said = "; ".join(f"{name}: {count:,}" for name, count in counts.items())
    size = f'viewBox="0 0 {WHOLE} {high + 44}" width="{WHOLE}" height="{high + 44}"'
    about = f"At half of the machine’s CPU, with a click every {PAUSE} seconds. {escape(said)}."
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"',
        '  aria-labelledby="load-title load-desc">',
        '  <title id="load-title">How many people can be on the site at the same moment</title>',
        f'  <desc id="load-desc">{about}</desc>',
        f"  <style>{STYLE}  </style>",
        '  <text class="head" x="16" y="32">People on the site at once</text>',
        f'  <text class="soft" x="16" y="54">A click every {PAUSE} seconds, at half of the CPU</text>',
        *_grid(most, step, top, high),
        *_bars(counts, most, top),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _step(most: int) -> int:
    power = 10 ** (len(str(most)) - 1)
    return next(step for step in (power // 5, power // 2, power, 2 * power, 5 * power) if step and most / step <= 3)


def _grid(most: int, step: int, top: int, high: int) -> Iterator[str]:
    for value in range(0, most + 1, step):
        x = LEFT + round(WIDE * value / most)
        yield f'  <line class="{"line" if value else "axis"}" x1="{x}" y1="{top - 8}" x2="{x}" y2="{high}"/>'
        yield f'  <text class="soft" x="{x}" y="{high + 22}" text-anchor="middle">{value:,}</text>'


def _bars(counts: dict[str, int], most: int, top: int) -> Iterator[str]:
    for place, (name, count) in enumerate(counts.items()):
        y, wide = top + place * (BAR + GAP), round(WIDE * count / most)
        yield f'  <text x="{LEFT - 12}" y="{y + 20}" text-anchor="end">{escape(name)}</text>'
        yield f'  <rect class="bar" x="{LEFT}" y="{y}" width="{wide}" height="{BAR}" rx="3"/>'
        yield f'  <text x="{LEFT + wide + 8}" y="{y + 20}">{count:,}</text>'


def pages() -> dict[Path, str]:
    """Return every file that is written here, as it should be."""
    measured = figures.read()
    found = {DOCS / name: filled((DOCS / name).read_text("utf-8"), parts) for name, parts in tables(measured).items()}
    return {**found, CHART: chart(measured)}


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, "utf-8")
