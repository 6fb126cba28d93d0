"""The command that runs the job process."""

from __future__ import annotations

import click
from flask import current_app

from lms.certification.pdf.jobs import get_ready
from lms.cli.shared import inside
from lms.cli.supervising import parent_in_charge
from lms.foundation.background.heartbeat import note_alive


@click.command()
@inside
def work() -> None:
    """Run only the job process, which makes certificates and transcripts and sends email.

    Example: lms work
    """
    site = current_app.extensions
    note_alive(site["lms_settings"].data)
    get_ready(site["lms_settings"], site["lms_designs"])
    site["lms_jobs"].consume(parent_in_charge())
