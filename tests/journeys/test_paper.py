"""The square on paper: its signed words are read in the browser, stand offline, and no server gets to see the name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from lms.certification.awards.addresses import qr_address
from lms.certification.awards.records import find_award
from lms.certification.awards.texts.wording import qr_payload_of
from lms.certification.keys.opening import keys_of
from lms.certification.keys.qr_payload import QrPayload, QrRefused, read_payload, sealed
from tests.builders.certificates import number_bytes, sealed_in_base32
from tests.journeys.conftest import Opens
from tests.journeys.people import People
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
OURS = "This site signed what the QR code says."
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def paper(people: People, code: str = "valid") -> tuple[QrPayload, Ed25519PrivateKey, str]:
    """Return what a certificate's paper says, the key that signs here, and the address without the words."""
    site = people.served.site
    with site.inside():
        award = find_award(people.codes[code])
        assert award is not None
        return qr_payload_of(award), keys_of(site.settings).badge_key, qr_address(site.settings, award.code)


def scan(page: Page, address: str, words: str) -> str:
    """Scan a square with a telephone; return what the page says of the paper."""
    page.goto("about:blank")
    page.goto(f"{address}#{words}")
    section = page.locator("[data-paper]")
    section.wait_for()
    return section.inner_text()


def changed(words: str, at: int) -> str:
    """Change one byte of a payload."""
    content = bytearray(number_bytes(words))
    content[at] ^= 1
    return str(int.from_bytes(content))


def test_a_telephone_that_scans_the_square_sees_the_name_and_that_it_agrees(people: People, opens: Opens) -> None:
    said, key, address = paper(people)
    page = opens().new_page()
    told = scan(page, address, sealed(said, key))
    assert page.url.startswith(f"{people.served.url}/verify/{said.code}#")
    assert said.name in told and OURS in told and "match our records" in told
    assert "This certificate is valid" in page.locator("h1").inner_text()
    of_before = sealed_in_base32(said, key)
    assert told == scan(page, address, of_before) == scan(page, address, of_before.lower())


def test_each_way_of_tampering_is_named_and_its_name_is_not_shown(people: People, opens: Opens) -> None:
    said, key, address = paper(people)
    words, page = sealed(said, key), opens().new_page()
    forged = sealed(replace(said, name="Eve Forger"), OTHER)
    wearing_our_mark = str(int.from_bytes(number_bytes(words)[:5] + number_bytes(forged)[5:]))
    told = scan(page, address, forged)
    assert "didn’t sign what the QR code says" in told and "Eve" not in told
    for content in (wearing_our_mark, changed(words, -1), changed(words, 30), changed(words, 80)):
        assert "isn’t what this site signed" in scan(page, address, content)
    unreadable = ("1" * 40, "0" * 200, "A" * 200, "$" * 200, "%00" * 60, "A" * 3000, "2" * 3000, changed(words, 0))
    for content in unreadable:
        assert "couldn’t read" in scan(page, address, content)
    of_before = sealed_in_base32(said, key)
    assert "isn’t what this site signed" in scan(page, address, of_before[:-16])
    assert "couldn’t read" in scan(page, address, of_before[:50])


TOLD = {
    "square-unreadable": "couldn’t read",
    "square-changed": "isn’t what this site signed",
    "square-foreign": "didn’t sign what",
}


def told_by_the_command(text: str, said: QrPayload, key: Ed25519PrivateKey) -> str:
    try:
        assert read_payload(text, [key.public_key().public_bytes_raw()], said.code) == said
    except QrRefused as refused:
        return TOLD[str(refused)]
    return OURS


@pytest.mark.slow
def test_a_browser_reads_a_payload_as_the_command_does_whatever_a_program_made_of_the_link(
    people: People, opens: Opens
) -> None:
    said, key, address = paper(people)
    page, told = opens().new_page(), set()
    for words in (sealed(said, key), sealed_in_base32(said, key)):
        zeros, twice = "0" * (2000 - len(words)), f"{words}#{words}"
        around = (f"{words}.", f"{words}=", f"{words}%20", f"{words}&utm_source=chat", f"%23{words}", twice)
        lengths = (f"{zeros}{words}", f"0{zeros}{words}", words[:-1], words[:-2], f"{words}A", f"{words}2")
        for text in (words, *around, *lengths, words.replace("2", "\u0662"), "3" * 2000):
            expected = told_by_the_command(text, said, key)
            assert expected in scan(page, address, text), text
            told.add(expected)
    assert told == {OURS, *TOLD.values()} - {TOLD["square-foreign"]}


def test_words_of_another_certificate_or_older_dates_are_told_beside_the_register(people: People, opens: Opens) -> None:
    said, key, address = paper(people)
    page = opens().new_page()
    expired = paper(people, "expired")[0]
    assert "isn’t what this site signed for this code" in scan(page, address, sealed(expired, key))
    another = sealed_in_base32(expired, key)
    assert "belongs to a certificate with a different code" in scan(page, address, another)
    later = sealed(replace(said, valid_until="20990101"), key)
    assert "something different about this code" in scan(page, address, later)
    nobodys = sealed(replace(said, code="0" * 16), key)
    assert "nothing to compare" in scan(page, f"{people.served.url}/V/{'0' * 16}", nobodys)
    revoked, _key, where = paper(people, "revoked")
    assert "match our records" in scan(page, where, sealed(revoked, key))
    assert "withdrawn" in page.locator("h1").inner_text()


