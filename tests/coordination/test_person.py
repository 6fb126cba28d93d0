"""One person's page: status and dates, certificates as they followed one another, and what can be done."""

from __future__ import annotations

from datetime import timedelta

from lms.foundation import clock
from tests.builders.learning import earn, pass_check, prepare
from tests.builders.rows import list_awards
from tests.conftest import Site
from tests.inspector import Inspector, Page, squeezed

PEOPLE = "/programmes/harbour/people"
TITLE = "Psychological first aid for colleagues"


def page_of(cora: Inspector, name: str) -> Page:
    return cora.get(PEOPLE).follow(name)


def certificates(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find("main .tbl tbody tr")]


def test_cora_sees_what_sam_holds_and_until_when_and_nothing_of_how_sam_answered(site: Site, cora: Inspector) -> None:
    prepare(site, "sam")
    page = page_of(cora, "Sam Osei")
    assert page.h1 == "Sam Osei" and "In training" in page.main and "No certificate yet." in page.main
    earn(site, "sam")
    page = page_of(cora, "Sam Osei")
    (told,) = certificates(page)
    assert "Valid" in told and "Completed" in page.main
    assert "sam@example.org" in page.main and "10 of 10" not in page.main


def test_all_that_can_be_done_for_sam_is_one_step_away(site: Site, cora: Inspector) -> None:
    earn(site, "sam")
    page = page_of(cora, "Sam Osei")
    assert page.follow(f"Reissue ({TITLE})").h1 == "Reissue a certificate"
    assert (
        "Sam Osei" in page.follow("Observed practice").h1
        and "Sam Osei" in page.follow("Recognised learning and exemptions").main
    )
    page = page.follow(f"Withdraw ({TITLE})").form_with("Withdraw this certificate")
    page = page.submit("Withdraw this certificate", reason="other")
    assert page.h1 == "Sam Osei" and "Withdrawn" in certificates(page)[0]
    page = page.follow(f"Reinstate ({TITLE})").form("/reinstate").submit()
    assert page.h1 == "Sam Osei" and "Valid" in certificates(page)[0]


def test_what_was_renewed_stays_on_the_page_with_its_own_code(site: Site) -> None:
    first = earn(site, "sam")
    clock.shift(timedelta(days=690))
    site.visitor("sam").get(f"/certificates/{first}").form("/renew").submit()
    with site.inside():
        enrolment = list_awards()[0].enrolment_id
    pass_check(site, enrolment)
    now, before = certificates(page_of(site.visitor("cora"), "Sam Osei"))
    assert "Valid" in now and "Renewed" in before


def test_where_nothing_has_begun_the_page_says_so(site: Site, cora: Inspector) -> None:
    page = page_of(cora, "Lena Brandt")
    assert "Not started" in page.main and not page.find("main .tbl tbody")


def test_nobody_of_another_programme_has_a_page_here(site: Site, cora: Inspector) -> None:
    with site.inside():
        mina = site.person("mina").public_id
    cora.get(f"{PEOPLE}/{mina}", expect=404)
    cora.get(f"{PEOPLE}/nobody", expect=404)
