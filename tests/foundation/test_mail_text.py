"""The text of emails: names as they are written, links that can be copied whole, and headers that programs read."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from lms.foundation.config.settings import BadSetting, read_settings
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.mail.templates import writing_in
from lms.foundation.text.i18n import ngettext
from tests.builders.mail import at_noon, read
from tests.conftest import Site
from tests.foundation.mail_servers import mail_server

Make = Callable[..., Site]
LINK = "https://training.a-rather-long-name-of-a-hospital.example.org/new-password/" + "a1B2-_" * 12
OFF = "https://training.a-rather-long-name-of-a-hospital.example.org/letters/off/" + "x9-_." * 20
BODIES = {
    "plain": f"Dear Sam,\n\nhere is your link:\n{LINK}\n",
    "curly quotes and another script": f"Dear Zoë — “Siobhán” محمد,\n\n{LINK}\n\n" + "née " * 60 + "\n",
    "a long line": "word " * 150 + f"{LINK} " + "word " * 20 + "\n",
}
SOME = "Siobhan O'Brien <b>", "Care & Share: 'listening' < 5", "a&b=c"


def letter_of(site: Site) -> tuple[str, EmailMessage]:
    (path,) = (site.settings.data / "mail").iterdir()
    return path.read_bytes().decode("utf-8"), read(path.read_bytes())


def as_typed(letter: EmailMessage) -> str:
    return letter.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_link_can_be_copied_whole_from_the_file_the_console_and_the_email(
    make_sqlite_site: Make, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    at_noon()
    site = make_sqlite_site()
    site.do(queue_mail, site.settings, "sam@example.org", "A link — für Zoë", body)
    site.work()
    raw, letter = letter_of(site)
    assert LINK in raw and letter.get_content() == body
    for manner in ({"eight_bit": True}, {"eight_bit": False}):
        with mail_server(**manner) as server:
            site = make_sqlite_site(LMS_MAIL_URL=server.url())
            site.do(queue_mail, site.settings, "sam@example.org", "A link — für Zoë", body)
            site.work()
        (sent,) = server.letters
        assert LINK.encode() in sent and as_typed(read(sent)) == body
        assert sent.isascii() or manner["eight_bit"]
        assert max(map(len, sent.split(b"\r\n"))) <= 998
    console = make_sqlite_site(LMS_MAIL_URL="console:")
    console.do(queue_mail, console.settings, "sam@example.org", "A link", body)
    console.work()
    assert LINK in capsys.readouterr().out


@pytest.mark.parametrize("host", ["https://training.example.org", "https://schulung.straße.example"])
def test_a_mail_program_reads_how_to_unsubscribe_and_does_it_with_one_press(make_sqlite_site: Make, host: str) -> None:
    at_noon()
    site = make_sqlite_site(LMS_BASE_URL=host)
    off_url = site.settings.base_url + urlsplit(OFF).path
    site.do(queue_mail, site.settings, "sam@example.org", "A reminder", "Text.", off_url=off_url)
    site.work()
    raw, _letter = letter_of(site)
    (line,) = re.findall(r"^List-Unsubscribe: <(.*)>$", raw, re.M)
    assert line.isascii() and line.startswith("https://") and urlsplit(line).path == urlsplit(OFF).path
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in raw
    assert "=?" not in "".join(re.findall(r"^(?:From|To|Message-ID|List-.*): .*$", raw, re.M))


def test_the_one_press_of_a_mail_program_turns_the_reminders_off(sqlite_site: Site) -> None:
    """RFC 8058: a post without a cookie, an origin or a token of ours, and no redirect as an answer."""
    from lms.accounts.notifications.preferences import off_mark
    from lms.foundation.keys import secret_key

    with sqlite_site.inside():
        public_id = sqlite_site.person("sam").public_id
    mark = off_mark(secret_key(sqlite_site.settings.data), public_id, "answers")
    body = {"List-Unsubscribe": "One-Click"}
    reply = sqlite_site.app.test_client().post(f"/letters/off/{mark}", data=body)
    assert reply.status_code == 200


def test_names_and_titles_stand_in_an_email_as_they_were_written(sqlite_site: Site) -> None:
    name, title, address = SOME
    with sqlite_site.inside(), writing_in("en") as render_email:
        texts = [
            render_email("certificate_ready", name=name, title=title, certificate_url=address, code="ABCD1234").text,
            render_email("new_device", name=name, moment=title, device=title, address=address).text,
            render_email("certificate_ends", name=name, title=title, day="1 May", lead=name, ended=True).text,
        ]
        page = sqlite_site.app.jinja_env.from_string("{{ _('Dear %(name)s,', name=name) }}")
        assert ngettext("%(num)s of %(name)s", "%(num)s of %(name)s", 2, name=name) == f"2 of {name}"
        assert "O&#39;Brien &lt;b&gt;" in page.render(name=name)
    for text in texts:
        assert name in text and title in text and not re.search(r"&(#\d+|\w+);", text)


@pytest.mark.parametrize(
    ("value", "header"),
    [
        ("peer-support@harbour.example", "peer-support@harbour.example"),
        ("Harbour peer support <peer@harbour.example>", "Harbour peer support <peer@harbour.example>"),
        ('"Support, Harbour" <peer@harbour.example>', '"Support, Harbour" <peer@harbour.example>'),
        ("Größe & Söhne <peer@straße.example>", "Größe & Söhne <peer@xn--strae-oqa.example>"),
    ],
)
def test_emails_come_from_whom_the_setting_names(make_sqlite_site: Make, value: str, header: str) -> None:
    at_noon()
    site = make_sqlite_site(LMS_MAIL_FROM=value)
    site.do(queue_mail, site.settings, "sam@example.org", "A reminder", "Text.")
    site.work()
    assert str(letter_of(site)[1]["From"]) == header


@pytest.mark.parametrize(
    "value",
    ["Harbour", "peer@", "@harbour.example", "a@b.example, c@d.example", "Peer <a@b.example> x", "a b@c.example"],
)
def test_a_sender_who_cannot_be_one_is_refused_at_start(value: str) -> None:
    with pytest.raises(BadSetting, match="LMS_MAIL_FROM"):
        read_settings({"LMS_MAIL_FROM": value})
