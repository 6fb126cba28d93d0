"""The command that backs a site up into one file."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import click

from lms.cli.backups.calm import calmly, settings_of, tell
from lms.foundation import clock
from lms.foundation.backup import databases, erasures
from lms.foundation.backup.archive import DATA, DATABASE, MANIFEST, TABLES, BadBackup, Manifest, Schema, Writer
from lms.foundation.backup.data_folder import KEYS, check_finished, list_files
from lms.foundation.backup.last_backup import note_backup
from lms.foundation.config.settings import Settings
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.hosts.key_marks import list_other_keys

WITHOUT_FILES = (
    "This backup has NO PICTURES, RECORDINGS OR LOGOS, because they’re where LMS_FILES_URL says. Back up that folder "
    "too, or turn on versions in the bucket."
)
WITHOUT_KEYS = (
    "This backup has NO KEYS. By itself it can’t restore a site: without LMS_DATA/keys the site doesn’t start once it "
    "has signed certificates, and everybody is signed out. Keep a copy of that folder somewhere else."
)


@click.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--without-keys", is_flag=True, help="Leave out the keys. You then need a copy of them to restore.")
def backup(file: str, force: bool, without_keys: bool) -> None:
    """Back up the database, files and keys into one file, while the site runs.

    With - for FILE, the backup goes to standard output, for example to a program that encrypts it.

    Example: lms backup /backup/sidelight.tar.gz
    """
    settings = settings_of()
    with calmly(settings):
        if file == "-":
            manifest = _to_stdout(settings, not without_keys)
        else:
            manifest = make_backup(settings, Path(file), not without_keys, force)
    rows = sum(manifest.rows.values())
    tell(f"Backed up {rows} rows and {len(manifest.members)} files, as they were at {manifest.made_at}.")
    if without_keys:
        tell(WITHOUT_KEYS)
    if settings.shared_files:
        tell(WITHOUT_FILES)


def make_backup(settings: Settings, file: Path, with_keys: bool = True, force: bool = False) -> Manifest:
    """Write a backup to a file, which is there once it's whole; raise BadBackup where it can't be."""
    file = file.absolute()
    if file.is_dir() or (file.exists() and not force):
        raise BadBackup(f"{file} already exists. Nothing was changed. Choose another name, or add --force.")
    inside = file.resolve().is_relative_to(settings.data)
    if inside and not file.resolve().is_relative_to(settings.data / "backups"):
        raise BadBackup(
            f"{file} is in the data folder, so the next backup would hold this one. Choose another folder, or "
            f"{settings.data / 'backups'}, which backups leave out."
        )
    if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise BadBackup(f"{file.parent} isn’t a folder that this account can write to. Choose another, or make it.")
    with _work_folder(file.parent, f".{file.name}.") as folder:
        half = folder / "whole"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            manifest = _write(settings, out, folder, with_keys)
            out.flush()
            os.fsync(out.fileno())
        os.replace(half, file)
    note_backup(settings, datetime.fromisoformat(manifest.made_at))
    return manifest


def _to_stdout(settings: Settings, with_keys: bool) -> Manifest:
    if sys.stdout.isatty():
        raise BadBackup("A backup isn’t text to read. Send it to a program or a file: lms backup - | gpg …")
    with _work_folder(settings.data, ".backup.") as folder:
        manifest = _write(settings, sys.stdout.buffer, folder, with_keys)
        sys.stdout.buffer.flush()
    note_backup(settings, datetime.fromisoformat(manifest.made_at))
    return manifest


@contextmanager
def _work_folder(beside: Path, prefix: str) -> Iterator[Path]:
    """Make a folder that nobody else reads, and take it away again whatever happens.

    One that a killed backup left is taken away by the next one; a lock tells it from one that is in use.
    """
    for left in beside.glob(f"{glob.escape(prefix)}*.part"):
        with suppress(OSError), _locked(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=".part", dir=beside))
    try:
        with _locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _write(settings: Settings, out: BinaryIO, folder: Path, with_keys: bool) -> Manifest:
    """Write the database and then the files, which are written once and never changed."""
    check_finished(settings.data)
    if databases.find_schema(settings.database_url) is None:
        raise BadBackup(f"There’s no site in {settings.data} yet, so there’s nothing to back up. Check LMS_DATA.")
    if with_keys:
        _check_keys(settings)
    _complete_erasures(settings)
    made_at = clock.now().isoformat(timespec="seconds")
    schema, copies = _copy_database(settings, folder)
    with Writer(out) as writer:
        for name, path in copies:
            writer.add(name, path)
            path.unlink()
        database = databases.sqlite_file(settings.database_url) if settings.sqlite else None
        for name, path in list_files(settings.data, database, with_keys):
            try:
                writer.add(f"{DATA}/{name}", path)
            except FileNotFoundError:
                continue  # the site deleted it meanwhile
            if name.startswith("files/") and writer.members[f"{DATA}/{name}"] != path.name:
                tell(
                    f"Warning: {path} is damaged on this site. Publish its course again, or look for it in an older "
                    "backup."
                )
        keys = fingerprints_of(settings)
        outside = [name for name in keys if with_keys and f"{DATA}/{KEYS}/{name}" not in writer.members]
        if outside:
            tell(f"Not in the backup, because they are outside LMS_DATA: {', '.join(outside)}. Back them up yourself.")
        manifest = Manifest(
            version=version("sidelight"),
            made_at=made_at,
            **vars(schema),
            keys=keys,
            keys_included=with_keys,
            members=dict(writer.members),
        )
        (folder / "manifest").write_bytes(manifest.as_json())
        writer.add(MANIFEST, folder / "manifest")
    return manifest


def _copy_database(settings: Settings, folder: Path) -> tuple[Schema, list[tuple[str, Path]]]:
    if settings.sqlite:
        copy = folder / "database"
        return databases.copy_sqlite(settings.database_url, copy), [(DATABASE, copy)]
    schema = databases.export_postgres(settings.database_url, folder / TABLES)
    return schema, [(f"{TABLES}/{name}.copy", folder / TABLES / f"{name}.copy") for name in schema.columns]


def _check_keys(settings: Settings) -> None:
    """Raise BadBackup on a host that has other keys than the site: a site that is restored with them wouldn't start."""
    other = (
        []
        if settings.sqlite
        else list_other_keys(fingerprints_of(settings), databases.list_marks(settings.database_url))
    )
    if other:
        raise BadBackup(
            f"The keys in {settings.data / KEYS} aren’t those of this site: {', '.join(other)}. Nothing was backed up. "
            "Copy the folder keys from a server that serves the site, or add --without-keys."
        )


def _complete_erasures(settings: Settings) -> None:
    """Add deleted accounts to the file of erasures that a crash or a full disk kept out of it."""
    path = settings.data / erasures.FILE
    known = erasures.read(path) if path.exists() else {}
    for erasure in databases.list_erased(settings.database_url):
        if erasure.person_id not in known:
            erasures.note(settings.data, erasure)
