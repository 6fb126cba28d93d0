"""What is weighed beside the load: memory, a certificate, a course check, a first view and the shortest path."""

from __future__ import annotations

import gzip
import json
import math
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from lms.cli.serving.supervising import LOADING
from tests.bench.site import PFA, ROOT, Filled

# As many as one worker should make within its memory.
PIECES = 500


@dataclass(frozen=True)
class Memory:
    """Proportional set sizes in MB: the web workers, the job process, and who watches over both."""

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
        if LOADING in _command(child):
            web += _pss(child)
        else:
            jobs += _pss(child)
    return Memory(web, jobs, _pss(pid))


def pss_of_all(pid: int) -> float:
    """Return the proportional set size in MB of a process and all below it; nan where the system doesn’t tell."""
    if not Path("/proc/self/smaps_rollup").exists():
        return math.nan
    return _pss(pid) + sum(map(pss_of_all, _children(pid)))


def cpu_of_all(pid: int) -> float:
    """Return the seconds of CPU that a process, all below it, and those of them that have ended have used."""
    process = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:4]) for each in (process, *process.children(recursive=True)))


def wait_for_jobs(pid: int) -> None:
    """Wait until the job process is there and has done its first sweep: it rests for two seconds then."""
    until, rested, before = time.monotonic() + 30, 0.0, -1.0
    while rested < 2 and time.monotonic() < until:
        time.sleep(0.25)
        found = [child for child in _children(pid) if LOADING not in _command(child)]
        spent = sum(map(_cpu, found))
        rested = rested + 0.25 if found and spent == before else 0.0
        before = spent


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


_MAKE = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from statistics import median

from lms.app import create_app
from lms.foundation.migrations import upgrade
from lms.foundation.config.settings import read_settings

settings = read_settings({"LMS_DATA": sys.argv[1]})
app = create_app(settings)
upgrade(app)
from lms.certification.awards import addresses
from lms.certification.badges import open_badge
from lms.certification.keys.did import issuer_of
from lms.certification.keys.keyring import open_ring

ring = open_ring(settings, set())

def warm(what, times):
    took = []
    for _ in range(times):
        start = time.process_time()
        done = what()
        took.append((time.process_time() - start) * 1000)
    return median(took), done

with app.test_request_context("/", base_url=settings.base_url):
    began = time.process_time()
    from lms.certification.pdf import documents, specimen
    from lms.certification.pdf.designs import design_in
    design = design_in(Path(sys.argv[2]))
    facts = specimen.specimen_content("Sam Osei", date(2026, 3, 14), date(2028, 3, 14), "7QK4M2XD9RTPC6HV", settings)
    make = lambda: specimen.make(facts, design, ring, settings)
    make()
    first = time.process_time() - began
    whole, (pdf, badge) = warm(make, int(sys.argv[3]))
    paper, unsigned = warm(lambda: specimen.render(facts, design, badge), 9)
    signature, _ = warm(lambda: specimen.sign(unsigned, ring, settings.pdf_subfilter), 9)
    lists = addresses.status_address(settings, 0)[:-1]
    known = {issuer_of(settings.base_url, ring.badge_public).key: ring.badge_public}
    verified, _ = warm(lambda: open_badge.verify(badge, known, lists), 25)
print(json.dumps({
    "first": first, "warm": whole, "paper": paper, "signature": signature, "verified": verified,
    "size": len(pdf), "most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


@dataclass(frozen=True)
class Made:
    """Certificates with badge and signature: CPU milliseconds, bytes, CPU seconds of the first, MB."""

    warm: float
    paper: float
    signature: float
    verified: float
    size: int
    first: float
    most: float


def certificates(folder: Path) -> Made:
    """Return what making certificates takes, in a process that does nothing else."""
    command = [sys.executable, "-c", _MAKE, str(folder), str(ROOT / "certificates" / "warm"), str(PIECES)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=900).stdout
    return Made(**json.loads(told))


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
