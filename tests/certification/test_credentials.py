"""Badges on a site: made with the PDF, handed out to their holder, withdrawn by one bit, gone with the name."""

import json
import shutil
from base64 import urlsafe_b64decode
from gzip import decompress
from io import BytesIO
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from lms.certification import badges, credentials, records, rendering
from lms.certification.keyring import KeyTrouble
from lms.certification.last_good import find_slip
from tests.certification.test_kept import earn, pdf
from tests.conftest import ROOT, Site

LISTS = "http://127.0.0.1:8000/credentials/status/"


def badge_of(site: Site, code: str) -> bytes:
    with site.inside():
        award = records.find_award(code)
        assert award is not None
        found = credentials.find_credential(award.id)
        assert found is not None
        return found.content


def revoke(site: Site, code: str) -> None:
    from lms.certification import actions

    with site.inside():
        award = records.find_award(code)
        assert award is not None
        number = award.id
    site.do(actions.withdraw, number, "other")
    site.work()


def bits(site: Site) -> list[int]:
    told = json.loads(site.stranger().get("/credentials/status/1").response.data)
    packed = told["credentialSubject"]["encodedList"]
    whole = decompress(urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4)))
    return [at for at in range(badges.LIST_LENGTH) if whole[at // 8] & (128 >> at % 8)]


def test_a_certificate_carries_a_badge_that_verifies(site: Site) -> None:
    code = earn(site)
    site.work()
    content = badge_of(site, code)
    assert PdfReader(BytesIO(pdf(site, code))).attachments == {"credential.json": [content]}
    with site.inside():
        ring = rendering.keys_of(site.settings)
        assert [key.kind for key in credentials.list_keys()].count("badge") == 1
    issuer = rendering.issuer_of(site.settings.base_url, ring.badge_public)
    told = badges.verify(content, {issuer.key: ring.badge_public}, LISTS)
    asked = {"Stage", "Knowledge", "Practice", "Observed practice", "Length", "Course text"}
    assert asked == {part["name"] for part in told["evidence"]}


def test_a_holder_gets_the_badge_bare_and_baked(site: Site) -> None:
    code = earn(site)
    site.work()
    content = badge_of(site, code)
    sam = site.visitor("sam")
    assert sam.get(f"/certificates/{code}/badge").response.data == content
    drawing = ElementTree.fromstring(sam.get(f"/certificates/{code}/badge?as=svg").response.data)
    assert drawing[0].text.encode() == content
    picture = sam.get(f"/certificates/{code}/badge?as=png").response.data
    assert picture.startswith(b"\x89PNG") and content in picture
    sam.get(f"/certificates/{code}/badge?as=exe", expect=404)
    site.visitor("lena").get(f"/certificates/{code}/badge", expect=404)


def test_a_withdrawn_badge_is_told_in_the_list_and_comes_back_out_of_it(site: Site) -> None:
    from lms.certification import reissue

    code = earn(site)
    site.work()
    assert bits(site) == []
    revoke(site, code)
    assert bits(site) == [int(json.loads(badge_of(site, code))["credentialStatus"]["statusListIndex"])]
    with site.inside():
        number = records.find_award(code).id
    site.do(reissue.reinstate, number)
    site.work()
    assert bits(site) == []


def test_keys_are_listed_for_everybody_and_a_site_without_a_domain_has_no_did_document(site: Site) -> None:
    earn(site)
    site.work()
    anyone = site.stranger()
    keys = anyone.get("/credentials/keys").response
    assert {row["signs"] for row in keys.json} == {"document", "badge"}
    assert b"PRIVATE" not in keys.data
    anyone.get("/.well-known/did.json", expect=404)
    anyone.get("/credentials/status/7", expect=404)


def test_a_lost_key_is_told_and_the_certificate_waits(site: Site) -> None:
    code = earn(site)
    with site.inside():
        rendering.keys_of(site.settings)
    key = site.settings.data / "keys" / "badge-signing.pem"
    safe = key.rename(key.with_suffix(".safe"))
    with site.inside(), pytest.raises(KeyTrouble, match="backup"):
        rendering.keys_of(site.settings)
    site.work()
    assert not key.exists()
    safe.rename(key)
    site.work()
    assert pdf(site, code).startswith(b"%PDF")


def test_a_design_with_a_slip_is_printed_as_it_last_worked_and_the_line_is_told(site: Site) -> None:
    own = site.settings.data / "certificates" / "warm"
    shutil.copytree(ROOT / "certificates" / "warm", own)
    code = earn(site)
    site.work()
    assert pdf(site, code).startswith(b"%PDF")
    page = own / "certificate.html"
    lines = page.read_text("utf-8").splitlines()
    page.write_text("\n".join([*lines[:14], "{{ no_such_fact }}", *lines[14:]]), "utf-8")
    from lms.certification.designs import design_in
    from lms.certification.last_good import render_well
    from tests.certification.test_documents import SAM

    design = design_in(own, ROOT / "certificates" / "fonts")
    assert "Sam Okafor" in PdfReader(BytesIO(render_well(SAM, design, b"", site.settings.data))).pages[0].extract_text()
    slip = find_slip("warm", site.settings.data)
    assert slip is not None and "certificate.html, line 15" in slip


def test_a_holder_finds_the_badge_on_the_certificates_page(site: Site) -> None:
    code = earn(site)
    site.work()
    page = site.visitor("sam").get(f"/certificates/{code}")
    assert "Open Badge" in page.text
    assert {"picture", "drawing", "data file"} <= {link.text for link in page.tree.iter("a")}
