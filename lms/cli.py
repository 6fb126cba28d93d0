"""The `lms` command: what trainers, coordinators and those who run a site do from a terminal."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask

from lms.foundation.settings import BadSetting, Settings, read_settings


def _app() -> Flask:
    from lms.app import create_app
    from lms.foundation.migrations import upgrade

    try:
        app = create_app()
    except BadSetting as error:
        raise click.ClickException(str(error)) from None
    upgrade(app)
    return app


def inside(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the app, with its database up to date."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from lms.app import at_work

        with at_work(_app()):
            return command(*args, **kwargs)

    return run


def say(text: str = "") -> None:
    """Print one line for people."""
    click.echo(text)


def say_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as JSON for programmes, or as lines for people."""
    if as_json:
        say(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        say("  ".join(str(value) for value in row.values() if value not in (None, "")))
    if not rows:
        say("Nothing here yet.")


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Sidelight: a calm training site for peer supporters.

    Example: lms check courses/psychological-first-aid
    """


@main.command()
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


def _course_folders(paths: tuple[Path, ...]) -> list[Path]:
    folders: list[Path] = []
    for path in paths:
        if (path / "course.md").is_file():
            folders.append(path)
        elif path.is_dir():
            folders += sorted(child.parent for child in path.glob("*/course.md"))
        else:
            raise click.ClickException(f"{path} is neither a course (a folder with course.md) nor a folder of courses.")
    if not folders:
        raise click.ClickException("No course.md was found there. A course is a folder that holds course.md.")
    return sorted(folders, key=_shelf_place)


def _shelf_place(folder: Path) -> tuple[int, str]:
    listed = folder.parent / "order.txt"
    names = listed.read_text("utf-8").split() if listed.is_file() else []
    return (names.index(folder.name) if folder.name in names else len(names), folder.name)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@json_option
def check(paths: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Check courses, and say for each finding where it is and how to mend it.

    Example: lms check courses/psychological-first-aid
    """
    from dataclasses import asdict

    from lms.content.bundle import from_folder
    from lms.content.check import check as check_bundle
    from lms.content.check import render_findings

    blocked = False
    told = []
    for folder in _course_folders(paths):
        reading = check_bundle(from_folder(folder), folder.name)
        errors = sum(finding.severity == "error" for finding in reading.findings)
        warnings = len(reading.findings) - errors
        blocked = blocked or errors > 0 or (strict and warnings > 0)
        told.append(
            {
                "course": folder.name,
                "errors": errors,
                "warnings": warnings,
                "findings": [asdict(finding) for finding in reading.findings],
            }
        )
        if not as_json:
            if reading.findings:
                say(render_findings(reading.findings))
            say(f"{folder.name}: {errors} errors, {warnings} warnings")
    if as_json:
        say(json.dumps(told, ensure_ascii=False, indent=2))
    sys.exit(1 if blocked else 0)


def _publish(folder: Path, programme_id: str, open_reading: bool, position: int) -> str:
    from lms.content.bundle import from_folder
    from lms.content.check import check as check_bundle
    from lms.content.check import render_findings
    from lms.foundation.db import write
    from lms.foundation.gate import settings
    from lms.foundation.files import FileStore
    from lms.library import actions
    from lms.library.actions import Refused

    bundle = from_folder(folder)
    reading = check_bundle(bundle, folder.name)
    if reading.course is None or not reading.ok:
        errors = tuple(finding for finding in reading.findings if finding.severity == "error")
        say(render_findings(errors))
        raise click.ClickException(f"{folder.name} has {len(errors)} errors, so nothing of it was published.")
    if reading.course.draft:
        return f"{folder.name} is marked as a draft and was left out."
    store = FileStore(settings().data / "files")
    for path, content in bundle.files.items():
        if not path.endswith(".md"):
            store.put(content)
    done = write(actions.publish, bundle, reading.course)
    if isinstance(done, Refused):
        raise click.ClickException(done.message)
    write(actions.offer, programme_id, done.course_id, open_reading, position)
    word = "published" if done.new else "was published already, unchanged"
    return f"{done.course_id} {done.version} {word}. Digest {done.digest[:16]}…"


def _programme(slug: str | None) -> Any:
    from lms.accounts import records

    programmes = records.list_programmes()
    if slug is None and len(programmes) == 1:
        return programmes[0]
    found = records.find_programme(slug) if slug else None
    if found is None:
        known = ", ".join(row.slug for row in programmes) or "none yet; make one with: lms programme set NAME"
        raise click.ClickException(f"Please name a programme with --programme. Known are: {known}")
    return found


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--programme", "slug", default=None, help="The programme that offers it; needed when there are several.")
@click.option("--members-only", is_flag=True, help="Let only its members read the lessons.")
@inside
def publish(paths: tuple[Path, ...], slug: str | None, members_only: bool) -> None:
    """Publish courses without errors; whoever began an earlier version stays on it.

    Example: lms publish courses/psychological-first-aid
    """
    programme = _programme(slug)
    for position, folder in enumerate(_course_folders(paths)):
        say(_publish(folder, programme.id, not members_only, position))


@main.group()
def people() -> None:
    """Add and list people.

    Example: lms people list
    """


@people.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["learner", "trainer", "observer", "coordinator", "operator"]), default="learner")
@click.option("--programme", "slug", default=None, help="The programme; needed when there are several.")
@inside
def people_add(email: str, role: str, slug: str | None) -> None:
    """Give somebody a role: at once where they have an account, else by a one-time link that is printed.

    Example: lms people add sam@example.org --role learner
    """
    from lms.accounts import actions, records
    from lms.accounts.rules import normal_email
    from lms.foundation.db import write
    from lms.foundation.gate import settings

    programme = None if role == "operator" else _programme(slug)
    person = records.find_person_by_email(normal_email(email))
    if person:
        if programme is None:
            write(actions.name_operator, person.id)
        else:
            write(actions.give_role, person.id, programme.id, role)
        say(f"{email} has the role {role} now. They sign in once more to use it.")
        return
    token = write(actions.invite, programme.id if programme else None, role, email)
    say("Give this link to them; it works once, within 14 days:")
    say(f"{settings().base_url}/invitation/{token}")


