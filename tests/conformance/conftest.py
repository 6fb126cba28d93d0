"""A small server for pages with one defect each, and one browser for all of them."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lms.conformance.browser import ARGUMENTS, NAMES
from lms.conformance.findings import Rule, Scorecard
from lms.conformance.recipe import Recipe, read_recipe
from lms.conformance.runner import Runner

DEFECTS = Path(__file__).parent / "defects"
# The same engine with nothing around it takes a quarter less of a processor.
SHELL = "chromium-headless-shell"
AT_ONCE = 4
SLOW_SECONDS = 30
# Machines that run tests are busy.
BUSY_SECONDS = 120.0
# A timer would let a quick run look at everything before it starts.
HANGING = b"""<!doctype html><html lang=en><title>Busy</title><p>Busy</p>
<script>document.querySelector = document.querySelectorAll = () => { for (;;); }</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the defects, a page that never comes and a page whose script never ends."""

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/never.html":
            time.sleep(SLOW_SECONDS)
        elif self.path == "/hanging.html":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(HANGING)
        else:
            super().do_GET()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_what: Any) -> None:
        """Print nothing when a browser closes its connection."""


@pytest.fixture(scope="session")
def pages() -> Iterator[str]:
    """The address of the pages with defects."""
    server = Server(("127.0.0.1", 0), partial(Quiet, directory=str(DEFECTS)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def in_a_thread(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run it in a thread of its own, because other tests keep a browser open in this one."""
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(asyncio.run(work())))
    thread.start()
    thread.join()
    assert told, "the run did not end"
    return told[0]


def check_all(runs: dict[str, tuple[str, Recipe, tuple[Rule, ...]]], **limits: float) -> dict[str, Scorecard]:
    """Check several sites in one browser, AT_ONCE at a time."""

    async def work() -> dict[str, Scorecard]:
        from playwright.async_api import async_playwright

        found = next(filter(None, map(shutil.which, (SHELL, *NAMES))), None)
        gate, cards = asyncio.Semaphore(AT_ONCE), {}
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))

            async def one(name: str, address: str, recipe: Recipe, rules: tuple[Rule, ...]) -> None:
                async with gate:
                    runner = Runner(browser, address, recipe, rules)
                    runner.rule_seconds = BUSY_SECONDS
                    for limit, seconds in limits.items():
                        setattr(runner, limit, seconds)
                    cards[name] = await runner.run()

            await asyncio.gather(*(one(name, *what) for name, what in runs.items()))
            await browser.close()
        return cards

    if not any(map(shutil.which, NAMES)):
        pytest.skip(f"no browser on this machine, looked for {', '.join(NAMES)}")
    return dict(in_a_thread(work))


def recipe(*pages_to_see: str, head: str = "", steps: str = "[]") -> Recipe:
    """Return a recipe of pages, each written as `kind path`."""
    rows = (one.rsplit(" ", 1) for one in pages_to_see)
    tables = [
        f'[[page]]\nkind = "{kind}"\npath = "{path}"\nname = "{kind} {path}"\nsteps = {steps}' for kind, path in rows
    ]
    return read_recipe("\n".join([head, *tables]))
