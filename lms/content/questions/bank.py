"""Questions in a page: which headings are questions, what belongs to each, and what it says in its braces."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from lms.content.markdown.blocks import Block
from lms.content.markdown.prose import Renderer
from lms.content.model.question import Question
from lms.content.model.report import Report, did_you_mean
from lms.content.model.safe import says_something
from lms.content.questions import parse
from lms.content.questions.parts import Draft, texts_of

_BRACES = re.compile(r"\s*(?<!\{)\{([^{}\n]*)\}\s*$")
_ATTRIBUTE = re.compile(
    r"#(?P<id>[^\s#.=\"]+)|\.(?P<flag>[\w-]+)|(?P<key>[\w-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+))|(?P<odd>\S+)"
)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ANCHOR = re.compile(r"#[\w-]+")
_CURLY = str.maketrans("“”„‟‘’", '""""\'\'')
_FLAGS = ("critical", "fixed")
_KEYS = ("objectives", "group", "jurisdiction")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass
class Section:
    """A question's heading and the blocks that belong to it."""

    heading: Block
    blocks: list[Block] = field(default_factory=list)


@dataclass
class _Braces:
    id: str = ""
    flags: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)


def split(blocks: list[Block]) -> tuple[list[Block], list[Section]]:
    """A page's prose and its questions; a question ends at the next heading of its level or at a rule.

    Footnotes come last in the tree wherever they are written, and belong to the prose that calls them.
    """
    prose: list[Block] = []
    sections: list[Section] = []
    current: Section | None = None
    for block in blocks:
        if is_question(block):
            current = Section(block)
            sections.append(current)
        elif current is None or block.kind == "footnote":
            prose.append(block)
        elif block.kind == "rule":
            current = None
        elif block.kind == "heading" and block.level <= current.heading.level:
            current = None
            prose.append(block)
        else:
            current.blocks.append(block)
    return prose, sections


def is_question(block: Block) -> bool:
    """True for a heading whose braces hold `objectives=`."""
    found = _BRACES.search(block.text) if block.kind == "heading" else None
    return bool(found and re.search(r"\bobjectives\s*=", found.group(1)))


def check_braces(block: Block, report: Report) -> None:
    """Names a heading's braces that look like a question's, or an anchor's, and are neither."""
    found = _BRACES.search(block.text)
    if found is None or is_question(block) or _ANCHOR.fullmatch(found.group(1).strip()):
        return
    if re.search(r"^\s*[#.:]|=", found.group(1)):
        words = found.group().strip()
        report.add("BAD_BRACES", block.line, f"“{words}” isn’t a question.", column=report.column_of(block.line, words))


def read_question(section: Section, renderer: Renderer, report: Report, objectives: Collection[str]) -> Question | None:
    """The question with its key; None, with findings, when it cannot be asked."""
    heading = section.heading
    found = _BRACES.search(heading.text)
    assert found is not None
    braces = _read_braces(found.group(1), heading.line, report)
    options = next(
        (
            place
            for place, block in enumerate(section.blocks)
            if block.kind in ("bullets", "numbers", "table", "heading")
        ),
        len(section.blocks),
    )
    case = texts_of(section.blocks[:options], report)
    stem = "<br>".join(renderer.inline(text) for text in (heading.text[: found.start()], *case))
    named = tuple(braces.keys.get("objectives", "").replace(",", " ").split())
    check_objectives(named, objectives, heading.line, report)
    if not says_something(stem):
        report.add(
            "EMPTY_PAGE", heading.line, "This question has no text.", fix="Write the question before the braces."
        )
    group, critical = braces.keys.get("group"), "critical" in braces.flags
    if critical and not group:
        report.add("CRITICAL_WITHOUT_GROUP", heading.line)
    jurisdiction = _jurisdiction(braces, heading.line, report)
    draft = Draft(
        braces.id,
        [block for block in section.blocks[options:] if block.kind != "html"],
        renderer.inline,
        heading.line,
        "fixed" in braces.flags,
    )
    body = parse(draft, report)
    if body is None or not braces.id:
        return None
    return Question(braces.id, stem, named, body, critical, group, draft.fixed, report.path, heading.line, jurisdiction)


def _jurisdiction(braces: _Braces, line: int, report: Report) -> str | None:
    """The country whose law the question tests; None, with a finding, where it can't be one country's question."""
    country = braces.keys.get("jurisdiction")
    if country is None:
        return None
    column = report.column_of(line, "jurisdiction")
    if not _COUNTRY.fullmatch(country):
        report.add(
            "BAD_VALUE",
            line,
            f"“{country}” isn’t a country’s code.",
            column=column,
            fix="Write two capitals, such as US.",
        )
    elif "critical" in braces.flags:
        message = "A safety question can’t belong to one country, because every check draws one of its group."
        report.add("BAD_VALUE", line, message, column=column, fix="Leave out jurisdiction, or .critical.")
    return country


def check_objectives(named: Collection[str], known: Collection[str], line: int, report: Report) -> None:
    """Names each objective that course.md does not have; says nothing when course.md could not be read."""
    if not named:
        report.add("UNKNOWN_OBJECTIVE", line, "The question names no objective.")
    for id in named:
        if known and id not in known:
            report.add(
                "UNKNOWN_OBJECTIVE",
                line,
                f"The objective “{id}” isn’t in course.md.{did_you_mean(id, known)}",
                column=report.column_of(line, id),
            )


def _read_braces(text: str, line: int, report: Report) -> _Braces:
    braces = _Braces()
    for found in _ATTRIBUTE.finditer(text.translate(_CURLY)):
        value = found["double"] or found["single"] or found["bare"] or ""
        if found["id"]:
            braces.id = found["id"]
        elif found["flag"] in _FLAGS:
            braces.flags.add(found["flag"])
        elif found["key"] in _KEYS:
            braces.keys[found["key"]] = value.strip()
        else:
            word = found["flag"] or found["key"] or found["odd"] or ""
            known = _FLAGS if found["flag"] else _KEYS
            report.add(
                "UNKNOWN_KEY",
                line,
                f"A question can’t have “{word}” in its braces.{did_you_mean(word, known)}",
                column=report.column_of(line, word),
            )
    if not braces.id:
        report.add("MISSING_ID", line)
    elif not _ID.fullmatch(braces.id):
        report.add("BAD_ID", line, column=report.column_of(line, braces.id))
    return braces
