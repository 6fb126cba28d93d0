"""What was made before the rebuild: an old site's certificates are verified unchanged, and old designs still work."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import ImageOps
from pypdf import PdfReader

from lms.accounts.actions import set_programme
from lms.certification.awards.addresses import qr_address
from lms.certification.awards.codes import grouped
from lms.certification.awards.records import find_award
from lms.certification.awards.texts.wording import qr_payload_of
from lms.certification.badges.baking import baked
from lms.certification.keys.opening import keys_of
from lms.certification.keys.qr_payload import read_payload
from lms.foundation import clock
from lms.foundation.migrations import upgrade
from tests.builders.certificates import bring, pdf, sealed_in_base32
from tests.builders.learning import earn
from tests.conftest import ROOT, Site

MADE_BEFORE = ROOT / "tests" / "certification" / "made_before"
SITE = MADE_BEFORE / "site-0014.tar.xz"
Made = tuple[Site, Path, dict[str, str]]


@pytest.fixture
def made(make_sqlite_site: Callable[..., Site], tmp_path: Path) -> Made:
    with tarfile.open(SITE) as packed:
        packed.extractall(tmp_path, filter="data")
    clock.shift(datetime(2026, 12, 1, 12, tzinfo=UTC) - datetime.now(UTC))
    site = make_sqlite_site()
    upgrade(site.app)
    return site, tmp_path, json.loads((tmp_path / "facts.json").read_text("utf-8"))


def test_the_pdf_and_the_badge_are_served_byte_for_byte(made: Made) -> None:
    site, folder, facts = made
    sam = site.visitor("sam")
    assert facts["title"] in sam.get("/certificates").main
    for address, name in (("pdf", "certificate.pdf"), ("badge", "badge.json")):
        assert sam.get(f"/certificates/{facts['code']}/{address}").response.data == (folder / name).read_bytes()


def test_both_are_verified_as_files_and_by_their_code(made: Made) -> None:
    site, folder, facts = made
    badge = (folder / "badge.json").read_bytes()
    files = [
        (folder / "certificate.pdf").read_bytes(),
        *(baked(kind, badge, ROOT / "certificates") for kind in ("svg", "png")),
    ]
    for content in (badge, *files):
        page = bring(site, content)
        assert page.h1 == "This certificate is valid" and facts["name"] in page.main
    for address in (f"/v/{facts['code']}", f"/V/{facts['code']}", f"/verify?code={facts['code'].lower()}"):
        assert site.stranger().get(address).h1 == "This certificate is valid"


@pytest.mark.parametrize("name", ["certificate.pdf", "badge.json"])
def test_one_that_was_changed_is_not_verified(made: Made, name: str) -> None:
    site, folder, facts = made
    content = (folder / name).read_bytes()
    changed = (
        content.replace(b"Sam Osei", b"Sam Osej") if name == "badge.json" else content[:2000] + b"0" + content[2001:]
    )
    assert changed != content
    assert "don’t rely on this file" in bring(site, changed, expect=422).h1
    assert site.stranger().get(f"/verify/{facts['code']}").h1 == "This certificate is valid"


def test_a_withdrawn_one_is_told_in_the_list_that_its_badge_names(made: Made) -> None:
    site, folder, facts = made
    status = json.loads((folder / "badge.json").read_text("utf-8"))["credentialStatus"]
    address = status["statusListCredential"].removeprefix(facts["base_url"])
    site.work()
    before = site.stranger().browser.get(address).json
    form = site.visitor("cora").get(f"/programmes/harbour/certificates/{facts['code']}/withdraw").form("/withdraw")
    form.submit(reason=form.choices["reason"][0])
    site.work()
    after = site.stranger().browser.get(address).json
    assert before["credentialSubject"]["statusPurpose"] == "revocation"
    assert before["credentialSubject"]["encodedList"] != after["credentialSubject"]["encodedList"]
    assert "withdrawn" in site.stranger().get(f"/verify/{facts['code']}").h1


def test_its_qr_code_is_read_and_says_what_was_printed(made: Made) -> None:
    site, folder, facts = made
    with site.inside():
        keys = keys_of(site.settings)
        award = find_award(facts["code"])
        assert award is not None
        words = sealed_in_base32(qr_payload_of(award), keys.badge_key)
    (figure,) = PdfReader(folder / "certificate.pdf").pages[0].images
    dots = ImageOps.expand(figure.image.convert("L"), 4, 255).resize([8 * (side + 8) for side in figure.image.size], 0)
    (read,) = zxingcpp.read_barcodes(dots)
    assert read.text == f"{qr_address(site.settings, facts['code'])}#{words}"
    paper = read_payload(words, [keys.badge_public], "")
    assert (paper.code, paper.name, paper.course) == (facts["code"], facts["name"], facts["title"])


@pytest.mark.parametrize("design", ["old-plain", "old-formal", "old-warm"])
def test_a_design_that_a_programme_copied_before_makes_certificates(sqlite_site: Site, design: str) -> None:
    """The shipped designs as they were before the rebuild, which somebody may have copied and changed."""
    own = sqlite_site.settings.data / "certificates" / design
    shutil.copytree(MADE_BEFORE / "designs" / design, own)
    page = own / "certificate.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", "</h1><p>Harbour’s own line</p>", 1), "utf-8")
    sqlite_site.do(set_programme, "harbour", None, {"design": design})
    code = earn(sqlite_site, document=True)
    (printed,) = PdfReader(BytesIO(pdf(sqlite_site, code))).pages
    text = " ".join(printed.extract_text().split())
    for words in ("Sam Osei", "Harbour’s own line", "Psychological first aid", grouped(code), "Valid until"):
        assert words in text
