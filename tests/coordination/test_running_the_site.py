"""What operators do in a browser, and what a site and a programme still lack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lms.accounts.actions import give_role, set_programme
from lms.accounts.records import find_programme
from lms.accounts.rules import SOMEBODY_TO_TALK_TO
from lms.accounts.session_records import list_sign_ins
from lms.certification.awards import actions as certification
from lms.certification.awards.document_records import find_document, find_render_request
from lms.certification.awards.records import find_award
from lms.foundation import clock
from lms.foundation.backup.last_backup import note_backup
from lms.foundation.db import db
from lms.foundation.mail.outbox import TRIES, OutboxMail, list_emails
from lms.library.records import Offering, find_owner
from tests.builders.learning import PFA, earn
from tests.conftest import PASSWORD, Site
from tests.inspector import Page

SETTINGS = "/programmes/harbour/settings"


def send(site: Site, path: str, expect: int = 200, **sent: Any) -> Page:
    """Let Ada open a page and send its form with some fields changed."""
    page = site.visitor("ada").get(path)
    return site.visitor("ada").send(path, {**dict(page.form(path).fields), **sent}, expect)


def stop_offering(site: Site) -> None:
    """Take every offer away, as if no course had been published for anybody."""

    def delete() -> None:
        db.session.query(Offering).delete()

    site.do(delete)


def test_a_programmes_box_says_what_is_missing_with_its_link_and_is_gone_once_nothing_is(sqlite_site: Site) -> None:
    site = sqlite_site
    site.do(set_programme, "harbour", None, dict.fromkeys(SOMEBODY_TO_TALK_TO, ""))
    stop_offering(site)
    page = site.visitor("cora").get("/programmes/harbour/people")
    links = page.links()
    assert links["Fill in contacts"] == f"{SETTINGS}/contacts" and links["Offer a course"] == f"{SETTINGS}/courses"
    assert "Add a contact" not in page.main, "first steps say it, so the list of what's to do doesn't"
    page = site.visitor("cora").get(SETTINGS)
    assert page.links()["Choose the country"] == f"{SETTINGS}/name"
    assert "Nobody coordinates" not in page.main
    site.do(set_programme, "harbour", None, dict.fromkeys(SOMEBODY_TO_TALK_TO, "within a day") | {"country": "GB"})
    offered = f"{SETTINGS}/courses/{PFA}"
    fields = dict(site.visitor("ada").get(offered).form(offered).fields)
    site.visitor("ada").send(offered, {**fields, "offer": "open"})
    page = site.visitor("cora").get(SETTINGS)
    assert "Fill in contacts" not in page.main and "Check support lines" in page.main
    assert "First steps" not in site.visitor("cora").get("/programmes/harbour/people").main


def test_the_site_tells_what_doctor_finds_with_the_page_that_helps(sqlite_site: Site) -> None:
    assert sqlite_site.visitor("ada").get("/").path == "/operator"
    page = sqlite_site.visitor("ada").get("/operator")
    assert "These programmes don’t say who people can talk to, how and when: meadow." in page.main
    assert "no backup of this site has been made" in page.main and "Run lms backup FILE" in page.main
    assert page.links()["See the programmes"] == "/operator/programmes"
    note_backup(sqlite_site.settings, clock.now() - timedelta(hours=1))
    assert "backup" not in sqlite_site.visitor("ada").get("/operator").main


def test_of_several_programmes_only_the_open_one_is_marked_in_the_header(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        meadow, cora_id = find_programme("meadow"), sqlite_site.person("cora").id
        assert meadow is not None
    sqlite_site.do(give_role, cora_id, meadow.id, "coordinator")
    for slug in ("harbour", "meadow"):
        for page in ("people", "invitations", "invitations/new", "assignments", "units", "settings", "settings/name"):
            shown = sqlite_site.visitor("cora").get(f"/programmes/{slug}/{page}")
            marked = {node.get("href") for node in shown.find("header.mast [aria-current=page]")}
            assert marked == {f"/programmes/{slug}/people"}, page


def test_ada_makes_a_programme_and_names_its_coordinators(site: Site) -> None:
    page = send(site, "/operator/programmes/new", name="Quay Schools", slug="")
    assert (
        page.path.startswith("/programmes/quay-schools/settings")
        and "Here’s what the programme still needs" in page.html
    )
    for sent, said in (({"slug": "a/b"}, "for example a-b."), ({"slug": "harbour"}, "already a programme"), ({}, "")):
        page = send(site, "/operator/programmes/new", 422, **{"name": "" if not sent else "Quay", **sent})
        assert said in page.main
    address = page_link(site, "/programmes/quay-schools/settings", "Add a coordinator")
    invited = send(site, address, email="noor@example.org")
    assert "emailed them an invitation" in invited.html and "noor@example.org" in invited.html
    with site.inside():
        assert [row.subject for row in list_emails("noor@example.org")]
        quay, tara = find_programme("quay-schools"), site.person("tara").id
        assert quay is not None
    assert "They’ll need to sign in again" in send(site, address, email="tara@example.org").html
    with site.inside():
        assert site.roles(tara)[quay.id] == ["coordinator"]
    assert "Add a coordinator" not in steps_of(site.visitor("ada").get("/programmes/quay-schools/settings"))
    send(site, address, 422, email="noor@@example.org")


def page_link(site: Site, path: str, words: str) -> str:
    """Return where a link on one of Ada's pages leads."""
    links: dict[str, str] = site.visitor("ada").get(path).links()
    return links[words]


