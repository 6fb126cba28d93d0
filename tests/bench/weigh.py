"""What is weighed beside the load: memory, a certificate, a course check, a first view and the shortest path."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.site import PFA, ROOT, Filled

RENDERS = 9


@dataclass(frozen=True)
class Memory:
    """Proportional set sizes in MB: the web server with its workers, the job process, and who watches over both."""

    web: float
    jobs: float
    keeper: float


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def memory(pid: int) -> Memory | None:
    """Return what the processes below `lms serve` take, or None where the system does not tell."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    web = jobs = 0.0
    for child in _children(pid):
        if "gunicorn" in _command(child):
            web += _pss(child) + sum(map(_pss, _children(child)))
        else:
            jobs += _pss(child)
    return Memory(web, jobs, _pss(pid))


_RENDER = """
import sys, time
from datetime import date
from pathlib import Path
from lms.certification.documents import render
from lms.certification.printed import CertificateFacts

facts = CertificateFacts(
    code="7QK4M2XD9RTPC6HV", verify_url="http://127.0.0.1:8000/V/7QK4M2XD9RTPC6HV", name="Sam Osei",
    course_title="Psychological First Aid", version="1.0.0", awarded_on=date(2026, 3, 14),
    valid_until=date(2028, 3, 14),
    hours="3 hours", attests=("Sam Osei read all lessons", "and answered the check"),
    does_not_attest="Fitness to practise.", programme="Harbour Hospitals",
)
folder = Path(sys.argv[1])
render(facts, folder)
for _ in range(int(sys.argv[2])):
    began = time.process_time()
    size = len(render(facts, folder))
    print(time.process_time() - began, size)
"""


def certificate() -> tuple[float, int]:
    """Return the CPU milliseconds of a certificate, warm, and its bytes."""
    command = [sys.executable, "-c", _RENDER, str(ROOT / "certificates" / "warm"), str(RENDERS)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    rows = [line.split() for line in told.splitlines()]
    return median(float(row[0]) for row in rows) * 1000, int(rows[-1][1])


def course_check() -> float:
    """Return how long `lms check` of the first course takes, the best of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "lms.cli", "check", str(PFA)], cwd=ROOT, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


def _browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@dataclass(frozen=True)
class View:
    """What a browser with nothing kept fetched for one page: bytes on the wire, and each request with its share."""

    wire: int
    packed: int
    requests: tuple[str, ...]


def first_view(port: int, filled: Filled) -> View | str:
    """Return what the first view of a lesson costs, or why it was not measured."""
    path = _browser()
    if path is None:
        return "skipped: no browser on this machine"
    from playwright.sync_api import Error, sync_playwright

    address = f"http://127.0.0.1:{port}/courses/{filled.course.id}/lessons/{filled.course.lessons[0].id}"
    name, _, token = filled.cookies[0].partition("=")
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": token, "url": address}])
            page = context.new_page()
            seen: list[Any] = []
            page.on("requestfinished", lambda request: seen.append(request))  # it marks the function it is given
            page.goto(address, wait_until="networkidle")
            page.wait_for_timeout(300)
            found = [_weigh(request) for request in seen]
            browser.close()
    except Error as trouble:
        return f"skipped: the browser did not start ({str(trouble).splitlines()[0]})"
    return View(
        sum(wire for _, wire, _ in found),
        sum(packed for _, _, packed in found),
        tuple(f"{request} {wire}" for request, wire, _ in found),
    )


def _weigh(request: Any) -> tuple[str, int, int]:
    sizes = request.sizes()
    body = request.response().body()
    packed = min(len(body), len(gzip.compress(body, 9)))
    path = request.url.split("//", 1)[1].partition("/")[2].partition("?")[0]
    return f"/{path}", sizes["responseBodySize"] + sizes["responseHeadersSize"], packed