def test_a_page_that_is_open_checks_papers_without_a_network_and_says_that_the_state_is_unknown(
    people: People, opens: Opens
) -> None:
    said, key, address = paper(people)
    context = opens()
    page = context.new_page()
    scan(page, address, sealed(said, key))
    context.set_offline(True)
    section = page.locator("[data-paper]")
    section.get_by_text("You’re offline").wait_for()
    page.evaluate("words => { location.hash = words; }", sealed(replace(said, name="Sam Other"), key))
    section.get_by_text("Sam Other").wait_for()
    assert OURS in section.inner_text() and "may have changed since" in section.inner_text()
    context.set_offline(False)
    section.get_by_text("You’re offline").wait_for(state="hidden")


def test_a_browser_that_cannot_check_says_so_and_shows_no_name(people: People, opens: Opens) -> None:
    said, key, address = paper(people)
    context = opens()
    context.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    told = scan(context.new_page(), address, sealed(said, key))
    assert "can’t be checked here" in told and said.name not in told


def test_other_places_on_the_page_leave_the_paper_as_it_was(people: People, opens: Opens) -> None:
    said, key, address = paper(people)
    page = opens().new_page()
    scan(page, address, sealed(said, key))
    page.evaluate("location.hash = 'main'")
    page.wait_for_timeout(200)
    assert said.name in page.locator("[data-paper]").inner_text()
    page.goto("about:blank")
    page.goto(f"{people.served.url}/verify/{said.code}#main")
    assert page.locator("[data-paper]").is_hidden()


class Noted(WSGIRequestHandler):
    """Keeps all that arrives: request lines, headers, and what a log would say."""

    seen: list[str] = []  # noqa: RUF012 - one list for the one server of the test

    def parse_request(self) -> bool:
        done = super().parse_request()
        Noted.seen += [str(self.raw_requestline), str(self.headers)]
        return done

    def log_message(self, format: str, *values: object) -> None:
        Noted.seen.append(format % values)


@pytest.fixture
def noting(served: Served) -> Iterator[str]:
    """The same site behind a server that notes everything it gets."""
    with make_server("127.0.0.1", 0, served.site.app.wsgi_app, handler_class=Noted) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_no_server_gets_to_see_the_name(
    people: People, opens: Opens, noting: str, caplog: pytest.LogCaptureFixture
) -> None:
    said, key, _address = paper(people)
    words = sealed(replace(said, name="Quirina Zzyzx"), key)
    page = opens().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.extend([request.url.partition("#")[0], str(request.headers)]))
    with caplog.at_level(logging.DEBUG):
        assert "Quirina Zzyzx" in scan(page, f"{noting}/V/{said.code}", words)
        page.get_by_role("button", name="Compare").click()
        page.locator(".errs").wait_for()
        page.get_by_role("link", name="About the certificate").first.click()
        page.wait_for_load_state()
    everything = " ".join([*Noted.seen, *asked, caplog.text]).lower()
    assert f"/v/{said.code}".lower() in everything
    assert "quirina" not in everything and words[:60].lower() not in everything


def test_a_forged_paper_with_a_valid_code_is_called_so_first(people: People, opens: Opens) -> None:
    """Nobody has to scroll: the first heading and its mark are about the paper in hand, not about the code alone."""
    said, key, address = paper(people)
    words, page = sealed(said, key), opens().new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    another = sealed(paper(people, "expired")[0], key)
    forged = (changed(words, -1), sealed(said, OTHER), another, sealed(replace(said, valid_until="20990101"), key))
    unchecked = (sealed_in_base32(said, key)[:50], words[:12], "A" * 200, "$" * 200, "A" * 3000)
    for contents, heading in ((forged, "but this copy isn’t"), (unchecked, "but we couldn’t check this copy")):
        for content in contents:
            scan(page, address, content)
            first = page.get_by_role("heading").first
            assert first.inner_text() == f"The code is valid, {heading}" and page.title().startswith(first.inner_text())
            box = first.bounding_box()
            assert box is not None and box["y"] + box["height"] < 640
            assert page.locator(".verdict .k").count() == 0, "no tick"
            assert "This certificate is valid" not in page.locator("h1").all_inner_texts()
    scan(page, address, words)
    assert page.get_by_role("heading").first.inner_text() == "This certificate is valid"
    assert page.locator(".verdict .k").count() == 1
    revoked, _key, where = paper(people, "revoked")
    scan(page, where, changed(sealed(revoked, key), -1))
    assert "copy isn’t the one we made" in page.get_by_role("heading").first.inner_text()
    assert "withdrawn" in page.locator("[data-verdict]").inner_text()
