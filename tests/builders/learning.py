"""Taking a course: start it, answer its check on the pages, or earn a certificate at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.certification.awards.records import find_award_of_enrolment
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.conversation import End
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions import chosen, complete, sample
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.order import Order
from lms.content.questions.several_answers import SeveralAnswers
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.learning.check import actions as check_actions
from lms.learning.check.actions import save_answers, submit_answers
from lms.learning.check.attempt import CheckAttempt
from lms.learning.progress import actions
from lms.learning.progress.attempt_records import find_open_attempt
from lms.learning.progress.records import find_enrolment
from lms.learning.progress.renewal_records import find_renewal
from lms.learning.progress.renewal_rules import renewal_scope
from lms.library import actions as library
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest
from tests.builders.content import course_of
from tests.builders.mail import read, text_of
from tests.conftest import PASSWORD, Site
from tests.conftest import PFA as PFA_FOLDER
from tests.inspector import BASE, Form, Inspector, Page

PFA = "psychological-first-aid"
COURSE = f"/courses/{PFA}"
CONVERSATIONS = ("after-the-resuscitation-room", "the-staff-room-after-the-lockdown")

Wanted = Callable[[Question], bool]


def all_right(_question: Question) -> bool:
    """Answer every question right."""
    return True


def link_in_newest_email(site: Site) -> str:
    """Return the path of the link in the email that was written last, whether it has left or waits for the morning."""
    with site.inside():
        body = db.session.scalars(select(OutboxMail.body).order_by(OutboxMail.id.desc())).first() or ""
    if not body:
        sent = max((site.settings.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        body = text_of(read(sent.read_bytes()))
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", body)
    assert found, body
    return found[1]


def make_account(
    site: Site, shown: str, email: str = "noor@example.org", password: str = PASSWORD, expect: int = 200
) -> Page:
    """Register as a stranger does: ask for the link, open it, choose a name and a password."""
    visitor = site.stranger()
    assert visitor.get("/register").form("/register").submit(email=email).h1 == "Check your email"
    form = visitor.get(link_in_newest_email(site)).form_with("Create account")
    return form.submit("Create account", display_name=shown, password=password, expect=expect)


def begin(visitor: Inspector) -> Page:
    """Begin the course on its page."""
    return visitor.get(COURSE).form("/enrol").submit()


def open_check(visitor: Inspector) -> Page:
    """Open the check, or go on with the one that is open."""
    page = visitor.get(f"{COURSE}/check")
    going_on = [
        text for text, address in page.links().items() if address.startswith("/checks/") and "result" not in address
    ]
    return page.follow(going_on[0]) if going_on else page.form("/check").submit()


def attempt_of(site: Site, name: str, course: str = PFA) -> CheckAttempt:
    """Return somebody's open check with its key; call it inside."""
    enrolment = find_enrolment(site.person(name).id, course)
    assert enrolment is not None
    renewal = find_renewal(enrolment.id)
    attempt = find_open_attempt(renewal.id if renewal else enrolment.id)
    assert attempt is not None
    return CheckAttempt(attempt, None, {})


def sample_of(question: Question, right: bool) -> Any:
    """Return a whole answer that the question's kind itself calls right, or not right; None where none is whole."""
    given = sample(question)["right" if right else "not_right"]
    return next((one for one in given if complete(question, one) is None), None)


def reasons_of(question: Question) -> list[str]:
    """Return what a question says of each of its answers once it is answered."""
    body = question.body
    if isinstance(body, (OneAnswer, SeveralAnswers)):
        return [option.reason for option in body.options]
    if isinstance(body, Order):
        return [step.reason for step in body.steps if step.reason]
    return [pair.reason for pair in body.pairs if pair.reason] if isinstance(body, Match) else []


def fields_for(check_attempt: CheckAttempt, question: Question, right: bool) -> dict[str, Any]:
    """Return the form fields that say what the question's kind itself calls right, or not right."""
    answer = sample_of(question, right)
    tokens = chosen(question, answer, check_attempt.seed)
    if answer is None:
        return {}
    if isinstance(tokens, dict):
        return {f"q-{question.id}-{token}": str(value) for token, value in tokens.items()}
    return {f"q-{question.id}": list(tokens)}


def plan(site: Site, name: str, wanted: Wanted = all_right, course: str = PFA) -> list[dict[str, Any]]:
    """Return the fields for every question of somebody's open check, in its order."""
    with site.inside():
        check_attempt = attempt_of(site, name, course)
        return [fields_for(check_attempt, question, wanted(question)) for question in check_attempt.questions]


