"""Writes docs/check-codes.md from the table of codes (`python -m tests.house.codes`)."""

from __future__ import annotations

from lms.content.lint.codes.explain import as_markdown
from tests.house.tour import ROOT

if __name__ == "__main__":
    (ROOT / "docs" / "check-codes.md").write_text(as_markdown(), "utf-8")
