"""What every journey starts from: a browser of this machine, a served site, and somebody in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.journeys.people import People, settle
from tests.journeys.served import Served, serve
from tests.journeys.sign_in_states import settle_sign_in

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELL = "chromium-headless-shell"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

Opens = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; without one the journeys are skipped, and say so."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser on this machine, looked for {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def page_browser(browser: Browser) -> Iterator[Browser]:
    """A browser for looking at many pages: the same engine with nothing around it takes a quarter less of a processor.

    Without it on this machine, the pages are looked at in the browser of the journeys.
    """
    found = shutil.which(SHELL)
    if found is None:
        yield browser
        return
    running = browser.browser_type.launch(executable_path=found, args=ARGUMENTS)
    yield running
    running.close()


@pytest.fixture(scope="module")
def large_text_browser(browser: Browser) -> Iterator[Browser]:
    """The browser of somebody who has set its text to twice the usual size."""
    found = next(filter(None, map(shutil.which, (SHELL, *NAMES))), None)
    twice = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
    running = browser.browser_type.launch(executable_path=found, args=[*ARGUMENTS, twice])
    yield running
    running.close()


@pytest.fixture(scope="session")
def served(browser: Browser, filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site that most journeys share; each brings people of its own."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(filled_sqlite, data)
    with serve(data) as running:
        yield running


@pytest.fixture
def own_served(browser: Browser, filled_sqlite: Path, tmp_path: Path) -> Iterator[Served]:
    """A site for one journey alone, for what would change the others' courses."""
    shutil.copytree(filled_sqlite, tmp_path / "data")
    with serve(tmp_path / "data") as running:
        yield running


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Opens a browser of somebody's own, with cookies of its own; all are closed at the end."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def people(served: Served, tmp_path_factory: pytest.TempPathFactory) -> People:
    """Everybody whose pages are looked at."""
    settled = settle(served, tmp_path_factory.mktemp("courses"))
    settle_sign_in(settled)
    return settled
