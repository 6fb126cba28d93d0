"""What a host checks before it serves a site: its disk, its clock, its database's tables and its keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import inspect, text

from lms.foundation import clock
from lms.foundation.background.leading import REPLACED
from lms.foundation.config.settings import Settings
from lms.foundation.db import Base, db, write
from lms.foundation.hosts.key_marks import UNFINISHED_RESTORE, list_marks, list_other_keys, note_marks
from lms.foundation.hosts.network_disks import find_network_disk
from lms.foundation.keys import audit_key

# Sign-ins, links and signatures tolerate this much between two machines; `lms doctor` reports half a minute.
APART_MOST = timedelta(minutes=5)


class CannotJoin(Exception):
    """A host that can't serve the site as it is; the message says why, and what to do."""


def check_disk(settings: Settings) -> None:
    """Raise CannotJoin for an SQLite database on a network disk."""
    if not settings.sqlite:
        return
    file = Path(settings.database_url.removeprefix("sqlite:///")).resolve()
    kind = find_network_disk(file)
    if kind:
        raise CannotJoin(
            f"{file} is on a network disk ({kind}), where SQLite can lose what people save. Nothing was changed. Move "
            "LMS_DATA to a disk of this machine, or use PostgreSQL: LMS_DATABASE_URL=postgresql://…"
        )


def check_clock() -> None:
    """Raise CannotJoin when this machine's clock and that of the database server are minutes apart; inside the app."""
    if db.engine.dialect.name != "postgresql":
        return
    there: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = clock.now() - there.astimezone(UTC)
    if abs(apart) > APART_MOST:
        way = "ahead of" if apart > timedelta(0) else "behind"
        raise CannotJoin(
            f"This machine’s clock is {round(abs(apart).total_seconds() / 60)} minutes {way} that of the database "
            "server. Nothing was changed. Set both clocks by NTP (systemd-timesyncd or chrony), and start the site "
            "again."
        )


def check_whole(settings: Settings) -> None:
    """Raise CannotJoin while another host restores or upgrades the site, or if it was interrupted; inside the app."""
    if settings.sqlite:
        return
    free = db.session.execute(text("SELECT pg_try_advisory_xact_lock_shared(:key)"), {"key": REPLACED}).scalar_one()
    db.session.rollback()
    if not free:
        raise CannotJoin(
            "The site is being upgraded or restored on another server. Nothing was changed. Wait until that’s done, "
            "and start the site again."
        )
    if UNFINISHED_RESTORE in list_marks():
        raise CannotJoin(
            "A restore was interrupted on another server, so the site isn’t complete. Nothing was changed. Run the "
            "same lms restore again there. It starts over."
        )


def check_tables() -> None:
    """Raise CannotJoin for a database in which tables or columns of this version are missing; inside the app."""
    missing = list_missing_here()
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise CannotJoin(
            f"The database says that it’s up to date, but these are missing: {', '.join(missing[:3])}{more}. Perhaps a "
            "restore or an upgrade was interrupted. Nothing was changed. Restore the last backup: lms restore FILE "
            "--replace"
        )


def list_missing_here() -> list[str]:
    """Return which tables and columns the app's database lacks; inside the app."""
    return list_missing(inspect(db.engine).get_multi_columns())


def list_missing(found: Mapping[tuple[str | None, str], Sequence[Mapping[str, object]]]) -> list[str]:
    """Return which tables, and which columns of the others, a database lacks, given the columns of each table."""
    columns = {table: {str(column["name"]) for column in there} for (_schema, table), there in found.items()}
    missing = []
    for table in Base.metadata.sorted_tables:
        there = columns.get(table.name)
        if there is None:
            missing.append(f"the table {table.name}")
        else:
            missing += [
                f"the column {table.name}.{column.name}" for column in table.columns if column.name not in there
            ]
    return missing


def check_keys(settings: Settings, fingerprints_of: Callable[[Settings], Mapping[str, str]]) -> None:
    """Raise CannotJoin when this host's keys differ from the site's, which are those of its first host.

    On SQLite there is one host, and a key that was lost is made again.
    """
    if settings.sqlite:
        return
    marks = list_marks()
    if "audit" not in marks:
        audit_key(settings.data)
    if not list_other_keys(fingerprints_of(settings), marks):
        write(note_marks, fingerprints_of(settings))
        marks = list_marks()
    _refuse_other_keys(settings, fingerprints_of(settings), marks)


def check_same_keys(
    settings: Settings, fingerprints_of: Callable[[Settings], Mapping[str, str]], but: Collection[str] = ()
) -> None:
    """Raise CannotJoin when this host's keys differ from those that the site is known to have; nothing is changed.

    Those that are named in `but` may differ, for a command that replaces them.
    """
    marks = {} if settings.sqlite else list_marks()
    marks = {name: mark for name, mark in marks.items() if name not in but}
    if marks:
        _refuse_other_keys(settings, fingerprints_of(settings), marks)


def _refuse_other_keys(settings: Settings, here: Mapping[str, str], marks: Mapping[str, str]) -> None:
    other = list_other_keys(here, marks)
    if other:
        raise CannotJoin(
            f"The keys in {settings.data / 'keys'} aren’t those of this site: {', '.join(other)}. Nothing was changed. "
            "Copy the folder keys from a server that serves the site, or from a backup. If those keys are lost for "
            "good, run: lms hosts adopt-keys --yes"
        )
