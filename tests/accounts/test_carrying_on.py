"""A sign-in that ends in the middle of a check: what was sent waits for the same person, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lms.accounts import actions
from lms.foundation import clock
from lms.learning.practice.records import find_open
from lms.learning.progress.records import find_enrolment
from tests.builders.learning import CONVERSATIONS, COURSE, PFA, attempt_of, begin, open_check, plan
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE, Inspector, Page

REST = timedelta(hours=1)


def answer_too_late(site: Site, sam: Inspector) -> Page:
    """Choose an answer, rest for an hour, and send it."""
    begin(sam)
    page = open_check(sam)
    fields = plan(site, "sam")[0]
    clock.shift(REST)
    return page.form_with("Save and continue").submit("Save and continue", expect=401, **fields)


def saved(site: Site) -> int:
    with site.inside():
        return len(attempt_of(site, "sam").saved)


def test_sams_answer_waits_while_sam_signs_in_and_is_then_kept(site: Site, sam: Inspector) -> None:
    page = answer_too_late(site, sam)
    assert page.h1 == "Sign in" and "What you typed is safe" in page.main
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert page.h1 == "What you typed is safe"
    page = page.form_with("Send and continue").submit("Send and continue")
    assert page.path.endswith("/2")
    assert saved(site) == 1


def give_role(site: Site) -> None:
    with site.inside():
        person_id = site.person("sam").id
        programme_id = next(iter(site.roles(person_id)))
    site.do(actions.give_role, person_id, programme_id, "observer")


def end_others(site: Site) -> None:
    phone = site.stranger()
    phone.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    phone.get("/account").form("/end-others").submit()


def new_password(site: Site) -> None:
    with site.inside():
        person = site.person("sam")
    site.do(actions.change_password, person.id, person.password_hash)


@pytest.mark.parametrize("end", [give_role, end_others, new_password])
def test_what_sam_typed_waits_also_when_something_else_ended_the_sign_in(
    site: Site, sam: Inspector, end: Callable[[Site], None]
) -> None:
    begin(sam)
    page, fields = open_check(sam), plan(site, "sam")[0]
    end(site)
    page = page.form_with("Save and continue").submit("Save and continue", expect=401, **fields)
    assert "What you typed is safe" in page.main
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page.form_with("Send and continue").submit("Send and continue")
    assert saved(site) == 1


def test_the_page_that_sends_them_again_knows_that_sam_is_signed_in(site: Site, sam: Inspector) -> None:
    page = answer_too_late(site, sam).form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert any(form.action.endswith("/sign-out") for form in page.forms)


def test_a_mistyped_password_does_not_lose_the_answer(site: Site, sam: Inspector) -> None:
    page = answer_too_late(site, sam)
    page = page.form("/sign-in").submit(email="sam@example.org", password="something else", expect=422)
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page.form_with("Send and continue").submit("Send and continue")
    assert saved(site) == 1


def test_sams_answer_is_given_to_nobody_else(site: Site, sam: Inspector) -> None:
    page = answer_too_late(site, sam)
    chosen = next(value for name, value in dict(page.form("/sign-in").fields).items() if name == "carried")
    page = page.form("/sign-in").submit(email="lena@example.org", password=PASSWORD)
    assert page.path == "/courses" and chosen not in page.html
    assert saved(site) == 0


def test_what_waits_cannot_be_written_by_somebody_else(site: Site, sam: Inspector) -> None:
    page = answer_too_late(site, sam)
    form = page.form("/sign-in")
    form.fields = [(name, value[:-3] + "abc" if name == "carried" else value) for name, value in form.fields]
    page = form.submit(email="sam@example.org", password=PASSWORD)
    assert page.path == "/courses"


def test_a_whole_check_on_one_page_is_carried_over_too(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam).follow("Show all questions on one page")
    fields = {name: value for part in plan(site, "sam") for name, value in part.items()}
    clock.shift(REST)
    page = page.form_with("Review my answers").submit("Review my answers", expect=401, **fields)
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page = page.form_with("Send and continue").submit("Send and continue")
    assert page.path.endswith("/look-over")
    assert saved(site) == 10


def test_saving_by_itself_says_that_the_sign_in_ended(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    address = page.find("[data-autosave]")[0].get("data-autosave")
    clock.shift(REST)
    fields = dict(page.form_with("Save and continue").fields)
    reply = sam.browser.post(address, base_url=BASE, data=fields, headers={"Accept": "application/json"})
    assert (reply.status_code, reply.json) == (401, {"saved": False, "sign_in": True})


def test_a_page_from_before_a_new_sign_in_asks_once_and_goes_on(site: Site, sam: Inspector) -> None:
    """In another tab Sam signed in again: the old page's token is of the sign-in that ended."""
    begin(sam)
    page = open_check(sam)
    fields = plan(site, "sam")[0]
    sam.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page = page.form_with("Save and continue").submit("Save and continue", expect=400, **fields)
    page.form_with("Send and continue").submit("Send and continue")
    assert saved(site) == 1


def test_a_conversation_in_which_the_sign_in_ends_goes_on_after_it_and_is_noted(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}").form_with("Start").submit("Start")
    reply = next(b for form in page.forms for b in form.buttons if b[0] == "reply")
    clock.shift(REST)
    page = page.form_with(reply[2]).submit(reply[2], expect=401)
    page = page.form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    page.form_with("Send and continue").submit("Send and continue")
    with site.inside():
        enrolment = find_enrolment(site.person("sam").id, PFA)
        assert enrolment is not None
        run = find_open(enrolment.id, CONVERSATIONS[0])
        assert run is not None and run.path == reply[1]
