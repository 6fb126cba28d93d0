"""A certificate in another name, or after a fault: a new one stands in its place, the earlier one shows no name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lms.certification.awards import actions, reissue
from lms.certification.awards.actions import withdraw
from lms.certification.awards.document_records import find_document
from lms.certification.awards.records import Award, find_award
from lms.foundation.db import write
from lms.foundation.refused import Refused
from tests.builders.certificates import ask_for, observe
from tests.builders.learning import earn
from tests.builders.rows import count_events, count_rows, list_awards
from tests.conftest import Site
from tests.inspector import Page

NEW = "Samira Osei-Łukasz"


def rename(site: Site) -> None:
    """Give Sam another name on the account page."""
    form = site.visitor("sam").get("/account").form("/account")
    form.submit(certificate_name=NEW)


def newest(site: Site) -> str:
    """Return the code of Sam's certificate that stands."""
    (stands,) = (award for award in awards(site) if award.current_for)
    return stands.code


def awards(site: Site) -> list[Award]:
    with site.inside():
        return list_awards()


def ask(site: Site, code: str) -> Page:
    """Ask for the certificate in the new name."""
    return site.visitor("sam").get(f"/certificates/{code}").form("/another-name").submit()


def confirm(site: Site) -> Page:
    """Confirm the request as Cora, from her list."""
    page = site.visitor("cora").get("/programmes/harbour/people").follow(f"Reissue (certificate of {NEW})")
    assert NEW in page.main
    return page.form_with("Continue").submit("Continue", because="name")


def test_another_name_is_asked_for_confirmed_and_printed_and_the_old_one_is_shown_to_nobody(site: Site) -> None:
    old = earn(site)
    site.work()
    rename(site)
    assert "You’ve asked for this certificate" in ask(site, old).main
    confirm(site)
    site.work()
    new = newest(site)
    assert new != old
    stranger = site.stranger()
    assert "replaced by a new one" in stranger.get(f"/verify/{old}").h1
    assert stranger.get(f"/verify/{new}").h1 == "This certificate is valid"
    assert "The name matches." in stranger.get(f"/verify/{new}").form(f"/verify/{new}").submit(name=NEW).main
    sam = site.visitor("sam")
    assert "This certificate was replaced" in sam.get(f"/certificates/{old}").h1
    for page in (
        stranger.get(f"/verify/{old}"),
        sam.get(f"/certificates/{old}"),
        sam.get(f"/certificates/{new}"),
        sam.get("/certificates"),
        site.visitor("cora").get("/programmes/harbour/people"),
    ):
        assert "Sam Osei<" not in page.main, page.path
    with site.inside():
        before, after = find_award(old), find_award(new)
        assert before is not None and after is not None
        assert (after.passed_on, after.valid_until, after.digest, after.facts, after.name) == (
            before.passed_on,
            before.valid_until,
            before.digest,
            before.facts,
            NEW,
        )
        assert before.name == "Sam Osei" and find_document(before.id) and find_document(after.id)
    assert count_events(site, "CertificateReplaced") == 1


def test_what_came_before_shows_the_old_name_to_nobody_either(sqlite_site: Site) -> None:
    site = sqlite_site
    first = earn(site)
    ask_for(site, 1)
    site.do(actions.show_name, awards(site)[0].id, True)
    site.do(actions.open_badge, awards(site)[0].id, True)
    observe(site, awards(site)[0].enrolment_id)
    second = newest(site)
    assert second != first and "Sam Osei" in site.stranger().get(f"/verify/{first}").main
    rename(site)
    ask(site, second)
    confirm(site)
    page = site.stranger().get(f"/verify/{first}")
    assert page.h1 == "This certificate is valid" and "Sam Osei" not in page.html
    kept = {award.code: award for award in awards(site)}
    assert kept[first].badge_open is False and kept[first].name == "Sam Osei"


def test_a_request_can_be_taken_back_and_answered_with_no(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    assert "Ask for it in this name" not in site.visitor("sam").get(f"/certificates/{code}").main
    rename(site)
    ask(site, code)
    site.visitor("sam").get(f"/certificates/{code}").form("/another-name/leave").submit()
    assert NEW not in site.visitor("cora").get("/programmes/harbour/people").main
    ask(site, code)
    page = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/anew")
    page.form_with("Continue").submit("Continue", because="leave")
    assert NEW not in site.visitor("cora").get("/programmes/harbour/people").main
    assert newest(site) == code and count_events(site, "NameNotChanged") == 2


def test_two_coordinators_at_once_make_one_new_certificate(site: Site) -> None:
    code = earn(site)
    with site.inside():
        award = find_award(code)
        assert award is not None
        award_id = award.id

    def make(_turn: int) -> bool:
        with site.inside():
            return isinstance(write(reissue.reissue_certificate, award_id, "fault"), Refused)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [False, True, True, True]
    assert count_rows(site, Award) == 2 and newest(site) != code


def test_a_withdrawn_certificate_is_not_made_anew_names_whom_to_ask_and_can_stand_again(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    with site.inside():
        award = find_award(code)
        assert award is not None
        award_id = award.id
    site.do(withdraw, award_id, "other")
    assert isinstance(site.do(reissue.reissue_certificate, award_id, "fault"), Refused)
    page = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/anew")
    assert "can’t be reissued" in page.main
    assert "If you think that’s a mistake" in site.visitor("sam").get(f"/certificates/{code}").main
    page = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/withdraw")
    page.form("/reinstate").submit()
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    assert count_events(site, "CertificateReinstated") == 1
    with site.inside():
        again = find_award(code)
        assert again is not None and again.withdrawn_reason is None
