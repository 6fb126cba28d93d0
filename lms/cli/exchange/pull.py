"""Courses from git repositories: `lms courses pull` brings one in now, `lms courses source` sets one up."""

from __future__ import annotations

import click

from lms.authoring.drafts.outline_rules import is_id
from lms.authoring.publishing.rules import needs_approval
from lms.authoring.repositories import actions, records
from lms.authoring.repositories.actions import BroughtIn, Stopped, bring_in
from lms.authoring.repositories.fetching import CannotPull, Origin, check_stored
from lms.cli.output import say
from lms.cli.shared import get_programme, inside
from lms.content.lint.check import render_findings
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.web.security import settings

_STATES = {"added": "new", "removed": "removed", "changed": "changed", "same": "moved"}
branch_option = click.option(
    "--branch", default="main", show_default=True, help="The branch whose newest commit is read."
)
folder_option = click.option(
    "--folder", default="", help="The course's folder in the repository. The default is its root."
)


@click.command("pull")
@click.argument("address")
@branch_option
@folder_option
@click.option("--programme", "slug", default=None, help="The programme that publishes it. Needed if there are several.")
@inside
def pull_course(address: str, branch: str, folder: str, slug: str | None) -> None:
    """Fetch a course from a git repository, check it, say what differs, and start a draft to publish it from.

    Nothing is written to the repository. A course with errors changes nothing here.

    Example: lms courses pull https://git.example.org/courses.git --folder active-listening --programme harbour
    """
    programme = get_programme(slug)
    done = bring_in(programme.id, Origin(address, branch, folder))
    if isinstance(done, Stopped):
        if done.errors:
            say(render_findings(done.errors))
        raise click.ClickException(done.message)
    _say_what_came(done)
    if done.draft is None:
        say(f"Nothing differs from version {done.published}, so no draft was started.")
        return
    if done.was_open:
        say("A draft with the same files is open already.")
    if needs_approval(programme.facts):
        say(f"In {programme.name}, a second person approves before it’s published.")
    pages = f"{settings().base_url}/programmes/{programme.slug}/drafts/{done.draft}"
    say(f"The draft: {pages}\nCompare it: {pages}/compare\nPublish it: {pages}/publish")


def _say_what_came(done: BroughtIn) -> None:
    """Print the course and each part that differs from the published version."""
    say(f"{done.course.title}, commit {done.commit[:12]}: no errors, {done.warnings} warnings.")
    for one in done.differences:
        say(f"  {_STATES[one.state]}: {one.title} ({one.kind})")


@click.command("source")
@click.argument("course_id")
@click.argument("address", required=False)
@branch_option
@folder_option
@click.option("--remove", is_flag=True, help="Forget where the course comes from.")
@click.option("--programme", "slug", default=None, help="The programme that writes it. Needed if there are several.")
@inside
def course_source(
    course_id: str, address: str | None, branch: str, folder: str, remove: bool, slug: str | None
) -> None:
    """Say which git repository a course comes from, so that trainers can bring it in as a draft in the browser.

    They see the address, so one with a password or token in it is refused. Without an address, it's shown.

    Example: lms courses source active-listening https://git.example.org/courses.git --folder active-listening
    """
    programme = get_programme(slug)
    if remove:
        known = write(actions.remove_source, programme.id, course_id)
        say(f"{course_id} no longer comes from a repository." if known else f"No repository is set up for {course_id}.")
    elif address is None:
        source = records.find_source(programme.id, course_id)
        place = f"{source.address}, branch {source.branch}, folder {source.folder or '/'}" if source else ""
        say(f"{course_id}: {place or 'no repository is set up'}")
    else:
        _set(programme.id, course_id, Origin(address, branch, folder.strip("/")))
        pages = f"{settings().base_url}/programmes/{programme.slug}/writing/repositories"
        say(f"Trainers of {programme.name} can bring in {course_id} on this page: {pages}")


def _set(programme_id: str, course_id: str, origin: Origin) -> None:
    if not is_id(course_id):
        raise click.ClickException("Give the id from the course's course.md, for example: active-listening")
    try:
        check_stored(origin)
    except CannotPull as why:
        raise click.ClickException(f"{why} Nothing was saved.") from None
    done = write(actions.set_source, programme_id, course_id, origin)
    if isinstance(done, Refused):
        raise click.ClickException(done.message)
