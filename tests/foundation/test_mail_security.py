"""Mail in confidence: whom the site trusts with letters and with its password, told by real servers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lms.foundation.mail.outbox import queue_mail
from tests.builders.mail import at_noon, outbox
from tests.conftest import Site
from tests.foundation.mail_servers import Papers, mail_server, make_papers

Make = Callable[..., Site]
USER = "sidelight:pa%23ss"
SIGNED_IN = ["\0sidelight\0pa#ss"]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """The papers of the mail server of the hospital itself."""
    return make_papers(tmp_path_factory.mktemp("known"))


def send_one(make: Make, **more: str) -> Site:
    site = make(**more)
    at_noon()
    site.do(queue_mail, site.settings, "sam@example.org", "A link", "https://training.example.org/new-password/x")
    site.work()
    return site


SECURE = {
    "STARTTLS, sign-in after it": ("smtp", USER, {"starttls": True}),
    "STARTTLS, sign-in before it as well": ("smtp", USER, {"starttls": True, "auth_in_clear": True}),
    "STARTTLS without signing in": ("smtp", "", {"starttls": True}),
    "smtps": ("smtps", USER, {"smtps": True}),
}


@pytest.mark.parametrize("case", SECURE)
def test_a_server_that_is_known_gets_letter_and_password_over_tls(
    make_sqlite_site: Make, known: Papers, case: str
) -> None:
    scheme, user, manner = SECURE[case]
    with mail_server(known, **manner) as server:
        site = send_one(make_sqlite_site, LMS_MAIL_URL=server.url(scheme, user), LMS_MAIL_CA=str(known.ca_file))
    assert len(server.letters) == 1 and outbox(site)[0].sent_at is not None
    assert server.heard.passwords == (SIGNED_IN if user else [])
    if scheme == "smtp":
        assert [word.split(" ")[0] for word in server.heard.words[:3]] == ["ehlo", "STARTTLS", "ehlo"]


def strangers(folder: Path, known: Papers) -> dict[str, Papers]:
    return {
        "of an authority that nobody named": make_papers(folder / "stranger"),
        "for another host": make_papers(folder / "other", host="mail.elsewhere.example"),
        "that has expired": make_papers(folder / "old", days=-1),
    }


@pytest.mark.parametrize("case", ["of an authority that nobody named", "for another host", "that has expired"])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("more", [{}, {"LMS_MAIL_ALLOW_PLAIN": "yes"}])
def test_a_stranger_gets_neither_letter_nor_password(
    make_sqlite_site: Make, known: Papers, tmp_path: Path, case: str, scheme: str, more: dict[str, str]
) -> None:
    papers = strangers(tmp_path, known)[case]
    manner: dict[str, Any] = {"smtps": True} if scheme == "smtps" else {"starttls": True, "auth_in_clear": True}
    trusted = papers if case != "of an authority that nobody named" else known
    with mail_server(papers, **manner) as server:
        url = server.url(scheme, USER)
        site = send_one(make_sqlite_site, LMS_MAIL_URL=url, LMS_MAIL_CA=str(trusted.ca_file), **more)
    assert server.letters == [] and server.heard.passwords == []
    assert outbox(site)[0].sent_at is None


def test_a_stranger_is_refused_where_no_authority_is_named_too(make_sqlite_site: Make, known: Papers) -> None:
    with mail_server(known, smtps=True) as server:
        send_one(make_sqlite_site, LMS_MAIL_URL=server.url("smtps", USER))
    assert server.letters == [] and server.heard.passwords == []


def test_nobody_signs_in_without_tls_unless_a_setting_says_so(make_sqlite_site: Make) -> None:
    with mail_server(auth_in_clear=True) as server:
        site = send_one(make_sqlite_site, LMS_MAIL_URL=server.url("smtp", USER))
        assert server.letters == [] and server.heard.passwords == [] and outbox(site)[0].sent_at is None
    with mail_server(auth_in_clear=True) as server:
        send_one(make_sqlite_site, LMS_MAIL_URL=server.url("smtp", USER), LMS_MAIL_ALLOW_PLAIN="yes")
        assert server.heard.passwords == SIGNED_IN


@pytest.mark.parametrize(("host", "taken"), [("127.0.0.1", 1), ("localhost", 1), ("0.0.0.0", 0)])
def test_only_a_server_on_this_machine_takes_letters_without_tls(make_sqlite_site: Make, host: str, taken: int) -> None:
    """0.0.0.0 leads here but does not say so, as any server of a network: a link that crosses it is anybody's."""
    with mail_server() as server:
        send_one(make_sqlite_site, LMS_MAIL_URL=server.url(host=host))
        assert len(server.letters) == taken
        send_one(make_sqlite_site, LMS_MAIL_URL=server.url(host=host), LMS_MAIL_ALLOW_PLAIN="yes")
    assert len(server.letters) >= taken + 1


def test_trouble_with_mail_is_logged_without_an_address(
    make_sqlite_site: Make, known: Papers, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(known, starttls=True, unknown="sam@example.org") as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url("smtp", USER), LMS_MAIL_CA=str(known.ca_file))
        at_noon()
        for recipient in ("sam@example.org", "lena@example.org"):
            site.do(queue_mail, site.settings, recipient, "A link", "https://training.example.org/new-password/x")
        site.work()
    assert [row.recipient for row in outbox(site) if row.sent_at] == ["lena@example.org"]
    assert "550" in caplog.text and "sam@" not in caplog.text and "pa#ss" not in caplog.text


def test_a_mail_server_is_asked_for_by_the_name_that_its_letters_spell(
    make_sqlite_site: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own IDNA would call "strasse", whose owner could have a certificate that is in order."""
    papers = make_papers(tmp_path, host="mail.xn--strae-oqa.example")
    asked: list[str] = []

    def lead_here(host: str, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return look_up("127.0.0.1", *more, **named)

    look_up = socket.getaddrinfo
    with mail_server(papers, starttls=True) as server:
        monkeypatch.setattr(socket, "getaddrinfo", lead_here)
        url = server.url("smtp", USER, host="mail.straße.example")
        send_one(make_sqlite_site, LMS_MAIL_URL=url, LMS_MAIL_CA=str(papers.ca_file))
    assert asked == ["mail.xn--strae-oqa.example"] and len(server.letters) == 1
