"""The command that looks at a site and says what needs attention."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts.addresses import NotDeliverable, read_address
from lms.accounts.single_sign_on import findings as single_sign_on
from lms.all_rooms import list_findings
from lms.app import at_work, create_app
from lms.cli.output import json_option, say
from lms.cli.shared import database_words
from lms.coordination.board import findings as status_findings
from lms.foundation.backup.data_folder import UnfinishedRestore, check_finished
from lms.foundation.backup.databases import sqlite_file
from lms.foundation.checkup import clocks, database, disk, hosts, key_files, mail, site, work
from lms.foundation.checkup.findings import Finding
from lms.foundation.config.settings import BadSetting, Settings, read_settings
from lms.foundation.db import db
from lms.foundation.hosts.key_fingerprints import fingerprints_of


@click.command()
@click.option("--network", is_flag=True, help="Also ask the mail server and the provider of single sign-on.")
@click.option("--mail-to", metavar="ADDRESS", help="Also send a test email to this address.")
@json_option
def doctor(network: bool, mail_to: str | None, as_json: bool) -> None:
    """Look at the site, and say what is well, what needs attention and what to do. Nothing is changed.

    The exit status is 1 if something needs attention, and 0 otherwise.

    Example: lms doctor --network
    """
    address = read_address(mail_to) if mail_to else None
    if isinstance(address, NotDeliverable):
        raise click.ClickException(f"{address.reason} Nothing was sent.")
    findings = list(examine(network, address))
    urgent = [finding for finding in findings if finding.to_do]
    if as_json:
        rows = [{**vars(finding), "needs_attention": bool(finding.to_do)} for finding in findings]
        say(json.dumps({"needs_attention": len(urgent), "findings": rows}, ensure_ascii=False, indent=2))
    else:
        _say_all(findings, urgent)
    sys.exit(1 if urgent else 0)


def _say_all(findings: list[Finding], urgent: list[Finding]) -> None:
    for finding in findings:
        if not finding.to_do:
            say(f"Fine: {finding.text}  [{finding.check}]")
    for finding in urgent:
        say(f"\nNeeds attention: {finding.text}  [{finding.check}]\n  What to do: {finding.to_do}")
    say()
    if urgent:
        say("1 thing needs attention." if len(urgent) == 1 else f"{len(urgent)} things need attention.")
    else:
        say("Nothing needs attention.")


def examine(network: bool, mail_to: str | None) -> Iterator[Finding]:
    """Return what each check finds, from outside to inside; what rests on something broken isn't checked."""
    try:
        settings = read_settings()
        check_finished(settings.data)
    except BadSetting as error:
        yield Finding("settings.read", "A setting can’t be used.", str(error))
        return
    except UnfinishedRestore as error:
        yield Finding("backup.restore", "The last restore wasn’t finished.", str(error))
        return
    try:
        yield from _look(settings, network, mail_to)
    except OSError as error:
        place = error.filename or settings.data
        yield Finding(
            "disk.access", f"{place} can’t be read: {error.strerror}.", "Run lms doctor as the site’s account."
        )


def _look(settings: Settings, network: bool, mail_to: str | None) -> Iterator[Finding]:
    yield from site.look(settings, os.environ)
    if not settings.data.is_dir() or (settings.sqlite and not sqlite_file(settings.database_url).exists()):
        yield Finding(
            "database.answers", f"There’s no site in {settings.data} yet.", "Check LMS_DATA, or set one up: lms init"
        )
        return
    yield from key_files.look(settings, fingerprints_of(settings))
    yield from work.look(settings)
    yield from _inside(settings, network, mail_to)


def _inside(settings: Settings, network: bool, mail_to: str | None) -> Iterator[Finding]:
    """Return what can be found inside the app, whose database isn't migrated for it."""
    with at_work(create_app(settings)):
        try:
            if mail_to:
                yield mail.send_test(settings, mail_to)
            elif network:
                yield mail.try_server(settings)
            of_database = database.look(settings)
            yield from of_database
            if not any(finding.to_do for finding in of_database):
                yield from hosts.look(settings, fingerprints_of(settings))
                yield from (*disk.look(settings), *clocks.look(), *work.look_inside(settings), *list_findings(settings))
                yield from status_findings.look()
                yield from single_sign_on.ask(settings) if network else ()
        except SQLAlchemyError as error:
            yield Finding(
                "database.answers", "The database stopped answering meanwhile.", database_words(settings, error)
            )
        finally:
            db.session.remove()
            db.engine.dispose()
