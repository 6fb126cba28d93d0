"""Commands for support lines: check a file of them, list them, take one off."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from lms.all_rooms import check_lines, list_lines, remove_line, restore_line
from lms.cli.output import json_option, say, say_rows
from lms.cli.shared import inside


@click.group()
def lines() -> None:
    """Manage support lines.

    Example: lms lines check lines.toml
    """


@lines.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def lines_check(file: Path, as_json: bool) -> None:
    """Check a file of support lines without changing anything.

    Example: lms lines check lines.toml
    """
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text.") from None
    troubles, count = check_lines(text)
    if as_json:
        say(json.dumps({"troubles": troubles, "lines": count}, ensure_ascii=False, indent=2))
        sys.exit(1 if troubles else 0)
    for words in troubles:
        say(words)
    if troubles:
        sys.exit(1)
    say(f"{file.name} is fine: {count} lines. Copy it to LMS_DATA as lines.toml. You don’t need to restart.")


@lines.command("list")
@json_option
@inside
def lines_list(as_json: bool) -> None:
    """List all support lines with the date on which each was last checked.

    Example: lms lines list
    """
    say_rows(list_lines(), as_json)


@lines.command("remove")
@click.argument("line_id")
@inside
def lines_remove(line_id: str) -> None:
    """Remove a line from the pages of all programmes. `lms lines restore` brings it back.

    Example: lms lines remove gb-shout
    """
    if not remove_line(line_id):
        raise click.ClickException(f"No line has the id {line_id}. Nothing was changed. See: lms lines list")
    say(f"{line_id} is no longer on any page.")


@lines.command("restore")
@click.argument("line_id")
@inside
def lines_restore(line_id: str) -> None:
    """Bring back a line that was removed from the whole site. Programmes that removed it for themselves don’t show it.

    Example: lms lines restore gb-shout
    """
    if not restore_line(line_id):
        raise click.ClickException(f"No line has the id {line_id}. Nothing was changed. See: lms lines list")
    say(f"{line_id} is back on the pages.")
