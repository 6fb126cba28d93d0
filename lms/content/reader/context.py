"""What reading a course needs and gathers: its texts and problems, and each file as it was parsed."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from lms.content.markdown import prose
from lms.content.markdown.blocks import Block, Page, parse
from lms.content.model.bundle import Files
from lms.content.model.course import Source
from lms.content.model.report import Finding, Report
from lms.content.reader import frontmatter
from lms.content.reader.parts import Part, PartMemory, Proofread, Tracked, TrackedFiles

P = ParamSpec("P")
T = TypeVar("T")
Inspect = Callable[["ParseContext", "ParsedFile"], Proofread]
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
    """What reading one course needs and gathers: its texts, findings, ids, and files as they were parsed.

    What a part asks of another file goes through one of the tracked mappings, or a recheck would not notice a change.
    """

    files: TrackedFiles = field(default_factory=lambda: TrackedFiles(Files({})))
    texts: Tracked[str] = field(default_factory=Tracked)
    left_out: Tracked[str] = field(default_factory=Tracked)
    objectives: Tracked[str] = field(default_factory=Tracked)
    sources: Tracked[Source] = field(default_factory=Tracked)
    pictures: Tracked[str] = field(default_factory=Tracked)
    course: Tracked[str] = field(default_factory=Tracked)
    renderer: prose.Renderer = field(init=False)
    inspect: Inspect | None = None
    memory: PartMemory | None = None
    findings: list[Finding] = field(default_factory=list)
    claims: list[tuple[str, str, int]] = field(default_factory=list)
    parsed_files: list[ParsedFile] = field(default_factory=list)
    proofread: list[Proofread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.renderer = prose.Renderer(self.sources, self.pictures, self.course, self.files)

    def report(self, path: str) -> Report:
        """A report on that file, with its lines."""
        return Report(path, self.texts.get(path, "").split("\n"), self.findings)

    def claim(self, id: str, path: str, line: int) -> None:
        """Notes that an id is taken."""
        self.claims.append((id, path, line))

    def settle_claims(self) -> None:
        """Reports each id that was taken before."""
        taken: dict[str, str] = {}
        for id, path, line in self.claims:
            if id in taken:
                report = self.report(path)
                message = f"The id “{id}” is used in {taken[id]} too."
                report.add("DUPLICATE_ID", line, message, column=report.column_of(line, id))
            taken.setdefault(id, f"{path}:{line}")

    def part(self, read: Callable[Concatenate[ParseContext, P], T], *args: P.args, **none: P.kwargs) -> T:
        """Reads one part of the course, or takes it from memory when all that it asked for is as it was."""
        key = (read, args)
        part = self.memory.find(key, self._tracked) if self.memory is not None else None
        if part is None:
            part = self._read_part(read, args)
        if self.memory is not None:
            self.memory.keep(key, part)
        self.findings += part.findings
        self.claims += part.claims
        self.proofread += part.proofread
        value: T = part.value
        return value

    @property
    def _tracked(self) -> tuple[Tracked[Any], ...]:
        return (self.files, self.texts, self.left_out, self.objectives, self.sources, self.pictures, self.course)

    def _read_part(self, read: Callable[..., Any], args: tuple[Any, ...]) -> Part:
        for mapping in self._tracked:
            mapping.note_anew()
        inner = copy(self)
        inner.findings, inner.claims, inner.parsed_files = [], [], []
        value = read(inner, *args)
        proofread = tuple(self.inspect(inner, parsed) for parsed in inner.parsed_files) if self.inspect else ()
        answers = tuple(mapping.noted() for mapping in self._tracked)
        return Part(value, tuple(inner.findings), tuple(inner.claims), proofread, answers)


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
