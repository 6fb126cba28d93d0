"""A mail server that keeps what it's sent, and reading the emails."""

from __future__ import annotations

import socketserver
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

from sqlalchemy import select

from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail

if TYPE_CHECKING:
    from tests.conftest import Site

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Box(socketserver.ThreadingTCPServer):
    """A mail server that stores every message it receives."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        super().__init__(("127.0.0.1", 0), SmtpConversation)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class SmtpConversation(socketserver.StreamRequestHandler):
    """Speaks just enough SMTP."""

    server: Box

    def handle(self) -> None:
        self.wfile.write(b"220 box\r\n")
        while line := self.rfile.readline().strip():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go ahead\r\n")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(letter)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


def at_noon() -> timedelta:
    """Move the clock to the next noon, when email is sent and no day ends soon; return by how much it moved."""
    now = datetime.now(UTC)
    ahead = timedelta(days=1) + NOON.replace(year=now.year, month=now.month, day=now.day) - now
    clock.shift(ahead)
    return ahead


def at_night() -> None:
    """Move the clock to the next midnight, when email waits for the morning."""
    now = datetime.now(UTC)
    clock.shift(timedelta(days=1) + now.replace(hour=0, minute=0, second=0) - now)


def outbox(site: Site) -> list[OutboxMail]:
    """Return the emails in the outbox."""
    with site.inside():
        return list(db.session.scalars(select(OutboxMail)))


def read(content: bytes) -> EmailMessage:
    """Parse an email."""
    letter = message_from_bytes(content, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def text_of(letter: EmailMessage) -> str:
    """Return the plain text of an email."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