def steps_of(page: Page) -> str:
    """Return what the box of first steps says."""
    return page.main.partition("First steps")[2].partition("Name and place")[0]


def test_programmes_come_a_page_at_a_time_and_no_query_is_asked_for_each(site: Site) -> None:
    def make_many() -> None:
        for number in range(60):
            set_programme(f"p-{number:02}", None, {})

    ada = site.visitor("ada")
    with site.statements() as few:
        ada.get("/operator/programmes")
    site.do(make_many)
    with site.statements() as many:
        page = ada.get("/operator/programmes")
    assert len(many) == len(few) and "p-00" in page.main and "p-59" not in page.main
    page = page.follow("Next page")
    assert "p-59" in page.main and "harbour" not in page.main


def test_a_review_recorded_in_the_browser_issues_what_waited(sqlite_site: Site) -> None:
    sqlite_site.do(set_programme, "harbour", None, {}, True, touch_hold=True)
    code = earn(sqlite_site, "sam")
    path, today = f"/operator/courses/{PFA}", clock.today("UTC")
    refused = (
        ({"day": "14 March"}, "Enter the day like this"),
        ({"day": (today + timedelta(days=2)).isoformat()}, "still to come"),
        ({"name": ""}, "Enter a name."),
        ({"role": "friend"}, "Choose one of these"),
    )
    good = {"role": "clinical", "name": "Dr R. Amari", "day": today.isoformat()}
    for sent, said in refused:
        assert said in send(sqlite_site, path, 422, **{**good, **sent}).main
    for role in ("clinical", "peer", "legal"):
        page = send(sqlite_site, path, **{**good, "role": role})
    assert "The review is recorded." in page.html and "Dr R. Amari" in page.main
    assert sqlite_site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    assert "Dr R. Amari" in sqlite_site.visitor("cora").get(f"{SETTINGS}/courses/{PFA}").main


