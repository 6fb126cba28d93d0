"""Playing practice conversations."""

from __future__ import annotations

from collections import deque

from lms.content.conversations.roads import State, explore
from lms.content.model.conversation import Conversation
from tests.conftest import Inspector, Page, Site

SINK = "/courses/psychological-first-aid/conversations/after-the-resuscitation-room"


def ways(conversation: Conversation) -> dict[str, list[int]]:
    """Return a shortest way to every end, by replies that are offered on it."""
    moves = explore(conversation).moves
    start = next(iter(moves))
    to: dict[State, list[int]] = {start: []}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for index, onward in moves[state]:
            if onward not in to:
                to[onward] = [*to[state], index]
                queue.append(onward)
    found: dict[str, list[int]] = {}
    for state, way in to.items():
        found.setdefault(state.place, way)
    return {end.id: found[end.id] for end in conversation.ends}


def say(page: Page, token: int | str, path: str | None = None) -> Page:
    """Press the reply with this number; with `path`, as if these replies had been pressed before it."""
    for form in page.forms:
        for name, value, text in form.buttons:
            if path is None and (name, value) == ("reply", str(token)):
                return form.submit(text)
            if path is not None and name == "reply":
                sent = [(field, said) for field, said in form.fields if field != "path"]
                return page.client.post(form.action, [*sent, ("path", path), ("reply", str(token))], referrer=page)
    raise AssertionError(f"no reply {token}")


def begin(browser: Inspector, path: str = SINK, **wishes: str) -> Page:
    return browser.get(path).form_with("Start").submit("Start", **wishes)


def offered(page: Page) -> list[str]:
    return [value for form in page.forms for name, value, _text in form.buttons if name == "reply"]


def enrol(site: Site, name: str = "sam") -> Inspector:
    browser = site.visitor(name)
    browser.get("/courses/psychological-first-aid").form("/enrol").submit()
    return browser


def play_on(page: Page) -> Page:
    while offered(page):
        page = say(page, offered(page)[0])
    return page
