"""Everything `lms check` says about a bundle, in one run, and how it looks in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from lms.content.bundle import Bundle
from lms.content.course import Finding, Reading
from lms.content.lint import lint_course
from lms.content.proofread import proofread
from lms.content.reader import finish, read, read_course

__all__ = ["check", "read_course", "render_findings"]


def check(bundle: Bundle, name: str = "") -> Reading:
    """Reads and proofreads a course; `name` is its folder's, which is its id."""
    desk, course = read(bundle, name)
    for sheet in desk.sheets:
        proofread(desk, sheet)
    if course is not None:
        lint_course(desk, course)
    return finish(desk, course)


def render_findings(findings: Sequence[Finding]) -> str:
    """Each finding as three lines: where and what, the line itself, how to mend it."""
    blocks = []
    for finding in findings:
        sign = "" if finding.severity == "error" else " (warning)"
        lines = [f"{finding.code}{sign} {finding.path}:{finding.line}:{finding.column} {finding.message}"]
        lines += [f"    {finding.excerpt}"] if finding.excerpt else []
        blocks.append("\n".join([*lines, f"    → {finding.mend}"]))
    return "\n\n".join(blocks) + ("\n" if blocks else "")
