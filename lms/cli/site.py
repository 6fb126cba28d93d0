"""Commands for a site: init, serve and work."""

from __future__ import annotations

import multiprocessing

import click

from lms.cli.programmes import look_over_name, look_over_slug
from lms.cli.shared import inside, open_app, say
from lms.cli.supervising import Supervisor, check_port, parent_in_charge
from lms.foundation.settings import BadSetting, read_settings


@click.command()
@click.option("--programme", "slug", default="programme", show_default=True, help="Short name of the first programme.")
@click.option("--name", default=None, help="Its name as people read it.")
@inside
def init(slug: str, name: str | None) -> None:
    """Set the site up, and print a one-time link that makes the first operator.

    Example: lms init --programme harbour --name "Harbour Hospitals peer support"
    """
    from lms.accounts import actions, invitations, records
    from lms.foundation.db import write
    from lms.foundation.gate import settings

    look_over_slug(slug)
    look_over_name(name)
    if records.list_operators():
        raise click.ClickException("This site has an operator already. Nothing was changed. See: lms people list")
    write(actions.set_programme, slug, name, {})
    token = write(invitations.invite, None, "operator", None)
    say("The site is ready. This link makes its first operator; it works once, within 14 days:")
    say(f"{settings().base_url}/invitation/{token}")


@click.command()
@inside
def work() -> None:
    """Run the job process alone: it makes certificates and transcripts, and sends email.

    Example: lms work
    """
    from flask import current_app

    from lms.certification.rendering import get_ready
    from lms.foundation.alive import note_alive

    site = current_app.extensions
    note_alive(site["lms_settings"].data)
    get_ready(site["lms_settings"], site["lms_designs"])
    site["lms_jobs"].consume(parent_in_charge())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, workers: int) -> None:
    """Serve the site: web workers and one job process, started and stopped together.

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
    from lms.app import at_work
    from lms.certification.keyring import KeyTrouble
    from lms.certification.rendering import keys_of

    try:
        app = open_app()
        with at_work(app):
            keys_of(app.extensions["lms_settings"])
    except KeyTrouble as trouble:
        say(f"The site does not start: {trouble}")
        raise SystemExit(1) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(1) from None
