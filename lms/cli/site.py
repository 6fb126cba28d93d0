"""Commands for a site: init, demo, serve and work."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import click

from lms.cli.courses import course_folders, publish_folder
from lms.cli.shared import inside, open_app, say
from lms.foundation.settings import BadSetting, Settings, read_settings


@click.command()
@click.option("--programme", "slug", default="programme", show_default=True, help="Short name of the first programme.")
@click.option("--name", default=None, help="Its name as people read it.")
@inside
def init(slug: str, name: str | None) -> None:
    """Set the site up, and print a one-time link that makes the first operator.

    Example: lms init --programme harbour --name "Harbour Hospitals peer support"
    """
    from lms.accounts import actions, records
    from lms.foundation.db import write
    from lms.foundation.gate import settings

    if records.list_operators():
        raise click.ClickException("This site has an operator already. Nothing was changed. See: lms people list")
    write(actions.set_programme, slug, name, {})
    token = write(actions.invite, None, "operator", None)
    say("The site is ready. This link makes its first operator; it works once, within 14 days:")
    say(f"{settings().base_url}/invitation/{token}")


DEMO_LIMITS = (
    "“What you tell me stays with me. The exceptions: if you or someone else may be badly hurt, if a child or a "
    "vulnerable adult is being harmed, or if the law makes me. I’d tell you first if I could. Is that OK with you?”"
)
DEMO_PEOPLE = (
    ("sam@demo.example", "Sam Osei", "learner"),
    ("tara@demo.example", "Tara Lindqvist", "trainer"),
    ("cora@demo.example", "Cora Haddad", "coordinator"),
    ("ada@demo.example", "Ada Novak", "operator"),
)


def _demo_password(settings: Settings) -> str:
    path = settings.data / "keys" / "demo-password"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text()


@click.command()
@click.option("--courses", default=None, type=click.Path(exists=True, path_type=Path), help="A folder of courses.")
@inside
def demo(courses: Path | None) -> None:
    """Fill a site on this machine with the shipped courses and four people, and print how to sign in.

    Example: lms demo
    """
    from lms.accounts import actions, records
    from lms.accounts.passwords import hash_password
    from lms.app import shipped
    from lms.foundation.db import write
    from lms.foundation.gate import settings

    if not settings().on_loopback:
        raise click.ClickException(
            f"The demo has known accounts and runs on this machine only, not as {settings().base_url}. "
            "Nothing was changed."
        )
    facts = {"lead": "Ingrid Okafor, peer support lead", "contact": "peer-support@demo.example", "country": "GB"}
    facts |= {
        "emergency": "999",
        "hours": "Every day, 7 to 22",
        "reply_time": "within two days",
        "limits_statement": DEMO_LIMITS,
    }
    harbour = records.find_programme("harbour") or write(
        actions.set_programme, "harbour", "Harbour Hospitals peer support", facts, False, touch_hold=True
    )
    for position, folder in enumerate(course_folders((courses or shipped("courses"),))):
        try:
            say(publish_folder(folder, harbour.id, True, position))
        except click.ClickException as error:
            say(error.format_message())
    password = _demo_password(settings())
    secret = hash_password(password)
    for email, name, role in DEMO_PEOPLE:
        if records.find_person_by_email(email) is None:
            write(_add_demo_person, email, name, role, secret, harbour.id)
    say()
    say(f"Sidelight is at {settings().base_url}")
    for email, name, role in DEMO_PEOPLE:
        say(f"  {email:<20} {name}, {role}")
    say(f"  Their password on this machine: {password}")


def _add_demo_person(email: str, name: str, role: str, secret: str, programme_id: str) -> None:
    from lms.accounts import actions

    person = actions.register(email, name, secret)
    if isinstance(person, actions.FormError):
        raise click.ClickException(person.message)
    if role == "operator":
        actions.name_operator(person.id)
    else:
        actions.give_role(person.id, programme_id, role)


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
    web = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", str(workers), "--worker-class", "gthread"]
    web += [
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
        # Whom a proxy speaks for is read by the site itself, where LMS_TRUSTED_PROXIES names the proxy.
        "--forwarded-allow-ips=",
        "--forwarder-headers=",
        "--log-level",
        "warning",
        "lms.app:create_served_app()",
    ]
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
