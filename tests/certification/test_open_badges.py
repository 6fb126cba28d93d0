"""A badge at an address of its own: off until its holder opens it, closed at once when they close it, and said so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms import all_rooms
from lms.certification.awards import actions, records, reissue
from lms.certification.awards.issue_context import issue_context
from lms.certification.awards.records import Award, find_award
from lms.certification.awards.rules import Earned
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from lms.foundation.db import db
from lms.library.course_cache import get_course
from tests.builders.badges import badge_of, revoke
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import BASE


def choose(site: Site, code: str, choice: str) -> None:
    site.visitor("sam").get(f"/certificates/{code}").form("/open-badge").submit(open=choice)


def test_a_badge_is_nowhere_until_sam_opens_it_and_closed_by_its_holder_after(site: Site) -> None:
    code = earn(site, document=True)
    stranger = site.stranger()
    stranger.get(f"/badges/{code}", expect=404)
    choose(site, code, "no")
    stranger.get(f"/badges/{code}", expect=404)
    choose(site, code, "yes")
    assert f"{site.settings.base_url}/badges/{code}" in site.visitor("sam").get(f"/certificates/{code}").main
    given = stranger.browser.get(f"/badges/{code.lower()}", base_url=BASE)
    assert given.data == badge_of(site, code) and given.mimetype == "application/vc+json"
    assert given.headers["Access-Control-Allow-Origin"] == "*" and given.headers["Cache-Control"] == "no-store"
    choose(site, code, "no")
    page = stranger.get(f"/badges/{code}", expect=410)
    assert page.h1 == "The holder has closed this badge" and "Sam Osei" not in page.html
    assert page.follow("See what our records say").h1 == "This certificate is valid"
    assert "noindex" in page.response.headers["X-Robots-Tag"]


def test_a_code_that_nobody_has_and_a_badge_that_was_never_opened_look_the_same(sqlite_site: Site) -> None:
    code, stranger = earn(sqlite_site, document=True), sqlite_site.stranger()
    pages = [stranger.get(f"/badges/{tried}", expect=404).main for tried in (code, "0123456789ABCDEF")]
    assert pages[0][:-10] == pages[1][:-10] and len(pages[0]) > 100


@pytest.mark.parametrize("end", ["withdrawn", "made anew"])
def test_an_open_badge_is_not_given_out_once_the_certificate_does_not_stand(sqlite_site: Site, end: str) -> None:
    code = earn(sqlite_site, document=True)
    choose(sqlite_site, code, "yes")
    if end == "withdrawn":
        revoke(sqlite_site, code)
    else:
        with sqlite_site.inside():
            award = find_award(code)
        assert award is not None
        sqlite_site.do(reissue.reissue_certificate, award.id, "fault")
    page = sqlite_site.stranger().get(f"/badges/{code}", expect=410)
    assert page.h1 == "This badge is no longer available" and "Sam Osei" not in page.html
    with sqlite_site.inside():
        newer = db.session.scalars(select(Award).where(Award.code != code)).all()
        assert [award.badge_open for award in newer] == [None] * len(newer)


def test_nobody_opens_the_badge_of_somebody_else(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    form = sqlite_site.visitor("sam").get(f"/certificates/{code}").form("/open-badge")
    token = dict(sqlite_site.visitor("lena").get("/display").form("/display").fields)["form_token"]
    sqlite_site.visitor("lena").post(form.action, [("form_token", token), ("open", "yes")], expect=404)
    sqlite_site.stranger().get(f"/badges/{code}", expect=404)


def test_a_deleted_account_closes_its_badges(sqlite_site: Site) -> None:
    code = earn(sqlite_site, document=True)
    choose(sqlite_site, code, "yes")
    with sqlite_site.inside():
        sam = sqlite_site.person("sam").id
    sqlite_site.do(all_rooms.delete_person, sam, None)
    assert sqlite_site.stranger().get(f"/badges/{code}", expect=410).h1 == "The holder has closed this badge"


@pytest.mark.parametrize("next_one", ["ready to practise", "reissued", "renewed"])
def test_what_sam_chose_for_one_certificate_does_not_open_the_next(sqlite_site: Site, next_one: str) -> None:
    """Neither the badge's address nor the name on the page: a successor is closed until its holder opens it."""
    site = sqlite_site
    code = earn(site, document=True)
    choose(site, code, "yes")
    site.visitor("sam").get(f"/certificates/{code}").form("/show-name").submit(show="yes")
    with site.inside():
        award = find_award(code)
        assert award is not None and award.badge_open and award.name_shown
        course = get_course(award.digest)
    if next_one == "ready to practise":
        site.do(readiness_actions.set_readiness, award.programme_id, award.course_id, 1, site.settings)
        with site.inside():
            tara = site.person("tara")
        seen = ObservationInput("Tara Novak", "trainer", clock.today("UTC"), "skilled", tara.id)
        site.do(readiness_actions.record_observation, award.enrolment_id, seen, site_person(site, "cora"))
    elif next_one == "reissued":
        site.do(reissue.reissue_certificate, award.id, "fault")
    else:
        earned = Earned(clock.today("UTC"), None, waiting=False)

        def renew() -> None:
            before = records.get_award(award.id)
            context = issue_context(before.programme_id, course, site.settings)
            actions.store_award(before.successor("renewed"), context, earned, before.attestation, before)

        site.do(renew)
    site.work()
    with site.inside():
        (newer,) = db.session.scalars(select(Award).where(Award.code != code)).all()
        assert (newer.badge_open, newer.name_shown) == (None, False)
    site.stranger().get(f"/badges/{newer.code}", expect=404)
    assert "Sam Osei" not in site.stranger().get(f"/verify/{newer.code}").main
    choose(site, newer.code, "yes")
    assert site.stranger().browser.get(f"/badges/{newer.code}", base_url=BASE).status_code == 200


def site_person(site: Site, name: str) -> str:
    with site.inside():
        return str(site.person(name).id)
