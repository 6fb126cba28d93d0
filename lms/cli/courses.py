"""Commands for courses: publish, review, and hand over to another owner."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from lms.accounts.records import Programme
from lms.accounts.records import get_programme as programme_of
from lms.accounts.rules import missing_contact
from lms.authoring.publishing.rules import needs_approval
from lms.authoring.repositories.actions import find_or_start_draft
from lms.certification.awards.records import list_waiting
from lms.cli.check import course_folders
from lms.cli.exchange.pull import course_source, pull_course
from lms.cli.exchange.scorm import scorm
from lms.cli.output import say
from lms.cli.shared import get_programme, inside, inside_or_new
from lms.content.lint.check import check as check_bundle
from lms.content.lint.check import render_findings
from lms.content.model.bundle import Bundle, for_publishing, from_folder
from lms.content.model.course import Course
from lms.coordination.site.actions import read_reviewed_courses
from lms.foundation.db import write
from lms.foundation.per_app import provided
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore
from lms.foundation.web.security import settings
from lms.library import actions
from lms.library.media import keep_media
from lms.library.records import find_newest_digest, find_owner, find_version, list_newest_digests


def publish_folder(folder: Path, programme_id: str, open_reading: bool, position: int) -> str:
    """Check and publish one folder and let a programme offer it; return what happened, in a line."""
    bundle = for_publishing(from_folder(folder))
    reading = check_bundle(bundle, folder.name)
    if reading.course is None or not reading.ok:
        errors = tuple(finding for finding in reading.findings if finding.severity == "error")
        say(render_findings(errors))
        raise click.ClickException(f"{folder.name} has {len(errors)} errors, so it wasn’t published.")
    if reading.course.draft:
        return f"{folder.name} is marked as a draft, so it wasn’t published."
    owner = _who_approves(reading.course, bundle)
    if owner is not None:
        return _as_draft(owner, bundle, reading.course)
    changed = keep_media(bundle, provided(FileStore))
    done = changed or write(actions.publish, bundle, reading.course)
    if isinstance(done, Refused):
        raise click.ClickException(done.message)
    write(actions.offer, programme_id, done.course_id, open_reading, position)
    word = "published" if done.new else "is already published and hasn’t changed"
    return f"{done.course_id} {done.version} {word}. Digest {done.digest[:16]}…"


def _who_approves(course: Course, bundle: Bundle) -> Programme | None:
    """Return the programme that owns a course and asks for a second person, unless this text is published already."""
    owner, known = find_owner(course.id), find_version(course.id, course.version)
    programme = programme_of(owner) if owner else None
    is_known = known is not None and known.digest == bundle.digest
    return programme if programme and needs_approval(programme.facts) and not is_known else None


def _as_draft(owner: Programme, bundle: Bundle, course: Course) -> str:
    """Leave a text as a draft of its owner, for two people to publish; return what happened and the way on."""
    draft = find_or_start_draft(owner.id, bundle, course)
    if isinstance(draft, Refused):
        raise click.ClickException(draft.message)
    page = f"{settings().base_url}/programmes/{owner.slug}/drafts/{draft[0]}/publish"
    return (
        f"{course.id} wasn’t published: it belongs to {owner.name}, where a second person approves first. It’s a draft "
        f"now. One person asks for approval on this page, and another one approves it there: {page}"
    )


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--programme", "slug", default=None, help="The programme that offers it. You need this if there are several."
)
@click.option("--members-only", is_flag=True, help="Only its members can read the lessons.")
@inside_or_new
def publish(paths: tuple[Path, ...], slug: str | None, members_only: bool) -> None:
    """Publish courses that have no errors. People who started an earlier version stay on it.

    First, the programme has to name a contact person, with an address and how soon they reply. If a course belongs to a
    programme where a second person approves, it becomes a draft instead, and two people publish it in the browser.

    Example: lms publish courses/psychological-first-aid
    """
    programme = get_programme(slug)
    missing = missing_contact(programme.facts)
    if missing:
        raise click.ClickException(
            f"{programme.slug} has no contact person yet. Missing: {', '.join(missing)}. Learners "
            "need somebody to talk to, with an address and a reply time. Nothing was published. Set it first with: "
            f'lms programme set {programme.slug} lead="…" contact="…" reply_time="within two days"'
        )
    for position, folder in enumerate(course_folders(paths)):
        say(publish_folder(folder, programme.id, not members_only, position))


@click.command()
@click.argument("course_id")
@click.option("--role", required=True, type=click.Choice(["clinical", "peer", "legal"]))
@click.option("--name", required=True, help="Who reviewed it.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When, for example 2026-11-24.")
@click.option("--version", default=None, help="Which version. The default is the newest.")
@click.option("--note", default=None)
@click.option("--patches", is_flag=True, help="The review also covers later patch versions.")
@inside
def review(
    course_id: str, role: str, name: str, day: Any, version: str | None, note: str | None, patches: bool
) -> None:
    """Record the review of a course by a qualified person, and issue the certificates that waited for it.

    Example: lms review psychological-first-aid --role clinical --name "Dr R. Amari" --date 2026-11-20
    """
    reviewed: date = day.date()
    read_reviewed_courses(course_id)
    before = len(list_waiting(course_id))
    done = write(actions.record_review, course_id, version, role, name, reviewed, note, patches)
    if isinstance(done, Refused):
        raise click.ClickException(done.message)
    say(f"Recorded: {role} review of {course_id} by {name} on {reviewed}.")
    still = len(list_waiting(course_id))
    say(f"{before - still} certificates that were waiting are issued; {still} are still waiting.")


@click.group()
def courses() -> None:
    """Say who publishes new versions of a course, and export courses for other learning systems.

    Example: lms courses owner psychological-first-aid --programme harbour
    """


courses.add_command(scorm)
courses.add_command(pull_course)
courses.add_command(course_source)


@courses.command("owner")
@click.argument("course_id")
@click.option("--programme", "slug", default=None, help="The programme whose trainers publish it from now on.")
@click.option("--site", "to_site", is_flag=True, help="Only the people who run the site publish it.")
@inside
def owner(course_id: str, slug: str | None, to_site: bool) -> None:
    """Hand a course over to a programme or to the site. Learners and certificates stay as they are.

    Example: lms courses owner psychological-first-aid --programme harbour
    """
    if to_site == (slug is not None):
        raise click.ClickException("Say who owns it: either --programme NAME or --site. Nothing was changed.")
    if find_newest_digest(course_id) is None:
        known = ", ".join(list_newest_digests()) or "none yet"
        raise click.ClickException(f"No course {course_id} is published. The courses are: {known}")
    programme = get_programme(slug) if slug else None
    write(actions.set_owner, course_id, programme.id if programme else None)
    say(f"{course_id} belongs to {programme.name if programme else 'the site'}.")
