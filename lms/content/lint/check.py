"""Reads and proofreads a bundle in one run, and renders the problems for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.content.lint.across import shared_sentences
from lms.content.lint.links import look_for_links
from lms.content.lint.lint import lint_course
from lms.content.lint.measures import Measures, measure
from lms.content.lint.pasted import look_for_pasted
from lms.content.lint.picture_files import check_pictures
from lms.content.lint.promises import look_for_promises, look_for_wording
from lms.content.lint.proofread import proofread
from lms.content.lint.stray_marks import look_for_marks
from lms.content.model.bundle import Bundle
from lms.content.model.course import Reading
from lms.content.model.report import Finding
from lms.content.reader.reader import finish, read, read_course, reread

__all__ = ["Checked", "check", "check_with_measures", "read_course", "render_findings", "reread"]


@dataclass(frozen=True)
class Checked:
    """The result of a check: the reading, and figures when the course could be put together."""

    reading: Reading
    measures: Measures | None


def check(bundle: Bundle, name: str = "") -> Reading:
    """Reads and proofreads a course; `name` is its folder's, which is its id."""
    return check_with_measures(bundle, name).reading


def check_with_measures(bundle: Bundle, name: str = "") -> Checked:
    """The same as `check`, with figures for course writers."""
    context, course = read(bundle, name)
    check_pictures(context, bundle.files)
    for parsed in context.parsed_files:
        proofread(context, parsed)
        look_for_wording(parsed)
        look_for_marks(parsed)
        look_for_pasted(parsed)
    look_for_links(context)
    if course is None:
        return Checked(finish(context, course), None)
    lint_course(context, course)
    look_for_promises(context, course)
    measures = measure(context, course)
    context.findings += shared_sentences({course.id: measures}, within=True)[course.id]
    return Checked(finish(context, course), measures)


def render_findings(findings: Sequence[Finding]) -> str:
    """Each finding as three lines: where and what, the line itself, how to fix it."""
    blocks = []
    for finding in findings:
        sign = "" if finding.severity == "error" else " (warning)"
        lines = [f"{finding.code}{sign} {finding.path}:{finding.line}:{finding.column} {finding.message}"]
        lines += [f"    {finding.excerpt}"] if finding.excerpt else []
        blocks.append("\n".join([*lines, f"    → {finding.fix}"]))
    return "\n\n".join(blocks) + ("\n" if blocks else "")
