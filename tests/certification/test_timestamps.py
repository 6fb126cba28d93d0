"""Timestamps: a real server over HTTP; one that hangs or lies holds nothing up for longer than an hour."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Event, active_count
from time import monotonic, sleep
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from lms.certification.awards import document_records
from lms.certification.awards.records import find_award
from lms.certification.keys.listing import key_rows
from lms.certification.keys.opening import key_ids, keys_of
from lms.certification.keys.records import mark_compromised
from lms.certification.pdf import findings
from lms.certification.pdf.jobs import make_document
from lms.certification.timestamps import server
from lms.certification.timestamps.revocation import gather
from lms.certification.timestamps.server import NoStamp
from lms.certification.timestamps.stamping import Stamper
from lms.certification.verification.file_check import compare_with_records
from lms.certification.verification.file_reader import known_from, read
from lms.cli.backups.checks import check_newest_certificate
from lms.foundation import clock
from lms.foundation.config.settings import BadSetting, Settings, read_settings
from lms.foundation.config.signing import Timestamps
from lms.foundation.db import write
from tests.builders.certificates import bring, pdf
from tests.builders.learning import earn
from tests.builders.timestamps import Authority, authority_at_work, issue, write_pem
from tests.conftest import ROOT, Site

DESIGNS = ROOT / "certificates"


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """A server that is waited for briefly, so that one that hangs costs a test little."""
    monkeypatch.setattr(server, "SECONDS_SILENT", 0.3)
    with authority_at_work() as made:
        yield made


def asking(site: Site, authority: Authority, folder: Path, level: Any = "T") -> Settings:
    """Return a site's settings with this server for its timestamps."""
    asked = Timestamps(authority.url, write_pem(folder / "ca.pem", authority.root), level)
    return replace(site.settings, timestamps=asked)


def make(site: Site, code: str, settings: Settings, **more: bool) -> Any:
    """Do what the job process does for one certificate; return its kept PDF."""
    with site.inside():
        award = find_award(code)
        assert award is not None
        make_document(award.id, settings, DESIGNS, **more)
        return document_records.find_document(award.id)


def told_of(site: Site, settings: Settings) -> str:
    with site.inside():
        return next(each.text for each in findings.look(settings) if each.check == "queue.timestamps")


@pytest.mark.parametrize("level", ["T", "LTA"])
def test_a_certificate_carries_the_time_of_another_server(
    sqlite_site: Site, authority: Authority, tmp_path: Path, level: str
) -> None:
    site, code = sqlite_site, earn(sqlite_site)
    settings = asking(site, authority, tmp_path, level)
    kept = make(site, code, settings)
    assert kept.timestamp == level and authority.asked == (1 if level == "T" else 2)
    with site.inside():
        ring, known = keys_of(settings), known_from(key_rows(settings))
    roots = [
        x509.Certificate.load(each.public_bytes(Encoding.DER))
        for each in (ring.certificate, authority.root.certificate)
    ]
    trusted = ValidationContext(trust_roots=roots, allow_fetching=False)
    reader = PdfFileReader(BytesIO(kept.content))
    (signature,) = reader.embedded_regular_signatures
    told = validate_pdf_signature(signature, trusted, ts_validation_context=trusted)
    assert told.bottom_line and told.timestamp_validity.trusted and told.docmdp_ok
    if level == "LTA":
        (stamp,) = reader.embedded_timestamp_signatures
        seen = validate_pdf_timestamp(stamp, trusted)
        assert seen.intact and seen.valid and seen.trusted and seen.coverage.name == "ENTIRE_FILE"
        store = DocumentSecurityStore.read_dss(reader)
        assert len(store.certs) == 3 and len(store.crls) == 1
    else:
        assert told.coverage.name == "ENTIRE_FILE"
    reading = read(kept.content, known, DESIGNS)
    assert (reading.problem, reading.doubt) == ("", "")
    assert "Timestamp" in bring(site, pdf(site, code)).main
    assert "held up by" in told_of(site, settings)
    with site.inside():
        write(mark_compromised, key_ids(ring), (clock.now() + timedelta(days=1)).date())
        assert check_newest_certificate() == "The newest certificate verifies."
        late = read(kept.content, known_from(key_rows(settings)), DESIGNS)
        assert (late.problem, late.doubt) == ("", ""), "the timestamp proves that it was signed before"
        assert compare_with_records(late).genuine


def says(name: str, value: Any) -> Callable[[Authority], None]:
    def change(authority: Authority) -> None:
        authority.lie = lambda said: said.update({name: value})

    return change


