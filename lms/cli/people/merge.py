"""The command that merges two accounts of one person, and undoes it."""

from __future__ import annotations

import click

from lms.accounts.merges.records import AccountMerge, find_merge_into
from lms.accounts.records import Person, Programme, roles_of
from lms.accounts.rules import zone_of
from lms.cli.output import say
from lms.cli.people.lookup import get_person
from lms.cli.shared import get_programme, inside
from lms.coordination.merging import actions, pages, records
from lms.coordination.merging.preview_pages import preview
from lms.coordination.merging.rules import Decider, Reason
from lms.foundation.db import write
from lms.foundation.web.security import settings

ON_THE_SERVER = Decider(None, operator=True)


@click.command("merge")
@click.argument("kept")
@click.argument("other")
@click.option("--programme", "slug", default=None, help="The programme. You need this if there are several.")
@click.option("--dry-run", is_flag=True, help="Only list what would happen.")
@click.option("--undo", is_flag=True, help="Undo the merge of OTHER into KEPT, within 30 days.")
@inside
def people_merge(kept: str, other: str, slug: str | None, dry_run: bool, undo: bool) -> None:
    """Merge a second account of somebody, OTHER, into the account KEPT, and close OTHER. Both are told by email.

    Courses, certificates and records come together in KEPT. It can be undone for 30 days.
    Example: lms people merge sam@work.example sam@home.example --programme harbour --dry-run
    """
    programme, staying, closing = get_programme(slug), get_person(kept), get_person(other)
    if undo:
        _undo(staying, closing, dry_run)
        return
    if not dry_run:
        _merge(programme, staying, closing)
        return
    _check_members(programme, staying, closing)
    refused = actions.why_not_merge(staying.id, closing.id, ON_THE_SERVER)
    if refused:
        _refuse(refused, staying, closing)
    for line in preview(programme, staying, closing, records.plan_merge(staying.id, closing.id), settings()):
        say(line.label)
        for sentence in line.sentences:
            say(f"  {sentence}")
    say("Nothing was changed.")


def _check_members(programme: Programme, *people: Person) -> None:
    for person in people:
        if programme.id not in roles_of(person.id):
            raise click.ClickException(f"{person.email} has no role in {programme.slug}. Nothing was changed.")


def _refuse(reason: Reason, kept: Person, other: Person) -> None:
    raise click.ClickException(f"{pages.reason_words(reason, kept, other)} Nothing was changed.")


def _merge(programme: Programme, kept: Person, other: Person) -> None:
    _check_members(programme, kept, other)
    done = write(actions.merge, programme.id, kept.id, other.id, ON_THE_SERVER)
    if not isinstance(done, AccountMerge):
        _refuse(done, kept, other)
        return
    until = pages.days_of(done, zone_of(programme.facts, settings().timezone))["until"]
    say(f"{other.email} was merged into {kept.email} and is closed. Both were told by email.")
    say(f"To undo it until {until}: lms people merge {kept.email} {other.email} --undo")


def _undo(kept: Person, other: Person, dry_run: bool) -> None:
    found = find_merge_into(kept.id, other.id)
    if found is None:
        raise click.ClickException(f"{other.email} wasn’t merged into {kept.email}. Nothing was changed.")
    done = actions.why_not_undo(found, ON_THE_SERVER) if dry_run else write(actions.undo, found.id, ON_THE_SERVER)
    if isinstance(done, str):
        _refuse(done, kept, other)
    say("It can be undone. Nothing was changed." if dry_run else f"Undone. {other.email} is open again.")
