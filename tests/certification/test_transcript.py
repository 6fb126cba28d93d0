"""The transcript: what somebody completed, the same on screen and on paper, with what was waived called waived."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from lms.certification import actions, levels
from lms.certification.levels import Seen
from lms.certification.records import find_award, find_award_of_enrolment
from lms.certification.rendering import make_transcript
from lms.foundation import clock
from lms.learning import actions as learning
from tests.certification.test_documents import elements
from tests.conftest import Site
from tests.inspector import BASE, Page, squeezed
from tests.roads import PFA, TALKS, earn, pass_check, prepare


def on_paper(site: Site, name: str = "sam") -> PdfReader:
    """Return somebody's transcript as it is made in the child process."""
    with site.inside():
        content = make_transcript(site.person(name).id, site.settings, site.app.extensions["lms_designs"])
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
    for talk, way in zip(TALKS, ("waived", "talked"), strict=True):
        site.do(learning.record_equivalent, enrolment, ("practice", talk), way, "Why.", None, cora)
    site.do(levels.set_readiness, harbour, PFA, 1, site.settings)
    pass_check(site, enrolment)
    seen = Seen("Tara Lindqvist", "trainer", clock.today("UTC"), "skilled")
    site.do(levels.record_observation, enrolment, seen, cora)
    return enrolment


def test_screen_and_paper_say_the_same_line_by_line(sqlite_site: Site) -> None:
    complete(sqlite_site)
    page, paper = sqlite_site.visitor("sam").get("/transcript"), words(on_paper(sqlite_site))
    said = cells(page)
    assert len(said) >= 8 and any(text.startswith("In all: about") for text in said)
    for text in (*said, "Sam Osei", "completed what stands below."):
        assert re.sub(r"\W", "", text) in re.sub(r"\W", "", paper), text
    for text in ("was waived by the programme", "was met in another way", "Ready to practise", "One practice was obs"):
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
    assert "In all: about" in sqlite_site.visitor("sam").get("/transcript").main
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
    sqlite_site.do(actions.withdraw, award.id, "other")
    page = sqlite_site.visitor("sam").get("/transcript")
    assert "Withdrawn" in page.main and "In all" not in page.main
    assert "In all" not in words(on_paper(sqlite_site))


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
    assert "stands here one day" in page.main and "PDF" not in page.main


def test_it_comes_from_a_process_of_its_own(sqlite_site: Site) -> None:
    earn(sqlite_site)
    reply = sqlite_site.visitor("sam").browser.get("/transcript/pdf", base_url=BASE)
    assert reply.status_code == 200 and reply.mimetype == "application/pdf"
    assert "Sam Osei" in words(PdfReader(BytesIO(reply.data)))
    assert "no-store" in reply.headers["Cache-Control"]


def test_when_it_cannot_be_made_the_page_says_so_calmly(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    for key in (sqlite_site.settings.data / "keys").glob("*sign*"):
        key.unlink()
    page = sqlite_site.visitor("sam").get("/transcript/pdf")
    assert page.path.startswith("/transcript") and "please ask for it again in a minute" in page.html
