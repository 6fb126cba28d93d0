"""The pages of a preview by their names in addresses, and the files that each comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import render_template

from lms.authoring.preview.check_pages import check_page
from lms.authoring.preview.pages import (
    Page,
    Preview,
    course_page,
    facilitator_page,
    glossary_page,
    lesson_page,
    show,
)
from lms.authoring.preview.practice_pages import conversation_page
from lms.content.model.course import Course

Asked = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """One kind of page: how it's made, and which files of the course belong to it."""

    make: Callable[[Preview, Course, str, Asked], Page | None]
    files: Callable[[Sequence[str], str], list[str]]


def page_of(preview: Preview, what: str, id: str, asked: Asked) -> str | None:
    """Return a page of a preview; None when a preview has no such page."""
    place = PLACES.get(what)
    if place is None or (bool(id) is not (what in _WITH_ID)):
        return None
    files = place.files(preview.paths, id)
    course = preview.course
    return show(preview, what, id, lambda: place.make(preview, course, id, asked) if course else None, files)


def _lesson(preview: Preview, course: Course, id: str, _asked: Asked, gentle: bool = False) -> Page | None:
    found = course.lesson_by_id.get(id)
    return lesson_page(preview, course, found, gentle) if found else None


def _gentler(preview: Preview, course: Course, id: str, asked: Asked) -> Page | None:
    return _lesson(preview, course, id, asked, gentle=True)


def _conversation(preview: Preview, course: Course, id: str, asked: Asked) -> Page | None:
    found = course.conversation_by_id.get(id)
    return conversation_page(preview, course, found, asked) if found else None


def _elsewhere(preview: Preview, course: Course, _id: str, _asked: Asked) -> Page:
    return Page(
        render_template("authoring/parts/preview/elsewhere.html", course_url=preview.look.address(preview.base))
    )


def _named(ending: str) -> Callable[[Sequence[str], str], list[str]]:
    """Return a finder of the files whose name is a number, an id and an ending; a lesson comes before all others."""

    def find(paths: Sequence[str], id: str) -> list[str]:
        names = {f"{id}{ending}", f"{id}.md"}
        lessons = [path for path in paths if path[:1].isdigit()]
        found = [path for path in lessons if PurePosixPath(path).name.partition("-")[2] in names]
        return sorted(found, key=lambda path: not path.endswith(f"-{id}{ending}"))

    return find


def _only(*names: str) -> Callable[[Sequence[str], str], list[str]]:
    return lambda paths, _id: [path for path in paths if PurePosixPath(path).name in names]


PLACES = {
    "course": Place(lambda preview, course, _id, _asked: course_page(preview, course), _only("course.md", "module.md")),
    "lesson": Place(_lesson, _named(".md")),
    "gentler": Place(_gentler, _named(".gentle.md")),
    "conversation": Place(_conversation, lambda paths, id: [path for path in paths if path == f"practice/{id}.md"]),
    "glossary": Place(lambda preview, course, _id, _asked: glossary_page(preview, course), _only("glossary.md")),
    "facilitator": Place(
        lambda preview, course, _id, _asked: facilitator_page(preview, course), _only("facilitator.md")
    ),
    "check": Place(lambda preview, course, _id, _asked: check_page(preview, course), _only("check.md")),
    "elsewhere": Place(_elsewhere, lambda _paths, _id: []),
}
_WITH_ID = ("lesson", "gentler", "conversation")
