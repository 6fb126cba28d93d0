"""The `lms` command: what trainers, coordinators and those who run a site do from a terminal."""

from __future__ import annotations

import click

from lms.cli import care, certificates, courses, demo, designs, lines, people, programmes, site, verify
from lms.foundation import logs


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Sidelight: a calm training site for peer supporters.

    Example: lms check courses/psychological-first-aid
    """
    logs.start()


for command in (
    site.init,
    demo.demo,
    site.serve,
    site.work,
    courses.check,
    courses.publish,
    courses.review,
    people.people,
    programmes.programme,
    lines.lines,
    certificates.certificates,
    care.care,
):
    main.add_command(command)
for command in (verify.verify, designs.preview, designs.designs, designs.badge, designs.new_keys):
    certificates.certificates.add_command(command)
