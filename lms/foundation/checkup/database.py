"""Checks of the database: whether it answers, its schema, whether it's whole, and its version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lms.foundation.checkup.findings import Finding
from lms.foundation.config.setting_checks import masked
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.migrations import find_revision, list_revisions
from lms.foundation.per_app import provided
from lms.foundation.statements.replica import Replica
from lms.foundation.text.i18n import gettext as _

# The oldest version that its makers still fix (https://www.postgresql.org/support/versioning/, November 2026).
POSTGRES_LEAST = 15
VERSION_STEP = 10_000
# What the client library says of a connection that has to be encrypted.
ABOUT_TLS = re.compile(r"certificate|sslmode|does not support SSL|no encryption")


def look(settings: Settings) -> list[Finding]:
    """Return what there is to say of the database, inside the app; the schema comes second, if it answers."""
    answers = check_answers(_ask(), masked(settings.database_url), settings.sqlite)
    if answers.to_do:
        return [answers]
    findings = [answers, check_schema(find_revision(), list_revisions())]
    if settings.sqlite:
        return [*findings, check_whole(_quick_check())]
    number = int(db.session.execute(text("SHOW server_version_num")).scalar_one())
    findings.append(check_version(number // VERSION_STEP))
    findings.append(check_writable(db.session.execute(text("SHOW transaction_read_only")).scalar_one() == "off"))
    return [*findings, _look_at_replica()] if settings.reports_database_url else findings


def _ask() -> str:
    """Return why the database doesn't answer, or nothing if it does."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return first_line(error)
    return ""


def first_line(error: Exception) -> str:
    """Return what a database said of an error, in one line without a full stop."""
    said = str(getattr(error, "orig", None) or error).split("\n", 1)[0]
    return " ".join(said.split()).rstrip(".")


def how_to_reach_it(said: str, is_file: bool) -> str:
    """Return what to do about a database that can't be used, by what it said."""
    if is_file:
        return _("Restore it from a backup, or correct LMS_DATABASE_URL.")
    if ABOUT_TLS.search(said):
        return _("Check sslmode and sslrootcert in LMS_DATABASE_URL, and the server’s certificate.")
    if said.endswith("does not exist"):
        return _("Create it first, or correct LMS_DATABASE_URL.")
    return _("Start it, or correct LMS_DATABASE_URL.")


def _look_at_replica() -> Finding:
    try:
        return check_replica(provided(Replica).look())
    except DBAPIError:
        return check_replica("no answer")


def check_replica(behind: timedelta | str | None) -> Finding:
    """Find a replica for reports that can't be used, by how much it is behind, or what it is instead."""
    meanwhile = _("Meanwhile, reports come from the main database.")
    if behind == "no answer":
        to_do = _("Start it, or correct LMS_REPORTS_DATABASE_URL.")
        return Finding("database.replica", _("The replica for reports doesn’t answer."), f"{to_do} {meanwhile}")
    if isinstance(behind, str):
        to_do = _("Correct LMS_REPORTS_DATABASE_URL, or set that server up as a replica.")
        words = _("LMS_REPORTS_DATABASE_URL names a database that isn’t a replica.")
        return Finding("database.replica", words, f"{to_do} {meanwhile}")
    if behind is not None:
        seconds = int(behind.total_seconds())
        words = _("The replica for reports is %(seconds)s seconds behind.", seconds=seconds)
        to_do = _("Check whether it’s overloaded, or has lost its connection to the main database.")
        return Finding("database.replica", words, f"{to_do} {meanwhile}")
    return Finding("database.replica", _("The replica for reports is up to date."))


def _quick_check() -> str:
    try:
        return str(db.session.execute(text("PRAGMA quick_check(1)")).scalar_one())
    except SQLAlchemyError as error:
        db.session.rollback()
        return str(getattr(error, "orig", error))


def check_answers(said: str, url: str, is_file: bool) -> Finding:
    """Find a database that doesn't answer, by what was said instead."""
    if said:
        return Finding(
            "database.answers",
            _("The database (%(url)s) can’t be used, so nothing in it was checked: %(said)s.", url=url, said=said),
            how_to_reach_it(said, is_file),
        )
    return Finding("database.answers", _("The database answers."))


def check_schema(revision: str | None, known: Sequence[str]) -> Finding:
    """Find a database of another version than this one."""
    if revision is None:
        return Finding("database.schema", _("There’s no site in this database yet."), _("Set one up with: lms init"))
    if revision not in known:
        return Finding(
            "database.schema",
            _("The database is of a newer version of Sidelight (schema %(revision)s).", revision=revision),
            _("Install that version again, or restore a backup from before it: lms restore FILE --replace"),
        )
    if revision != known[0]:
        return Finding(
            "database.schema",
            _("The database is of an earlier version (schema %(old)s, not %(new)s).", old=revision, new=known[0]),
            _("Stop the site and run: lms upgrade"),
        )
    return Finding("database.schema", _("The database is up to date (schema %(revision)s).", revision=revision))


def check_whole(said: str) -> Finding:
    """Find a damaged SQLite database, by what its quick check said."""
    if said != "ok":
        return Finding(
            "database.integrity",
            _("The database is damaged: %(what)s.", what=said.rstrip(".")),
            _("Stop the site, copy its data folder aside, and restore the last backup: lms restore FILE --replace"),
        )
    return Finding("database.integrity", _("The database isn’t damaged."))


def check_writable(can_write: bool) -> Finding:
    """Find a database in which nothing can be saved."""
    if can_write:
        return Finding("database.writes", _("The database can be written to."))
    return Finding(
        "database.writes",
        _("The database is read-only, so nothing can be saved, and no certificates are made or emails sent."),
        _("Turn off default_transaction_read_only, promote the server if it’s a replica, or correct LMS_DATABASE_URL."),
    )


def check_version(major: int) -> Finding:
    """Find a PostgreSQL that gets no more security updates."""
    if major < POSTGRES_LEAST:
        return Finding(
            "database.version",
            _("PostgreSQL %(version)s gets no more security updates.", version=major),
            _("Upgrade the database server to version %(version)s or later.", version=POSTGRES_LEAST),
        )
    return Finding("database.version", _("PostgreSQL %(version)s is recent enough.", version=major))
