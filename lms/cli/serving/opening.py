"""What a child does before a site is served or loaded again: migrate and open the keys, or only look."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from lms.app import at_work, create_app
from lms.certification.keys.key_files import KeyRests, KeyTrouble
from lms.certification.keys.opening import check_dates, keys_of
from lms.cli.output import say
from lms.cli.shared import told_in_one_line
from lms.foundation.backup.data_folder import UnfinishedRestore
from lms.foundation.config.settings import BadSetting
from lms.foundation.hosts.joining import check_clock, check_keys, check_tables, check_whole
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.migrations import find_revision, list_revisions, upgrade
from lms.foundation.web.security import settings


def open_with_keys(app: Flask) -> None:
    """Migrate an app's database and open its signing keys; what cannot be used ends the process with a clear line."""
    try:
        with told_in_one_line():
            upgrade(app)
            join(app)
    except KeyRests as trouble:
        say(f"The site starts, but signs nothing for now: {trouble}")
    except KeyTrouble as trouble:
        say(f"The site can’t start: {trouble}")
        raise SystemExit(1) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(1) from None


def join(app: Flask) -> None:
    """Check that this host can serve the site with the others, and open its keys; raise CannotJoin if it can't."""
    with at_work(app):
        check_clock()
        check_tables()
        check_whole(settings())
        check_keys(settings(), fingerprints_of)
        ring = keys_of(settings())
        # Those that were made just now are known from here on.
        check_keys(settings(), fingerprints_of)
        check_dates(ring)


def is_of_this_version() -> None:
    """End with status 1 unless the database is of the version that would be loaded: a running site isn't migrated."""
    try:
        with at_work(create_app()):
            revision = find_revision()
    except (BadSetting, UnfinishedRestore, SQLAlchemyError) as error:
        say(f"The site can’t be loaded again: {error}")
        raise SystemExit(1) from None
    if revision != list_revisions()[0]:
        say("The site can’t be loaded again, because its database is of another version. Stop it and run: lms upgrade")
        raise SystemExit(1)
