"""Leads the links and forms of a learner's page back into the preview, so that none of them changes anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

from lms.authoring.preview.looks import Look
from lms.content.model.course import Course
from lms.foundation.web.security import TOKEN_FIELD

_TAG = re.compile(r"<(?:a|form|button)\b[^>]*>")
_ADDRESS = re.compile(r'\b(href|action|formaction)="(/[^"]*)"')
_TOKEN = re.compile(rf'<input type="hidden" name="{TOKEN_FIELD}"[^>]*>')
_LESSON = re.compile(r"/lessons/([\w-]+)(/gentler|/done|/known)?")
_CONVERSATION = re.compile(r"/conversations/([\w-]+)")
_AS_THEY_ARE = ("/static/", "/media/")


def lead_back(html: str, course: Course, base: str, look: Look, carried: Mapping[str, str]) -> str:
    """Return a learner's page whose links lead to the preview at `base`; its forms only ask, and change nothing.

    `carried` goes with each form, beside the switches of the preview.
    """
    fields = {**carried, **look.carried}
    hidden = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(fields[name])}">' for name in fields)

    def inside(found: re.Match[str]) -> str:
        path, mark, anchor = unescape(found[2]).partition("#")
        place = base + place_of(path.partition("?")[0], course)
        if path.startswith((*_AS_THEY_ARE, base)):
            return found[0]
        address = look.address(place) if found[1] == "href" else place
        return f'{found[1]}="{escape(address + mark + anchor)}"'

    def tag(found: re.Match[str]) -> str:
        if " data-out" in found[0]:
            return found[0]
        led = _ADDRESS.sub(inside, found[0])
        return led.replace('method="post"', 'method="get"') + hidden if led.startswith("<form") else led

    return _TAG.sub(tag, _TOKEN.sub("", html))


def place_of(path: str, course: Course) -> str:
    """Return where in a preview the page of a course is shown, below the preview's own address."""
    start = f"/courses/{course.id}"
    rest = path.removeprefix(start) if path == start or path.startswith(f"{start}/") else "/"
    lesson, conversation = _LESSON.fullmatch(rest), _CONVERSATION.fullmatch(rest)
    if rest in ("", "/enrol"):
        first = course.lessons[0].id if course.lessons else ""
        return f"/lesson/{first}" if rest and first else ""
    if lesson and lesson[2] in ("/done", "/known"):
        return _after(lesson[1], course)
    if lesson:
        return f"/{'gentler' if lesson[2] else 'lesson'}/{lesson[1]}"
    if conversation:
        return f"/conversation/{conversation[1]}"
    return rest if rest in ("/check", "/glossary", "/facilitator") else "/elsewhere"


def _after(lesson_id: str, course: Course) -> str:
    """Return where a lesson leads on to: the next one, or the course."""
    ids = [lesson.id for lesson in course.lessons]
    place = ids.index(lesson_id) + 1 if lesson_id in ids else len(ids)
    return f"/lesson/{ids[place]}" if place < len(ids) else ""
