"""What commands inside a site share: the app they run in, and its programmes."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from multiprocessing.connection import Connection
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts import records
from lms.app import at_work, create_app
from lms.foundation.background.jobs import Jobs
from lms.foundation.backup.data_folder import UnfinishedRestore, check_finished
from lms.foundation.backup.databases import sqlite_file
from lms.foundation.checkup.database import first_line, how_to_reach_it
from lms.foundation.config.setting_checks import masked
from lms.foundation.config.settings import BadSetting, Settings, read_settings
from lms.foundation.db import NewerDatabase, StillServed, db
from lms.foundation.hosts.joining import CannotJoin, check_disk, check_same_keys
from lms.foundation.keys import BadKey, secret_key
from lms.foundation.migrations import upgrade
from lms.foundation.per_app import provided
from lms.foundation.turns import Busy


def open_app(new: bool = False) -> Flask:
    """Return the app with its database up to date; what it cannot start with is told in one line.

    A site that isn't there yet is made only where it may be `new`.
    """
    with told_in_one_line() as settings:
        app = create_checked_app(settings, new)
        upgrade(app)
        return app


def is_site(settings: Settings) -> bool:
    """Return whether there may be a site: SQLite has a file for it, and what a server has is known once it's asked."""
    return not settings.sqlite or sqlite_file(settings.database_url).exists()


def create_checked_app(settings: Settings, new: bool = True) -> Flask:
    """Return the app, once its data folder and its secret are found whole."""
    check_finished(settings.data)
    if not new and not is_site(settings):
        raise click.ClickException(
            f"There’s no site in {settings.data} yet. Nothing was changed. If yours is in another folder, name it: "
            "LMS_DATA=/srv/sidelight. To set one up: lms init"
        )
    check_disk(settings)
    secret_key(settings.data)
    return create_app(settings)


@contextmanager
def told_in_one_line() -> Iterator[Settings]:
    """Give the settings of the environment, and end with one line for what a site cannot start with."""
    try:
        settings = read_settings()
    except BadSetting as error:
        raise click.ClickException(str(error)) from None
    try:
        yield settings
    except (BadKey, CannotJoin, UnfinishedRestore) as error:
        raise click.ClickException(str(error)) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise click.ClickException(database_words(settings, error)) from None
    except StillServed:
        raise click.ClickException(
            "Another server still serves this site with an earlier version. Nothing was changed. Stop the site on all "
            "servers, run lms upgrade on one of them, and start them again."
        ) from None
    except NewerDatabase:
        raise click.ClickException(
            f"The database ({masked(settings.database_url)}) was used by a newer version of Sidelight, which this one "
            "does not know. Nothing was changed. Install that version again, or restore a backup from before it: "
            "lms restore FILE --replace"
        ) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or settings.data} cannot be used: {error.strerror}. Nothing was changed. Make the folder "
            "writable for this account, or choose another: LMS_DATA=/srv/sidelight"
        ) from None


def database_words(settings: Settings, error: Exception) -> str:
    """Return why the database cannot be used, in one line without a password."""
    said = first_line(error)
    return (
        f"The database ({masked(settings.database_url)}) can’t be used: {said}. "
        f"Nothing was changed. {how_to_reach_it(said, settings.sqlite)}"
    )


def inside(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command in the app of a site, with its database up to date, and give its connections back at the end.

    A host that has other keys than the site is refused: what the command seals or signs would be void.
    """
    return _inside(command, new=False)


def inside_or_new(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command as `inside` does, and make the site before if there's none."""
    return _inside(command, new=True)


def inside_to_replace(*keys: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a command as `inside` does, though these keys may be missing or differ, because it replaces them."""
    return partial(_inside, new=False, other_keys=keys)


def _inside(command: Callable[..., Any], new: bool, other_keys: Collection[str] = ()) -> Callable[..., Any]:
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        with at_work(open_app(new)):
            try:
                with told_in_one_line() as settings:
                    check_same_keys(settings, fingerprints_aside, other_keys)
                return command(*args, **kwargs)
            except Busy:
                raise click.ClickException(
                    "The database was busy for too long, so nothing was saved. Please run the command again."
                ) from None
            finally:
                db.session.remove()
                db.engine.dispose()
                provided(Jobs).close()

    return run


def fingerprints_aside(settings: Settings) -> dict[str, str]:
    """Return the fingerprints of this host's keys, read by a child: reading keys takes 14 MB that are never given back.

    Call it while this process has one thread.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    reader = multiprocessing.get_context("fork").Process(target=_send_fingerprints, args=(settings, theirs))
    reader.start()
    theirs.close()
    try:
        found: dict[str, str] = ours.recv()
    except EOFError:
        found = {}
    reader.join()
    return found


def _send_fingerprints(settings: Settings, to: Connection) -> None:
    # Imported by the child alone, see above.
    from lms.foundation.hosts.key_fingerprints import fingerprints_of

    to.send(fingerprints_of(settings))


def get_programme(slug: str | None) -> Any:
    """Return the programme with a short name, or the only one there is; refuse kindly otherwise."""
    slugs = [found for found, _name in records.list_programme_names()]
    found = records.find_programme(slug or (slugs[0] if len(slugs) == 1 else ""))
    if found is None:
        known = ", ".join(slugs) or "none yet. Make one with: lms programme set NAME"
        raise click.ClickException(f"Name a programme with --programme. The programmes are: {known}")
    return found
