"""Sorts the files of a bundle into modules, lessons, conversations and media by their paths."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import basename, dirname, splitext
from unicodedata import normalize

from babel.core import Locale, UnknownLocaleError

from lms.content.model.recordings import CAPTIONS, TYPES, is_video
from lms.content.model.report import Report

_NUMBERED = re.compile(r"(\d{1,3})-([a-z0-9]+(?:-[a-z0-9]+)*)")
_PAGE = re.compile(r"(?P<stem>[A-Za-z0-9-]+)(?P<gentle>\.gentle)?(?P<language>\.[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)?\.md")
_RECORDINGS = tuple(TYPES)
_TRANSCRIPTS = (".txt", ".vtt")
_ROOT = ("course.md", "check.md", "glossary.md")
_FREE = ("README.md", "LICENSE", "LICENSE.md", "NOTICE")
_OWN_ADDRESS = {"course.md": "", "glossary.md": "/glossary"}
_FOLDERS = ("practice", "media")


@dataclass
class Folder:
    """A module's folder: its number, id and the paths of its pages by lesson id, in their order."""

    path: str
    number: int
    id: str
    page: str | None = None
    facilitator: str | None = None
    lessons: dict[str, str] = field(default_factory=dict)
    gentle: dict[str, str] = field(default_factory=dict)


@dataclass
class Outline:
    """All paths of a course sorted by what they are."""

    folders: list[Folder] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)


def has_place(path: str, *, folder: bool = False) -> bool:
    """True when a course would read a file, or look into a folder, of that path."""
    if folder:
        return path in _FOLDERS or bool(_NUMBERED.fullmatch(path))
    findings = Report("")
    found = outline([path], findings)
    return path in _ROOT or bool(found.folders or found.conversations or found.media)


def outline(paths: Iterable[str], findings: Report) -> Outline:
    """Sorts the paths; files that have no place in a course are reported and left out."""
    paths = set(paths)
    found = Outline()
    folders: dict[str, Folder] = {}
    for path in sorted(paths, key=_in_order):
        report = Report(path, (), findings.findings)
        where, name = dirname(path), basename(path)
        page = _PAGE.fullmatch(name)
        if where.split("/")[0] == "media":
            found.media.append(path)
        elif path in _ROOT or path in _FREE:
            continue
        elif page and page["language"] and _is_translation(path, page, paths):
            report.add("LANGUAGE_NOT_SHOWN")
        elif page and page["language"]:
            report.add(
                "UNKNOWN_FILE",
                message=f"“{page['language'][1:]}” isn’t a language, or this folder has no file that this one "
                "translates. Nobody would see this file.",
            )
        elif where == "practice" and page and not page["gentle"]:
            found.conversations.append(path)
        elif page and _NUMBERED.fullmatch(where):
            _shelve(path, page, folders, report)
        else:
            _say_unknown(path, report)
    found.folders = sorted(folders.values(), key=lambda folder: (folder.number, folder.id))
    _say_what_lacks(found, findings)
    return found


def address_of(path: str) -> str | None:
    """Where readers find the page of a file, below the course's own address; None for a file that has no page.

    It goes by the name alone, so that a link is rendered without a look at any other file.
    """
    if path in _OWN_ADDRESS:
        return _OWN_ADDRESS[path]
    page, lesson = _PAGE.fullmatch(basename(path)), _NUMBERED.match(basename(path))
    if page and dirname(path) == "practice" and not page["language"] and not page["gentle"]:
        return f"/conversations/{page['stem']}"
    if not page or page["language"] or not _NUMBERED.fullmatch(dirname(path)):
        return None
    if not lesson or lesson.group() != page["stem"]:
        return None
    return f"/lessons/{lesson.group(2)}" + "/gentler" * bool(page["gentle"])


def is_recording(path: str) -> bool:
    """True for a recording by its name."""
    return path.lower().endswith(_RECORDINGS)


def is_picture(path: str) -> bool:
    """True for what is held to be a picture: all media but recordings and their transcripts."""
    return not path.lower().endswith((*_RECORDINGS, *_TRANSCRIPTS))


def _is_translation(path: str, page: re.Match[str], paths: set[str]) -> bool:
    """True when the ending names a language that exists, and the file that was translated lies beside it."""
    try:
        Locale.parse(page["language"][1:], sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return path.removesuffix(f"{page['language']}.md") + ".md" in paths


def _say_unknown(path: str, report: Report) -> None:
    """Names a file that has no place, with the name that would give it one when only the spelling is in the way."""
    spelled = "/".join(_spelled(part) for part in path.split("/"))
    near = f"Rename it to {spelled}, or remove it from the folder." if spelled != path and has_place(spelled) else ""
    report.add("UNKNOWN_FILE", fix=near)


def _spelled(name: str) -> str:
    """A name as the outline reads it: lower case, hyphens, no accents, one ending .md."""
    stem, dot, ending = name.lower().partition(".")
    plain = normalize("NFKD", stem).encode("ascii", "ignore").decode()
    ending = re.sub(r"^(?:gentler\.)?(?:markdown|mdown|mkd|md\.txt|md\.md)$", "md", ending)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") + dot + ending


def _in_order(path: str) -> tuple[str, int, str]:
    """Lessons by number, so that the tenth follows the ninth."""
    number = _NUMBERED.match(basename(path))
    return dirname(path), int(number.group(1)) if number else 0, path


def _shelve(path: str, page: re.Match[str], folders: dict[str, Folder], report: Report) -> None:
    """Puts a page into its module's folder."""
    where = dirname(path)
    named = _NUMBERED.fullmatch(where)
    assert named is not None
    folder = folders.setdefault(where, Folder(where, int(named.group(1)), named.group(2)))
    lesson = _NUMBERED.fullmatch(page["stem"])
    if page["stem"] == "module" and not page["gentle"]:
        folder.page = path
    elif page["stem"] == "facilitator" and not page["gentle"]:
        folder.facilitator = path
    elif lesson is None:
        report.add("UNKNOWN_FILE", message="The file name of a lesson starts with its number, as in 1-what-pfa-is.md.")
    else:
        shelf = folder.gentle if page["gentle"] else folder.lessons
        if lesson.group(2) in shelf:
            report.add("DUPLICATE_ID", message=f"Two files of this module are named “{lesson.group(2)}”.")
        shelf.setdefault(lesson.group(2), path)


def _say_what_lacks(found: Outline, findings: Report) -> None:
    numbers: dict[int, str] = {}
    for folder in found.folders:
        if folder.number in numbers:
            Report(f"{folder.path}/module.md", (), findings.findings).add(
                "DUPLICATE_ID", message=f"Two modules have the number {folder.number}."
            )
        numbers[folder.number] = folder.path
        for id, path in folder.gentle.items():
            if id not in folder.lessons:
                Report(path, (), findings.findings).add(
                    "MISSING_FILE", message="There is a gentler version without its lesson."
                )
    if not any(folder.lessons for folder in found.folders):
        Report("course.md", (), findings.findings).add("MISSING_FILE", message="The course has no lessons.")
    stems = {splitext(path)[0] for path in found.media if path.endswith(_TRANSCRIPTS)}
    for path in found.media:
        if is_recording(path) and splitext(path)[0] not in stems:
            Report(path, (), findings.findings).add("NO_TRANSCRIPT")
        if is_video(path) and f"{splitext(path)[0]}{CAPTIONS}" not in found.media:
            Report(path, (), findings.findings).add("NO_CAPTIONS")
