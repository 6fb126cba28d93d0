"""The command that restores a site from a backup, or only checks a backup."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts.records import has_person
from lms.all_rooms import delete_person
from lms.cli.backups.calm import calmly, settings_of, stopped, tell
from lms.cli.backups.checks import (
    check_exported_certificate,
    check_keys,
    check_newest_certificate,
    check_version,
    opened,
)
from lms.cli.output import say
from lms.foundation.backup import databases, erasures
from lms.foundation.backup.archive import DATA, DATABASE, BadBackup, Manifest, unpack
from lms.foundation.backup.data_folder import KEYS, MARK, WORK, begin_placing, end_placing, list_in_the_way, place
from lms.foundation.backup.erasures import Erasure
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.migrations import upgrade

SHOWN = {
    "person": ("person", "people"),
    "programme": ("programme", "programmes"),
    "enrolment": ("enrolment", "enrolments"),
    "award": ("certificate", "certificates"),
}
COPY = "sidelight.db"


@click.command()
@click.argument("file")
@click.option("--verify", is_flag=True, help="Only check FILE, in a temporary folder. No site is changed.")
@click.option("--into", type=click.Path(path_type=Path), help="The data folder to restore into, in place of LMS_DATA.")
@click.option("--replace", "replacing", is_flag=True, help="Replace a site that has data. All of that data is lost.")
@click.option(
    "--erasures",
    "erased",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The newest erasures.log of the site. Accounts that were deleted after the backup are deleted again.",
)
def restore(file: str, verify: bool, into: Path | None, replacing: bool, erased: Path | None) -> None:
    """Restore a site from a backup, and check that it's whole. With - for FILE, the backup comes from standard input.

    Example: lms restore /backup/sidelight.tar.gz --into /srv/sidelight
    """
    settings = settings_of(into)
    with calmly(settings), _source(file) as source:
        if verify:
            verify_backup(settings, source)
            return
        known = erasures.read(erased) if erased else {}
        with stopped(settings):
            restore_site(settings, source, known, replacing)
    say(f"The site is restored into {settings.data}. Start it with: lms serve")


@contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as source:
            yield source


def verify_backup(settings: Settings, source: BinaryIO) -> None:
    """Check everything about a backup in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="sidelight-verify-") as name:
        folder = Path(name)
        manifest = unpack(source, folder)
        if manifest.database == databases.SQLITE:
            settings = _staged(replace(settings, database_url="sqlite:///"), folder)
            check_version(manifest, settings)
            _check_copy(manifest, folder)
            _check_staged(settings, manifest, {})
        else:
            check_version(manifest, replace(settings, database_url="postgresql:"))
            databases.check_rows(databases.count_lines(folder), manifest)
            check_keys(manifest, _staged(settings, folder))
            say(check_exported_certificate(folder, manifest))
            say("Only a restore into PostgreSQL shows whether the database accepts these tables.")
    say(f"The backup is whole. It was made at {manifest.made_at} by Sidelight {manifest.version}.")
    say(_counted(manifest.rows))


def restore_site(settings: Settings, source: BinaryIO, known: dict[str, Erasure], replacing: bool) -> None:
    """Restore a backup; until all its checks hold, the site that was there stays as it is."""
    data, work = settings.data, settings.data / WORK
    is_new = not data.exists()
    unfinished = (data / MARK).exists()
    _check_target(settings, replacing or unfinished)
    known = {**_erased_here(settings), **known}
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if unfinished:
        erasures.write(data, known.values())
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        manifest = unpack(source, work)
        check_version(manifest, settings)
        (work / DATA).mkdir(mode=0o700, exist_ok=True)
        if not (replacing or unfinished):
            _check_nothing_is_lost(data, work)
        if not manifest.keys_included and (data / KEYS).is_dir():
            shutil.copytree(data / KEYS, work / DATA / KEYS)
        staged = _staged(settings, work)
        if settings.sqlite:
            _check_copy(manifest, work)
        else:
            databases.check_rows(databases.count_lines(work), manifest)
            check_keys(manifest, staged)
            check_exported_certificate(work, manifest)
            begin_placing(data)
            _load(settings, manifest, unfinished)
        _check_staged(staged, manifest, {**_erased_in(work), **known})
    except BaseException:
        if not (data / MARK).exists() or unfinished:
            shutil.rmtree(work, ignore_errors=True)
        if is_new and not any(data.iterdir()):
            data.rmdir()
        raise
    begin_placing(data)
    try:
        place(data, work / DATA, databases.sqlite_file(settings.database_url) if settings.sqlite else None)
    except OSError as error:
        raise BadBackup(
            f"The restored site can’t be put in place ({error.filename}: {error.strerror}), so it isn’t whole. Nothing "
            "starts there until this works. Please put that right, and run the same command again."
        ) from None
    if not settings.sqlite:
        databases.note_restored(settings.database_url)
    end_placing(data)


