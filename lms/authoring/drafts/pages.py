"""What pages of a draft show: its outline with the problems of each file, and problems with the way to their line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.authoring.drafts import records
from lms.authoring.drafts.outline_rules import Kind, is_text, sorted_paths
from lms.authoring.drafts.records import Draft
from lms.authoring.drafts.text_rules import front_value, read_bytes
from lms.content.model.course import Reading
from lms.content.model.report import Finding
from lms.content.model.structure import Folder, is_recording
from lms.foundation import clock
from lms.foundation.text.i18n import day, ngettext
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import address

# Fewer people than these are never told as a number, and more of them in steps as large: whoever looks again each day
# would else see what one person did.
PEOPLE_STEP = 10
PROBLEMS_SHOWN = 60


@dataclass(frozen=True)
class Row:
    """A file in the outline: what it's called, and how many problems it has."""

    path: str
    title: str
    problems: int = 0
    inside: bool = False
    text: bool = True
    recording: bool = False


@dataclass(frozen=True)
class Group:
    """A part of the outline with its files, and what can be added to it as (kind, folder, words)."""

    title: str
    rows: list[Row]
    add: list[tuple[Kind, str, str]] = field(default_factory=list)
    path: str = ""


class Titles:
    """The titles of a draft's files, from their front matter, and the problems of each."""

    def __init__(self, draft: Draft, reading: Reading) -> None:
        self.files, self._texts = records.list_files(draft.id), records.list_texts(draft.id)
        self._problems = Counter(finding.path for finding in reading.findings)

    def of(self, path: str, otherwise: str = "") -> str:
        """Return the title of a file, or the other words for one without."""
        content = self._texts.get(self.files.get(path, ""))
        return (front_value(read_bytes(content)[0], "title") if content else "") or otherwise or path

    def row(self, path: str, title: str = "", *, inside: bool = False) -> Row:
        """Return a file as a row of the outline."""
        return Row(path, title or self.of(path), self._problems[path], inside, is_text(path), is_recording(path))


def single_titles() -> dict[str, str]:
    """Return what the files are called that a course has only once."""
    return {"course.md": _("About the course"), "check.md": _("Check"), "glossary.md": _("Glossary")}


def outline_of(draft: Draft, reading: Reading) -> list[Group]:
    """Return the outline of a draft in the order in which learners meet it."""
    titles = Titles(draft, reading)
    found = sorted_paths(titles.files)
    singles = single_titles()
    groups = [Group(_("Course"), [titles.row("course.md", singles.pop("course.md"))])]
    groups += [_module(titles, folder) for folder in found.folders]
    if groups[-1].path or len(groups) == 1:
        groups[-1].add.append(("module", "", _("Add a module")))
    practice = [titles.row(path) for path in found.conversations]
    groups.append(Group(_("Conversations"), practice, [("conversation", "", _("Add a conversation"))]))
    rest = Group(
        _("Check and glossary"), [titles.row(path, title) for path, title in singles.items() if path in titles.files]
    )
    wanted: list[tuple[Kind, str]] = [("check", _("Add the check")), ("glossary", _("Add a glossary"))]
    rest.add.extend((kind, "", words) for kind, words in wanted if f"{kind}.md" not in titles.files)
    groups.append(rest)
    groups.append(
        Group(_("Pictures and recordings"), [titles.row(path, path.removeprefix("media/")) for path in found.media])
    )
    known = {row.path for group in groups for row in group.rows}
    others = [titles.row(path, path) for path in titles.files if path not in known]
    return [*groups, Group(_("Other files"), others)] if others else groups


def _module(titles: Titles, folder: Folder) -> Group:
    rows: list[Row] = [titles.row(folder.page, _("About this module"))] if folder.page else []
    for lesson, path in folder.lessons.items():
        rows.append(titles.row(path))
        if gentle := folder.gentle.get(lesson):
            rows.append(titles.row(gentle, _("Gentler version"), inside=True))
    if folder.facilitator:
        rows.append(titles.row(folder.facilitator, _("Facilitator notes")))
    name = titles.of(folder.page, folder.id) if folder.page else folder.id
    add: list[tuple[Kind, str, str]] = [("lesson", folder.path, _("Add a lesson"))]
    if any(lesson not in folder.gentle for lesson in folder.lessons):
        add.append(("gentler", folder.path, _("Add a gentler version")))
    if not folder.facilitator:
        add.append(("facilitator", folder.path, _("Add facilitator notes")))
    title = _("Module %(number)s: %(title)s", number=folder.number, title=name)
    return Group(title, rows, add, folder.page or f"{folder.path}/module.md")


def problem(finding: Finding, draft: Draft, programme: str) -> dict[str, Any]:
    """Return a problem as pages and scripts show it, with the address of its line."""
    values = {"programme": programme, "draft": draft.public_id}
    page = address("authoring.draft_file", **values, path=finding.path)
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "fix": finding.fix,
        "excerpt": "" if finding.excerpt == "---" else finding.excerpt,
        "url": f"{page}#line-{finding.line}",
        "help": address("authoring.code", check_code=finding.code.lower().replace("_", "-")),
    }


def summary(errors: int, warnings: int) -> str:
    """Return how many problems there are, in words."""
    if not errors and not warnings:
        return _("No problems")
    return _("To fix before publishing: %(errors)s. To consider: %(warnings)s.", errors=errors, warnings=warnings)


def summary_of(findings: list[Finding] | tuple[Finding, ...]) -> str:
    """Return how many of these problems there are, in words."""
    errors = sum(finding.severity == "error" for finding in findings)
    return summary(errors, len(findings) - errors)


def people_words(count: int) -> str:
    """Return a number of people in words, in tens; small groups aren't counted."""
    if count < PEOPLE_STEP:
        return _("fewer than %(least)s people", least=PEOPLE_STEP)
    return _("at least %(count)s people", count=count - count % PEOPLE_STEP)


def draft_rows(drafts: Iterable[Draft], zone: str) -> list[dict[str, str]]:
    """Return drafts as lists show them, with the day of their last change."""
    return [
        {"id": row.public_id, "title": row.title, "changed": day(clock.day_of(row.changed_at, zone))} for row in drafts
    ]


def with_anchors(findings: list[Finding], found: Draft, programme: str) -> list[dict[str, Any]]:
    """Return problems of this file; the first of each line can be linked to by the line's number."""
    rows, seen = [], set()
    for finding in findings:
        row = problem(finding, found, programme)
        rows.append({**row, "anchor": "" if finding.line in seen else f"line-{finding.line}"})
        seen.add(finding.line)
    return rows


def more_words(findings: Sequence[Finding]) -> str:
    """Return how many more problems there are than a page lists; empty when it lists them all."""
    more = len(findings) - PROBLEMS_SHOWN
    return ngettext("And %(num)s more problem.", "And %(num)s more problems.", more) if more > 0 else ""


def elsewhere(findings: Sequence[Finding], path: str, found: Draft, programme: str) -> list[dict[str, str]]:
    """Return the other files with problems: the path, its address, and how many there are in words."""
    counts = Counter(finding.path for finding in findings if finding.path != path)
    values = {"programme": programme, "draft": found.public_id}
    known = records.list_files(found.id)
    return [
        {
            "path": other,
            "url": address("authoring.draft_file", **values, path=other)
            if other in known
            else address("authoring.draft", **values),
            "words": ngettext("%(num)s problem", "%(num)s problems", count),
        }
        for other, count in counts.items()
    ]
