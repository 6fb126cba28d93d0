"""The command that serves a site; its own process only supervises the others and never imports the app."""

from __future__ import annotations

import multiprocessing

import click

from lms.cli.serving.supervising import Supervisor, check_port
from lms.foundation.config.settings import BadSetting, read_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, workers: int) -> None:
    """Serve the site. This starts and stops the web workers and one job process together.

    Example: PORT=8080 lms serve
    """
    try:
        settings = read_settings()
    except BadSetting as error:
        raise click.ClickException(str(error)) from None
    check_port(host, settings.port)
    _bring_up_to_date()
    Supervisor(host, settings.port, workers, settings.data).run()


def _bring_up_to_date() -> None:
    """Migrate the database in a child, so that who only watches over the others does not carry the app."""
    child = multiprocessing.get_context("fork").Process(target=_open)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(1)


def _open() -> None:
    # Imported by the child alone: with the app, `lms serve` would take 68 MB (PSS) for as long as it runs, not 14.
    from lms.cli.serving.opening import open_with_keys

    open_with_keys()