def test_ada_finds_an_account_signs_it_out_closes_it_and_opens_it_again(sqlite_site: Site) -> None:
    sqlite_site.visitor("lena")
    for search in ("lena brandt", "Brandt", "LENA@example.org"):
        assert "Lena Brandt" in sqlite_site.visitor("ada").get(f"/operator/accounts?q={search}").main
    assert "Nobody with an account" in sqlite_site.visitor("ada").get("/operator/accounts?q=nobody").main
    path = page_link(sqlite_site, "/operator/accounts?q=lena", "Lena Brandt")
    with sqlite_site.inside():
        lena = sqlite_site.person("lena").id
    page = send(sqlite_site, path, go="sign_out")
    with sqlite_site.inside():
        assert "signed out everywhere" in page.html and list_sign_ins(lena) == []
    page = send(sqlite_site, path, go="close")
    assert page.h1 == "Confirm that it’s you"
    assert "The account is closed" in page.form(path).submit("Continue", password=PASSWORD).html
    with sqlite_site.inside():
        assert sqlite_site.person("lena").disabled_at is not None
    assert "The account is open again" in send(sqlite_site, path, go="open").html
    sqlite_site.visitor("ada").get("/operator/accounts/nobodys", expect=404)
    cora = page_link(sqlite_site, "/operator/accounts?q=cora", "Cora Haddad")
    assert "Nobody else coordinates" not in sqlite_site.visitor("ada").get(path).main
    assert "Nobody else coordinates Harbour Hospitals." in sqlite_site.visitor("ada").get(cora).main
    assert "Nobody coordinates Harbour Hospitals now." in send(sqlite_site, cora, go="close").main


def test_a_test_email_goes_the_way_of_every_email_and_its_page_says_how_far_it_is(sqlite_site: Site) -> None:
    page = send(sqlite_site, "/operator/email")
    assert "It’s waiting to be sent" in page.main
    sqlite_site.work()
    assert "Written to a file on" in sqlite_site.visitor("ada").get("/operator/email").main
    send(sqlite_site, "/operator/email")
    send(sqlite_site, "/operator/email")
    with sqlite_site.inside():
        assert sum(row.sent_at is None for row in list_emails("ada@example.org")) == 1

    def refuse() -> None:
        for row in db.session.query(OutboxMail).filter(OutboxMail.sent_at.is_(None)):
            row.tries = 2

    sqlite_site.do(refuse)
    assert "hasn’t accepted it after 2 attempts" in sqlite_site.visitor("ada").get("/operator/email").main


def test_what_could_not_be_done_is_tried_again_when_ada_asks(sqlite_site: Site) -> None:
    code = earn(sqlite_site, "sam", document=False)
    with sqlite_site.inside():
        award = find_award(code)
        assert award is not None
    sqlite_site.do(certification.note_render_trouble, award.id, "no room on the disk")

    def give_up() -> None:
        for row in db.session.query(OutboxMail):
            row.sent_at, row.tries = None, TRIES

    send(sqlite_site, "/operator/email")
    sqlite_site.do(give_up)
    page = sqlite_site.visitor("ada").get("/operator/queue")
    assert "no room on the disk" in page.main and "We tried for a week" in page.main
    send(sqlite_site, "/operator/queue", again="pdf")
    with sqlite_site.inside():
        request = find_render_request(award.id)
        assert request is not None and request.trouble is None
    send(sqlite_site, "/operator/queue", again="email")
    sqlite_site.work()
    page = sqlite_site.visitor("ada").get("/operator/queue")
    assert "Everything has been done." in page.main
    with sqlite_site.inside():
        assert find_document(award.id) is not None


def test_ada_hands_a_course_over_to_a_programme_and_back_to_the_site(sqlite_site: Site) -> None:
    path = f"/operator/courses/{PFA}"
    for chosen, said in (("harbour", "Harbour"), ("", "Only the people who run the site")):
        page = sqlite_site.visitor("ada").get(path).form(f"{path}/owner").submit("Save", owner=chosen)
        assert "Saved." in page.html and said in page.main
        with sqlite_site.inside():
            programme, owner = find_programme("harbour"), find_owner(PFA)
            assert programme is not None and owner == (programme.id if chosen else None)
