"""Badges on a site: made with the PDF, handed out to their holder, withdrawn by one bit, gone with the name."""

import json
import shutil
from base64 import urlsafe_b64decode
from datetime import date, datetime, timedelta
from gzip import decompress
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lms.accounts.actions import set_programme
from lms.certification import badges, credentials, reading, records, rendering
from lms.certification.inquiries import key_rows
from lms.certification.keyring import KeyTrouble
from lms.certification.last_good import find_slip
from lms.certification.reading import known_from
from lms.foundation.db import db
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
    asked = {
        "Stage",
        "Knowledge",
        "Lessons",
        "Practice",
        "Observed practice",
        "Learning time",
        "Course text",
    }
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


@pytest.mark.parametrize("number", ["9" * 10, "9" * 30, "9" * 3000, "0", "00000000001"])
def test_a_list_of_withdrawals_that_no_site_has_is_not_found(sqlite_site: Site, number: str) -> None:
    sqlite_site.stranger().get(f"/credentials/status/{number}", expect=404)


# An act just after and just before midnight, east and west of Greenwich, north and south, also where a day has no
# midnight of its own, and its badge's first and last moment as a public verifier reads them.
ACTS = {
    "Pacific/Auckland": ("2027-01-14T11:00:05+00:00", "2027-01-14T10:59:55+00:00"),
    "Pacific/Kiritimati": ("2027-06-30T10:00:05+00:00", "2027-06-30T09:59:55+00:00"),
    "Asia/Kathmandu": ("2027-03-01T18:15:05+00:00", "2027-03-01T18:14:55+00:00"),
    "Europe/London": ("2027-06-30T23:00:05+00:00", "2027-06-30T22:59:55+00:00"),
    "America/Santiago": ("2027-09-05T04:00:05+00:00", "2027-09-05T03:59:55+00:00"),
    "America/Los_Angeles": ("2028-02-29T08:00:05+00:00", "2028-02-29T07:59:55+00:00"),
    "Etc/GMT+12": ("2027-12-31T12:00:05+00:00", "2027-12-31T11:59:55+00:00"),
}


def test_a_badge_is_valid_from_the_act_to_the_end_of_the_last_day_where_its_programme_is(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    with site.inside():
        ring = rendering.keys_of(site.settings)
        award = records.find_award(code)
        assert award is not None
        # What is changed below stays in this test.
        db.session.expunge(award)
    for zone, acts in ACTS.items():
        site.do(set_programme, "harbour", None, {"timezone": zone})
        for act in map(datetime.fromisoformat, acts):
            here = act.astimezone(ZoneInfo(zone)).date()
            award.passed_on, award.issued_at, award.valid_until = here, act, here + timedelta(days=730)
            with site.inside():
                told = json.loads(rendering.make_badge(award, (1, 7), ring, site.settings))
            starts, ends = (datetime.fromisoformat(told[name]) for name in ("validFrom", "validUntil"))
            created = datetime.fromisoformat(told["proof"]["created"])
            assert starts <= act and created <= act, zone
            assert told["validFrom"][:10] == here.isoformat() and told["validUntil"][:10] == str(award.valid_until)
            last = ends.astimezone(ZoneInfo(zone))
            assert last.date() == award.valid_until and (last + timedelta(seconds=1)).date() > award.valid_until, zone
            read = reading.read(json.dumps(told).encode(), known_from(key_rows_of(site)), ROOT / "certificates")
            assert read.amiss == "", zone
    # The programme moved west over night: its day began later than the act.
    award.passed_on, award.issued_at = date(2027, 1, 15), datetime.fromisoformat("2027-01-14T11:00:05+00:00")
    with site.inside():
        told = json.loads(rendering.make_badge(award, (1, 7), ring, site.settings))
    assert told["validFrom"][:10] == "2027-01-15" and datetime.fromisoformat(told["validFrom"]) <= award.issued_at


def key_rows_of(site: Site) -> list[dict[str, str]]:
    with site.inside():
        return key_rows(site.settings)
