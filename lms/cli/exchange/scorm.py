"""The command that exports a whole course as a SCORM package."""

from __future__ import annotations

from pathlib import Path

import click

from lms.authoring.exchange.scorm_pages import make_package
from lms.cli.exchange.courses import find_course_and_files
from lms.cli.output import say
from lms.cli.shared import get_programme, inside
from lms.foundation import clock
from lms.interop.packing import write_package


@click.command()
@click.argument("course")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--programme", "slug", default=None, help="Whose people to talk to and support lines go along.")
@inside
def scorm(course: str, file: Path, slug: str | None) -> None:
    """Write a course as a SCORM 1.2 package, with its conversations and check inside.

    COURSE is the id of a published course, or the folder of one. The package holds the answer keys and today's support
    lines.

    Example: lms courses scorm psychological-first-aid pfa.zip
    """
    programme = get_programme(slug)
    facts = {**programme.facts, "slug": programme.slug, "name": programme.name}
    found, bundle = find_course_and_files(course)
    files = make_package(found, bundle, facts, clock.today("UTC"))
    with file.open("wb") as out:
        write_package(files, out)
    say(f"{found.id} {found.version} is in {file} ({file.stat().st_size // 1024} kB). It holds the answer keys.")
