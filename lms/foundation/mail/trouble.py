"""Addresses that email doesn't reach: the kind of problem, and since when; never what a mail server said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old

# The mail server knows no such mailbox; the mailbox is full; an email came back for another reason.
UNKNOWN, FULL, RETURNED = "unknown", "full", "returned"


class MailTrouble(Base):
    """The last trouble with an address, in lower case; it goes once an email gets through."""

    __tablename__ = "mail_trouble"
    address: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)


def note_trouble(address: str, kind: str) -> None:
    """Keep that an email didn't reach an address."""
    row = find_trouble(address) or MailTrouble(address=address.lower())
    row.kind, row.noted_at = kind, clock.now()
    db.session.add(row)


def clear_trouble(address: str) -> None:
    """Forget the trouble with an address, because an email got through or nobody uses it any more."""
    db.session.execute(delete(MailTrouble).where(MailTrouble.address == address.lower()))


def find_trouble(address: str) -> MailTrouble | None:
    """Return the trouble with an address, if there is any."""
    return db.session.get(MailTrouble, address.lower())


def find_troubles(addresses: Collection[str]) -> dict[str, MailTrouble]:
    """Return the troubles with some addresses, in one statement."""
    query = select(MailTrouble).where(MailTrouble.address.in_({address.lower() for address in addresses}))
    return {row.address: row for row in db.session.scalars(query)}


def forget_old_troubles(kept: timedelta) -> None:
    """Delete troubles of long ago."""
    delete_old(MailTrouble, MailTrouble.noted_at < clock.now() - kept)


def kind_of_status(code: int, status: str) -> str | None:
    """Return the kind of trouble that a reply stands for, or None where it may pass or isn't about the recipient.

    `status` is the enhanced status code of RFC 3463 as "5.1.1", or "". A policy (5.7.x) is about the site that
    sends, as are refused sign-ins and relays (530, 554), so nobody's address is to blame and the email stays queued.
    """
    subject = status.partition(".")[2]
    if not 500 <= code < 600 or status[:1] not in {"", "5"} or subject.startswith("7."):
        return None
    if subject == "2.2" or code == 552:
        return FULL
    if subject.startswith("1.") or subject == "2.1" or (not status and code in {550, 551, 553}):
        return UNKNOWN
    return None
