"""The command that brings a site to this version: back it up, migrate it, check it."""

from __future__ import annotations

from pathlib import Path

import click

from lms.app import at_work
from lms.cli.backups.backup import make_backup
from lms.cli.backups.calm import calmly, settings_of, stopped
from lms.cli.backups.checks import check_site
from lms.cli.output import say
from lms.cli.shared import open_app
from lms.foundation import clock
from lms.foundation.backup import databases
from lms.foundation.backup.archive import BadBackup
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.migrations import list_revisions


@click.command("upgrade")
@click.option("--no-backup", is_flag=True, help="Don’t back up first, for example because you just did.")
@click.option(
    "--backup", "file", type=click.Path(path_type=Path), help="Where to back up to. By default LMS_DATA/backups."
)
def upgrade_site(no_backup: bool, file: Path | None) -> None:
    """Back up the site, bring its database to this version, and check that it works. Stop the site first.

    Example: lms upgrade --backup /backup/before-upgrade.tar.gz
    """
    settings = settings_of()
    with stopped(settings):
        was, place = _prepare(settings, no_backup, file)
        problem = _migrate(settings)
    if problem:
        way_back = f" To go back, install the earlier version and run: lms restore {place} --replace" if place else ""
        raise click.ClickException(f"The database is up to date, but the site doesn’t work: {problem}{way_back}")
    newest = list_revisions()[0]
    change = "was up to date already" if was == newest else f"went from {was} to {newest}"
    say(f"The database {change}, and the site works. Start it with: lms serve")


def _prepare(settings: Settings, no_backup: bool, file: Path | None) -> tuple[str, str]:
    """Back a site up; return the version of its database and where the backup is."""
    with calmly(settings):
        schema = databases.find_schema(settings.database_url)
        if schema is None:
            raise BadBackup(f"There’s no site in {settings.data} yet. Set one up with: lms init")
        if schema.revision not in list_revisions():
            raise BadBackup(
                f"The database is of a newer version of Sidelight (schema {schema.revision}) than the one that is "
                "installed. Nothing was changed. Install that version again, or restore a backup from before it: "
                "lms restore FILE --replace"
            )
        return schema.revision, "" if no_backup else _back_up(settings, file)


def _migrate(settings: Settings) -> str:
    """Bring the database to this version, and return what keeps the site from working, or nothing."""
    app = open_app(new=True)
    with calmly(settings), at_work(app):
        try:
            lost = db.session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() if settings.sqlite else []
            return f"{len(lost)} rows refer to rows that don’t exist." if lost else check_site(app, settings)
        finally:
            db.session.remove()
            db.engine.dispose()


def _back_up(settings: Settings, file: Path | None) -> str:
    if file is None:
        (settings.data / "backups").mkdir(mode=0o700, exist_ok=True)
        file = settings.data / "backups" / f"before-upgrade-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    make_backup(settings, file)
    say(f"Backed up to {file}")
    return str(file)
