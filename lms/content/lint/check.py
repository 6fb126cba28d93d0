"""Reads and proofreads a bundle in one run, and renders the problems for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lms.content.lint.across import shared_sentences
from lms.content.lint.links import anchors_of, links_of, look_for_links
from lms.content.lint.lint import lint_course
from lms.content.lint.measures import Measures, grade_of, measure
from lms.content.lint.pasted import look_for_pasted
from lms.content.lint.picture_files import check_pictures
from lms.content.lint.promises import look_for_promises, look_for_wording, prose_promises
from lms.content.lint.proofread import proofread
from lms.content.lint.stray_marks import look_for_marks
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from lms.content.model.report import Finding
from lms.content.reader.context import ParseContext, ParsedFile
from lms.content.reader.parts import PartMemory, Proofread
from lms.content.reader.reader import finish, read, read_course, reread
from lms.content.reader.reading import paragraphs, sentences

__all__ = ["Checked", "check", "check_with_measures", "read_course", "render_findings", "reread"]


@dataclass(frozen=True)
class Checked:
    """The result of a check: the reading, and figures when the course could be put together."""

    reading: Reading
    measures: Measures | None


def check(bundle: Bundle, name: str = "") -> Reading:
    """Reads and proofreads a course; `name` is its folder's, which is its id."""
    return check_with_measures(bundle, name).reading


def check_with_measures(bundle: Bundle, name: str = "", memory: PartMemory | None = None) -> Checked:
    """The same as `check`, with figures for course writers; what `memory` holds isn't read again."""
    context, course = read(bundle, name, _inspect, memory)
    check_pictures(context, bundle.files)
    if memory is not None:
        memory.end_run()
    look_for_links(context)
    if course is None:
        return Checked(finish(context, course), None)
    lint_course(context, course)
    look_for_promises(context, course)
    measures = measure(context, course)
    context.findings += shared_sentences({course.id: measures}, within=True)[course.id]
    return Checked(finish(context, course), measures)


def _inspect(context: ParseContext, parsed: ParsedFile) -> Proofread:
    """Reports what can be said of one page by itself; returns what is judged once the course is put together."""
    proofread(context, parsed)
    look_for_wording(parsed)
    look_for_marks(parsed)
    look_for_pasted(parsed)
    page = Proofread(
        parsed.role,
        parsed.report.path,
        parsed.prose[0].line if parsed.prose else 1,
        links_of(context, parsed),
        anchors_of(parsed),
        prose_promises(parsed),
    )
    if parsed.role not in ("lesson", "gentle"):
        return page
    passages = list(paragraphs(parsed.prose))
    grade = grade_of(passages, context.course.get("language", ""))
    return replace(page, sentences=sentences(passages, quoted=False), grade=grade)


def render_findings(findings: Sequence[Finding]) -> str:
    """Each finding as three lines: where and what, the line itself, how to fix it."""
    blocks = []
    for finding in findings:
        sign = "" if finding.severity == "error" else " (warning)"
        lines = [f"{finding.code}{sign} {finding.path}:{finding.line}:{finding.column} {finding.message}"]
        lines += [f"    {finding.excerpt}"] if finding.excerpt else []
        blocks.append("\n".join([*lines, f"    → {finding.fix}"]))
    return "\n\n".join(blocks) + ("\n" if blocks else "")