def _load(settings: Settings, manifest: Manifest, unfinished: bool) -> None:
    """Load the tables in one transaction; where that doesn't work, the database is as it was, and so is the site."""
    try:
        databases.load_postgres(settings.database_url, settings.data / WORK, manifest)
    except BaseException:
        if not unfinished:
            end_placing(settings.data)
        raise


def _staged(settings: Settings, folder: Path) -> Settings:
    """Return the settings of a site whose data folder is an unpacked backup."""
    data = folder / DATA
    data.mkdir(mode=0o700, exist_ok=True)
    url = f"sqlite:///{data / COPY}" if settings.sqlite else settings.database_url
    return replace(settings, data=data, database_url=url)


def _check_copy(manifest: Manifest, folder: Path) -> None:
    """Put the copied database where a site looks for it, and check that it's the one that the manifest describes."""
    if DATABASE not in manifest.members:
        raise BadBackup("The backup lacks its database. Please use another backup.")
    copy = folder / DATA / COPY
    (folder / DATABASE).rename(copy)
    databases.check_whole(copy)
    found = databases.find_schema(f"sqlite:///{copy}")
    databases.check_rows(found.rows if found else {}, manifest)


def _check_staged(settings: Settings, manifest: Manifest, known: dict[str, Erasure]) -> None:
    """Bring a restored site up to date, check it from inside, and delete again who was deleted since."""
    check_keys(manifest, settings)
    had_secret = (settings.data / KEYS / "secret").exists()
    with opened(settings) as app:
        upgrade(app)
        say(check_newest_certificate())
        _delete_again(settings, known, had_secret)
    erasures.write(settings.data, known.values())
    if settings.sqlite:
        with sqlite3.connect(settings.data / COPY) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        databases.check_whole(settings.data / COPY)


def _delete_again(settings: Settings, known: dict[str, Erasure], had_secret: bool) -> None:
    """Delete the accounts that were deleted after the backup; those that were deleted before it are left alone."""
    done = {erasure.person_id for erasure in databases.list_erased(settings.database_url)}
    count = 0
    for person_id, erasure in known.items():
        if person_id in done or not has_person(person_id):
            continue
        key = secret_key(settings.data) if erasure.sealed and had_secret else None
        write(delete_person, person_id, key)
        count += 1
    if count:
        say(f"Accounts deleted again, because their owners deleted them after the backup: {count}.")


def _erased_in(folder: Path) -> dict[str, Erasure]:
    path = folder / DATA / erasures.FILE
    return erasures.read(path) if path.exists() else {}


def _erased_here(settings: Settings) -> dict[str, Erasure]:
    """Return the deletions that the site at this place knows of, also one whose restore was interrupted."""
    found: dict[str, Erasure] = {}
    for folder in (settings.data / WORK / "old", settings.data / WORK / DATA, settings.data):
        if (folder / erasures.FILE).exists():
            found.update(erasures.read(folder / erasures.FILE))
    with suppress(SQLAlchemyError, OSError):
        if not settings.sqlite or databases.sqlite_file(settings.database_url).exists():
            for erasure in databases.list_erased(settings.database_url):
                found.setdefault(erasure.person_id, erasure)
    return found


def _check_target(settings: Settings, may_replace: bool) -> None:
    """Raise BadBackup for a site that has data, unless it may be replaced."""
    try:
        schema = databases.find_schema(settings.database_url)
        rows = schema.rows if schema else {}
    except SQLAlchemyError:
        if not settings.sqlite:
            raise
        rows = {"a database that can’t be read": 1}
    used = {name: count for name, count in rows.items() if count and name not in databases.NOT_YET_USED}
    if not used:
        return
    if not may_replace:
        raise BadBackup(
            f"The site in {settings.data} has data, which would be lost: {_counted(used)} Nothing was changed. Restore "
            "into an empty folder and database, or add --replace."
        )
    tell(f"Replacing the site in {settings.data}. What it had is lost: {_counted(used)}")


def _counted(rows: dict[str, int]) -> str:
    """Return in words what a site holds."""
    known = [f"{rows[name]} {words[rows[name] != 1]}" for name, words in SHOWN.items() if rows.get(name)]
    more = sum(count for name, count in rows.items() if name not in SHOWN)
    return ", ".join([*known, f"{more} other rows"]) + "."


def _check_nothing_is_lost(data: Path, work: Path) -> None:
    """Raise BadBackup where a folder without a site holds files that a restore would replace, or signing keys."""
    lost = list_in_the_way(data, work / DATA)
    for path in sorted((data / KEYS).glob("*.pem")):
        restored = work / DATA / KEYS / path.name
        if (work / DATA / KEYS).is_dir() and (not restored.exists() or restored.read_bytes() != path.read_bytes()):
            lost.append(f"{KEYS}/{path.name}")
    if lost:
        raise BadBackup(
            f"{data} has {', '.join(lost)}, which would be lost. Nothing was changed. Move that somewhere safe, "
            "restore into an empty folder, or add --replace."
        )