def with_a_signer(**more: Any) -> Callable[[Authority], None]:
    def change(authority: Authority) -> None:
        made = issue("Other", None if "days" not in more else authority.root, **more)
        authority.lie = lambda said: said.update({"signer": made})

    return change


def garbled(authority: Authority) -> None:
    authority.answer = lambda _body: b"<html>"  # type: ignore[method-assign]


def with_junk_along(authority: Authority) -> None:
    """Break a certificate that came along, which no signature covers."""
    give, own = authority.answer, authority.root.certificate.public_bytes(Encoding.DER)
    broken = own.replace(b"\x06\x03\x55\x1d\x0f", b"\x01\x03\x55\x1d\x0f")
    authority.answer = lambda body: give(body).replace(own, broken)  # type: ignore[method-assign]


LIES: dict[str, tuple[Callable[[Authority], Any], str]] = {
    "refuses": (says("status", "rejection"), "refused: rejection"),
    "waits": (says("status", "waiting"), "refused: waiting"),
    "answers another request": (says("nonce", 7), "nonce"),
    "sends no nonce": (says("nonce", None), "nonce"),
    "stamps something else": (says("imprint", bytes(32)), "isn’t for the PDF"),
    "signs nothing": (says("unsigned", True), "isn’t signed"),
    "is of another authority": (with_a_signer(usage=ExtendedKeyUsageOID.TIME_STAMPING), "LMS_TIMESTAMP_CA"),
    "has ended": (with_a_signer(usage=ExtendedKeyUsageOID.TIME_STAMPING, days=(-9, -1)), "isn’t signed"),
    "may not stamp": (with_a_signer(usage=ExtendedKeyUsageOID.SERVER_AUTH, days=(-9, 9)), "LMS_TIMESTAMP_CA"),
    "is an hour late": (lambda authority: setattr(authority, "at", clock.now() - timedelta(hours=1)), "clock differs"),
    "is broken": (lambda authority: setattr(authority, "http_status", 500), "HTTP 500"),
    "sends a page": (garbled, "can’t be read"),
    "sends junk along": (with_junk_along, "can’t be read|LMS_TIMESTAMP_CA"),
    "hangs": (lambda authority: setattr(authority, "hangs", True), "didn’t answer"),
    "isn’t there": (lambda authority: setattr(authority, "url", "http://127.0.0.1:9/"), "didn’t answer"),
    "redirects": (lambda authority: setattr(authority, "http_status", 302), "HTTP 302"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_server_that_lies_or_hangs_gives_is_not_used(authority: Authority, tmp_path: Path, lie: str) -> None:
    change, why = LIES[lie]
    change(authority)
    stamper = Stamper(Timestamps(authority.url, write_pem(tmp_path / "ca.pem", authority.root), "T"))
    with pytest.raises(NoStamp, match=why):
        stamper.stamp(b"a signature")
    assert stamper.rests and not stamper.certificates, "it isn't asked again at once"


def test_a_certificate_waits_an_hour_and_is_then_signed_without(
    sqlite_site: Site, authority: Authority, tmp_path: Path
) -> None:
    site, first, second = sqlite_site, earn(sqlite_site), earn(sqlite_site, "lena")
    settings, authority.hangs = asking(site, authority, tmp_path), True
    assert make(site, first, settings, may_fetch=False) is None and authority.asked == 0, "only the job process asks"
    assert make(site, first, settings) is None and make(site, second, settings) is None
    assert authority.asked == 1, "the second certificate doesn't wait for a server that just hung"
    assert "waiting for a timestamp: the timestamp server didn’t answer" in told_of(site, settings)
    with site.inside():
        assert len(document_records.list_unrendered()) == 2, "both are tried each minute"
    clock.shift(timedelta(minutes=2))
    authority.hangs = False
    assert make(site, first, settings).timestamp == "T"
    authority.hangs = True
    clock.shift(timedelta(minutes=61))
    kept = make(site, second, settings)
    assert kept.timestamp == "missing" and make(site, second, settings).content == kept.content
    assert "1 PDF was signed without a timestamp" in told_of(site, settings)
    with site.inside():
        told = compare_with_records(read(kept.content, known_from(key_rows(settings)), DESIGNS))
    assert told.genuine and told.stamped_at == ""
    assert datetime.fromisoformat(told_at(site, first)) < clock.now()


def told_at(site: Site, code: str) -> str:
    with site.inside():
        return compare_with_records(read(pdf(site, code), known_from(key_rows(site.settings)), DESIGNS)).stamped_at


def test_long_term_material_that_cannot_be_had_is_waited_for_too(
    sqlite_site: Site, authority: Authority, tmp_path: Path
) -> None:
    site, code = sqlite_site, earn(sqlite_site)
    settings, authority.crl = asking(site, authority, tmp_path, "LTA"), b"no list"
    assert make(site, code, settings) is None
    assert "list of revoked certificates can’t be read" in told_of(site, settings)
    clock.shift(timedelta(minutes=61))
    kept = make(site, code, settings)
    assert kept.timestamp == "missing"
    assert told_at(site, code) != "", "it has as much as there was"


def test_an_authoritys_answer_may_bring_its_own_certificate_along() -> None:
    """As most do; it is not for answers in particular."""
    root, now = issue("Root"), clock.now()
    signing = issue("Signing", root, ocsp="http://ocsp.example.org/")
    answer = ocsp.OCSPResponseBuilder().add_response(
        signing.certificate,
        root.certificate,
        SHA1(),
        ocsp.OCSPCertStatus.GOOD,
        now,
        now + timedelta(days=1),
        None,
        None,
    )
    answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, root.certificate).certificates([root.certificate])
    given = answer.sign(root.key, SHA256()).public_bytes(Encoding.DER)
    assert gather([signing.certificate, root.certificate], lambda _address, _request: given).ocsps == (given,)


@pytest.mark.parametrize(
    "where", ["x.example:port/", "[::1/", "x.example/\u00fc", "x..y/", f"{'a' * 70}.example/", "a b/"]
)
def test_an_address_in_a_certificate_that_cannot_be_asked_is_only_told(where: str) -> None:
    with pytest.raises(NoStamp):
        server.ask("a certificate authority", f"http://{where}", "")


def test_a_name_server_that_hangs_holds_a_certificate_up_no_longer_than_stated(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket's limit doesn't hold for looking up its host, which can take minutes."""
    found, look_up = Event(), socket.getaddrinfo
    monkeypatch.setattr(server, "SECONDS_MOST", 0.5)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: (found.wait(5), look_up(*args, **more))[1])
    stamper = Stamper(Timestamps(authority.url, write_pem(tmp_path / "ca.pem", authority.root), "T"))
    begun, threads = monotonic(), active_count()
    with pytest.raises(NoStamp, match="didn’t answer"):
        stamper.stamp(b"a signature")
    assert monotonic() - begun < 3 and stamper.rests
    found.set()
    while active_count() > threads:
        sleep(0.01)
    assert not authority.asked, "what is found too late isn't used"


BAD = (
    {"LMS_TIMESTAMP_URL": "https://time.example.org"},
    {"LMS_TIMESTAMP_CA": "/ca.pem"},
    {"LMS_TIMESTAMP_URL": "ftp://time.example.org", "LMS_TIMESTAMP_CA": "CA"},
    {"LMS_TIMESTAMP_URL": "file:///etc/passwd", "LMS_TIMESTAMP_CA": "CA"},
    {"LMS_TIMESTAMP_URL": "https://sam:secret@time.example.org", "LMS_TIMESTAMP_CA": "CA"},
    {"LMS_TIMESTAMP_URL": "https://time.example.org#x", "LMS_TIMESTAMP_CA": "CA"},
    {"LMS_TIMESTAMP_URL": "https://time.example.org", "LMS_TIMESTAMP_CA": "/nowhere.pem"},
    {"LMS_TIMESTAMP_URL": "https://time.example.org", "LMS_TIMESTAMP_CA": "CA", "LMS_TIMESTAMP_LEVEL": "B"},
)


@pytest.mark.parametrize("env", BAD, ids=str)
def test_a_setting_of_timestamps_that_cannot_work_is_told_at_the_start(env: dict[str, str], tmp_path: Path) -> None:
    ca = write_pem(tmp_path / "ca.pem", issue("Time root"))
    good = {"LMS_DATA": str(tmp_path), "LMS_TIMESTAMP_URL": "https://time.example.org/tsr", "LMS_TIMESTAMP_CA": ca}
    assert read_settings(good).timestamps == Timestamps("https://time.example.org/tsr", ca, "T")
    with pytest.raises(BadSetting, match="LMS_TIMESTAMP") as told:
        read_settings(
            {"LMS_DATA": str(tmp_path), **{name: ca if value == "CA" else value for name, value in env.items()}}
        )
    assert "secret" not in str(told.value)
