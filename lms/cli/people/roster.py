"""Commands that invite people from a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from lms.accounts.rules import IMPORT_FILE_MOST
from lms.cli.output import json_option, say
from lms.cli.shared import get_programme, inside
from lms.coordination.roster import actions, records
from lms.coordination.roster.actions import TooMany
from lms.coordination.roster.drafts import make_draft
from lms.coordination.roster.jobs import do_all
from lms.coordination.roster.pages import first_few
from lms.coordination.roster.records import RosterImport
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.web.security import settings

WORDS = {
    "invited": "invited",
    "again": "invited again, because the link had expired",
    "slip": "without email: slips to print, on the page “Slips to print”",
    "changed": "details changed",
    "waiting": "invited before, nothing sent",
    "here": "already a member",
    "same": "listed twice",
    "problem": "can’t be used",
}


@click.group()
def roster() -> None:
    """Invite people from a CSV or Excel file.

    Example: lms roster import people.csv --programme harbour --dry-run
    """


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@click.option("--dry-run", is_flag=True, help="List what would happen with each row, and change nothing.")
@json_option
@inside
def roster_import(file: Path, slug: str | None, dry_run: bool, as_json: bool) -> None:
    """Invite the people in a file, and note their units, staff numbers and line managers.

    Rows that can't be used are listed with their row, column and reason, and the others are imported. You can run it
    again: nobody is invited twice. If it's interrupted, the job process does the rest. The exit status is 1 if a row
    can't be used, and 0 otherwise.
    Example: lms roster import people.csv --programme harbour --dry-run
    """
    programme = get_programme(slug)
    if file.stat().st_size > IMPORT_FILE_MOST:
        most = IMPORT_FILE_MOST // (1024 * 1024)
        raise click.ClickException(f"{file.name} is larger than {most} MB. Please split it. Nothing was changed.")
    draft = make_draft(programme.id, None, file.read_bytes())
    if isinstance(draft, Refused):
        raise click.ClickException(f"{draft.message} Nothing was changed.")
    try:
        if not dry_run:
            _start(draft.id)
        _tell(draft.id, dry_run, as_json)
    finally:
        if dry_run:
            write(records.forget, [draft.id])


def _start(import_id: str) -> None:
    begun = write(actions.start, import_id)
    if isinstance(begun, TooMany):
        raise click.ClickException(
            "This programme has invited as many people from files as it can in a day. Nothing was changed."
        )
    if not isinstance(begun, RosterImport):
        raise click.ClickException(f"{begun.message} Nothing was changed.")
    do_all(import_id, settings())


def _tell(import_id: str, dry_run: bool, as_json: bool) -> None:
    """Print what came of the rows, and end with 1 where some can't be used."""
    this, counts = records.get_import(import_id), records.count_rows(import_id).by_result
    problems = [
        {"row": row.number, "column": column, "reason": reason}
        for row in records.list_rows(import_id, "problem", 0, counts.get("problem", 0))
        for column, reason in row.problems
    ]
    if as_json:
        told: dict[str, Any] = {"dry_run": dry_run, "results": counts, "problems": problems}
        told |= {"columns_left_out": this.left_out, "new_units": this.new_units}
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell_people(this, counts, problems, dry_run)
    if problems:
        sys.exit(1)


def _tell_people(this: RosterImport, counts: dict[str, int], problems: list[dict[str, Any]], dry_run: bool) -> None:
    for problem in problems:
        say(f"Row {problem['row']}, {problem['column']}: {problem['reason']}")
    for result, words in WORDS.items():
        if counts.get(result):
            say(f"{counts[result]} {words}")
    if this.new_units:
        say(f"New units: {first_few(this.new_units)}")
    if this.left_out:
        say(f"Columns left out: {first_few(this.left_out)}")
    if dry_run:
        say("This was a dry run, so nothing was changed.")
