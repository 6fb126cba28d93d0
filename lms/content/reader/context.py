"""What reading a course needs and gathers: its texts and problems, and each file as it was parsed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Literal

from lms.content.markdown import prose
from lms.content.markdown.blocks import Block, Page, parse
from lms.content.model.report import Finding, Report
from lms.content.reader import frontmatter

Role = Literal["course", "module", "facilitator", "lesson", "gentle", "check", "conversation", "glossary"]


@dataclass
class ParsedFile:
    """A file that was parsed: its prose blocks, kept for proofreading, beside what the reader made of it."""

    role: Role
    report: Report
    page: Page
    prose: list[Block]
    cited: tuple[str, ...] = ()
    differs: str = ""


@dataclass
class ParseContext:
    """What reading one course needs and gathers: its texts, findings, ids, and files as they were parsed."""

    texts: dict[str, str]
    findings: list[Finding]
    renderer: prose.Renderer = field(default_factory=prose.Renderer)
    objectives: Collection[str] = ()
    parsed_files: list[ParsedFile] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    def report(self, path: str) -> Report:
        """A report on that file, with its lines."""
        return Report(path, self.texts.get(path, "").split("\n"), self.findings)

    def claim(self, id: str, path: str, line: int) -> None:
        """Notes that an id is taken; says so when it was taken before."""
        if id in self.ids:
            self.report(path).add(
                "DUPLICATE_ID",
                line,
                f"The id “{id}” is used in {self.ids[id]} too.",
                column=self.report(path).column_of(line, id),
            )
        self.ids.setdefault(id, f"{path}:{line}")


def parse_file(context: ParseContext, path: str, role: Role) -> tuple[str | None, ParsedFile]:
    """Front matter and parsed body of a file."""
    source, body, first = frontmatter.split(context.texts[path])
    page = parse(body, first)
    parsed = ParsedFile(role, context.report(path), page, page.blocks)
    context.parsed_files.append(parsed)
    return source, parsed


def render_file(context: ParseContext, parsed: ParsedFile, *, lead: bool = False) -> str:
    """The file's prose as HTML; remembers what it cites."""
    rendered = context.renderer.page(
        parsed.prose, parsed.page.references, folder=dirname(parsed.report.path), lead=lead
    )
    parsed.cited, parsed.differs = rendered.cited, rendered.differs
    return rendered.html