@people.command("list")
@click.option("--programme", "slug", default=None)
@json_option
@inside
def people_list(slug: str | None, as_json: bool) -> None:
    """List people with their roles.

    Example: lms people list --json
    """
    from lms.accounts import records

    programme = _programme(slug) if slug else None
    rows = [
        {"email": person.email, "name": person.display_name, "programme": where.slug, "role": membership.role}
        for person, membership, where in records.list_members(programme.id if programme else None)
    ]
    if programme is None:
        rows += [
            {"email": person.email, "name": person.display_name, "programme": "", "role": "operator"}
            for person in records.list_operators()
        ]
    say_rows(rows, as_json)


@main.group()
def programme() -> None:
    """Set what belongs to a programme.

    Example: lms programme set harbour lead="Ingrid Okafor, 020 7946 0011"
    """


FACTS = ("lead", "contact", "hours", "emergency", "limits_statement", "country")


@programme.command("set")
@click.argument("slug")
@click.argument("facts", nargs=-1)
@click.option("--name", default=None, help="Its name as people read it.")
@click.option("--hold-unreviewed", type=click.Choice(["yes", "no", "site"]), default=None)
@inside
def programme_set(slug: str, facts: tuple[str, ...], name: str | None, hold_unreviewed: str | None) -> None:
    """Make a programme or set its facts; an empty value removes one.

    Facts: lead, contact, hours, emergency, limits_statement, country (two letters), name.
    Example: lms programme set harbour lead="Ingrid Okafor" emergency=999 country=GB
    """
    from lms.accounts import actions
    from lms.foundation.db import write

    pairs = dict(fact.partition("=")[::2] for fact in facts if "=" in fact)
    name = pairs.pop("name", name)
    unknown = [fact for fact in facts if "=" not in fact] + [key for key in pairs if key not in FACTS]
    if unknown:
        raise click.ClickException(f"{', '.join(unknown)} is not understood. Facts are: {', '.join(FACTS)}. Nothing was changed.")
    hold = {"yes": True, "no": False}.get(hold_unreviewed or "")
    row = write(actions.set_programme, slug, name, pairs, hold, touch_hold=hold_unreviewed is not None)
    say(f"{row.slug}: {row.name}")
    for key, value in sorted(row.facts.items()):
        say(f"  {key}: {value}")


@main.command()
@click.argument("course_id")
@click.option("--role", required=True, type=click.Choice(["clinical", "peer", "legal"]))
@click.option("--name", required=True, help="Who read it.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When, as 2026-11-24.")
@click.option("--version", default=None, help="Which version; the newest when not said.")
@click.option("--note", default=None)
@click.option("--patches", is_flag=True, help="Let it hold for later patches of the same line.")
@inside
def review(course_id: str, role: str, name: str, day: Any, version: str | None, note: str | None, patches: bool) -> None:
    """Record that somebody qualified read a course; certificates that waited for it are issued.

    Example: lms review psychological-first-aid --role clinical --name "Dr R. Amari" --date 2026-11-20
    """
    from lms.certification.records import list_waiting
    from lms.foundation.db import write
    from lms.library import actions, records
    from lms.library.actions import Refused
    from lms.library.shelf import get_course

    reviewed: date = day.date()
    for award in list_waiting(course_id):
        get_course(award.digest)
    newest = records.find_newest_digest(course_id)
    if newest:
        get_course(newest)
    before = len(list_waiting(course_id))
    done = write(actions.record_review, course_id, version, role, name, reviewed, note, patches)
    if isinstance(done, Refused):
        raise click.ClickException(done.message)
    say(f"Recorded: {role} review of {course_id} by {name} on {reviewed}.")
    say(f"{before - len(list_waiting(course_id))} certificates that waited are issued; {len(list_waiting(course_id))} still wait.")


