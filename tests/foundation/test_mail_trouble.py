"""Emails that don't arrive: refused addresses, emails that come back, and a mail server that is away for a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lms.foundation import clock
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.bounces import Bounce, read_bounces
from lms.foundation.mail.outbox import TRIES, queue_mail
from lms.foundation.mail.trouble import find_trouble, kind_of_status, note_trouble
from lms.foundation.mail.waiting import find_waiting
from tests.builders import commands
from tests.builders.mail import Box, at_noon, outbox, read
from tests.conftest import Site
from tests.foundation.mail_servers import mail_server
from tests.inspector import squeezed

Make = Callable[..., Site]


def text_in(node: Any) -> str:
    return squeezed(" ".join(node.itertext()))


def report(boundary: str, blocks: str, subtype: str = "delivery-status") -> bytes:
    """Return a report with its words, its fields, and the headers of the email that came back."""
    return f"""From: MAILER-DAEMON@mx.example.net
To: no-reply@training.example.org
Subject: Returned to sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={subtype}; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=utf-8

We could not hand over your email.

--{boundary}
Content-Type: message/{subtype}

{blocks}
--{boundary}
Content-Type: text/rfc822-headers

To: bea@example.org
Subject: An invitation

--{boundary}--
""".encode()


# In the shape of Postfix, of Exchange and of Exim: order, capitals and optional fields differ.
POSTFIX = """Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F1A2
Arrival-Date: Mon, 30 Nov 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; bea@example.org
Original-Recipient: rfc822;Bea@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; in.example.org
Diagnostic-Code: smtp; 550 5.1.1 <bea@example.org>: nobody of that name lives
    here
"""
EXCHANGE = """Reporting-MTA: dns;mail.example.org
Received-From-MTA: dns;out.example.net
Arrival-Date: Mon, 30 Nov 2026 09:00:00 +0000

Final-recipient: RFC822;bea@example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 this box has no room left
X-Display-Name: Bea
"""
EXIM = """Reporting-MTA: dns; relay.example.net

Action: failed
Final-Recipient: rfc822;<bea@example.org>
Status: 5.0.0
Remote-MTA: dns; in.example.org
Diagnostic-Code: smtp; 550 content not wanted
"""
TWO = f"""{POSTFIX}
Final-Recipient: rfc822; lena@example.org
Action: delivered
Status: 2.0.0

