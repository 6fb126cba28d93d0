"""Writes docs/commands.md from the `lms` command's own help (`python -m tests.house.commands`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from lms.cli import main

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "commands.md"
HEAD = """# Commands

`./dev` installs the `lms` command into `.venv/bin`. On a server,
[step 4](deployment.md#from-an-empty-debian-12-to-https) makes one that runs as the site's account. It reads the same
[settings](settings.md) as the site. If a command fails, it says why and its exit status isn't zero. Commands that list
something can print JSON. This page is generated from the commands: `lms --help` has the same text.
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
        # An argument that says nothing more is in the usage already. A table's cell ends at a bar, even in code.
        told = [
            (what.replace("|", "\\|"), words)
            for parameter in command.params
            for what, words in filter(None, [parameter.get_help_record(context)])
            if words or isinstance(parameter, click.Option)
        ]
    rows = "".join(f"| `{what}` | {words} |\n" for what, words in told)
    table = f"\n| Option | What it does |\n|---|---|\n{rows}" if rows else ""
    lines = "".join(f"    {line}\n" for line in dict.fromkeys((usage, example)))
    return f"\n## {name}\n\n{text.strip()}\n\n{lines}{table}"


if __name__ == "__main__":
    FILE.write_text(as_markdown(), "utf-8")
