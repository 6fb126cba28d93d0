"""The app as it is served, with its database up to date, its keys checked and its courses read."""

from __future__ import annotations

import multiprocessing

import click
from flask import Flask

from lms.cli.serving.supervising import TOLD
from lms.cli.serving.warming import load_templates, warm_up
from lms.cli.shared import create_checked_app, told_in_one_line
from lms.foundation.hosts.serving import count_as_serving
from lms.foundation.web.observing import watch_statements


def create_served_app() -> Flask:
    """Return the app as a server forks it; what it cannot start with is told, and the status of the process is TOLD."""
    try:
        with told_in_one_line() as settings:
            app = create_checked_app(settings)
    except click.ClickException as error:
        error.show()
        raise SystemExit(TOLD) from None
    child = multiprocessing.get_context("fork").Process(target=_open, args=(app,))
    child.start()
    load_templates(app)
    child.join()
    if child.exitcode:
        raise SystemExit(TOLD)
    count_as_serving(app)
    warm_up(app)
    watch_statements("web", app)
    return app


def _open(app: Flask) -> None:
    # Imported by the child alone: cryptography, and Alembic if there's something to migrate, are 14 MB that no web
    # worker needs.
    from lms.cli.serving.opening import open_with_keys

    open_with_keys(app)
