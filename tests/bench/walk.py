"""The ways that are walked: a whole check for the load, and the shortest path to a certificate, click by click."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from urllib.parse import quote_plus, urljoin

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person
from lms.app import at_work
from lms.foundation.background.jobs import Jobs
from lms.foundation.db import db, write
from lms.foundation.per_app import provided
from tests.bench.load import Reply, Script, Unexpected, request
from tests.bench.site import new_app, publish
from tests.inspector import Inspector, Page

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_CHOICE = re.compile(r'<input [^>]*type="(?:radio|checkbox)"[^>]*>')
_HIDDEN = re.compile(r'name="(revision-[^"]+)" value="([^"]*)"')
_ATTEMPT = re.compile(r"/checks/([^/]+)/")
_NAME, _VALUE = re.compile(r' name="(q-[^"]+)"'), re.compile(r' value="([^"]*)"')


def whole_check(course_id: str, people: Sequence[tuple[str, str]]) -> Script:
    """As one of several people: open a check, take its page of all questions, send the answers, and read the result."""
    cookie, token = random.choice(people)
    form = f"form_token={token}"
    reply = yield _post(f"/courses/{course_id}/check", cookie, form)
    found = _ATTEMPT.search(_to(reply, "start"))
    if found is None:
        raise Unexpected(f"start: led to {reply.header('Location')}")
    attempt = f"/checks/{found[1]}"
    reply = yield request("GET", f"{attempt}/all", cookie)
    answers = _answers(_text(reply, "form"))
    reply = yield _post(f"{attempt}/all", cookie, f"{form}&go=send&{answers}")
    reply = yield request("GET", _to(reply, "submit"), cookie)
    _text(reply, "result")


def token_script(path: str, cookie: str, keep: list[str]) -> Script:
    """Read the form token off a page, as a browser that opened it has it."""
    reply = yield request("GET", path, cookie)
    found = _TOKEN.search(_text(reply, path))
    if found is None:
        raise Unexpected(f"{path}: no form token")
    keep.append(found[1])


def _post(path: str, cookie: str, form: str) -> bytes:
    return request("POST", path, cookie, form)


def _to(reply: Reply, step: str) -> str:
    if reply.status != 303:
        raise Unexpected(f"{step}: {reply.status}")
    return reply.header("Location")


def _text(reply: Reply, step: str) -> str:
    if reply.status != 200:
        raise Unexpected(f"{step}: {reply.status}")
    packed = reply.header("Content-Encoding") == "gzip"
    return (gzip.decompress(reply.body) if packed else reply.body).decode()


def _answers(html: str) -> str:
    """Return the first choice of every question, as a form sends it."""
    chosen: dict[str, str] = {}
    for tag in _CHOICE.findall(html):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name and value:
            chosen.setdefault(name[1], value[1])
    pairs = [*chosen.items(), *_HIDDEN.findall(html)]
    return "&".join(f"{quote_plus(unescape(name))}={quote_plus(unescape(value))}" for name, value in pairs)


_COURSE = """---
id: three-lessons
code: TRI
title: Three lessons
version: "1.0.0"
language: en
summary: The shortest path.
audience: Colleagues.
objectives:
  - {id: tri-o1, text: Say hello}
content_notes: none
pass: {score: 80, practice_required: 0}
draw: 1
certificate: {does_not_attest: Anything else., valid_months: 24, design: warm}
sources: []
licence: CC BY 4.0
authors: [Sidelight course writers]
---
Welcome.
"""
_LESSON = """---
id: lesson-{number}
title: Lesson {number}
objectives: [tri-o1]
content_notes: none
sources: []
self_care: yes
---
Say hello to somebody today, and see what comes back.
"""
_CHECK = """---
kind: check
---

## What do you say first? {#tri-q01 objectives="tri-o1"}

- (x) Hello
  > That is how a talk begins, and it is all that is asked.
- ( ) Nothing
  > They may not know then that you are there for them.
"""


def shortest_path(data: Path) -> list[str]:
    """Walk a course of three lessons from the sign-in page to the PDF; return each click beyond the answers."""
    app = new_app(data)
    with at_work(app):
        programme = write(accounts.set_programme, "harbour", "Harbour", {}, False, touch_hold=True)
        publish(_written(data / "three-lessons"), programme.id)
        secret = hash_password("lantern-quiet-harbour-42")
        write(_learner, programme.id, secret)
        db.session.remove()
    clicks: list[str] = []
    page = Inspector(app).get("/sign-in")
    page = _press(clicks, page, "/sign-in", "Sign in", email="sam@example.org", password="lantern-quiet-harbour-42")
    page = _follow(clicks, page, "/courses/three-lessons")
    page = _press(clicks, page, "/enrol", None)
    for _ in range(3):
        page = _press(clicks, page, "/done", None)
    page = _follow(clicks, page, "/check")
    page = _press(clicks, page, "/check", None)
    page = _answer(clicks, page)
    page = _press(clicks, page, "/submit", None)
    provided(Jobs, app).sweep()
    page = _follow(clicks, page, "/certificates/")
    path = next(href for href in page.links().values() if href.endswith("/pdf"))
    clicks.append(path.rpartition("/")[2])
    return clicks


def _written(folder: Path) -> Path:
    (folder / "1-only").mkdir(parents=True)
    (folder / "course.md").write_text(_COURSE)
    (folder / "check.md").write_text(_CHECK)
    (folder / "1-only" / "module.md").write_text("---\ntitle: The only module\n---\nA first step.\n")
    for number in range(1, 4):
        (folder / "1-only" / f"{number}-lesson-{number}.md").write_text(_LESSON.replace("{number}", str(number)))
    return folder


def _learner(programme_id: str, secret: str) -> None:
    person = accounts.register("sam@example.org", "Sam Osei", secret)
    assert isinstance(person, Person)
    accounts.give_role(person.id, programme_id, "learner")


def _press(clicks: list[str], page: Page, action: str, button: str | None, **fields: str) -> Page:
    clicks.append(button or f"{page.path} -> {action}")
    return page.form(action).submit(**fields)


def _follow(clicks: list[str], page: Page, part: str) -> Page:
    path = next(urljoin(page.path, href) for href in page.links().values() if part in href)
    clicks.append(path)
    return page.client.get(path)


def _answer(clicks: list[str], page: Page) -> Page:
    """Choose "Hello" and go on; the choice is the answer, the button is a click."""
    label = next(node for node in page.find("label") if "Hello" in "".join(node.itertext()))
    inputs = page.find(f"#{label.get('for')}") if label.get("for") else label.findall(".//input")
    chosen = inputs[0]
    clicks.append("keep the answer")
    return page.form_with("Save and continue").submit("Save and continue", **{chosen.get("name"): chosen.get("value")})
