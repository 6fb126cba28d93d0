"""How commands print: lines for people, or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from textwrap import indent
from typing import Any

import click


def say(text: str = "", end: str = "\n") -> None:
    """Print one line for people."""
    click.echo(text + end, nl=False)


def say_rows(rows: Iterable[dict[str, Any]], as_json: bool) -> None:
    """Print rows as JSON for programs, or as lines for people, each as it comes, so that none has to stay in memory."""
    count = 0
    for count, row in enumerate(rows, 1):
        if as_json:
            text = json.dumps(row, ensure_ascii=False, indent=2, default=str)
            say(("[\n" if count == 1 else ",\n") + indent(text, "  "), end="")
        else:
            say("  ".join(str(value) for value in row.values() if value not in (None, "")))
    if as_json:
        say("\n]" if count else "[]")
    elif not count:
        say("Nothing here yet.")


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
