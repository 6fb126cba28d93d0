"""Collects problems while a course is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lms.content.model.codes import CODES, Severity

EXCERPT = 120


@dataclass(frozen=True)
class Finding:
    """One thing `lms check` noticed: where it is, what it is and how to fix it."""

    code: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str
    fix: str
    excerpt: str = ""


@dataclass
class Report:
    """Gathers the findings of one file; `lines` are the file's, so that each finding can show its own."""

    path: str
    lines: Sequence[str] = ()
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, line: int = 1, message: str = "", *, column: int = 1, fix: str = "") -> None:
        """Adds one finding; message and fix default to those in the table of codes."""
        severity, what, usual_fix = CODES[code]
        excerpt = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        if len(excerpt) > EXCERPT:
            excerpt = excerpt[: EXCERPT - 1] + "…"
        self.findings.append(
            Finding(code, severity, self.path, max(line, 1), max(column, 1), message or what, fix or usual_fix, excerpt)
        )

    def column_of(self, line: int, words: str) -> int:
        """The column where the words begin in that line, counted from 1; 1 when they are not there."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return text.find(words) + 1 or 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, with a leading space; empty when none is near."""
    near = _nearest(word, tuple(known))
    return f" Did you mean “{near}”?" if near else ""


@lru_cache(maxsize=256)
def _nearest(word: str, known: tuple[str, ...]) -> str:
    """Return the known word that is nearest to another one, or nothing; one slip often comes many times."""
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), "")
