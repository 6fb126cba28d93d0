"""Writes docs/commands.md from the `lms` command's own help (`python -m tests.house.commands`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from lms.cli import main

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "commands.md"
HEAD = """# Commands

`./dev` installs the `lms` command into `.venv/bin`. It reads the same [settings](settings.md) as the site. If a command
fails, it says why and its exit status isn't zero. Commands that list something can print JSON. This page is generated
from the commands: `lms --help` has the same text.
"""


def commands(group: click.Group = main, before: str = "lms") -> Iterator[tuple[str, click.Command]]:
    """Return every command that is shown, with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def as_markdown() -> str:
    """Return the page."""
    return HEAD + "".join(_section(name, command) for name, command in commands())


def _section(name: str, command: click.Command) -> str:
    text, _, example = " ".join((command.help or "").split()).partition("Example: ")
    with click.Context(command) as context:
        usage = " ".join([name, *(piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]")])
        told = [parameter.get_help_record(context) for parameter in command.params]
    rows = "".join(f"| `{what}` | {words} |\n" for what, words in filter(None, told))
    table = f"\n| Option | What it does |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {name}\n\n{text.strip()}\n\n    {usage}\n    {example}\n{table}"


if __name__ == "__main__":
    FILE.write_text(as_markdown(), "utf-8")
