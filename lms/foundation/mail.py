"""Mail: rows in an outbox, sent at least once by the job process with one Message-ID each."""

from __future__ import annotations

import logging
import smtplib
import sys
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids, jobs
from lms.foundation.db import Base, db, write
from lms.foundation.settings import Settings

log = logging.getLogger("lms.mail")

QUIET_FROM, QUIET_UNTIL = time(20, 0), time(8, 0)
TRIES = 12


class OutboxMail(Base):
    """One letter that is to leave, or has left."""

    __tablename__ = "outbox_mail"
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    message_id: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)


def after_quiet_hours(moment: datetime, zone: str) -> datetime:
    """Return the moment itself, or eight in the morning when it falls into the night of the zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    morning = datetime.combine(local.date(), QUIET_UNTIL, local.tzinfo)
    return morning + timedelta(days=1) if local.time() >= QUIET_FROM else morning


def queue_mail(settings: Settings, recipient: str, subject: str, body: str) -> None:
    """Put a letter into the outbox of the present write; it leaves outside quiet hours."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    row = OutboxMail(
        id=ids.inner_id(),
        message_id=make_msgid(domain=host),
        recipient=recipient,
        subject=subject,
        body=body,
        created_at=clock.now(),
        not_before=after_quiet_hours(clock.now(), settings.timezone),
        tries=0,
    )
    db.session.add(row)
    jobs.push("mail.send", row.id)


def _as_message(row: OutboxMail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, row.recipient, row.subject
    message["Date"], message["Message-ID"] = format_datetime(row.created_at), row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.body)
    return message


def deliver(settings: Settings, message: EmailMessage) -> None:
    """Hand a message over; raise OSError or SMTPException when it could not be."""
    url = urlsplit(settings.mail_url)
    if url.scheme == "console":
        sys.stdout.write(message.as_string() + "\n")
        return
    if url.scheme == "file":
        folder = Path(url.path) if url.path else settings.data / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
        return
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 25), timeout=20) as smtp:
        if url.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls()
        if url.username:
            smtp.login(unquote(url.username), unquote(url.password or ""))
        smtp.send_message(message)


def send(settings: Settings, mail_id: str) -> None:
    """Send one letter if it is due and has not left yet; an attempt that did not work waits for the sweep."""
    row = db.session.get(OutboxMail, mail_id)
    if row is None or row.sent_at or row.not_before > clock.now():
        return
    sender = f"Sidelight <no-reply@{urlsplit(settings.base_url).hostname}>"
    try:
        deliver(settings, _as_message(row, sender))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.warning("a letter could not leave yet: %s", error)
        write(_note_try, mail_id, None)
    else:
        write(_note_try, mail_id, clock.now())


def _note_try(mail_id: str, sent_at: datetime | None) -> None:
    row = db.session.get_one(OutboxMail, mail_id)
    row.tries += 1
    row.sent_at = sent_at
    if sent_at is None:
        row.not_before = clock.now() + timedelta(minutes=min(2**row.tries, 240))


def sweep(settings: Settings) -> None:
    """Send every letter that is due."""
    query = select(OutboxMail.id).where(
        OutboxMail.sent_at.is_(None), OutboxMail.not_before <= clock.now(), OutboxMail.tries < TRIES
    )
    for mail_id in list(db.session.scalars(query.limit(200))):
        send(settings, mail_id)
