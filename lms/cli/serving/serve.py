"""The command that serves a site; its own process only supervises the others and never imports the app."""

from __future__ import annotations

import multiprocessing

import click

from lms.cli.output import say
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
    child = multiprocessing.get_context("fork").Process(target=_open_with_keys)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(1)


def _open_with_keys() -> None:
    """Open the app and its signing keys; one that cannot be used ends the start with a clear line."""
    # Imported by the child alone: with the app, `lms serve` would take 68 MB (PSS) for as long as it runs, not 14.
    from lms.app import at_work
    from lms.certification.keys.keyring import KeyTrouble
    from lms.certification.keys.opening import keys_of
    from lms.cli.shared import open_app
    from lms.foundation.web.security import settings

    try:
        app = open_app()
        with at_work(app):
            keys_of(settings())
    except KeyTrouble as trouble:
        say(f"The site can’t start: {trouble}")
        raise SystemExit(1) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(1) from None
