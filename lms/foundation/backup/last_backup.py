"""When the last whole backup was made: a row that all hosts see on PostgreSQL, a file in the data folder on SQLite."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from lms.foundation.backup import databases
from lms.foundation.backup.data_folder import LAST_BACKUP
from lms.foundation.config.settings import Settings
from lms.foundation.hosts.key_marks import find_backup_mark
from lms.foundation.storage.files import write_whole


def note_backup(settings: Settings, made_at: datetime) -> None:
    """Note when a whole backup was made; where there's no room, or nothing can be written, only the note is lost."""
    with suppress(OSError, SQLAlchemyError):
        if settings.sqlite:
            write_whole(settings.data / LAST_BACKUP, made_at.isoformat().encode())
        else:
            databases.note_backup(settings.database_url, made_at)


def find_last_backup(settings: Settings) -> datetime | None:
    """Return when the last whole backup was made; None when none is known of; inside the app.

    Earlier versions wrote the file on PostgreSQL too, so the newer of both counts.
    """
    noted = [_in_folder(settings), None if settings.sqlite else find_backup_mark()]
    return max((at for at in noted if at), default=None)


def _in_folder(settings: Settings) -> datetime | None:
    try:
        return datetime.fromisoformat((settings.data / LAST_BACKUP).read_text("ascii"))
    except (OSError, ValueError):
        return None
