"""Checks of the disk: room in the data folder and for the database."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import make_url, text

from lms.foundation.checkup.findings import Finding, size_words
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.health import has_room

# A few thousand certificates.
FREE_LEAST = 500_000_000


def look(settings: Settings) -> list[Finding]:
    """Return what there is to say of the disk, inside the app."""
    data = shutil.disk_usage(settings.data).free if has_room(settings.data) else 0
    if settings.sqlite:
        file = Path(make_url(settings.database_url).database or "")
        size, free = file.stat().st_size, shutil.disk_usage(file.parent).free
        return [check_room("disk.data", data, size), check_room("disk.database", free, size)]
    size = int(db.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    return [
        check_room("disk.data", data, size),
        Finding(
            "disk.database",
            _(
                "The database takes up %(size)s. We can’t see from here how much space its server has.",
                size=size_words(size),
            ),
        ),
    ]


def check_room(check: str, free: int, database_size: int) -> Finding:
    """Find a disk that is nearly full, or has no room for a copy of the database, which a backup needs."""
    place = {"disk.data": _("The data folder"), "disk.database": _("The database’s folder")}[check]
    words = _("%(place)s has %(free)s of free space.", place=place, free=size_words(free))
    needed = max(FREE_LEAST, database_size)
    if free < needed:
        return Finding(
            check,
            words,
            _(
                "Make room until at least %(needed)s is free, for example by deleting old files in LMS_DATA/backups, "
                "or move the folder to a larger disk.",
                needed=size_words(needed),
            ),
        )
    return Finding(check, words)