def answer(site: Site, name: str, page: Page, wanted: Wanted = all_right) -> Page:
    """Answer an open check question by question; return the page that looks all answers over."""
    for fields in plan(site, name, wanted):
        page = page.form_with("Save and continue").submit("Save and continue", **fields)
    return page


def take_check(site: Site, name: str, wanted: Wanted = all_right) -> Page:
    """Take a whole check on its pages and send it; return the result."""
    page = answer(site, name, open_check(site.visitor(name)), wanted)
    return page.form("/submit").submit()


def play(page: Page) -> Page:
    """Play a conversation to an end, always with the first reply on the page."""
    page = page.form_with("Start").submit("Start")
    while True:
        replies = [button for form in page.forms for button in form.buttons if button[0] == "reply"]
        if not replies:
            return page
        page = page.form_with(replies[0][2]).submit(replies[0][2])


def the_course(course: str = PFA) -> Course:
    """Return the newest version of the course; call it inside."""
    digest = find_newest_digest(course)
    assert digest is not None
    return get_course(digest)


def finish_all(enrolment_id: str, content: Course) -> None:
    """Finish all lessons of a course, in the one write that the caller has opened."""
    for lesson in content.lessons:
        actions.finish_lesson(enrolment_id, lesson.id)


def prepare(site: Site, name: str, practised: bool = True, course: str = PFA, read: bool = True) -> str:
    """Begin the course for somebody, and finish its lessons and conversations at once; return the enrolment."""
    with site.inside():
        content, person = the_course(course), site.person(name)
        programme_id = next(iter(site.roles(person.id)))
    enrolment: str = site.do(actions.enrol, person.id, programme_id, content).id
    if read:
        site.do(finish_all, enrolment, content)
    for conversation in content.conversations if practised else ():
        end = next(end for end in conversation.ends if isinstance(end, End) and end.good)
        site.do(actions.complete_practice, enrolment, conversation, end)
    return enrolment


def pass_check(site: Site, enrolment: str, wanted: Wanted = all_right, course: str = PFA) -> None:
    """Open, fill and send a check at once; while somebody renews, the one that belongs to that."""
    with site.inside():
        content, renewal = the_course(course), find_renewal(enrolment)
        scope = renewal_scope(get_course(renewal.since), content) if renewal else None
    attempt, _saved = site.do(check_actions.open_check, enrolment, content, scope)
    with site.inside():
        questions = [content.question_by_id[name] for name in attempt.drawn]
    answers = {q.id: (sample_of(q, wanted(q)), 1) for q in questions}
    site.do(save_answers, attempt.id, answers)
    site.do(submit_answers, attempt.id, content)


def earn(site: Site, name: str = "sam", document: bool = False, course: str = PFA) -> str:
    """Earn somebody the certificate at once; return its code. With `document`, the job process has made the PDF."""
    enrolment = prepare(site, name, course=course)
    pass_check(site, enrolment, course=course)
    if document:
        site.work()
    with site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award is not None
        return award.code


def publish_next(site: Site, version: str, *changed: str, head: tuple[str, str] = ("", "")) -> Course:
    """Publish the first course as a version that says one sentence more in some files; `head` changes course.md."""
    files = dict(from_folder(PFA_FOLDER).files)
    text = re.sub(r"(?m)^version: .*$", f'version: "{version}"', files["course.md"].decode()).replace(*head, 1)
    files["course.md"] = text.encode()
    for path in changed:
        head_of_file, text_of_file = re.split(rb"(?m)(?<=^---\n)(?!\w+:)", files[path], maxsplit=1)
        more = b"\nOne more thought stands here now.\n\n"
        conversation = path.startswith("practice/")
        files[path] = files[path] + more if conversation else head_of_file + more + text_of_file
    bundle = Bundle(files)
    site.do(library.publish, bundle, course_of(bundle, PFA))
    with site.inside():
        return get_course(bundle.digest)


def at_once(form: Form, times: int, button: tuple[str, str] | None = None) -> list[TestResponse]:
    """Send one form many times at the same moment, as from as many tabs of the same browser."""
    browser = form.page.client
    cookie = browser.browser.get_cookie("session", domain="127.0.0.1")
    gate = Barrier(times)

    def press(_number: int) -> TestResponse:
        client = browser.app.test_client()
        if cookie:
            client.set_cookie("session", cookie.value, domain="127.0.0.1")
        sent = [*form.fields, *([button] if button else [])]
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        gate.wait()
        for _time in range(20):
            reply = client.post(form.action, data=data, base_url=BASE, headers={"Origin": BASE})
            if reply.status_code != 503:
                break
            # So many at once are more than a worker takes; whoever is asked to come back does.
            time.sleep(0.2)
        return reply

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(press, range(times)))
