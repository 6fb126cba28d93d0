"""The HTML part of emails: the same words and links as the text, nothing loaded, readable in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import html5lib
import pytest

from lms.foundation.mail.outbox import OutboxMail, queue_mail
from lms.foundation.mail.templates import Email, writing_in
from lms.reminders import Update
from tests.builders.mail import at_noon, outbox, read, text_of
from tests.conftest import ROOT, Site
from tests.foundation.mail_servers import mail_server

Make = Callable[..., Site]
BASE = "https://training.example.org"
NAME, TITLE = "Siobhán O’Brien <b>", "Care & Share: “listening”"
VALUES: dict[str, Any] = {
    "name": NAME,
    "title": TITLE,
    "programme": "Harbour & Hospitals",
    "code": "ABCD-EFGH-1234",
    "letters": "အ ဆ",
    "who": "A coordinator of Harbour & Hospitals",
    "site": "training.example.org",
    "sender": "Cora Haddad",
    "course": TITLE,
    "lines": ["The room is booked for Tuesday.", "Bring a pen & paper."],
    "until": "1 May 2028",
    "closed_on": "1 May 2027",
    "contact": "Ingrid & <others>",
    "day": "1 May 2028",
    "ended": False,
    "own": True,
    "version": "1.2.0",
    "lead": "Ingrid <i>",
    "moment": "1 May 2027, 09:14",
    "device": "Firefox, Windows",
    "address": f"{BASE}/here?a=1&confirmed=x_-.~",
    "sign_in": f"{BASE}/sign-in",
    "forgotten": f"{BASE}/forgotten",
    "certificate_url": f"{BASE}/certificates/ABCD",
    "account_url": f"{BASE}/account",
    "course_url": f"{BASE}/courses/pfa",
    "off_url": f"{BASE}/letters/off/x9-_.",
    "preferences_url": f"{BASE}/account/letters",
    "updates": [
        Update("Two <questions> & more", ["Sam Osei, 1 May", "Lena & Mina"], "See them", f"{BASE}/people?state=x&y=1")
    ],
}
EMAILS = sorted(path.stem for path in (ROOT / "templates/mail").iterdir() if path.stem not in {"layout", "parts"})
WORD = re.compile(r"\w+")


def render(site: Site, template: str, /, **values: Any) -> Email:
    with site.inside(), writing_in("en") as render_email:
        return render_email(template, **{**VALUES, **values})


def tree_of(html: str) -> Any:
    return html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False)


def words_of(html: str) -> list[str]:
    return WORD.findall(" ".join(tree_of(html).find("body").itertext()))


def links_of(text: str) -> list[str]:
    return re.findall(r"https://\S+", text)


@pytest.mark.parametrize("name", EMAILS)
def test_both_parts_say_the_same_words_and_have_the_same_links(sqlite_site: Site, name: str) -> None:
    email = render(sqlite_site, name)
    links = links_of(email.text)
    assert [link.get("href") for link in tree_of(email.html).iter("a")] == links
    without_links = re.sub(r"https://\S+", "", email.text)
    assert WORD.findall(without_links) == words_of(email.html)
    assert not re.search(r"&(#\d+|\w+);", email.text) and "\n\n\n" not in email.text


@pytest.mark.parametrize("name", EMAILS)
def test_an_email_greets_says_what_it_is_about_and_how_to_change_which_ones_come(sqlite_site: Site, name: str) -> None:
    email = render(sqlite_site, name)
    greeting, first = email.text.split("\n\n")[:2]
    assert greeting == f"Dear {NAME}," and first[0].isupper()
    assert render(sqlite_site, name, name="").text.startswith("Hello,\n\n")
    assert len(email.subject) > 15 and "\n" not in email.subject and "&amp;" not in email.subject
    assert VALUES["preferences_url"] in email.text and VALUES["off_url"] in email.text
    assert "preferences" not in render(sqlite_site, name, preferences_url="").text


@pytest.mark.parametrize("name", EMAILS)
def test_the_html_loads_nothing_and_names_its_language(sqlite_site: Site, name: str) -> None:
    html = render(sqlite_site, name).html
    tree = tree_of(html)
    assert not re.search(r"<(img|script|link|iframe|object|video|audio|form)\b|url\(|@import|@font-face", html)
    root, body = tree.getroot(), tree.find("body")
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr") and body.find("div").get("dir") == "ltr"
    assert tree.find("head/title").text == render(sqlite_site, name).subject
    assert "prefers-color-scheme: dark" in html and "O’Brien &lt;b&gt;" in html
    assert all("".join(link.itertext()).strip() for link in tree.iter("a"))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("#16262b", "#f6f8f7"),
        ("#0f4c4a", "#f6f8f7"),
        ("#ffffff", "#0f4c4a"),
        ("#e4eae8", "#10191c"),
        ("#a5d8d2", "#10191c"),
        ("#10191c", "#a5d8d2"),
    ],
)
def test_every_pair_of_colours_in_an_email_is_easy_to_read(ink: str, paper: str) -> None:
    style = (ROOT / "templates/mail/layout.html").read_text("utf-8") + (ROOT / "templates/mail/parts.html").read_text(
        "utf-8"
    )
    assert ink in style and paper in style
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


@pytest.mark.parametrize("manner", [{"eight_bit": True}, {"eight_bit": False}])
def test_an_email_is_sent_with_both_parts_text_first(make_sqlite_site: Make, manner: dict[str, Any]) -> None:
    at_noon()
    email = render(make_sqlite_site(), "certificate_ready")
    with mail_server(**manner) as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url())
        site.do(queue_mail, site.settings, "sam@example.org", *email)
        site.work()
    (sent,) = server.letters
    message = read(sent)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    html = message.get_body(("html",))
    assert html is not None and html.get_content().replace("\r\n", "\n") == email.html
    assert text_of(message) == email.text and message["Subject"] == email.subject
    assert sent.isascii() or manner["eight_bit"]
    assert max(map(len, sent.split(b"\r\n"))) <= 998


def test_nothing_of_an_email_stays_in_the_outbox_once_it_has_left(make_sqlite_site: Make) -> None:
    at_noon()
    site = make_sqlite_site()
    site.do(queue_mail, site.settings, "sam@example.org", *render(site, "new_password"))
    waiting: OutboxMail = outbox(site)[0]
    assert VALUES["address"] in waiting.body and waiting.html
    site.work()
    assert (outbox(site)[0].body, outbox(site)[0].html) == ("", "")
    site.do(queue_mail, site.settings, "", *render(site, "new_password"), leaves=False)
    assert (outbox(site)[1].body, outbox(site)[1].html) == ("", "")


def test_the_console_shows_the_text_alone(make_sqlite_site: Make, capsys: pytest.CaptureFixture[str]) -> None:
    at_noon()
    site = make_sqlite_site(LMS_MAIL_URL="console:")
    site.do(queue_mail, site.settings, "sam@example.org", *render(site, "new_password"))
    site.work()
    shown = capsys.readouterr().out
    assert VALUES["address"] in shown and "<html" not in shown and "Content-Type: text/plain" in shown
