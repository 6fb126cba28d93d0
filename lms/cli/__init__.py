"""The `lms` command: what trainers, coordinators and those who run a site do from a terminal."""

from __future__ import annotations

import click

from lms.cli.lazy import LazyGroup
from lms.foundation import logs

COMMANDS = {
    "init": "lms.cli.init:init",
    "demo": "lms.cli.demo:demo",
    "serve": "lms.cli.serve:serve",
    "work": "lms.cli.work:work",
    "check": "lms.cli.check:check",
    "publish": "lms.cli.courses:publish",
    "review": "lms.cli.courses:review",
    "people": "lms.cli.people:people",
    "programme": "lms.cli.programmes:programme",
    "lines": "lms.cli.lines:lines",
    "certificates": "lms.cli.certificates:certificates",
    "care": "lms.cli.care:care",
}


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Sidelight: a calm training site for peer supporters.

    Example: lms check courses/psychological-first-aid
    """
    logs.start()
