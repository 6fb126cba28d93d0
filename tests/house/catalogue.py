"""Writes lms/translations/messages.pot: every string that people read (`python -m tests.house.catalogue`)."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "lms" / "translations" / "messages.pot"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "ngettext": (1, 2), "say": None}
WAYS = {
    "lms": [("cli/**.py", "ignore"), ("**.py", "python")],
    "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")],
}
OPTIONS = {"**.html": {"trim_blocks": "true", "newstyle_gettext": "true"}, "**.txt": {"newstyle_gettext": "true"}}


def messages() -> set[str]:
    """Return the ids of all strings in code and templates."""
    return {str(message.id) for message in catalog() if message.id}


def catalog() -> Catalog:
    """Return all strings in code and templates with the files in which they stand."""
    found = Catalog(project="Sidelight", fuzzy=False)
    for file, message, comments, context in _extracted():
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


@cache
def _extracted() -> list[tuple[str, Any, list[str], Any]]:
    """Return each string with its file, comments and context, read once in a process: that takes three seconds."""
    return [
        (f"{folder}/{name}", message, comments, context)
        for folder, ways in WAYS.items()
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder, method_map=ways, options_map=OPTIONS, keywords=KEYWORDS
        )
    ]


def as_pot() -> bytes:
    """Return the catalogue file, the same for the same strings."""
    out = io.BytesIO()
    write_po(out, catalog(), sort_output=True, omit_header=True, include_lineno=False, width=110)
    return b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' + out.getvalue()


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(as_pot())
