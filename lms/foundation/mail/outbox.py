"""Mail: rows in an outbox, sent at least once by the mail worker with one Message-ID each."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from sqlalchemy import Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import Base, db, write
from lms.foundation.mail.transport import (
    POLICY,
    Deliver,
    MessageRefused,
    ServerTrouble,
    open_transport,
    write_body,
)
from lms.foundation.mail.trouble import clear_trouble, note_trouble
from lms.foundation.per_app import get_or_make, provided
from lms.foundation.statements.sql import only_where

log = logging.getLogger("lms.mail")

QUIET_FROM, QUIET_UNTIL = time(20, 0), time(8, 0)


class Quiet(NamedTuple):
    """Somebody's quiet hours, in a time zone; the site's if none is given."""

    start: time = QUIET_FROM
    until: time = QUIET_UNTIL
    zone: str = ""


EVERY_NIGHT = Quiet()
# About a week: a mail server that is away over a weekend loses nothing.
TRIES = 48
# After the mail server could not be used it is left alone this long, so that each new email does not call it again.
PAUSE = timedelta(minutes=1)
ASCII_SIGNS = "/%:@!$&'()*+,;=?#[]~"
# No email waits longer at once: through somebody's quiet hours at most, or four hours after an attempt.
WAIT_MOST = timedelta(hours=25)
# The longest that one pass over the outbox goes on; the next one follows within a minute.
PASS_MOST = timedelta(minutes=5)
# How many are looked up at once.
AT_ONCE = 200
# The lane of the job process that sends email.
LANE = "mail"


class OutboxMail(Base):
    """One email that is to leave, or has left."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        # What has left stays for a month, and isn't met again on the way to what is due.
        Index("ix_outbox_mail_waiting", "not_before", **only_where("sent_at IS NULL")),
        Index("ix_outbox_mail_about", "about", **only_where("about IS NOT NULL")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    message_id: Mapped[str]
    recipient: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str]
    # The same words as HTML; an email without them is sent as plain text.
    html: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    not_before: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    # The hours in which it may not leave, as 20:00-08:00 Pacific/Auckland; none for one that leaves at any hour.
    quiet: Mapped[str | None]
    off_url: Mapped[str | None]
    # What it is about, where it can be taken back while it waits.
    about: Mapped[str | None]


def after_quiet_hours(moment: datetime, site_zone: str, quiet: Quiet = EVERY_NIGHT) -> datetime:
    """Return the moment itself or, if it's within the quiet hours, the end of those."""
    local = moment.astimezone(clock.find_zone(quiet.zone, site_zone))
    over_night = quiet.start > quiet.until
    now = local.time()
    if not ((now >= quiet.start or now < quiet.until) if over_night else quiet.start <= now < quiet.until):
        return moment
    day = local.date() + timedelta(days=1) if now >= quiet.until else local.date()
    # Where clocks are put back, an hour comes twice: whoever is in its second half waits for the second end too.
    ends = (datetime.combine(day, quiet.until.replace(fold=fold), local.tzinfo).astimezone(UTC) for fold in (0, 1))
    return next(end for end in (*ends, moment) if end >= moment)


def can_be_emailed(address: str) -> bool:
    """Decide whether a text can be an email address at all; a sign-in name, which some people have instead, can't."""
    return "@" in address


def is_quiet(settings: Settings, quiet: Quiet) -> bool:
    """Return whether no email may leave now."""
    return after_quiet_hours(clock.now(), settings.timezone, quiet) > clock.now()


def _as_text(quiet: Quiet) -> str:
    return f"{quiet.start:%H:%M}-{quiet.until:%H:%M} {quiet.zone}".rstrip()


def _as_quiet(text: str) -> Quiet:
    hours, _space, zone = text.partition(" ")
    start, until = (time.fromisoformat(hour) for hour in hours.split("-"))
    return Quiet(start, until, zone)


def queue_mail(
    settings: Settings,
    recipient: str,
    subject: str,
    body: str,
    html: str = "",
    *,
    any_hour: bool = False,
    quiet: Quiet = EVERY_NIGHT,
    off_url: str | None = None,
    about: str | None = None,
    leaves: bool = True,
) -> None:
    """Put an email into the outbox of the present write; it leaves outside quiet hours, or at any hour if need be.

    With `off_url`, mail programs show a way to turn emails of its kind off with one press. With `about`, it can be
    taken back under that word for as long as it has not left. One that never `leaves` costs as much as one that does.
    Somebody who has a sign-in name and no email address gets none.
    """
    if leaves and not can_be_emailed(recipient):
        return
    host = urlsplit(settings.base_url).hostname or "localhost"
    row = OutboxMail(
        id=ids.inner_id(),
        message_id=make_msgid(domain=host),
        recipient=recipient,
        subject=subject,
        body=body if leaves else "",
        html=html if leaves else "",
        created_at=clock.now(),
        sent_at=None if leaves else clock.now(),
        not_before=clock.now() if any_hour else after_quiet_hours(clock.now(), settings.timezone, quiet),
        tries=0,
        quiet=None if any_hour else _as_text(quiet),
        off_url=off_url,
        about=about,
    )
    db.session.add(row)
    jobs.push("mail.send")


def sender_of(settings: Settings) -> str:
    """Return whom emails come from."""
    return settings.mail_from or f"Sidelight <no-reply@{urlsplit(settings.base_url).hostname}>"


