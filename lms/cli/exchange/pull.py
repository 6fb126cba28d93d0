"""`lms courses pull`: a course from a git repository becomes a draft, to be compared and published in the browser."""

from __future__ import annotations

import click

from lms.authoring.drafts import actions, records
from lms.authoring.drafts.files import digest_of, store_media
from lms.authoring.drafts.records import Draft
from lms.cli.exchange.repositories import CannotPull, pull
from lms.cli.output import say
from lms.cli.shared import get_programme, inside
from lms.content.comparison.compare import compare
from lms.content.lint.check import check, render_findings
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course
from lms.foundation.db import write
from lms.foundation.refused import Refused
from lms.foundation.web.security import settings
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

_STATES = {"added": "new", "removed": "removed", "changed": "changed", "same": "moved"}


@click.command("pull")
@click.argument("address")
@click.option("--branch", default="main", show_default=True, help="The branch whose newest commit is read.")
@click.option("--folder", default="", help="The course's folder in the repository. The default is its root.")
@click.option("--programme", "slug", default=None, help="The programme that publishes it. Needed if there are several.")
@inside
def pull_course(address: str, branch: str, folder: str, slug: str | None) -> None:
    """Fetch a course from a git repository, check it, say what differs, and start a draft to publish it from.

    Nothing is written to the repository. A course with errors changes nothing here.

    Example: lms courses pull https://git.example.org/courses.git --folder active-listening --programme harbour
    """
    programme = get_programme(slug)
    try:
        pulled = pull(address, branch, folder)
    except CannotPull as why:
        raise click.ClickException(str(why)) from None
    reading = check(pulled.bundle)
    errors = tuple(finding for finding in reading.findings if finding.severity == "error")
    if reading.course is None:
        say(render_findings(errors))
        raise click.ClickException(f"The course has {len(errors)} errors, so no draft was started.")
    say(f"{reading.course.title}, commit {pulled.commit[:12]}: no errors, {len(reading.findings)} warnings.")
    newest = find_newest_digest(reading.course.id)
    if newest and not _say_differences(get_course(newest), reading.course):
        say(f"Nothing differs from version {get_course(newest).version}, so no draft was started.")
        return
    draft = _draft_of(programme.id, pulled.bundle, reading.course, newest)
    pages = f"{settings().base_url}/programmes/{programme.slug}/drafts/{draft}"
    say(f"The draft: {pages}\nCompare it: {pages}/compare\nPublish it: {pages}/publish")


def _say_differences(known: Course, pulled: Course) -> bool:
    """Print each part that differs from a published version; return whether any does."""
    found = [one for one in compare(known, pulled) if not one.is_untouched]
    for one in found:
        say(f"  {_STATES[one.state]}: {one.title} ({one.kind})")
    return bool(found)


def _draft_of(programme_id: str, bundle: Bundle, course: Course, base: str | None) -> str:
    """Return the public id of the draft with these files: the one that is open already, or a new one."""
    for draft in records.list_drafts(programme_id, most=actions.DRAFTS_MOST + 1):
        if draft.course_id == course.id and digest_of(records.list_files(draft.id)) == bundle.digest:
            say("A draft with the same files is open already.")
            return draft.public_id
    store_media(bundle)
    started: Draft | Refused = write(actions.start, programme_id, None, bundle, course.id, course.title, base)
    if isinstance(started, Refused):
        raise click.ClickException(started.message)
    return started.public_id
