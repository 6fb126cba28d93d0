"""The command that compares the status and numbers that lists show with what they're made from, and corrects them."""

from __future__ import annotations

import sys

import click

from lms.accounts.records import list_programmes
from lms.cli.output import say
from lms.cli.shared import get_programme, inside
from lms.coordination.board import actions
from lms.coordination.board.comparison_records import list_listed_after
from lms.foundation.db import write


@click.command("status")
@click.option("--programme", "slug", default=None, help="Only this programme. By default, all of them.")
@click.option("--rebuild", is_flag=True, help="Correct what differs, a few hundred people at a time.")
@inside
def people_status(slug: str | None, rebuild: bool) -> None:
    """Compare the status that lists of people show with courses and certificates, and name the programmes that differ.

    It also compares the numbers above each list with the list. Without --rebuild, nothing is changed, and the exit
    status is 1 if anything differs. The site can stay open.
    Example: lms people status --rebuild
    """
    people = differing = miscounted = 0
    for programme in [get_programme(slug)] if slug else list_programmes():
        last, here = "", 0
        while some := list_listed_after(programme.id, last):
            done = write(actions.rebuild_some, programme.id, some) if rebuild else actions.compare(programme.id, some)
            here += len(done)
            people, last = people + len(some), some[-1]
        if here:
            say(f"{programme.slug}: {here} {'was' if here == 1 else 'were'} listed differently")
        differing += here
        numbers = write(actions.count_again, programme.id) if rebuild else actions.count_miscounted(programme.id)
        if numbers:
            were = "of the numbers above the list was" if numbers == 1 else "of the numbers above the list were"
            say(f"{programme.slug}: {numbers} {were} different")
        miscounted += numbers
    say(f"{people} people compared, and {differing} listed differently from their courses and certificates.")
    if not (differing or miscounted):
        return
    if rebuild:
        say("All of them are listed and counted as they should be now.")
    else:
        say("Nothing was changed. To list and count them as they should be: lms people status --rebuild")
        sys.exit(1)
