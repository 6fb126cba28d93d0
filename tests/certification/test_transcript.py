"""The transcript: what somebody completed, the same on screen and on paper, with what was waived called waived."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select

from lms import all_rooms
from lms.accounts import actions as accounts
from lms.certification.awards import actions
from lms.certification.awards.document_records import RENDER_TRIES
from lms.certification.awards.records import find_award, find_award_of_enrolment
from lms.certification.pdf.documents import make_transcript
from lms.certification.pdf.transcript import transcript_requests
from lms.certification.pdf.transcript.transcript_requests import TRANSCRIPTS_A_PERSON, TranscriptRequest
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from lms.foundation.config.shipped import shipped
from lms.foundation.db import db
from lms.foundation.web import throttle
from lms.foundation.web.security import TOKEN_FIELD
from lms.learning.progress import actions as learning
from tests.builders.certificates import elements
from tests.builders.learning import CONVERSATIONS, PFA, earn, pass_check, prepare
from tests.conftest import Site
from tests.inspector import BASE, Page, squeezed


def on_paper(site: Site, name: str = "sam") -> PdfReader:
    """Return somebody's transcript as the job process makes it."""
    with site.inside():
        content = make_transcript(site.person(name).id, site.settings, shipped("certificates"))
    return PdfReader(BytesIO(content))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def cells(page: Page) -> list[str]:
    """Return every piece of text of the table on screen, and of the sum under it."""
    found = []
    for cell in page.find("#transcript tbody th span, #transcript tbody td, .part-of strong"):
        found.append(squeezed("".join(cell.itertext())))
    return [text for text in found if text]


def complete(site: Site) -> str:
    """Let Sam complete the course with one conversation waived and one practice observed; return the enrolment."""
    enrolment = prepare(site, "sam", practised=False)
    with site.inside():
        harbour, cora = next(iter(site.roles(site.person("sam").id))), site.person("cora").id
    for conversation, way in zip(CONVERSATIONS, ("waived", "talked"), strict=True):
        site.do(learning.record_equivalent, enrolment, ("practice", conversation), way, "Why.", None, cora)
    site.do(readiness_actions.set_readiness, harbour, PFA, 1, site.settings)
    pass_check(site, enrolment)
    seen = ObservationInput("Tara Lindqvist", "trainer", clock.today("UTC"), "skilled")
    site.do(readiness_actions.record_observation, enrolment, seen, cora)
    return enrolment


def test_screen_and_paper_say_the_same_line_by_line(sqlite_site: Site) -> None:
    complete(sqlite_site)
    page, paper = sqlite_site.visitor("sam").get("/transcript"), words(on_paper(sqlite_site))
    said = cells(page)
    assert len(said) >= 8 and any(text.startswith("In total: about") for text in said)
    for text in (*said, "Sam Osei", "has completed these courses."):
        assert re.sub(r"\W", "", text) in re.sub(r"\W", "", paper), text
    for text in (
        "programme exempted the learner",
        "programme recognised prior learning",
        "Ready to practise",
        "One practice was obs",
    ):
        assert text in page.main and text in paper


def test_each_course_stands_once_though_two_certificates_tell_of_it(sqlite_site: Site) -> None:
    enrolment = complete(sqlite_site)
    page = sqlite_site.visitor("sam").get("/transcript")
    assert len(page.find("#transcript tbody tr")) == 1
    with sqlite_site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award is not None and award.level == "ready"
    assert award.code[:4] in page.main


