"""Names on certificates: letters that no font has yet hold up only the PDF, and coordinators see what is printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.accounts import actions as accounts
from lms.accounts.invitations import actions as invitation_actions
from lms.certification.awards import document_records, records
from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import find_award
from lms.certification.awards.rules import plain_name
from lms.certification.badges import records as badge_records
from lms.certification.pdf import jobs as pdf_jobs
from lms.certification.pdf.designs import design_in, missing_glyphs
from lms.coordination.pages import name_to_confirm
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from tests.builders.learning import earn, make_account, prepare, take_check
from tests.conftest import ROOT, Site
from tests.inspector import Inspector, Page

PEOPLE = "/programmes/harbour/people"
# Javanese: a script of a living language for which no font of ours has the characters yet.
JAVANESE = "ꦱꦫꦶ ꦏꦿꦺꦴꦩꦺꦴ"


def register(site: Site, name: str) -> Page:
    """Create an account on the page, as somebody of this name."""
    return make_account(site, name)


def letters_to(site: Site, recipient: str) -> list[tuple[str, str]]:
    with site.inside():
        rows = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == recipient))
        return [(row.subject, row.body) for row in rows]


def person_page(site: Site, name: str, visitor: str = "cora") -> Page:
    with site.inside():
        public_id = site.person(name).public_id
    return site.visitor(visitor).get(f"{PEOPLE}/{public_id}")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ꦏꦿꦺꦴ", ("ꦏꦿꦺꦴ",)),
        ("Sam ꦫꦶꦱ", ("ꦫꦶ", "ꦱ")),
        ("👩‍⚕️ Sam", ("👩‍⚕️",)),
        ("🇬🇧", ("🇬🇧",)),
        ("𒀀𒀁", ("𒀀", "𒀁")),
        ("ဆန်း ก้อง ក្រ", ()),
        ("김", ("김",)),
        ("Sam", ()),
    ],
)
def test_whole_letters_are_named_and_no_parts_of_them(name: str, letters: tuple[str, ...]) -> None:
    assert missing_glyphs(name, design_in(ROOT / "certificates" / "warm")) == letters


def test_noor_whose_script_is_missing_is_told_at_each_step_and_has_badge_and_register_entry(site: Site) -> None:
    page = register(site, JAVANESE)
    assert "can’t print these characters yet" in page.main and "ꦱ" in page.main
    site.visitors["noor"] = page.client
    prepare(site, "noor")
    result = take_check(site, "noor")
    assert "can’t print these characters yet" in result.main
    with site.inside():
        pdf_jobs.sweep(site.settings, ROOT / "certificates")
    (subject, body) = next(each for each in letters_to(site, "noor@example.org") if "without a PDF" in each[0])
    assert "can’t print these characters yet" in body and "/account" in body
    told = [subject]
    certificates = page.client.get("/certificates")
    with site.inside():
        award = records.list_awards_of_person(site.person("noor").id)[0]
        assert award.name == JAVANESE and badge_records.has_badge(award.id) and find_document(award.id) is None
    assert certificates.main.count("being prepared") == 0
    own = page.client.get(f"/certificates/{award.code}")
    assert "being prepared" not in own.main and "in a minute" not in own.main and "JSON file" in own.main
    assert "can’t print these characters yet" in own.main
    asked = site.stranger().get(f"/verify/{award.code}").form(f"/verify/{award.code}").submit(name=JAVANESE)
    assert "The name matches." in asked.main
    for _minute in range(2):
        site.work()
    assert [subject for subject, _body in letters_to(site, "noor@example.org") if "without a PDF" in subject] == told


def test_the_coordinator_sees_that_a_pdf_waits_for_letters_and_asks_for_another_spelling(sqlite_site: Site) -> None:
    noor = register(sqlite_site, JAVANESE).client
    code = earn(sqlite_site, "noor", document=True)
    assert "No PDF yet" in sqlite_site.visitor("cora").get(PEOPLE).main
    page = person_page(sqlite_site, "noor")
    assert "can’t print these characters yet" in page.main
    page = page.form_with("Ask for a spelling we can print").submit("Ask for a spelling we can print")
    asked = [body for subject, body in letters_to(sqlite_site, "noor@example.org") if "spelling" in subject]
    assert len(asked) == 1 and "/account" in asked[0] and "asked" in page.main
    page.form_with("Ask for a spelling we can print").submit("Ask for a spelling we can print")
    assert len([1 for subject, _b in letters_to(sqlite_site, "noor@example.org") if "spelling" in subject]) == 1
    noor.get("/account").form("/account").submit(certificate_name="Sari Kromo")
    noor.get(f"/certificates/{code}").form("/another-name").submit()
    anew = sqlite_site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/anew").form("/anew")
    anew.submit(because="name")
    sqlite_site.work()
    with sqlite_site.inside():
        old = find_award(code)
        assert old is not None and old.replaced_by is not None
        assert find_document(old.replaced_by) is not None
        assert records.get_award(old.replaced_by).name == "Sari Kromo"


def test_the_pdf_comes_by_itself_once_the_site_has_the_letters(sqlite_site: Site) -> None:
    register(sqlite_site, JAVANESE)
    code = earn(sqlite_site, "noor", document=True)
    for _minute in range(document_records.RENDER_TRIES + 2):
        sqlite_site.work()
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
        assert award.id not in document_records.list_unrendered()
    clock.shift(timedelta(hours=2))
    with sqlite_site.inside():
        assert award.id in document_records.list_unrendered()


def test_an_invitation_says_so_to_somebody_who_is_signed_in(sqlite_site: Site) -> None:
    noor = register(sqlite_site, JAVANESE).client
    with sqlite_site.inside():
        harbour = next(iter(sqlite_site.roles(sqlite_site.person("noor").id)))
    token = sqlite_site.do(invitation_actions.invite, harbour, "observer", None)
    assert "can’t print these characters yet" in noor.get(f"/invitation/{token}").main


def test_other_names_can_be_changed_while_the_one_for_certificates_stays(sqlite_site: Site) -> None:
    noor = register(sqlite_site, JAVANESE).client
    page = noor.get("/account").form("/account").submit(display_name="Sari")
    assert "Saved." in page.main and "can’t print these characters yet" in page.main


DOCTOR = "Dr Sam Osei, licensed clinical psychologist"


def test_cora_sees_the_printed_name_wherever_a_certificate_is_listed_and_confirms_it_where_it_differs(
    site: Site,
) -> None:
    with site.inside():
        sam = site.person("sam").id
    site.do(accounts.change_names, sam, "Sam Osei", DOCTOR)
    code = earn(site)
    cora = site.visitor("cora")
    people = cora.get(PEOPLE)
    assert DOCTOR in people.main and "Name to confirm" in people.main
    assert DOCTOR in cora.get(f"{PEOPLE}.csv").html
    for path in ("withdraw", "anew"):
        assert DOCTOR in cora.get(f"/programmes/harbour/certificates/{code}/{path}").main
    page = person_page(site, "sam")
    assert DOCTOR in page.main and "Your programme knows this person as Sam Osei" in page.main
    assert "It has a title in it: Dr, licensed clinical psychologist." in page.main
    page = page.form_with("Confirm this name").submit("Confirm this name")
    assert DOCTOR in page.main and "Confirm this name" not in page.main
    assert DOCTOR in cora.get(PEOPLE).main and "Name to confirm" not in cora.get(PEOPLE).main
    site.do(accounts.change_names, sam, "Sammy", DOCTOR)
    assert "Name to confirm" not in cora.get(PEOPLE).main


def test_changing_both_names_to_the_same_boast_still_asks_for_the_name_to_be_confirmed(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(accounts.change_names, sam, "Samantha Windsor", "Samantha Windsor")
    earn(sqlite_site)
    assert "Name to confirm" in sqlite_site.visitor("cora").get(PEOPLE).main
    assert "Your programme knows this person as Sam Osei" in person_page(sqlite_site, "sam").main


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Sam Osei, RN", True),
        ("Prof. Dr. Sam Osei", True),
        ("Psychologin Sam Osei", True),
        ("Sam Osei (Licensed Counsellor)", True),
        ("Ｄｒ Sam Osei", True),
        ("Drew Profumo", False),
        ("Marnie Ng", False),
    ],
)
def test_a_title_is_confirmed_also_for_somebody_who_joined_with_it(name: str, asked: bool) -> None:
    assert name_to_confirm(name, name, "1", set()) is asked
    assert not name_to_confirm(name, name, "1", {("1", plain_name(name))})


@pytest.mark.parametrize("shown", ["sam osei", "SAM  OSEI", "Sám Osei"])
def test_a_name_that_differs_in_case_or_marks_alone_needs_no_confirming(sqlite_site: Site, shown: str) -> None:
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(accounts.change_names, sam, "Sam Osei", shown)
    earn(sqlite_site)
    assert "Name to confirm" not in sqlite_site.visitor("cora").get(PEOPLE).main


def test_a_name_asked_for_names_who_asks(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(accounts.change_names, sam, "Sam Osei", "Dr Grand")
    visitor: Inspector = sqlite_site.visitor("sam")
    visitor.get(f"/certificates/{code}").form("/another-name").submit()
    people = sqlite_site.visitor("cora").get(PEOPLE).main
    assert "Sam Osei would like" in people and "Dr Grand" in people


def test_a_lost_logo_stops_the_pdf_visibly_and_it_is_made_once_the_logo_is_back(sqlite_site: Site) -> None:
    png = (ROOT / "lms" / "static" / "icons" / "sidelight-180.png").read_bytes()
    files = provided(FileStore, sqlite_site.app)
    digest = files.put(png)
    sqlite_site.do(accounts.set_programme, "harbour", None, {"logo": digest})
    stored = sqlite_site.settings.data / "files" / digest[:2] / digest
    stored.unlink()
    code = earn(sqlite_site, document=True)
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None and find_document(award.id) is None
        assert badge_records.has_badge(award.id)
        assert "logo" in str(document_records.list_troubled()[award.id].trouble)
    own = sqlite_site.visitor("sam").get(f"/certificates/{code}").main
    assert "its PDF isn’t ready yet" in own and "in a minute" not in own and "JSON file" in own
    for _minute in range(document_records.RENDER_TRIES + 2):
        sqlite_site.work()
    assert "PDF of 1 certificate" in sqlite_site.visitor("cora").get(PEOPLE).main
    files.put(png)
    clock.shift(timedelta(hours=2))
    sqlite_site.work()
    with sqlite_site.inside():
        assert find_document(award.id) is not None
        assert db.session.scalar(select(func.count()).select_from(document_records.Document)) == 1
