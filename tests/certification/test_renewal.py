"""Renewing by a shorter way, new editions and their holders, and what a cycle of certificates looks like."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.accounts.actions import set_programme
from lms.certification.awards.actions import release_reviewed
from lms.certification.awards.records import Award, find_award
from lms.certification.renewal.actions import start_renewal
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.refused import Refused
from lms.learning.progress.actions import finish_lesson
from lms.learning.progress.attempt_records import Attempt
from lms.library.course_cache import get_course
from tests.builders.accounts import give_app
from tests.builders.learning import (
    CONVERSATIONS,
    COURSE,
    PFA,
    answer,
    at_once,
    earn,
    finish_all,
    open_check,
    play,
    prepare,
    publish_next,
    take_check,
    the_course,
)
from tests.builders.rows import count_events, count_rows, list_awards
from tests.conftest import Site
from tests.inspector import Page

LOOK, LINK = "2-arrive/2-look.md", "4-help-and-link/2-link.md"
HALF = 5


def later(site: Site, days: int) -> None:
    """Let days go by, after which everybody has to sign in again."""
    clock.shift(timedelta(days=days))
    site.visitors.clear()


def press_renew(site: Site, code: str) -> Page:
    return site.visitor("sam").get(f"/certificates/{code}").form("/renew").submit()


def read(site: Site, *lessons: str) -> None:
    for lesson in lessons:
        site.visitor("sam").get(f"{COURSE}/lessons/{lesson}").form("/done").submit()


def cycle(site: Site) -> list[Award]:
    with site.inside():
        return sorted(list_awards(), key=lambda award: award.cycle)


def newest_check(site: Site) -> Attempt:
    """Return the check that was opened last; call it inside."""
    found = db.session.scalar(select(Attempt).order_by(Attempt.id.desc()).limit(1))
    assert found is not None
    return found


def test_sam_renews_with_what_changed_and_the_certificate_says_what_was_asked(site: Site) -> None:
    first = earn(site)
    publish_next(site, "1.2.0", LOOK, LINK)
    later(site, 700)
    page = site.visitor("sam").get(f"/certificates/{first}")
    assert "You can renew it now" in page.main and "The 2 lessons that changed" in page.main
    assert "practice conversation" not in page.main.partition("To renew, you need")[2].partition("No time limit")[0]
    page = press_renew(site, first)
    assert page.h1 == "What you need to renew" and "0 of 2" in page.main and "Since version 1.1.0" in page.main
    result = take_check(site, "sam")
    assert result.h1 == "You passed the renewal check" and "What you still need" in result.main
    read(site, "look")
    assert len(cycle(site)) == 1
    read(site, "link")
    before, after = cycle(site)
    assert (before.renewed_by, after.version, before.version) == (after.id, "1.2.0", "1.1.0")
    assert (before.current_for, after.current_for) == (None, after.enrolment_id)
    says = site.stranger().get(f"/verify/{after.code}").main
    assert "Renewed by 2 lessons that changed since version 1.1.0, and 80% or more of" in says
    assert "including every safety question" in says and "First completed" in says
    assert site.stranger().get(f"/verify/{first}").h1 == "This certificate is valid"
    told_of = site.visitor("sam").get("/certificates").main
    assert "Renewed" in told_of and told_of.index("Version 1.2.0") < told_of.index("Version 1.1.0")


def test_the_questions_of_a_renewal_are_those_of_what_changed_and_one_of_every_critical_group(site: Site) -> None:
    first = earn(site)
    course = publish_next(site, "1.2.0", LOOK)
    later(site, 700)
    press_renew(site, first)
    open_check(site.visitor("sam"))
    look = next(lesson for lesson in course.lessons if lesson.id == "look")
    with site.inside():
        attempt = newest_check(site)
        asked = [course.question_by_id[name] for name in attempt.drawn]
    assert attempt.digest == course.digest and len(asked) < course.criteria.draw
    assert all(question.critical or set(question.objectives) & set(look.objectives) for question in asked)
    groups = {question.group for question in course.questions if question.critical}
    assert {question.group for question in asked if question.critical} == groups


def test_where_nothing_changed_half_the_check_renews_and_no_conversation_is_asked_again(site: Site) -> None:
    first = earn(site)
    later(site, 700)
    page = press_renew(site, first)
    assert f"of {HALF} questions right in a shorter check" in page.main and "practice conversation" not in page.main
    take_check(site, "sam")
    before, after = cycle(site)
    assert after.facts["renewal"] == {"scope": "course", "since": "1.1.0", "lessons": 0, "asked": HALF}
    assert after.facts["first"]["practice"] == 2 and before.valid_until is not None
    assert after.valid_until is not None and after.valid_until > before.valid_until
    says = site.stranger().get(f"/verify/{after.code}").main
    assert f"80% or more of {HALF} questions across the course" in says
    assert "None needed for the renewal" in says and "2 written practice conversations" in says


def test_a_course_with_a_refresher_of_its_own_asks_for_that(sqlite_site: Site) -> None:
    site = sqlite_site
    first = earn(site)
    publish_next(site, "1.1.1", LOOK, head=("certificate:", "refresher: {draw: 4}\ncertificate:"))
    later(site, 700)
    page = press_renew(site, first)
    assert "4 of 4 questions right in a shorter check" in page.main and "The lesson that changed" in page.main


def test_a_conversation_that_changed_is_asked_for_once_more(site: Site) -> None:
    first = earn(site)
    with site.inside():
        practised = [f"practice/{conversation.id}.md" for conversation in the_course().conversations]
    # All were practised and two are needed, so all but one have to change before one is asked for.
    publish_next(site, "1.2.0", *practised[:-1])
    later(site, 700)
    page = press_renew(site, first)
    assert "One practice conversation" in page.main
    take_check(site, "sam")
    assert len(cycle(site)) == 1
    play(site.visitor("sam").get(f"{COURSE}/conversations/{CONVERSATIONS[0]}"))
    after = cycle(site)[-1]
    assert after.cycle == 2 and after.facts["practice"] == 1
    assert "One written practice conversation for the renewal." in site.stranger().get(f"/verify/{after.code}").main


def test_a_renewal_that_is_not_enough_yet_changes_nothing(site: Site) -> None:
    first = earn(site)
    later(site, 700)
    press_renew(site, first)
    page = take_check(site, "sam", lambda question: not question.critical)
    assert page.h1.startswith("Not yet") and len(cycle(site)) == 1
    page = take_check(site, "sam")
    assert page.h1 == "You passed the renewal check" and "See your new certificate" in page.links()
    assert len(cycle(site)) == 2


def test_a_check_that_was_open_before_stays_as_it_is_beside_the_renewal(site: Site) -> None:
    first = earn(site)
    page = open_check(site.visitor("sam"))
    whole = page.path
    later(site, 700)
    press_renew(site, first)
    page = open_check(site.visitor("sam"))
    assert page.path.split("/")[2] != whole.split("/")[2]
    take_check(site, "sam")
    assert len(cycle(site)) == 2
    assert open_check(site.visitor("sam")).path.split("/")[2] == whole.split("/")[2]


def test_two_sendings_of_a_renewal_at_the_same_moment_give_one_certificate(site: Site) -> None:
    first = earn(site)
    later(site, 700)
    press_renew(site, first)
    page = answer(site, "sam", open_check(site.visitor("sam")))
    replies = at_once(page.form("/submit"), 12)
    assert {reply.status_code for reply in replies} == {303}
    assert count_rows(site, Award) == 2 and count_events(site, "CertificateRenewed") == 1
    assert sum(award.current_for is not None for award in cycle(site)) == 1


def test_two_presses_on_renew_begin_one_renewal(site: Site) -> None:
    first = earn(site)
    later(site, 700)
    page = site.visitor("sam").get(f"/certificates/{first}")
    at_once(page.form("/renew"), 8)
    assert count_events(site, "RenewalBegun") == 1


def test_a_new_edition_offers_its_holders_the_difference_and_asks_nothing(site: Site) -> None:
    first = earn(site)
    site.work()
    mails = count_rows(site, OutboxMail)
    publish_next(site, "2.0.0", LOOK)
    site.work()
    sam = site.visitor("sam")
    page = sam.get(f"/certificates/{first}")
    assert "There’s a newer edition: version 2.0.0" in page.main and "You don’t need to do anything" in page.main
    assert "There’s a newer edition" in sam.get(COURSE).main and "newer edition" in sam.get("/courses").main
    assert sam.get(f"{COURSE}/left").h1 == "You’ve done everything"
    assert press_renew(site, first).h1 == "What you need to renew"
    take_check(site, "sam")
    read(site, "look")
    site.work()
    before, after = cycle(site)
    assert (after.version, after.facts["renewal"]["lessons"]) == ("2.0.0", 1)
    assert before.valid_until is not None and after.valid_until is not None and after.valid_until >= before.valid_until
    assert site.stranger().get(f"/verify/{first}").h1 == "This certificate is valid"
    assert count_rows(site, OutboxMail) == mails + 1, "the mail that the new certificate is ready, and no other"
    assert "newer edition" not in sam.get(COURSE).main


@pytest.mark.parametrize(("version", "said"), [("1.1.1", False), ("1.2.0", True)])
def test_a_minor_version_is_a_notice_and_a_patch_is_none_and_no_mail_tells_of_either(
    sqlite_site: Site, version: str, said: bool
) -> None:
    site = sqlite_site
    first = earn(site)
    site.work()
    mails = count_rows(site, OutboxMail)
    publish_next(site, version, LOOK)
    site.work()
    page = site.visitor("sam").get(f"/certificates/{first}")
    assert ("nothing you need to do" in page.main) is said and "/renew" not in page.html
    assert ("A newer version" in page.html or "There’s a newer version" in page.main) is said
    assert count_rows(site, OutboxMail) == mails


def test_sam_in_the_middle_stays_on_the_version_begun_until_sam_goes_on(site: Site) -> None:
    enrolment = prepare(site, "sam", read=False)
    site.do(finish_lesson, enrolment, "look")
    site.do(finish_lesson, enrolment, "prepare")
    publish_next(site, "2.0.0", LOOK)
    sam = site.visitor("sam")
    page = sam.get(COURSE)
    assert "Version 1.1.0, by" in page.main and "There’s a newer version: 2.0.0" in page.main
    assert "1 of the 2 lessons you’ve done stay done" in page.main
    page = page.form("/newest").submit()
    assert "Version 2.0.0, by" in page.main and "newer version" not in page.main
    assert count_events(site, "WentOn") == 1
    with site.inside():
        newest = the_course()
    site.do(finish_all, enrolment, newest)
    take_check(site, "sam")
    assert [award.version for award in cycle(site)] == ["2.0.0"]


def test_a_new_edition_that_nobody_reviewed_says_that_its_certificate_waits(sqlite_site: Site) -> None:
    site = sqlite_site
    first = earn(site)
    site.do(set_programme, "harbour", None, {}, True, touch_hold=True)
    publish_next(site, "2.0.0", LOOK)
    assert "hasn’t been reviewed yet" in site.visitor("sam").get(f"/certificates/{first}").main
    press_renew(site, first)
    take_check(site, "sam")
    read(site, "look")
    before, after = cycle(site)
    assert after.waiting and not before.waiting
    assert site.stranger().get(f"/verify/{first}").h1 == "This certificate is valid"
    assert site.visitor("sam").get(f"/certificates/{after.code}").h1 == "Passed, waiting for the course’s review"
    assert before.renewed_by is None and "Renewed" not in site.visitor("sam").get("/certificates").main
    assert "since been renewed" not in site.stranger().get(f"/verify/{first}").main
    _what_waits_takes_nothing_away(site, first)
    site.do(set_programme, "harbour", None, {}, False, touch_hold=True)
    assert site.do(release_reviewed, PFA, site.settings) == 1
    before, after = cycle(site)
    assert before.renewed_by == after.id and not after.waiting
    assert "since been renewed" in site.stranger().get(f"/verify/{first}").main
    assert count_events(site, "CertificateRenewed") == 1


def _what_waits_takes_nothing_away(site: Site, first: str) -> None:
    """While the newer certificate waits, every page shows the issued one as it is, with its end."""
    cora = site.visitor("cora")
    people = cora.get("/programmes/harbour/people")
    assert "Completed" in people.main and f"/verify/{first}" in people.links().values()
    assert "Valid" in cora.get("/programmes/harbour/people").follow("Sam Osei").main
    assert len(site.visitor("sam").get("/transcript").find("#transcript tbody tr")) == 1
    later(site, 800)
    verified = site.stranger().get(f"/verify/{first}").main
    assert "The holder has a newer certificate, or one is waiting to be issued." in verified
    later(site, 0)


def test_a_certificate_that_is_not_due_is_not_renewed_by_asking(sqlite_site: Site) -> None:
    site = sqlite_site
    first = earn(site)
    later(site, 600)
    assert "/renew" not in site.visitor("sam").get(f"/certificates/{first}").html
    with site.inside():
        award = find_award(first)
    assert award is not None
    assert isinstance(site.do(start_renewal, award.id, site.settings), Refused)
    assert count_events(site, "RenewalBegun") == 0


@pytest.mark.parametrize("hours", [-2, 2, 24 * 400, -24 * 400])
def test_a_clock_that_jumps_neither_loses_nor_doubles_a_certificate(sqlite_site: Site, hours: int) -> None:
    site = sqlite_site
    clock.shift(timedelta(hours=hours))
    first = earn(site)
    later(site, 0)
    take_check(site, "sam")
    later(site, 700)
    if hours < 24:
        take_check(site, "sam")
    later(site, 700 - 1)
    awards = cycle(site)
    assert sum(award.current_for is not None for award in awards) == 1 and awards[0].code == first
    ends = [award.valid_until or date.max for award in awards]
    assert ends == sorted(ends)
    assert site.visitor("sam").get("/certificates").h1 == "Your certificates"


def test_the_states_of_a_cycle_are_told_to_holder_coordinator_and_whoever_verifies(site: Site) -> None:
    first = earn(site)
    give_app(site)
    people = "/programmes/harbour/people"
    with site.inside():
        award = find_award(first)
        assert award is not None and award.valid_until is not None and get_course(award.digest).version == "1.1.0"
        left = (award.valid_until - award.passed_on).days
    for days, holder, coordinator in (
        (0, "Valid until", "Completed"),
        (left - 10, "can be renewed now", "Renewal due"),
        (left + 1, "You can renew it whenever you like", "Expired"),
    ):
        later(site, days)
        assert holder in site.visitor("sam").get(f"/certificates/{first}").main
        assert coordinator in site.visitor("cora").get(people).main
    page = site.stranger().get(f"/verify/{first}")
    assert "Renewal was due by then" in page.main
    press_renew(site, first)
    take_check(site, "sam")
    page = site.stranger().get(f"/verify/{first}")
    assert page.h1.startswith("This certificate was valid until") and "has since been renewed" in page.main
    assert "Renewed. This one was valid until" in site.visitor("sam").get(f"/certificates/{first}").main
    assert "Renewed" in site.visitor("cora").get(people).main


def test_grace_is_told_with_its_last_day(sqlite_site: Site) -> None:
    site = sqlite_site
    first = earn(site)
    give_app(site)
    form = site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/validity").form_with("Show the dates")
    page = form.submit("Show the dates", mode="expiry", grace_days="30")
    page.form_with("Save").submit("Save")
    with site.inside():
        award = find_award(first)
        assert award is not None and award.valid_until is not None
        left = (award.valid_until - award.passed_on).days
    later(site, left + 5)
    assert "Grace period until" in site.visitor("sam").get(f"/certificates/{first}").main
    assert "grace period until" in site.visitor("cora").get("/programmes/harbour/people").main
    press_renew(site, first)
    take_check(site, "sam")
    before, after = cycle(site)
    assert before.valid_until is not None and after.valid_until is not None
    assert (after.valid_until.day, after.valid_until.month) == (before.valid_until.day, before.valid_until.month)
