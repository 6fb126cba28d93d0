"""Which course a command means: a folder, or the newest version that the site has published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lms.cli.check import course_folders
from lms.content.lint.check import read_course, render_findings
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course
from lms.foundation.late import late

if TYPE_CHECKING:
    from lms.cli.exchange import published
else:
    published = late("lms.cli.exchange.published")  # 0.9 s, because a folder needs no site and no database


def find_course(name: str) -> Course:
    """Return the course of a folder, or a published one by its id."""
    return find_course_and_files(name)[0]


def find_course_and_files(name: str) -> tuple[Course, Bundle]:
    """Return the same with its files."""
    if Path(name).is_dir():
        (folder, *others) = course_folders((Path(name),))
        if others:
            raise click.ClickException(f"{name} holds several courses. Name one of them.")
        bundle = from_folder(folder)
        reading = read_course(bundle, folder.name)
        if reading.course is None:
            errors = tuple(finding for finding in reading.findings if finding.severity == "error")
            raise click.ClickException(f"{name} has errors, so nothing was written.\n\n{render_findings(errors)}")
        return reading.course, bundle
    return published.find_published(name)