def test_what_was_withdrawn_is_listed_and_its_hours_are_not_in_the_sum(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    assert "In total: about" in sqlite_site.visitor("sam").get("/transcript").main
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
    sqlite_site.do(actions.withdraw, award.id, "other")
    page = sqlite_site.visitor("sam").get("/transcript")
    assert "Withdrawn" in page.main and "In total" not in page.main
    assert "In total" not in words(on_paper(sqlite_site))


def test_one_that_has_ended_says_until_when(sqlite_site: Site) -> None:
    earn(sqlite_site)
    clock.shift(timedelta(days=900))
    sqlite_site.visitors.clear()
    assert "Was valid until" in sqlite_site.visitor("sam").get("/transcript").main
    assert "Was valid until" in words(on_paper(sqlite_site))


def test_the_paper_is_tagged_titled_claimed_and_signed(sqlite_site: Site) -> None:
    complete(sqlite_site)
    reader = on_paper(sqlite_site)
    root = reader.trailer["/Root"]
    claims = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3" pdfaid:conformance="A"' in claims and "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert reader.metadata.title == "Sam Osei: transcript of training" and root["/Lang"] == "en"
    assert len(elements(reader, "/TH")) == 6 and len(elements(reader, "/TD")) == 4
    assert [field for field in reader.get_fields().values() if field["/FT"] == "/Sig"]


def test_who_has_completed_nothing_is_told_so_kindly(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("lena").get("/transcript")
    assert "haven’t completed a course yet" in page.main and "PDF" not in page.main


def rows(site: Site) -> list[TranscriptRequest]:
    """Return every request that is in the database."""
    with site.inside():
        return list(db.session.scalars(select(TranscriptRequest)))


def ask(site: Site, name: str = "sam") -> Page:
    """Ask for the PDF with the button of the page."""
    return site.visitor(name).get("/transcript").form("/transcript/pdf").submit()


def download(site: Site, name: str = "sam") -> Any:
    return site.visitor(name).browser.get("/transcript/pdf", base_url=BASE)


def hide_keys(site: Site) -> list[tuple[Path, bytes]]:
    """Take the keys that sign away, so that no PDF can be made; return what puts them back."""
    found = [(path, path.read_bytes()) for path in (site.settings.data / "keys").glob("*sign*")]
    assert found
    for path, _content in found:
        path.unlink()
    return found


def test_the_job_process_makes_the_pdf_that_sam_asks_for(site: Site) -> None:
    earn(site)
    page = ask(site)
    assert page.path == "/transcript" and "Your PDF is being prepared. It will be here in a minute." in page.main
    assert "Download the PDF" not in page.links() and download(site).status_code == 303
    site.work()
    page = page.follow("Refresh")
    assert "Download the PDF" in page.links() and "You can download this PDF until" in page.main
    reply = download(site)
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    assert "no-store" in reply.headers["Cache-Control"] and "Sam Osei" in words(PdfReader(BytesIO(reply.data)))
    assert download(site).data == reply.data and download(site, "cora").status_code == 303


def test_asking_again_meanwhile_changes_nothing_and_counts_for_nothing(sqlite_site: Site) -> None:
    earn(sqlite_site)
    form = sqlite_site.visitor("sam").get("/transcript").form("/transcript/pdf")
    for _ in range(TRANSCRIPTS_A_PERSON + 1):
        form.submit()
    assert len(rows(sqlite_site)) == 1
    with sqlite_site.inside():
        assert [row.count for row in throttle.list_about("transcript")] == [1]


def test_a_pdf_is_deleted_an_hour_after_it_was_made(sqlite_site: Site) -> None:
    earn(sqlite_site)
    ask(sqlite_site)
    sqlite_site.work()
    clock.shift(timedelta(minutes=59))
    sqlite_site.visitors.clear()
    sqlite_site.work()
    assert download(sqlite_site).status_code == 200
    clock.shift(timedelta(minutes=61))
    assert download(sqlite_site).status_code == 303, "also before anything is swept"
    assert "Prepare a PDF" in sqlite_site.visitor("sam").get("/transcript").main
    sqlite_site.work()
    assert rows(sqlite_site) == []


def test_a_new_pdf_takes_the_place_of_the_one_before(sqlite_site: Site) -> None:
    earn(sqlite_site)
    ask(sqlite_site)
    sqlite_site.work()
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(accounts.change_names, sam, "Samira Osei", "Samira Osei")
    ask(sqlite_site)
    assert download(sqlite_site).status_code == 303
    sqlite_site.work()
    assert "Samira Osei" in words(PdfReader(BytesIO(download(sqlite_site).data)))
    assert len(rows(sqlite_site)) == 1


def test_the_pdf_speaks_the_language_of_the_page_it_was_asked_on(sqlite_site: Site) -> None:
    earn(sqlite_site)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(transcript_requests.ask, sam, "ar")
    sqlite_site.work()
    assert PdfReader(BytesIO(download(sqlite_site).data)).trailer["/Root"]["/Lang"] == "ar"


def test_when_it_cannot_be_made_the_page_says_so_calmly_and_the_sweep_tries_again(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    keys = hide_keys(sqlite_site)
    ask(sqlite_site)
    sqlite_site.work()
    page = sqlite_site.visitor("sam").get("/transcript")
    assert "We couldn’t prepare your PDF yet. We’ll try again" in page.main and "Refresh" in page.main
    for path, content in keys:
        path.write_bytes(content)
    sqlite_site.work()
    assert download(sqlite_site).status_code == 200


def test_a_request_that_gives_trouble_is_tried_again_every_hour_for_as_long_as_it_takes(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    hide_keys(sqlite_site)
    ask(sqlite_site)
    for _ in range(RENDER_TRIES + 2):
        sqlite_site.work()
    assert [row.tries for row in rows(sqlite_site)] == [RENDER_TRIES]
    clock.shift(timedelta(minutes=61))
    sqlite_site.work()
    assert [row.tries for row in rows(sqlite_site)] == [RENDER_TRIES + 1]


def test_who_asks_again_and_again_waits_and_others_do_not(sqlite_site: Site) -> None:
    earn(sqlite_site)
    earn(sqlite_site, "lena")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    for _ in range(TRANSCRIPTS_A_PERSON):
        assert sqlite_site.do(transcript_requests.ask, sam, "en") is None
        sqlite_site.do(transcript_requests.store, sam, b"%PDF-")
    form = sqlite_site.visitor("sam").get("/transcript").form("/transcript/pdf")
    page = form.submit(expect=429)
    assert "You can ask again in 60 minutes" in page.text and page.find("#transcript")
    assert "being prepared" in ask(sqlite_site, "lena").main
    assert download(sqlite_site).data == b"%PDF-", "the one that was made stays for its hour"
    clock.shift(timedelta(minutes=61))
    sqlite_site.visitors.clear()
    assert "being prepared" in ask(sqlite_site).main


def test_who_has_completed_nothing_gets_no_row(sqlite_site: Site) -> None:
    earn(sqlite_site)
    form = sqlite_site.visitor("sam").get("/transcript").form("/transcript/pdf")
    lena = sqlite_site.visitor("lena")
    token = dict(lena.get("/account").form("/account").fields)[TOKEN_FIELD]
    reply = lena.browser.post(form.action, base_url=BASE, data={TOKEN_FIELD: token})
    assert reply.status_code == 303 and rows(sqlite_site) == []


def test_an_account_takes_its_pdf_and_its_count_with_it(sqlite_site: Site) -> None:
    earn(sqlite_site)
    ask(sqlite_site)
    sqlite_site.work()
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
        assert any(getattr(part, "name", "") == "transcript.pdf" for part in all_rooms.export_person(sam))
    sqlite_site.do(all_rooms.delete_person, sam, None)
    sqlite_site.do(transcript_requests.store, sam, b"%PDF- made meanwhile")
    assert rows(sqlite_site) == []
    with sqlite_site.inside():
        assert throttle.list_about("transcript") == []
