"""Badges on a site: made with the PDF, handed out to their holder, withdrawn by one bit, gone with the name."""

import json
import shutil
from datetime import date, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lms.accounts.actions import set_programme
from lms.certification.awards import records
from lms.certification.badges import open_badge
from lms.certification.badges import records as badge_records
from lms.certification.badges.issue import make_badge
from lms.certification.keys.did import issuer_of
from lms.certification.keys.key_files import KeyTrouble
from lms.certification.keys.listing import key_rows
from lms.certification.keys.opening import keys_of
from lms.certification.keys.records import list_keys
from lms.certification.pdf.fallback import find_slip
from lms.certification.verification import file_reader
from lms.certification.verification.file_check import compare_with_records
from lms.certification.verification.file_reader import known_from
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.per_app import provided
from tests.builders.badges import SUSPENSION, badge_of, bits, listed, revoke
from tests.builders.certificates import pdf
from tests.builders.learning import earn
from tests.conftest import ROOT, Site

LISTS = "http://127.0.0.1:8000/credentials/status/"


def test_a_certificate_carries_a_badge_that_verifies(site: Site) -> None:
    code = earn(site)
    site.work()
    content = badge_of(site, code)
    assert PdfReader(BytesIO(pdf(site, code))).attachments == {"credential.json": [content]}
    with site.inside():
        ring = keys_of(site.settings)
        assert [key.kind for key in list_keys()].count("badge") == 1
    issuer = issuer_of(site.settings.base_url, ring.badge_public)
    told = open_badge.verify(content, {issuer.key: ring.badge_public}, LISTS)
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
    from lms.certification.awards import reissue

    code = earn(site)
    site.work()
    assert bits(site) == bits(site, SUSPENSION) == []
    revoke(site, code)
    index = int(json.loads(badge_of(site, code))["credentialStatus"]["statusListIndex"])
    assert (bits(site), bits(site, SUSPENSION)) == ([], [index])
    with site.inside():
        number = records.find_award(code).id
    site.do(reissue.reinstate, number)
    site.work()
    assert bits(site) == bits(site, SUSPENSION) == []
    site.do(reissue.reissue_certificate, number, "fault")
    site.work()
    assert (bits(site), bits(site, SUSPENSION)) == ([], [index]), "what was replaced is told where its badge says"
    revoke(site, code)
    site.do(reissue.reinstate, number)
    site.work()
    assert (bits(site), bits(site, SUSPENSION)) == ([], [index]), "it is still replaced"


def as_at_first(site: Site, code: str) -> bytes:
    """Make a certificate's badge one from before there were lists of suspensions, and the lists too."""
    with site.inside():
        ring = keys_of(site.settings)
        award = records.find_award(code)
        assert award is not None
        badge = json.loads(badge_of(site, code))
        method = badge.pop("proof")["verificationMethod"]
        entry = badge["credentialStatus"]
        entry["statusPurpose"] = "revocation"
        entry |= {name: entry[name].replace(SUSPENSION, "") for name in ("id", "statusListCredential")}
        content = open_badge.as_bytes(
            open_badge.sign(badge, ring.badge_key, method, datetime.fromisoformat(badge["validFrom"]))
        )
    site.do(_keep_as_at_first, award.id, content)
    return content


def _keep_as_at_first(award_id: str, content: bytes) -> None:
    found = badge_records.find_credential(award_id)
    assert found is not None
    found.content, found.suspendable = content, False
    lists = badge_records.find_status_list(found.list_number)
    assert lists is not None
    lists.suspension, lists.signed_at = None, None


def test_a_badge_from_before_there_were_suspensions_is_withdrawn_where_it_says_so(site: Site) -> None:
    code = earn(site)
    site.work()
    content = as_at_first(site, code)
    site.stranger().get("/credentials/status/1/suspension", expect=404)
    site.work()
    assert "validUntil" in listed(site, SUSPENSION), "an upgraded site signs both lists with the next sweep"
    revoke(site, code)
    index = int(json.loads(content)["credentialStatus"]["statusListIndex"])
    assert (bits(site), bits(site, SUSPENSION)) == ([index], [])
    assert badge_of(site, code) == content
    with site.inside():
        read = file_reader.read(content, known_from(key_rows(site.settings)), ROOT / "certificates")
        found = compare_with_records(read)
    assert found.genuine and found.award is not None and found.award.code == code
    assert found.award.state(date(2027, 1, 1)) == "revoked"