@main.group()
def certificates() -> None:
    """List, verify and withdraw certificates.

    Example: lms certificates verify "7QK4 M2XD 9RTP C6HV"
    """


def _award(code: str) -> Any:
    from lms.certification.codes import normalise_code
    from lms.certification.records import find_award

    found = find_award(normalise_code(code) or "")
    if found is None:
        raise click.ClickException("No certificate has this code.")
    return found


@certificates.command("list")
@click.option("--programme", "slug", default=None)
@json_option
@inside
def certificates_list(slug: str | None, as_json: bool) -> None:
    """List certificates with their states.

    Example: lms certificates list --json
    """
    from lms.certification import records
    from lms.certification.codes import grouped
    from lms.foundation.clock import today
    from lms.foundation.gate import settings

    awards = records.list_awards_of_programme(_programme(slug).id) if slug else records.list_awards()
    say_rows(
        [
            {
                "code": grouped(award.code),
                "state": award.state(today(settings().timezone)),
                "name": award.name,
                "course": award.course_id,
                "version": award.version,
                "awarded_on": award.passed_on,
                "valid_until": award.valid_until,
                "document": "stored" if records.document_is_stored(award.id) else "not made yet",
            }
            for award in awards
        ],
        as_json,
    )


@certificates.command("verify")
@click.argument("code")
@json_option
@inside
def certificates_verify(code: str, as_json: bool) -> None:
    """Say what stands behind a code; the exit status is 0 only when it is valid.

    Example: lms certificates verify "7QK4 M2XD 9RTP C6HV"
    """
    from lms.accounts.records import get_programme
    from lms.certification import pages
    from lms.foundation.clock import today
    from lms.foundation.gate import settings

    award = _award(code)
    state = award.state(today(settings().timezone))
    told = pages.as_json(state, None if award.waiting else award, code, get_programme(award.programme_id).name)
    if as_json:
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        say(told["heading"])
        say(told["text"])
        say(f"{award.title} {award.version}, completed {award.passed_on}")
    sys.exit(0 if state == "valid" else 1)


@certificates.command("revoke")
@click.argument("code")
@click.option("--reason", default="programme decision", show_default=True, help="A class; it stays private.")
@inside
def certificates_revoke(code: str, reason: str) -> None:
    """Withdraw a certificate; whoever verifies it next sees so.

    Example: lms certificates revoke "7QK4 M2XD 9RTP C6HV" --reason "issued in error"
    """
    from lms.certification import actions
    from lms.certification.rules import REASONS
    from lms.foundation.db import write

    if reason not in REASONS:
        raise click.ClickException(f"A reason is one of: {', '.join(REASONS)}. Nothing was changed.")
    award = _award(code)
    write(actions.withdraw, award.id, reason)
    say("Withdrawn. Whoever verifies it from now on sees so; the reason stays with the programme.")


@certificates.command("render", hidden=True)
@click.argument("code")
@inside
def certificates_render(code: str) -> None:
    """Make one certificate's PDF now.

    Example: lms certificates render "7QK4 M2XD 9RTP C6HV"
    """
    from flask import current_app

    from lms.certification.rendering import make_document
    from lms.foundation.gate import settings

    make_document(_award(code).id, settings(), current_app.extensions["lms_designs"])


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


@main.command()
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
            f"The demo has known accounts and runs on this machine only, not as {settings().base_url}. Nothing was changed."
        )
    facts = {"lead": "Ingrid Okafor, peer support lead", "contact": "peer-support@demo.example", "country": "GB"}
    facts |= {"emergency": "999", "hours": "Every day, 7 to 22"}
    harbour = records.find_programme("harbour") or write(
        actions.set_programme, "harbour", "Harbour Hospitals peer support", facts, False, touch_hold=True
    )
    for position, folder in enumerate(_course_folders((courses or shipped("courses"),))):
        say(_publish(folder, harbour.id, True, position))
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


@main.command()
@inside
def work() -> None:
    """Run the job process alone: it makes certificates and sends letters.

    Example: lms work
    """
    from flask import current_app

    current_app.extensions["lms_jobs"].consume()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, workers: int) -> None:
    """Serve the site: web workers and one job process, started and stopped together.

    Example: PORT=8080 lms serve
    """
    settings = _app().extensions["lms_settings"]
    address = f"{host}:{settings.port}"
    web = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", str(workers), "--worker-class", "gthread"]
    web += ["--threads", "4", "--preload", "--no-control-socket", "--log-level", "warning", "lms.app:create_served_app()"]
    with ExitStack() as stack:
        processes = [subprocess.Popen(command) for command in (web, [sys.executable, "-m", "lms.cli", "work"])]
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
                processes[1] = subprocess.Popen([sys.executable, "-m", "lms.cli", "work"])
            signal.sigtimedwait([signal.SIGCHLD], 1.0)


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


if __name__ == "__main__":
    main()
