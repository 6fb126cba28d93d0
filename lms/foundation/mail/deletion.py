"""Deleting emails: all those to an address, and old ones with the files that were written for them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import after_commit, db
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.mail.transport import file_of, mail_folder
from lms.foundation.mail.trouble import clear_trouble, forget_old_troubles
from lms.foundation.statements.deleting import delete_old
from lms.foundation.storage.files import changed_at

# What a Message-ID begins with, and therefore the name of every file that is written, whole or half.
OWN_FILE = re.compile(r"\d+\.\d+\.\d+\.eml|\.\d+\.\d+\.\d+\.eml\.\w+\.part")


def delete_emails(settings: Settings, recipient: str) -> None:
    """Delete every email to an address, sent or not, with the files that were written for it."""
    query = select(OutboxMail.message_id).where(OutboxMail.recipient == recipient)
    clear_trouble(recipient)
    files = [file_of(settings, message_id) for message_id in db.session.scalars(query)]
    db.session.execute(delete(OutboxMail).where(OutboxMail.recipient == recipient))
    after_commit(lambda: _delete_files(files))


def forget_old(settings: Settings) -> None:
    """Delete emails, and files of emails, as long after they were written as the settings keep them."""
    kept = timedelta(days=settings.keep_emails_days)
    delete_old(OutboxMail, OutboxMail.created_at < clock.now() - kept)
    forget_old_troubles(kept)
    forget_old_files(settings)


def forget_old_files(settings: Settings) -> None:
    """Delete old files of emails; files that this site did not name stay."""
    kept = timedelta(days=settings.keep_emails_days)
    folder = mail_folder(settings)
    found = folder.glob("*.eml*") if folder else ()
    _delete_files([file for file in found if OWN_FILE.fullmatch(file.name) and _is_old(file, kept)])


def _is_old(file: Path, kept: timedelta) -> bool:
    # Whole files have the time of the site's clock, half-written ones that of the machine.
    now = datetime.now(UTC).timestamp() if file.suffix == ".part" else clock.now().timestamp()
    return (changed_at(file) or now) < now - kept.total_seconds()


def _delete_files(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