def _as_message(row: OutboxMail, sender: str) -> EmailMessage:
    message = EmailMessage(POLICY)
    message["From"], message["To"], message["Subject"] = sender, row.recipient, row.subject
    message["Date"], message["Message-ID"] = format_datetime(row.created_at), row.message_id
    message["Auto-Submitted"] = "auto-generated"
    if row.off_url:
        # RFC 8058: a mail program shows a button and posts to the address when it is pressed.
        message["List-Unsubscribe"] = f"<{quote(row.off_url, ASCII_SIGNS)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    write_body(message, row.body, row.html)
    return message


def _send(settings: Settings, mail_id: str, deliver: Deliver) -> None:
    """Send one email if it is due and has not left yet; raise ServerTrouble when the next would not leave either."""
    row = db.session.get(OutboxMail, mail_id)
    if row is None or row.sent_at or row.not_before > clock.now():
        return
    morning = after_quiet_hours(clock.now(), settings.timezone, _as_quiet(row.quiet)) if row.quiet else clock.now()
    if morning > clock.now():
        # It was due earlier, but the mail server or this process was away until the evening.
        write(_hold, mail_id, morning)
        return
    try:
        deliver(_as_message(row, sender_of(settings)))
    except ServerTrouble:
        write(_note_try, mail_id, None)
        raise
    except (MessageRefused, ValueError) as error:
        # What the email library says of a header repeats the header.
        reason = str(error) if isinstance(error, MessageRefused) else "it cannot be written as an email"
        log.warning("an email could not be sent yet: %s", reason)
        write(_note_try, mail_id, None, getattr(error, "trouble", None))
    else:
        write(_note_try, mail_id, clock.now())


def _hold(mail_id: str, until: datetime) -> None:
    row = db.session.get(OutboxMail, mail_id)
    if row is not None:
        row.not_before = until


def _note_try(mail_id: str, sent_at: datetime | None, trouble: str | None = None) -> None:
    """Keep what came of an attempt; an email whose recipient can't be reached for good is not tried again."""
    row = db.session.get(OutboxMail, mail_id)
    if row is None:
        # It was taken back, or its reader's account was closed, while the mail server was being asked.
        return
    row.tries = TRIES if trouble else row.tries + 1
    row.sent_at = sent_at
    if trouble:
        note_trouble(row.recipient, trouble)
    elif sent_at is not None:
        clear_trouble(row.recipient)
    else:
        row.not_before = clock.now() + timedelta(minutes=min(2**row.tries, 240))
        return
    # What an email said is its reader's from here on; a one-time link is not left lying about.
    row.body = row.html = ""


ALWAYS_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass
class MailServer:
    """Until when the mail server is left alone after it could not be reached."""

    rests_until: datetime = ALWAYS_AGO


def sweep(settings: Settings) -> None:
    """Send every email that is due; the first trouble with the mail server ends the pass for all."""
    state = get_or_make(MailServer)
    if clock.is_ahead(state.rests_until, PAUSE):
        return
    _bring_forward()
    started = clock.now()
    try:
        with open_transport(settings) as deliver:
            # Whatever becomes of an email, it isn't due any more afterwards.
            while due := _list_due():
                for mail_id in due:
                    if clock.now() - started > PASS_MOST or not provided(Jobs).may_continue(LANE):
                        return
                    _send(settings, mail_id, deliver)
    except ServerTrouble as trouble:
        state.rests_until = clock.now() + PAUSE
        log.warning("no email can be sent now; the next attempt is in a minute: %s", trouble)


def _bring_forward() -> None:
    """Let emails leave that were to wait for longer than any does: the clock was fast when that was written down."""
    stuck = (OutboxMail.sent_at.is_(None), OutboxMail.not_before > clock.now() + WAIT_MOST)
    if db.session.scalar(select(OutboxMail.id).where(*stuck).limit(1)):
        write(lambda: db.session.execute(update(OutboxMail).where(*stuck).values(not_before=clock.now())))


def _list_due() -> list[str]:
    query = select(OutboxMail.id).where(
        OutboxMail.sent_at.is_(None), OutboxMail.not_before <= clock.now(), OutboxMail.tries < TRIES
    )
    return list(db.session.scalars(query.order_by(OutboxMail.not_before).limit(AT_ONCE)))


def send_now(settings: Settings, recipient: str, subject: str, body: str) -> None:
    """Send an email past the outbox, once; raise ServerTrouble or MessageRefused."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    row = OutboxMail(
        message_id=make_msgid(domain=host),
        recipient=recipient,
        subject=subject,
        body=body,
        html="",
        created_at=clock.now(),
    )
    with open_transport(settings) as deliver:
        deliver(_as_message(row, sender_of(settings)))


def list_emails(recipient: str) -> list[OutboxMail]:
    """Return the emails to an address that are still known of, the newest first."""
    query = select(OutboxMail).where(OutboxMail.recipient == recipient)
    return list(db.session.scalars(query.order_by(OutboxMail.id.desc())))


def take_back(about: str) -> bool:
    """Delete what is about something and has not left yet; return whether there was such an email."""
    query = select(OutboxMail).where(OutboxMail.about == about, OutboxMail.sent_at.is_(None))
    waiting = list(db.session.scalars(query))
    for row in waiting:
        db.session.delete(row)
    return bool(waiting)
