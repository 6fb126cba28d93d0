"""Letters: a folder by default, a real conversation with a mail server, quiet hours, and trying again after trouble."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import QUIET_FROM, QUIET_UNTIL, OutboxMail, after_quiet_hours, queue_mail
from tests.conftest import Site
from tests.roads import earn

Make = Callable[..., Site]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Box(socketserver.ThreadingTCPServer):
    """A mail server that takes what comes and keeps it."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    """Speaks just enough SMTP."""

    server: Box

    def handle(self) -> None:
        self.wfile.write(b"220 box\r\n")
        while line := self.rfile.readline().strip():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(letter)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


@pytest.fixture
def box() -> Iterator[Box]:
    with Box() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def at_noon() -> None:
    """Move the clock to the next noon, when letters leave."""
    now = datetime.now(UTC)
    clock.shift(timedelta(days=1) + NOON.replace(year=now.year, month=now.month, day=now.day) - now)


def outbox(site: Site) -> list[OutboxMail]:
    with site.inside():
        return list(db.session.scalars(select(OutboxMail)))


def read(content: bytes) -> EmailMessage:
    letter = message_from_bytes(content, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def text_of(letter: EmailMessage) -> str:
    """Return the plain text of an email."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_letter_with_the_certificate_lies_in_the_mail_folder_by_default(sqlite_site: Site) -> None:
    at_noon()
    code = earn(sqlite_site, document=True)
    sqlite_site.work()
    sqlite_site.work()
    files = list((sqlite_site.settings.data / "mail").iterdir())
    assert len(files) == 1
    letter = read(files[0].read_bytes())
    assert letter["To"] == "sam@example.org" and "is ready" in letter["Subject"]
    text = text_of(letter)
    assert f"http://127.0.0.1:8000/certificates/{code}" in text and "Sam Osei" in text
    assert not any(word in text for word in ("10 of 10", "passed with", "answers"))


def test_a_mail_server_gets_the_letter_once_under_its_one_id(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL=box.url)
    at_noon()
    earn(site, document=True)
    for _minute in range(3):
        site.work()
    assert [read(letter)["Message-ID"] for letter in box.letters] == [row.message_id for row in outbox(site)]
    assert len(box.letters) == 1 and outbox(site)[0].sent_at is not None


def test_a_server_that_is_away_gets_the_letter_later_under_the_same_id(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    at_noon()
    earn(site, document=True)
    site.work()
    kept = outbox(site)[0]
    assert kept.sent_at is None and kept.tries == 1 and kept.not_before > clock.now()
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    back.work()
    assert box.letters == []
    clock.shift(clock.now() + timedelta(minutes=5) - datetime.now(UTC))
    back.work()
    assert [read(letter)["Message-ID"] for letter in box.letters] == [kept.message_id]


def test_a_letter_of_the_night_waits_for_the_morning(sqlite_site: Site) -> None:
    now = datetime.now(UTC)
    clock.shift(timedelta(days=1) + now.replace(hour=23, minute=0) - now)
    earn(sqlite_site, document=True)
    sqlite_site.work()
    assert not (sqlite_site.settings.data / "mail").exists()
    clock.shift(timedelta(days=2) + now.replace(hour=8, minute=1) - now)
    sqlite_site.work()
    assert len(list((sqlite_site.settings.data / "mail").iterdir())) == 1


@given(
    moment=st.datetimes(NOON.replace(tzinfo=None), NOON.replace(year=2040, tzinfo=None), timezones=st.just(UTC)),
    zone=st.sampled_from(["UTC", "Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland"]),
)
def test_no_letter_leaves_at_night_and_none_waits_a_whole_day(moment: datetime, zone: str) -> None:
    leaves = after_quiet_hours(moment, zone)
    assert QUIET_UNTIL <= leaves.astimezone(ZoneInfo(zone)).time() < QUIET_FROM
    assert timedelta(0) <= leaves - moment < timedelta(hours=13)
    assert leaves == moment or leaves.astimezone(ZoneInfo(zone)).time() == QUIET_UNTIL


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(sqlite_site: Site) -> None:
    at_noon()
    for recipient, subject in (
        ("a\nb@example.org", "One"),
        ("lena@example.org", "Two"),
        ("sam@example.org", "Th\nree"),
    ):
        sqlite_site.do(queue_mail, sqlite_site.settings, recipient, subject, "Hello.")
    sqlite_site.work()
    assert [row.recipient for row in outbox(sqlite_site) if row.sent_at] == ["lena@example.org"]
