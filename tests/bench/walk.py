"""The ways that are walked: a whole check for the load, and the shortest path to a certificate, click by click."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urljoin

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person
from lms.app import at_work
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions import chosen, complete, present, sample
from lms.foundation.background.jobs import Jobs
from lms.foundation.db import db, write
from lms.foundation.per_app import provided
from tests.bench.load import Reply, Script, Unexpected, request
from tests.bench.site import new_app, publish
from tests.inspector import Inspector, Page

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_QUESTION = re.compile(r'data-question="([^"]+)"')
_CHOICE = re.compile(
    r'<input type="(?:radio|checkbox)" name="(q-[^"]+)" value="([^"]*)"[^>]*>\s*<span>(.*?)</span>', re.DOTALL
)
_PLACE = re.compile(r'<label for="[^"]+">([^<]*(?:<(?!/label)[^<]*)*)</label>\s*<select [^>]*name="(q-[^"]+)"')
_PAIRING = re.compile(r'<fieldset class="pairing"[^>]*>\s*<legend>(.*?)</legend>(.*?)</fieldset>', re.DOTALL)
_HIDDEN = re.compile(r'name="(revision-[^"]+)" value="([^"]*)"')
_ATTEMPT = re.compile(r"/checks/([^/]+)/")
_TAG = re.compile(r"<[^>]+>")
_PASSED = "You passed the check"


@dataclass
class Learner:
    """Somebody who takes checks: the cookie and form token of a browser, and whether the answers are the right ones."""

    cookie: str
    token: str
    passes: bool = False


def sign_in(email: str, password: str) -> Script:
    """Open the page to sign in, and sign in."""
    page = yield request("GET", "/sign-in")
    token = _TOKEN.search(_text(page, "sign-in"))
    cookie = page.header("Set-Cookie").partition(";")[0]
    if token is None:
        raise Unexpected("the page to sign in has no form")
    form = f"form_token={quote_plus(token[1])}&email={quote_plus(email)}&password={quote_plus(password)}"
    reply = yield request("POST", "/sign-in", cookie, form)
    _to(reply, "sign-in")


def whole_check(course_id: str, right: Mapping[str, Any], take_turns: Iterator[Learner]) -> Script:
    """As the next of several people: open a check, take its page of all questions, send answers, read the result."""
    learner = next(take_turns)
    form = f"form_token={learner.token}"
    reply = yield _post(f"/courses/{course_id}/check", learner.cookie, form)
    found = _ATTEMPT.search(_to(reply, "start"))
    if found is None:
        raise Unexpected(f"start: led to {reply.header('Location')}")
    attempt = f"/checks/{found[1]}"
    reply = yield request("GET", f"{attempt}/all", learner.cookie)
    html = _text(reply, "form")
    answers = right_answers(html, right) if learner.passes else _first_choices(html)
    reply = yield _post(f"{attempt}/all", learner.cookie, f"{form}&go=send&{encoded(answers, html)}")
    reply = yield request("GET", _to(reply, "submit"), learner.cookie)
    if learner.passes and _PASSED not in _text(reply, "result"):
        raise Unexpected("result: not passed with the right answers")


def turns(people: Sequence[Learner], ready: Sequence[Learner] = ()) -> Iterator[Learner]:
    """Give one of the people again and again, and between each two somebody who is ready, as long as there are any."""
    waiting = iter(ready)
    for learner in cycle(random.sample(people, len(people))):
        yield learner
        following = next(waiting, None)
        if following is not None:
            yield following


def right_choices(course: Course) -> dict[str, Any]:
    """Return for each question what is right, by the texts on the page: {id: {text, …}} or {id: {text: text, …}}."""
    return {question.id: _right_choices(question) for question in course.questions if question.drawable}


def _right_choices(question: Question) -> Any:
    answer = next(answer for answer in sample(question)["right"] if complete(question, answer) is None)
    shown, tokens = present(question, 0), chosen(question, answer, 0)
    texts = {item.token: _plain(item.text) for item in (*shown.items, *shown.rights)}
    if isinstance(tokens, dict):
        return {texts[token]: texts.get(str(value), str(value)) for token, value in tokens.items()}
    return {texts[token] for token in tokens}


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", html)).strip()


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


def _first_choices(html: str) -> list[tuple[str, str]]:
    """Return the first choice of every question."""
    chosen: dict[str, str] = {}
    for name, value, _text_of_choice in _CHOICE.findall(html):
        chosen.setdefault(name, value)
    return list(chosen.items())


def right_answers(html: str, right: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name and value of every choice that is right."""
    found = []
    for question_id, part in zip(*[iter(_QUESTION.split(html)[1:])] * 2, strict=True):
        wanted = right[question_id]
        if isinstance(wanted, set):
            found += [(name, value) for name, value, text in _CHOICE.findall(part) if _plain(text) in wanted]
            continue
        found += [(name, wanted[_plain(text)]) for text, name in _PLACE.findall(part)]
        for left, choices in _PAIRING.findall(part):
            found += [
                (name, value) for name, value, text in _CHOICE.findall(choices) if _plain(text) == wanted[_plain(left)]
            ]
    return found


def encoded(answers: list[tuple[str, str]], html: str) -> str:
    """Return answers as a form sends them."""
    pairs = [*answers, *_HIDDEN.findall(html)]
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