Final-Recipient: rfc822; sam@example.org
Action: delayed
Status: 4.4.1
"""


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        (POSTFIX, [("bea@example.org", "unknown")]),
        (EXCHANGE, [("bea@example.org", "full")]),
        (EXIM, [("bea@example.org", "returned")]),
        (TWO, [("bea@example.org", "unknown")]),
        (POSTFIX.replace("failed", "delayed"), []),
        (POSTFIX.replace("rfc822", "x400"), []),
        ("", []),
    ],
)
def test_a_report_names_whom_it_did_not_reach_for_good(blocks: str, found: list[tuple[str, str]]) -> None:
    for content in (report("=_a1", blocks), report("=_a1", blocks).replace(b"\n", b"\r\n")):
        assert read_bounces(content) == [Bounce(*one) for one in found]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\0", b"Subject: Hello\n\nDiagnostic-Code: 5.1.1", report("x", POSTFIX, "disposition-notification")],
)
def test_any_other_message_is_none(content: bytes) -> None:
    assert read_bounces(content) is None


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (550, "", "unknown"),
        (550, "5.1.1", "unknown"),
        (553, "5.1.3", "unknown"),
        (550, "5.2.1", "unknown"),
        (552, "5.2.2", "full"),
        (552, "", "full"),
        (450, "4.2.1", None),
        (554, "5.7.1", None),
        (550, "5.7.26", None),
        (530, "", None),
        (554, "", None),
        (550, "4.1.1", None),
    ],
)
def test_only_what_is_about_the_recipient_and_for_good_is_their_trouble(
    code: int, status: str, kind: str | None
) -> None:
    assert kind_of_status(code, status) == kind


def test_one_of_three_addresses_is_refused_and_cora_sees_which(make_sqlite_site: Make) -> None:
    with mail_server(unknown="sam@example.org") as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url())
        at_noon()
        for name in ("lena", "sam", "tara"):
            site.do(queue_mail, site.settings, f"{name}@example.org", "Hello", f"for {name}")
        for _minute in range(3):
            site.work()
            clock.shift(clock.now() + timedelta(hours=1) - datetime.now(UTC))
        assert [read(letter)["To"] for letter in server.letters] == ["lena@example.org", "tara@example.org"]
        assert sum("sam@example.org" in word for word in server.heard.words) == 1, "a refusal is not asked for again"
        refused = next(row for row in outbox(site) if row.recipient == "sam@example.org")
        assert (refused.sent_at, refused.body) == (None, "")
        with site.inside():
            assert find_waiting().given_up == 0
            address = f"/programmes/harbour/people/{site.person('sam').public_id}"
        page = site.visitor("cora").get(address)
        assert "the mail server says that there’s no such address" in page.main
        assert "is not known here" not in page.main and "ask Sam Osei for an address that works" in page.main
        server.manner.unknown = ""
        site.do(queue_mail, site.settings, "sam@example.org", "Again", "for sam")
        site.work()
        assert "no such address" not in site.visitor("cora").get(address).main


@pytest.mark.parametrize(
    "refusal", ["554 5.7.1 relay not allowed", "450 4.2.0 later please", "530 5.7.0 sign in first"]
)
def test_what_is_not_about_the_recipient_is_tried_again(make_sqlite_site: Make, refusal: str) -> None:
    with mail_server(unknown="sam@example.org", refusal=refusal) as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url())
        at_noon()
        site.do(queue_mail, site.settings, "sam@example.org", "Hello", "for sam")
        site.work()
        (row,) = outbox(site)
        assert (row.sent_at, row.tries) == (None, 1) and row.tries < TRIES and row.body
        with site.inside():
            assert find_trouble("sam@example.org") is None
        server.manner.unknown = ""
        clock.shift(clock.now() + timedelta(minutes=5) - datetime.now(UTC))
        site.work()
        assert len(server.letters) == 1


def test_the_list_of_invitations_says_which_email_did_not_arrive_and_what_to_do(sqlite_site: Site) -> None:
    cora = sqlite_site.visitor("cora")
    page = cora.get("/programmes/harbour/invitations/new").form_with("Continue")
    ready = page.submit("Continue", people="Bea <bea@example.org>, Amal <amal@example.org>")
    (send,) = [words for node in ready.find("main button") if (words := text_in(node)).startswith("Send")]
    ready.form_with(send).submit(send)
    assert "check the address" not in cora.get("/programmes/harbour/invitations").main
    sqlite_site.do(note_trouble, "bea@example.org", "full")
    rows = [text_in(node) for node in cora.get("/programmes/harbour/invitations").find("main tbody tr")]
    assert ["the mailbox was full" in row for row in rows] == ["bea@" in row for row in rows]
    assert "check the address" in cora.get("/programmes/harbour/invitations").main


def test_a_mail_server_pipes_what_came_back_into_the_command(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = commands.of(sqlite_site, monkeypatch)
    assert "Addresses noted: 0" in run("mail", "bounce", input=report("x", POSTFIX)).output, "nobody here wrote to Bea"
    sqlite_site.do(queue_mail, sqlite_site.settings, "bea@example.org", "Hello", "for bea")
    assert "Addresses noted: 1" in run("mail", "bounce", input=report("x", POSTFIX)).output
    assert "isn’t a delivery status" in run("mail", "bounce", input=b"Subject: Hello\n\nHow are you?").output
    with sqlite_site.inside():
        row = find_trouble("BEA@example.org")
        assert row is not None and row.kind == "unknown"
    assert run("mail", "bounced", "nobody@example.org").exit_code == 1
    assert "Noted" in run("mail", "bounced", "bea@example.org").output


def test_a_mail_server_that_is_away_for_a_day_gets_each_email_once(make_sqlite_site: Make, box: Box) -> None:
    away = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    at_noon()
    for number in range(12):
        away.do(queue_mail, away.settings, f"person{number}@example.org", "Hello", f"number {number}")
    start = clock.now()
    for quarter in range(4 * 24):
        clock.shift(start + timedelta(minutes=15 * quarter) - datetime.now(UTC))
        with away.inside():
            mail_outbox.sweep(away.settings)
    tries = [row.tries for row in outbox(away)]
    assert 0 < max(tries) < 20, "it waits longer each time"
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    for quarter in range(4 * 24, 4 * 30):
        clock.shift(start + timedelta(minutes=15 * quarter) - datetime.now(UTC))
        with back.inside():
            mail_outbox.sweep(back.settings)
    sent = Counter(read(letter)["To"] for letter in box.letters)
    assert sent == Counter(f"person{number}@example.org" for number in range(12))
    assert len({read(letter)["Message-ID"] for letter in box.letters}) == 12
