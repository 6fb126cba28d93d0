"""What waits in the outbox: emails that are due, late or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select

from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import TRIES, OutboxMail

# An email that is due leaves within a minute or two. One that was refused twice may be taken the third time.
LATE_AFTER, TRIES_OF_LATE = timedelta(minutes=15), 3


@dataclass(frozen=True)
class Waiting:
    """How many emails should have left by now, when the oldest of them was written, and how many were given up."""

    late: int
    oldest: datetime | None
    given_up: int


def find_waiting() -> Waiting:
    """Return what waits in the outbox longer than it should."""
    is_due = or_(OutboxMail.not_before < clock.now() - LATE_AFTER, OutboxMail.tries >= TRIES_OF_LATE)
    late = and_(is_due, OutboxMail.tries < TRIES)
    # An email whose recipient was refused is empty, and shown to coordinators.
    given_up = and_(OutboxMail.tries >= TRIES, OutboxMail.body != "")
    query = select(
        func.count(case((late, 1))), func.min(case((late, OutboxMail.created_at))), func.count(case((given_up, 1)))
    ).where(OutboxMail.sent_at.is_(None))
    row = db.session.execute(query).one()
    return Waiting(row[0], row[1], row[2])


def find_due() -> tuple[int, datetime | None, int]:
    """Return how many emails are due, since when the first of them is, and how many were given up."""
    due = and_(OutboxMail.not_before <= clock.now(), OutboxMail.tries < TRIES)
    query = select(
        func.count(case((due, 1))),
        func.min(case((due, OutboxMail.not_before))),
        func.count(case((OutboxMail.tries >= TRIES, 1))),
    ).where(OutboxMail.sent_at.is_(None))
    row = db.session.execute(query).one()
    return row[0], row[1], row[2]


def has_sent() -> bool:
    """Return whether a mail server took any email that is still known of; those are kept for a month."""
    # What was written for an address that nobody has never leaves, and is marked as sent without a try.
    left = select(OutboxMail.id).where(OutboxMail.sent_at.is_not(None), OutboxMail.tries > 0)
    return db.session.scalar(left.limit(1)) is not None
