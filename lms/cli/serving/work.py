"""The command that runs the job process."""

from __future__ import annotations

import os
import sys

import click

from lms.cli.serving.holding import hold_site
from lms.cli.serving.supervising import parent_in_charge
from lms.cli.shared import inside_or_new, told_in_one_line
from lms.foundation.background.heartbeat import note_alive
from lms.foundation.background.jobs import Jobs
from lms.foundation.hosts.joining import check_clock, check_tables, check_whole
from lms.foundation.per_app import provided
from lms.foundation.web.observing import watch_statements
from lms.foundation.web.security import settings

# Pages come first: while many people pass at once, their PDFs wait a little longer, and nobody's page does.
NICENESS = 10


@click.command()
@inside_or_new
def work() -> None:
    """Run only the job process, which makes certificates and transcripts and sends email.

    Example: lms work
    """
    hold_site(settings().data)
    if parent_in_charge() is None:
        # Otherwise `lms serve` has just looked.
        with told_in_one_line():
            check_clock()
            check_tables()
            check_whole(settings())
    # It may have started over, and have its niceness already.
    os.nice(NICENESS - os.nice(0))
    note_alive(settings().data)
    watch_statements("jobs")
    if provided(Jobs).consume(parent_in_charge()):
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this same command
