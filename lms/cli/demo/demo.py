"""The `lms demo` command: a site on this machine with courses, four sign-ins and the history of a whole programme."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from lms.accounts import actions, records
from lms.accounts.passwords import hash_password
from lms.cli.check import course_folders
from lms.cli.courses import publish_folder
from lms.cli.demo.history import BEGAN, add_person, days_ago, live_through
from lms.cli.demo.people import SIGN_INS
from lms.cli.output import say
from lms.cli.shared import inside_or_new
from lms.foundation.config.settings import Settings
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.web.security import settings
from lms.library.actions import set_owner
from lms.library.records import list_newest_digests

LIMITS = (
    "“What you tell me stays with me. The exceptions: if you or someone else may be badly hurt, if a child or a "
    "vulnerable adult is being harmed, or if the law makes me. I’d tell you first if I could. Is that OK with you?”"
)
FACTS = {
    "lead": "Ingrid Okafor, peer support lead",
    "contact": "peer-support@demo.example",
    "country": "GB",
    "emergency": "999",
    "hours": "Every day, 7 to 22",
    "reply_time": "within two days",
    "limits_statement": LIMITS,
}


@click.command()
@click.option("--courses", default=None, type=click.Path(exists=True, path_type=Path), help="A folder of courses.")
@inside_or_new
def demo(courses: Path | None) -> None:
    """Fill a site on this machine with courses and people, and print how to sign in.

    By default, it has the built-in courses and a programme of about forty people with two years of history. With
    --courses, it has your own courses and only the four sign-ins, so that you can read a course as a learner does.
    Example: lms demo
    """
    if not settings().on_loopback:
        raise click.ClickException(
            "The demo’s accounts are public knowledge, so it only runs on this machine, and not as "
            f"{settings().base_url}. Nothing was changed."
        )
    with days_ago(0 if courses else BEGAN):
        programme = records.find_programme("harbour") or write(
            actions.set_programme, "harbour", "Harbour Hospitals peer support", FACTS, False, touch_hold=True
        )
        for position, folder in enumerate(course_folders((courses or shipped("courses"),))):
            try:
                say(publish_folder(folder, programme.id, True, position))
            except click.ClickException as error:
                say(error.format_message())
        for course_id in list_newest_digests():
            write(set_owner, course_id, programme.id)
    password = _password(settings())
    secret = hash_password(password)
    new = records.find_person_by_email(SIGN_INS[0][0]) is None
    with days_ago(0 if courses else BEGAN):
        for email, name, role in SIGN_INS:
            if records.find_person_by_email(email) is None:
                write(add_person, email, name, role, secret, programme.id)
    if new and not courses:
        live_through(programme.id, secret, settings())
    say()
    say(f"Sidelight is at {settings().base_url}")
    for email, name, role in SIGN_INS:
        say(f"  {email:<20} {name}, {role}")
    say(f"  Their password on this machine: {password}")


def _password(settings: Settings) -> str:
    path = settings.data / "keys" / "demo-password"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text()
