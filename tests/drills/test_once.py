"""Exactly once: however often something is sent, it happens one time, and every sender reads the same answer."""

from __future__ import annotations

from lms.certification.awards.records import Award
from lms.foundation.mail.outbox import OutboxMail
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.records import Enrolment
from tests.builders.learning import CONVERSATIONS, COURSE, answer, at_once, begin, open_check, play, prepare, take_check
from tests.builders.rows import count_events, count_rows
from tests.conftest import Site
from tests.inspector import Inspector


def test_fifty_sendings_at_the_same_moment_make_one_result_and_one_award(site: Site, sam: Inspector) -> None:
    prepare(site, "sam")
    page = answer(site, "sam", open_check(sam))
    answers = at_once(page.form("/submit"), 50)
    assert {(reply.status_code, reply.headers.get("Location")) for reply in answers} == {
        (303, page.form("/submit").action.replace("/submit", "/result"))
    }
    assert (count_rows(site, Result), count_rows(site, Award)) == (1, 1)
    assert [count_events(site, event) for event in ("CheckSubmitted", "CoursePassed", "CertificateIssued")] == [1, 1, 1]
    site.work()
    site.work()
    assert count_rows(site, OutboxMail) == 1


def test_twenty_clicks_one_after_the_other_lead_to_the_same_result(site: Site, sam: Inspector) -> None:
    begin(sam)
    form = answer(site, "sam", open_check(sam)).form("/submit")
    pages = [form.submit() for _click in range(20)]
    assert len({page.path for page in pages}) == 1
    assert {page.h1 for page in pages} == {"You passed the check"}
    assert count_rows(site, Result) == 1


def test_sixteen_tabs_that_begin_at_once_begin_one_course_and_one_check(site: Site, sam: Inspector) -> None:
    at_once(sam.get(COURSE).form("/enrol"), 16)
    assert count_rows(site, Enrolment) == 1
    replies = at_once(sam.get(f"{COURSE}/check").form("/check"), 16)
    assert {reply.status_code for reply in replies} == {303}
    assert len({reply.headers["Location"] for reply in replies}) == 1
    assert count_rows(site, Attempt) == 1


def test_the_certificate_comes_when_the_check_is_the_last_thing(site: Site, sam: Inspector) -> None:
    prepare(site, "sam", practised=False)
    for name in CONVERSATIONS:
        play(sam.get(f"{COURSE}/conversations/{name}"))
    assert count_rows(site, Award) == 0
    page = take_check(site, "sam")
    assert "See your certificate" in page.links()
    assert count_rows(site, Award) == 1


def test_the_certificate_comes_when_a_conversation_is_the_last_thing(site: Site, sam: Inspector) -> None:
    prepare(site, "sam", practised=False)
    assert "What you still need" in take_check(site, "sam").main
    play(sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}"))
    assert count_rows(site, Award) == 0
    play(sam.get(f"{COURSE}/conversations/{CONVERSATIONS[1]}"))
    assert count_rows(site, Award) == 1
    play(sam.get(f"{COURSE}/conversations/{CONVERSATIONS[1]}"))
    take_check(site, "sam")
    assert (count_rows(site, Award), count_events(site, "CertificateIssued")) == (1, 1)
