"""Where the files of a course belong: new paths, and what renaming, moving and removing does to the paths there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname, splitext
from typing import Literal

from lms.content.model.bundle import SPOKEN_WORDS
from lms.content.model.report import Report
from lms.content.model.structure import Folder, Outline, has_place, is_recording, outline

Kind = Literal[
    "course", "module", "lesson", "gentler", "facilitator", "check", "glossary", "conversation", "media", "other"
]
KINDS: tuple[Kind, ...] = ("lesson", "module", "conversation", "gentler", "facilitator", "glossary", "check")
_NUMBERED = re.compile(r"(\d{1,3})-(.+)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SINGLE: dict[str, Kind] = {"course.md": "course", "check.md": "check", "glossary.md": "glossary"}


@dataclass(frozen=True)
class Place:
    """What a path is in a course: its kind, its id, and the folder of its module."""

    kind: Kind
    id: str = ""
    folder: str = ""


def is_text(path: str) -> bool:
    """True for what is edited as text; pictures and recordings are in the file store."""
    return not path.startswith("media/") or path.endswith(SPOKEN_WORDS)


def is_id(text: str) -> bool:
    """True for a short id in lower case, as files and progress use it."""
    return len(text) <= 60 and bool(_ID.fullmatch(text))


def place_of(path: str) -> Place:
    """Return what a path is, by its name alone."""
    where, name = dirname(path), basename(path)
    if path in _SINGLE:
        return Place(_SINGLE[path])
    if where == "media":
        return Place("media", name)
    if not has_place(path) or name.count(".") > 2:
        return Place("other")
    stem, *endings = name.split(".")
    if where == "practice":
        return Place("conversation", stem)
    if stem in {"module", "facilitator"}:
        return Place("module" if stem == "module" else "facilitator", _bare(where), where)
    return Place("gentler" if endings[0] == "gentle" else "lesson", _bare(stem), where)


def _bare(name: str) -> str:
    """Return a name without its number."""
    found = _NUMBERED.fullmatch(name)
    return found.group(2) if found else name


def sorted_paths(paths: Iterable[str]) -> Outline:
    """Return the paths sorted by what they are."""
    return outline(paths, Report(""))


def module_of(paths: Iterable[str], folder: str) -> Folder | None:
    """Return a module by its folder."""
    return next((found for found in sorted_paths(paths).folders if found.path == folder), None)


def new_path(kind: Kind, id: str, folder: str, paths: Sequence[str]) -> str | None:
    """Return where a new file goes; None when its module or its lesson isn't there."""
    found = sorted_paths(paths)
    if kind in {"glossary", "check"}:
        return f"{kind}.md"
    if kind == "conversation":
        return f"practice/{id}.md"
    if kind == "module":
        number = max((one.number for one in found.folders), default=0) + 1
        return f"{number}-{id}/module.md"
    module = next((one for one in found.folders if one.path == folder), None)
    if module is None:
        return None
    if kind == "facilitator":
        return f"{folder}/facilitator.md"
    if kind == "gentler":
        lesson = module.lessons.get(id)
        return lesson.removesuffix(".md") + ".gentle.md" if lesson else None
    numbers = [int(_NUMBERED.fullmatch(basename(path))[1]) for path in module.lessons.values()]  # type: ignore[index]
    return f"{folder}/{max(numbers, default=0) + 1}-{id}.md"


def belongs_to(path: str, paths: Iterable[str]) -> list[str]:
    """Return every file that goes with one: a module's folder, a lesson's gentler version and translations."""
    place = place_of(path)
    if place.kind == "module":
        return [other for other in paths if other.startswith(f"{place.folder}/")]
    if place.kind in {"lesson", "conversation"}:
        stem = path.removesuffix(".md")
        return [other for other in paths if other == path or other.startswith(f"{stem}.")]
    if is_recording(path):
        return _with_its_words(path, paths)
    return [path]


def _with_its_words(path: str, paths: Iterable[str]) -> list[str]:
    """Return a recording with its captions and transcript, unless another recording of that name has the same ones."""
    mine = [other for other in paths if splitext(other)[0] == splitext(path)[0]]
    alone = sum(map(is_recording, mine)) == 1
    return [other for other in mine if other == path or (alone and other.endswith(SPOKEN_WORDS))]


def renamed(path: str, id: str, paths: Sequence[str]) -> dict[str, str] | None:
    """Return the new path of each file when one gets another id; None when something of that id is there already."""
    place, mine = place_of(path), belongs_to(path, paths)
    if place.kind == "module":
        number = _NUMBERED.fullmatch(place.folder)
        target = f"{number[1] if number else 1}-{id}"
        taken = {one.id for one in sorted_paths(paths).folders if one.path != place.folder}
        return None if id in taken else {old: target + old[len(place.folder) :] for old in mine}
    stem = path.removesuffix(".md")
    number = _NUMBERED.fullmatch(basename(stem))
    name = f"{number[1]}-{id}" if number and place.kind == "lesson" else id
    moved = {old: f"{dirname(path)}/{name}{old[len(stem) :]}" for old in mine}
    if place.kind == "media":
        moved = {old: f"media/{id}{splitext(old)[1]}" for old in mine}
    others = {place_of(other).id for other in paths if other not in mine and place_of(other).kind == place.kind}
    return None if id in others or set(moved.values()) & (set(paths) - set(mine)) else moved


def moved(path: str, by: int, paths: Sequence[str]) -> dict[str, str]:
    """Return the new paths when a lesson or a module goes one place up or down; the numbers are written anew."""
    place, found = place_of(path), sorted_paths(paths)
    if place.kind == "module":
        order = [folder.path for folder in found.folders]
        at = order.index(place.folder) if place.folder in order else -1
        pieces = [(folder, [other for other in paths if other.startswith(f"{folder}/")]) for folder in order]
    else:
        module = next((one for one in found.folders if one.path == place.folder), None)
        order = list(module.lessons.values()) if module else []
        at = order.index(path) if path in order else -1
        pieces = [(lesson.removesuffix(".md"), belongs_to(lesson, paths)) for lesson in order]
    if at < 0 or not 0 <= at + by < len(pieces):
        return {}
    pieces[at], pieces[at + by] = pieces[at + by], pieces[at]
    changes: dict[str, str] = {}
    for number, (start, files) in enumerate(pieces, start=1):
        above = f"{dirname(start)}/" if dirname(start) else ""
        target = f"{above}{number}-{_bare(basename(start))}"
        changes |= {old: target + old[len(start) :] for old in files}
    return {old: new for old, new in changes.items() if old != new}
