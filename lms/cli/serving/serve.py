"""The command that serves a site; its own process only supervises the others and never imports the app."""

from __future__ import annotations

import multiprocessing

import click

from lms.cli.serving.holding import hold_site
from lms.cli.serving.listening import open_port
from lms.cli.serving.supervising import Supervisor
from lms.foundation.config.settings import BadSetting, read_settings
from lms.foundation.logs.setup import start_logs


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, workers: int) -> None:
    """Serve the site. This starts and stops the web workers and one job process together.

    SIGTERM stops it once requests under way are answered. SIGHUP reloads it without losing a request.

    Example: PORT=8080 lms serve
    """
    try:
        settings = read_settings()
    except BadSetting as error:
        raise click.ClickException(str(error)) from None
    start_logs(settings.log_format)
    listener = open_port(host, settings.port)
    held = hold_site(settings.data)
    counts = bool(settings.metrics_key)
    Supervisor(listener, held, workers, settings.data, counts, _is_of_this_version).run()


def _is_of_this_version() -> bool:
    """Look in a child, so that who only watches over the others does not carry the app."""
    child = multiprocessing.get_context("fork").Process(target=_look)
    child.start()
    child.join()
    return child.exitcode == 0


def _look() -> None:
    # Imported by the child alone: with the app, `lms serve` would take 68 MB (PSS) for as long as it runs, not 14.
    from lms.cli.serving.opening import is_of_this_version

    is_of_this_version()
