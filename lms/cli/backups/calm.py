"""What the commands of backups share: settings, errors told in one line, and a clean end when they're stopped."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from psycopg import OperationalError
from sqlalchemy.exc import SQLAlchemyError

from lms.cli.shared import database_words
from lms.foundation.background.leading import unserved
from lms.foundation.background.site_lock import lock
from lms.foundation.backup.archive import BadBackup
from lms.foundation.backup.data_folder import UnfinishedRestore
from lms.foundation.backup.erasures import BadErasures
from lms.foundation.config.settings import BadSetting, Settings, read_settings
from lms.foundation.keys import BadKey


def settings_of(data: Path | None = None) -> Settings:
    """Return the settings of the environment, with another data folder if one is named."""
    try:
        return read_settings({**os.environ, "LMS_DATA": str(data)} if data else None)
    except BadSetting as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def stopped(settings: Settings) -> Iterator[None]:
    """Keep a site from being served meanwhile; one that is served is refused, in one line that says how to stop it."""
    try:
        handle = lock(settings.data, alone=True)
    except BlockingIOError:
        raise click.ClickException(
            f"The site in {settings.data} is running. Nothing was changed. Stop it first, for example with: systemctl "
            "stop sidelight. If lms serve runs in a terminal, press Ctrl-C there. Then run this command again."
        ) from None
    try:
        with _other_hosts_stopped(settings):
            yield
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def _other_hosts_stopped(settings: Settings) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            alone = settings.sqlite or stack.enter_context(unserved(settings.database_url))
        except OperationalError:
            # What needs the database explains this better a moment later.
            alone = True
        if not alone:
            raise click.ClickException(
                "Another server serves, upgrades or restores the site with this database. Nothing was changed. Stop "
                "the site on all servers, wait for any upgrade or restore to finish, and run this command again."
            )
        yield


def tell(text: str) -> None:
    """Print a line beside the output, which may be a backup."""
    click.echo(text, err=True)


@contextmanager
def calmly(settings: Settings) -> Iterator[None]:
    """Tell what goes wrong in one line, and clean up when the command is stopped."""

    def stop(_number: int, _frame: Any) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (BadBackup, BadErasures, BadKey, UnfinishedRestore) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(_words(error)) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        if getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & 0xFF in {
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
        }:
            raise click.ClickException(_words(OSError(errno.ENOSPC, ""))) from None
        raise click.ClickException(database_words(settings, error)) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _words(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return (
            "There isn’t enough room on the disk. Nothing was changed. Make room, or choose a folder on another disk."
        )
    if error.errno == errno.EPIPE:
        return "The program that reads the backup stopped before it was whole. Don’t use what it wrote."
    place = f"{error.filename} " if error.filename else "It "
    return f"{place}can’t be used: {error.strerror or error}. Nothing was changed."
