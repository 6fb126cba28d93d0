"""Commands for a site: init, serve and work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import click

from lms.cli.programmes import look_over_name, look_over_slug
from lms.cli.shared import inside, open_app, say
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
    """Run the job process alone: it makes certificates and sends letters.

    Example: lms work
    """
    from flask import current_app

    from lms.certification.rendering import get_ready

    site = current_app.extensions
    get_ready(site["lms_settings"], site["lms_designs"])
    site["lms_jobs"].consume()


# Whom a proxy speaks for is read by the site itself, where LMS_TRUSTED_PROXIES names the proxy.
WEB = [sys.executable, "-m", "gunicorn", "--forwarded-allow-ips=", "--forwarder-headers=", "--preload"]
WEB += ["--worker-class", "lms.foundation.serving.Worker", "--threads", "4", "--worker-connections", "512"]
WEB += ["--no-control-socket", "--log-level", "warning"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, workers: int) -> None:
    """Serve the site: web workers and one job process, started and stopped together.

    Example: PORT=8080 lms serve
    """
    try:
        address = f"{host}:{read_settings().port}"
    except BadSetting as error:
        raise click.ClickException(str(error)) from None
    _bring_up_to_date()
    web = [*WEB, "--bind", address, "--workers", str(workers), "lms.app:create_served_app()"]
    with ExitStack() as stack:
        jobs = [sys.executable, "-m", "lms.cli", "work"]
        # Each thread would else get an arena of memory of its own, which is never given back.
        frugal = {"MALLOC_ARENA_MAX": "2", **os.environ}
        processes = [subprocess.Popen(command, env=frugal) for command in (web, jobs)]
        stack.callback(_stop, processes)

        def on_signal(_signal: int, _frame: object) -> None:
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        say(f"Sidelight listens on http://{address}. Stop it with Ctrl-C.")
        while True:
            ended = processes[0].poll()
            if ended is not None:
                raise SystemExit(ended)
            if processes[1].poll() is not None:
                say("The job process ended; it is started again.")
                processes[1] = subprocess.Popen(jobs, env=frugal)
            time.sleep(0.5)


def _bring_up_to_date() -> None:
    """Migrate the database in a child, so that who only watches over the others does not carry the app."""
    child = multiprocessing.get_context("fork").Process(target=_open_with_keys)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(child.exitcode)


def _open_with_keys() -> None:
    """Open the app and its signing keys; one that cannot be used ends the start with a clear word."""
    from lms.app import at_work
    from lms.certification.keyring import KeyTrouble
    from lms.certification.rendering import keys_of

    app = open_app()
    try:
        with at_work(app):
            keys_of(app.extensions["lms_settings"])
    except KeyTrouble as trouble:
        say(f"The site does not start: {trouble}")
        raise SystemExit(1) from None


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
