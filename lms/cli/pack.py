"""The command that prints a course for a workshop; it needs no site."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from lms.authoring.pack.papers import make_pack
from lms.authoring.pack.sheets import Place
from lms.certification.pdf.designs import UnprintableText
from lms.cli.output import say
from lms.content.lint.check import read_course
from lms.content.model.bundle import from_folder
from lms.foundation.config.shipped import shipped


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def pack(folder: Path, file: Path | None, force: bool) -> None:
    """Print a course for a workshop: guide, role cards, observer sheets, handouts and sign-in sheet.

    They are PDFs in one ZIP file, named after the course if you leave FILE out. On a site, trainers get the same from
    a button, with QR codes that lead to the site.

    Example: lms pack courses/active-listening
    """
    reading = read_course(from_folder(folder), folder.resolve().name)
    if reading.course is None:
        raise click.ClickException(
            f"{folder} can’t be read as a course yet. Nothing was written. List what’s missing with: lms check {folder}"
        )
    file = file or Path(f"{reading.course.id}-workshop.zip")
    if file.exists() and not force:
        raise click.ClickException(f"{file} already exists. Nothing was written. Choose another name, or add --force.")
    try:
        content = make_pack(reading.course, Place(), datetime.now(UTC).date(), shipped("certificates"))
    except UnprintableText as lacking:
        raise click.ClickException(
            f"The course has characters that no font here prints: {' '.join(lacking.characters)}. Nothing was written. "
            "Replace them in the course and try again."
        ) from None
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file} can’t be written: {error.strerror}. Choose another folder.") from None
    say(f"Wrote {file} ({len(content) // 1024} kB).")
