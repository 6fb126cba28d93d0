"""How commands print: lines for people, or JSON for programs."""

from __future__ import annotations

import json
from typing import Any

import click


def say(text: str = "") -> None:
    """Print one line for people."""
    click.echo(text)


def say_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as JSON for programmes, or as lines for people."""
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        say("  ".join(str(value) for value in row.values() if value not in (None, "")))
    if not rows:
        say("Nothing here yet.")


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
