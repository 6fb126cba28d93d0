"""Writes docs/tour.md: every module's opening line, in reading order (`python -m tests.house.tour`)."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "foundation",
    "content",
    "accounts",
    "library",
    "learning",
    "certification",
    "authoring",
    "coordination",
    "wellbeing",
    "reminders.py",
    "all_rooms.py",
    "flow.py",
    "app.py",
    "conformance",
    "cli",
)
WORDS = ("__init__", "rules", "events", "records", "actions", "forms", "pages", "views")
HEAD = """# Every module in one line

The reference that goes with [Architecture](architecture.md). Rooms come in the order in which they're best read,
from the foundation up to the commands; each imports only rooms above it on this page. The page is written by
`python -m tests.house.tour`.
"""


def opening_line(path: Path) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def _place(path: Path) -> tuple[str, bool, int, str]:
    known = path.stem in WORDS
    return (str(path.parent), path.stem != "__init__" and not known, WORDS.index(path.stem) if known else 0, str(path))


def _name(path: Path) -> str:
    """Return a module's name within its room; a sub-room ends in a slash."""
    return f"{path.parent}/" if path.stem == "__init__" else str(path.with_suffix(""))


def as_markdown() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for room in ROOMS:
        place = ROOT / "lms" / room
        if place.is_file():
            parts.append(f"## `{room}`\n\n{opening_line(place)}\n")
            continue
        parts.append(f"## `{room}`\n\n{opening_line(place / '__init__.py')}\n\n| module | holds |\n|---|---|")
        modules = sorted((path for path in place.rglob("*.py") if path != place / "__init__.py"), key=_place)
        rows = [f"| `{_name(path.relative_to(place))}` | {opening_line(path)} |" for path in modules]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    (ROOT / "docs" / "tour.md").write_text(as_markdown(), "utf-8")