def test_lists_are_signed_for_14_days_and_again_after_7_also_when_nothing_changed(site: Site) -> None:
    earn(site)
    site.work()
    first = [listed(site), listed(site, SUSPENSION)]
    for each in first:
        starts, ends = (datetime.fromisoformat(each[name]) for name in ("validFrom", "validUntil"))
        assert ends - starts == timedelta(days=14) and each["proof"]["created"] == each["validFrom"]
    clock.shift(timedelta(days=6, hours=23))
    site.work()
    assert [listed(site), listed(site, SUSPENSION)] == first
    clock.shift(timedelta(days=7, seconds=2))
    site.work()
    again = [listed(site), listed(site, SUSPENSION)]
    for before, after in zip(first, again, strict=True):
        assert datetime.fromisoformat(after["validUntil"]) - datetime.fromisoformat(before["validUntil"]) >= timedelta(
            7
        )
    assert not expiry_told(site)
    clock.shift(timedelta(days=21, seconds=9))
    assert expiry_told(site), "nobody signed for 14 days"
    site.work()
    assert not expiry_told(site) and datetime.fromisoformat(listed(site)["validUntil"]) > clock.now()


def expiry_told(site: Site) -> bool:
    """Return whether those who run the site are told that its lists expired."""
    with site.inside():
        told = provided(Hooks, site.app).operator_notices()
    return any("have expired" in each for each in told)


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
        keys_of(site.settings)
    key = site.settings.data / "keys" / "badge-signing.pem"
    safe = key.rename(key.with_suffix(".safe"))
    with site.inside(), pytest.raises(KeyTrouble, match="backup"):
        keys_of(site.settings)
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
    from lms.certification.pdf.designs import design_in
    from lms.certification.pdf.fallback import render_well
    from tests.builders.certificates import SAM

    design = design_in(own, ROOT / "certificates" / "fonts")
    assert "Sam Okafor" in PdfReader(BytesIO(render_well(SAM, design, b"", site.settings.data))).pages[0].extract_text()
    slip = find_slip("warm", site.settings.data)
    assert slip is not None and "certificate.html, line 15" in slip


def test_a_holder_finds_the_badge_on_the_certificates_page(site: Site) -> None:
    code = earn(site)
    site.work()
    page = site.visitor("sam").get(f"/certificates/{code}")
    assert "Open Badge" in page.text
    assert {"PNG image", "SVG image", "JSON file"} <= {link.text for link in page.tree.iter("a")}


@pytest.mark.parametrize("number", ["9" * 10, "9" * 30, "9" * 3000, "0", "00000000001"])
def test_a_list_of_withdrawals_that_no_site_has_is_not_found(sqlite_site: Site, number: str) -> None:
    sqlite_site.stranger().get(f"/credentials/status/{number}", expect=404)
    sqlite_site.stranger().get(f"/credentials/status/{number}/suspension", expect=404)


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
        ring = keys_of(site.settings)
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
                told = json.loads(make_badge(award, (1, 7), ring, site.settings))
            starts, ends = (datetime.fromisoformat(told[name]) for name in ("validFrom", "validUntil"))
            created = datetime.fromisoformat(told["proof"]["created"])
            assert starts <= act and created <= act, zone
            assert told["validFrom"][:10] == here.isoformat() and told["validUntil"][:10] == str(award.valid_until)
            last = ends.astimezone(ZoneInfo(zone))
            assert last.date() == award.valid_until and (last + timedelta(seconds=1)).date() > award.valid_until, zone
            read = file_reader.read(json.dumps(told).encode(), known_from(key_rows_of(site)), ROOT / "certificates")
            assert read.problem == "", zone
    # The programme moved west over night: its day began later than the act.
    award.passed_on, award.issued_at = date(2027, 1, 15), datetime.fromisoformat("2027-01-14T11:00:05+00:00")
    with site.inside():
        told = json.loads(make_badge(award, (1, 7), ring, site.settings))
    assert told["validFrom"][:10] == "2027-01-15" and datetime.fromisoformat(told["validFrom"]) <= award.issued_at


def key_rows_of(site: Site) -> list[dict[str, str]]:
    with site.inside():
        return key_rows(site.settings)
