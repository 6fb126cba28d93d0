"""Documents: made once, kept with their digest, and served unchanged whatever happens to design or job process."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from sqlalchemy import func, select

from lms.certification.awards import document_records
from lms.certification.awards.actions import note_render_trouble, store_document, withdraw
from lms.certification.awards.document_records import Document
from lms.certification.awards.records import Award, find_award
from lms.certification.badges.records import Credential
from lms.certification.pdf.preview import PIXELS_A_POINT
from lms.foundation import clock
from lms.foundation.db import db, write
from tests.builders.certificates import pdf
from tests.builders.learning import COURSE, earn, prepare, take_check
from tests.builders.mail import outbox
from tests.builders.rows import count_events
from tests.conftest import ROOT, Site


def test_the_document_is_kept_once_and_served_unchanged_after_the_design_was_edited(site: Site) -> None:
    code = earn(site, document=True)
    first = pdf(site, code)
    own = site.settings.data / "certificates" / "warm"
    shutil.copytree(ROOT / "certificates" / "warm", own)
    (own / "certificate.css").write_text("body { color: red }")
    site.work()
    assert pdf(site, code) == first
    with site.inside():
        kept = db.session.scalars(select(Document)).one()
        assert kept.sha256 == hashlib.sha256(first).hexdigest()


def test_a_certificate_of_a_real_course_takes_thirty_kilobytes_at_most(sqlite_site: Site) -> None:
    assert len(pdf(sqlite_site, earn(sqlite_site, document=True))) <= 30 * 1024


def test_a_document_that_is_made_twice_stays_the_first(site: Site) -> None:
    code = earn(site, document=True)
    first = pdf(site, code)
    with site.inside():
        award = find_award(code)
    assert award is not None
    site.do(store_document, award.id, b"%PDF another")
    assert pdf(site, code) == first
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(Document)) == 1


def test_the_page_of_a_certificate_shows_its_first_page_to_its_holder_only(site: Site) -> None:
    code = earn(site, document=True)
    sam = site.visitor("sam")
    page, shown = sam.get(f"/certificates/{code}"), sam.get(f"/certificates/{code}/picture").response
    (image,) = page.find(f'img[src="/certificates/{code}/picture"]')
    assert "written out below" in image.get("alt", "")
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "private, no-store")
    drawn = Image.open(BytesIO(shown.data))
    assert drawn.size == (int(image.get("width", "0")), int(image.get("height", "0")))
    expected = PdfDocument(pdf(site, code))[0].render(scale=PIXELS_A_POINT).to_pil()
    assert ImageChops.difference(drawn.convert("RGB"), expected.convert("RGB")).getbbox() is None
    site.visitor("lena").get(f"/certificates/{code}/picture", expect=404)
    assert "sign-in" in site.stranger().get(f"/certificates/{code}/picture").path


def test_a_certificate_without_a_pdf_or_withdrawn_shows_no_picture(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    sam = sqlite_site.visitor("sam")
    assert "/picture" not in sam.get(f"/certificates/{code}").html
    sam.get(f"/certificates/{code}/picture", expect=404)
    sqlite_site.work()
    assert "/picture" in sam.get(f"/certificates/{code}").html
    with sqlite_site.inside():
        award = find_award(code)
    assert award is not None
    sqlite_site.do(withdraw, award.id, "other")
    assert "/picture" not in sam.get(f"/certificates/{code}").html


def test_a_setting_of_a_certificate_says_that_it_was_saved(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    page = sqlite_site.visitor("sam").get(f"/certificates/{code}")
    assert "Saved." not in page.main
    assert "Saved." in page.form("/show-name").submit(show="yes").main
    assert "Saved." in page.form("/open-badge").submit(open="yes").main


def test_a_new_name_does_not_change_a_certificate_that_stands(site: Site) -> None:
    code = earn(site, document=True)
    first = pdf(site, code)
    site.visitor("sam").get("/account").form("/account").submit(display_name="Samuel", certificate_name="Samuel Osei")
    site.work()
    assert pdf(site, code) == first
    assert "matches" in site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name="Sam Osei").main


def test_the_page_says_that_it_is_being_prepared_and_the_code_works_at_once(site: Site) -> None:
    code = earn(site)
    page = site.visitor("sam").get(f"/certificates/{code}")
    assert page.h1 == "Your certificate is being prepared" and "will be here in a minute" in page.main
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    site.work()
    assert site.visitor("sam").get(f"/certificates/{code}").h1 == "Your certificate is ready"


def test_the_pdf_comes_even_though_no_job_process_runs(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short-lived child makes it; it reads its settings from the environment, as the served site does."""
    monkeypatch.setenv("LMS_DATA", str(site.settings.data))
    monkeypatch.setenv("LMS_DATABASE_URL", site.settings.database_url)
    code = earn(site)
    assert site.visitor("sam").get(f"/certificates/{code}/pdf").h1 == "Your certificate is being prepared"
    clock.shift(timedelta(minutes=6))
    site.visitor("sam").get(f"/certificates/{code}").form("/pdf").submit()
    made = pdf(site, code)
    assert made.startswith(b"%PDF") and "Sam Osei" in PdfReader(BytesIO(made)).pages[0].extract_text()
    assert pdf(site, code) == made


