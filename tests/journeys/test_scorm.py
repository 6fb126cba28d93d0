"""A course as a SCORM package in another learning system: scorm-again plays that system, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Frame, Page

from lms.app import at_work, create_app
from lms.authoring.exchange.scorm_pages import make_package
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course
from lms.interop.scorm.course_data import short_keys
from tests.conftest import ROOT, settings_for
from tests.content.small_course import course
from tests.journeys import looking
from tests.journeys.conftest import Opens

pytestmark = pytest.mark.browser
SYSTEM = (ROOT / "tests/vendor/scorm-again/scorm12.min.js").read_bytes()
# A learning system: it opens the package in a frame, counts what it's told, and hands out what it saved before.
OPEN = """saved => {
  window.API = new Scorm12API({autocommit: false, logLevel: 4});
  if (saved) API.loadFromJSON(saved, "cmi");
  window.commits = 0;
  window.finished = 0;
  API.on("LMSCommit", () => { commits += 1; });
  API.on("LMSFinish", () => { finished += 1; });
  document.body.innerHTML = '<iframe src="/course/index.html" width="1200" height="800"></iframe>';
}"""
CLOSE = """() => {
  const before = commits;
  document.querySelector("iframe").remove();
  const {core, suspend_data} = API.cmi;
  const {lesson_status, lesson_location, score} = core;
  return {commits: before, finished, suspend_data, core: {lesson_status, lesson_location, score: {raw: score.raw}}};
}"""


def every_kind() -> Course:
    """The small course, with a check that draws all five questions, one of each kind."""
    small = course()
    return replace(small, criteria=replace(small.criteria, draw=5))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    facts = {
        "slug": "harbour",
        "name": "Harbour",
        "country": "GB",
        "lead": "Cora Haddad",
        "contact": "cora@example.org",
    }
    with at_work(create_app(settings_for(tmp_path_factory.mktemp("scorm")))):
        return dict(make_package(every_kind(), Bundle({}), facts, date(2026, 11, 30)))


@pytest.fixture(scope="module")
def system(package: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a learning system that has the package unpacked."""
    folder = tmp_path_factory.mktemp("system")
    files = {f"course/{path}": content for path, content in package.items()}
    files |= {
        "scorm12.js": SYSTEM,
        "index.html": b'<!doctype html><title>Theirs</title><script src="scorm12.js"></script>',
    }
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def page(opens: Opens) -> Iterator[Page]:
    page = opens().new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


def open_package(page: Page, system: str, saved: dict[str, Any] | None = None) -> Frame:
    page.goto(system)
    page.evaluate(OPEN, saved)
    frame = page.frame_locator("iframe").owner.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_selector(".playing .page.here")
    return frame


def answer_rightly(frame: Frame) -> None:
    """Choose what the package holds to be right, whichever question is shown."""
    stem = frame.locator("[data-check] legend.q").inner_text()
    questions = frame.evaluate("sidelightCourse.questions")
    question = next(one for one in questions if re.sub(r"<[^>]+>", "", one["stem"]) == stem)
    for place, item in enumerate(question["items"]):
        if question["kind"] == "order":
            frame.locator(f"[name=step-{place}]").select_option(str(place + 1))
        elif question["kind"] == "match":
            frame.locator(f"[name=pair-{place}][value='{item['goes']}']").check()
        elif item["right"]:
            frame.locator(f"[name=answer][value='{place}']").check()


def test_a_course_is_played_left_continued_and_passed_elsewhere(page: Page, system: str) -> None:
    frame = open_package(page, system)
    places = 1
    for link in ("Hello", "Mark as done and continue", "At the sink", "Start"):
        frame.locator(".here").get_by_text(link, exact=True).click()
        places += 1
    frame.locator(".here summary", has_text="Would you like company?").click()
    frame.locator(".here details[open]").get_by_text("Say this").click()
    frame.locator(".here").get_by_text("Back to the course").click()
    frame.locator(".here").get_by_text("Knowledge check").click()
    frame.get_by_role("button", name="Start the check").click()
    answer_rightly(frame)
    places += 4
    saved = page.evaluate(CLOSE)
    assert 0 < saved["commits"] <= places and saved["finished"] == 1
    assert saved["core"]["lesson_status"] == "incomplete" and len(saved["suspend_data"]) <= 4096
    assert json.loads(saved["suspend_data"])["k"]["a"].strip(","), "what was chosen last is saved by closing alone"

    frame = open_package(page, system, {"suspend_data": saved["suspend_data"], "core": saved["core"]})
    assert frame.locator("[data-check] :checked, [data-check] option:checked[value]:not([value=''])").count() > 0
    assert frame.locator("[data-entry=hello].done, [data-entry=c-at-the-sink].done").count() == 2
    for _question in range(4):
        frame.get_by_role("button", name="Continue").click()
        answer_rightly(frame)
    frame.get_by_role("button", name="Send my answers").click()
    assert frame.locator("[data-check]").get_by_text("You’ve passed the check.").is_visible()
    saved = page.evaluate(CLOSE)
    assert (saved["core"]["lesson_status"], float(saved["core"]["score"]["raw"])) == ("passed", 100)
    assert saved["commits"] <= 5


def test_without_a_learning_system_it_says_so_and_with_few_answers_nobody_passes(page: Page, system: str) -> None:
    page.goto(f"{system}course/index.html")
    assert page.get_by_text("No learning system opened this page").is_visible()
    page.goto(f"{system}course/index.html#p-support")
    assert page.get_by_text("as they were on 30 November 2026").is_visible()
    page.locator(".here").get_by_text("Back to where I was").click()
    page.goto(f"{system}course/index.html#c-at-the-sink-sink")
    assert looking.axe_finds(page) == []
    page.locator(".here").get_by_text("Leave the conversation").click()
    page.locator(".here").get_by_text("Knowledge check").click()
    page.get_by_role("button", name="Start the check").click()
    for _question in range(4):
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my answers").click()
    assert page.get_by_text("Not quite yet").is_visible()


def test_the_package_names_all_its_files_and_nothing_outside(package: dict[str, bytes]) -> None:
    manifest = ElementTree.fromstring(package["imsmanifest.xml"])
    space = {"c": "http://www.imsproject.org/xsd/imscp_rootv1p1p2"}
    resource = manifest.find(".//c:resource", space)
    item = manifest.find(".//c:item", space)
    assert resource is not None and item is not None
    assert resource.get("{http://www.adlnet.org/xsd/adlcp_rootv1p2}scormtype") == "sco"
    assert item.get("identifierref") == resource.get("identifier") and resource.get("href") == "index.html"
    named = {file.get("href") for file in resource.findall("c:file", space)}
    assert named == package.keys() - {"imsmanifest.xml"}
    html = package["index.html"].decode()
    assert re.findall(r'(?:src|href)="(/[^"]*)"', html) == [] and "⟦" not in html and "{{" not in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert "A rank stands between people." not in html, "the check’s reasons lie beside the page, not in it"


def test_a_large_course_fits_what_a_learning_system_saves() -> None:
    keys = short_keys(f"lesson-{number}" for number in range(500))
    state = {"v": "0000", "w": 4, "d": "".join(keys.values()), "c": "", "b": 100, "p": 1}
    assert len(json.dumps(state)) + 100 * len("0.1.2.3,") <= 4096