def test_a_design_that_cannot_be_set_is_told_apart_and_made_later(site: Site) -> None:
    code = earn(site)
    own = site.settings.data / "certificates" / "warm"
    shutil.copytree(ROOT / "certificates" / "warm", own)
    (own / "certificate.html").write_text("{{ no_such_fact }}")
    site.work()
    assert "its PDF isn’t ready yet" in site.visitor("sam").get(f"/certificates/{code}").h1
    shutil.rmtree(own)
    site.work()
    assert pdf(site, code).startswith(b"%PDF")


def test_two_job_processes_that_make_one_document_at_once_keep_it_once_and_write_one_letter(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes of their own render and sign it at the same time: two signatures, and only one is kept."""
    site = sqlite_site
    monkeypatch.setenv("LMS_DATA", str(site.settings.data))
    monkeypatch.setenv("LMS_DATABASE_URL", site.settings.database_url)
    code = earn(site)
    command = [sys.executable, "-m", "lms.cli", "certificates", "render", code]
    for process in [subprocess.Popen(command) for _process in range(2)]:
        assert process.wait(timeout=60) == 0
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(Document)) == 1
        kept = db.session.scalars(select(Document)).one()
        assert db.session.scalar(select(func.count()).select_from(Credential)) == 1
    assert hashlib.sha256(pdf(site, code)).hexdigest() == kept.sha256
    assert count_events(site, "DocumentStored") == 1 and len(outbox(site)) == 1


def test_a_document_is_stored_once_although_both_looked_before_either_kept_it(site: Site) -> None:
    earn(site)
    with site.inside():
        award_id = db.session.scalars(select(Award.id)).one()
    gate = Barrier(4)

    def keep(number: int) -> None:
        with site.inside():
            assert document_records.document_is_stored(award_id) is None
            gate.wait()
            write(store_document, award_id, b"%PDF " + str(number).encode())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(4)))
    with site.inside():
        kept = db.session.scalars(select(Document)).one()
        assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
    assert count_events(site, "DocumentStored") == 1 and len(outbox(site)) == 1


def test_documents_that_give_trouble_do_not_hold_up_the_others(sqlite_site: Site) -> None:
    for name in ("sam", "lena"):
        earn(sqlite_site, name)
    with sqlite_site.inside():
        first, second = document_records.list_unrendered()
    assert "could not be made" not in sqlite_site.visitor("ada").get("/courses").text
    for _time in range(3):
        sqlite_site.do(note_render_trouble, first, "a design with a slip")
    assert "We couldn’t make the PDF of 1 certificate yet." in sqlite_site.visitor("ada").get("/courses").main
    assert "could not be made" not in sqlite_site.visitor("sam").get("/courses").text
    with sqlite_site.inside():
        assert document_records.list_unrendered() == [second, first]


def test_a_certificate_of_the_road_says_what_was_asked_and_what_it_is_not(site: Site) -> None:
    prepare(site, "sam")
    take_check(site, "sam")
    site.work()
    page = site.visitor("sam").get(COURSE).follow("See your certificate")
    code = page.path.split("/")[2]
    text = " ".join(PdfReader(BytesIO(pdf(site, code))).pages[0].extract_text().split())
    for words in (
        "80% or more",
        "every safety question",
        "two practice conversations" if "two" in text else "2 practice",
        "not a licence",
    ):
        assert words in text
    for word in ("certified", "accredited", "qualified", "8 of 10", "10 of 10"):
        assert word not in text.lower()
