"""Walks through the site in a browser, as a learner goes them and as a stranger does."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from lms.certification.awards.document_records import document_is_stored
from lms.certification.awards.records import find_award
from tests.builders.learning import PFA, plan
from tests.builders.mail import text_of as plain_text_of
from tests.conftest import PASSWORD
from tests.journeys.hands import Mouse
from tests.journeys.served import Served

LOOKS_MOST = 240


def h1(hands: Mouse) -> str:
    """Return the page's first heading."""
    return " ".join(hands.page.locator("h1").inner_text().split())


def emailed_link(served: Served, email: str) -> str:
    """Return the link in the email that the job process wrote to an address, once it is there."""
    for _moment in range(300):
        for file in (served.site.settings.data / "mail").glob("*.eml"):
            if email.encode() not in (content := file.read_bytes()):
                continue
            message = message_from_bytes(content, policy=policy.default)
            if message["To"] == email and "?confirmed=" in (text := plain_text_of(message)):
                return next(word for word in text.split() if "?confirmed=" in word)
        time.sleep(0.1)
    raise AssertionError(f"no email to {email}")


def register(hands: Mouse, served: Served, name: str, shown: str) -> None:
    """Come to the home page as a stranger and make an account."""
    hands.page.goto(served.url)
    hands.press("Sign in")
    hands.press("Create an account")
    hands.type("Email address", f"{name}@example.org")
    hands.press("Send the link")
    assert h1(hands) == "Check your email"
    hands.page.goto(emailed_link(served, f"{name}@example.org"))
    hands.type("Your name, as others see it here", shown)
    hands.type("Password", PASSWORD)
    hands.press("Create account")
    assert h1(hands) == f"Welcome, {shown}"


def sign_in(hands: Mouse, served: Served, name: str) -> None:
    """Sign in with a password."""
    hands.page.goto(f"{served.url}/sign-in")
    hands.type("Email or sign-in name", f"{name}@example.org")
    hands.type("Password", PASSWORD)
    hands.press("Sign in")


def read_lessons(hands: Mouse, course: str) -> None:
    """Begin a course from the list of courses, and go through its lessons to what is left."""
    hands.press(course)
    hands.press("Start this course")
    while not hands.page.url.partition("?")[0].endswith("/left"):
        hands.press("Mark as done and continue" if hands.sees("Mark as done and continue") else "Mark as done")


def have_conversations(hands: Mouse) -> int:
    """Have every conversation that is asked for, from the page of what is left; return how many there were."""
    had = 0
    while (asked := hands.page.locator("main .btn.fill")).get_attribute("href").count("/conversations/"):
        hands.press_this(asked)
        play_conversation(hands)
        had += 1
        hands.press("Back to the course")
        hands.page.goto(f"{hands.page.url.partition('?')[0]}/left")
    return had


def play_conversation(hands: Mouse) -> None:
    """Have one conversation to its end, always with the first reply."""
    hands.press("Start")
    while (replies := hands.page.locator("button[name=reply]")).count():
        hands.press_this(replies.first)
    assert hands.page.get_by_role("heading", name="Turn by turn").count() == 1


def fill_in(hands: Mouse, fields: dict[str, Any]) -> None:
    """Give the answer to one question."""
    for name, value in fields.items():
        if isinstance(value, str):
            field = hands.page.locator(f"select[name='{name}']")
            if field.count():
                hands.pick(field, value)
            else:
                hands.choose(hands.page.locator(f"input[name='{name}'][value='{value}']"))
        else:
            for token in value:
                hands.choose(hands.page.locator(f"input[name='{name}'][value='{token}']"))


def answer_one_by_one(hands: Mouse, served: Served, name: str, course: str = PFA) -> None:
    """Answer an open check from its first question, one question a page."""
    for fields in plan(served.site, name, course=course):
        fill_in(hands, fields)
        hands.press("Save and continue")


def answer_all_at_once(hands: Mouse, served: Served, name: str, course: str = PFA) -> None:
    """Answer an open check on its one long page."""
    hands.press("Show all questions on one page")
    for fields in plan(served.site, name, course=course):
        fill_in(hands, fields)
    hands.press("Review my answers")


def fetch_certificate(hands: Mouse, served: Served) -> tuple[str, Path]:
    """Open the certificate from a passed result, wait for the job process, and return code and file."""
    hands.press("See your certificate")
    code = hands.page.url.rsplit("/", 1)[1]
    if not hands.sees("Download the PDF"):
        for _look in range(LOOKS_MOST):
            if is_made(served, code):
                break
            hands.page.wait_for_timeout(250)
        hands.press("Refresh")
    return code, hands.download("Download the PDF")


def is_made(served: Served, code: str) -> bool:
    """True when the job process has put the document of a certificate away."""
    with served.site.inside():
        award = find_award(code)
        assert award is not None
        return document_is_stored(award.id) is not None


def text_of(pdf: Path) -> str:
    """Return what a PDF says, white space folded."""
    assert pdf.read_bytes().startswith(b"%PDF")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())


def printed_address(on_paper: str) -> str:
    """Return the address that a certificate asks people to type."""
    found = re.search(r"Verify it at (\S+) or scan", on_paper)
    assert found, on_paper
    return f"http://{found[1]}"


def look_up(hands: Mouse, served: Served, code: str) -> str:
    """Look a code up as a stranger does; return what the register says first."""
    hands.page.goto(served.url)
    hands.press("Verify a certificate")
    hands.type("Code on the certificate", " ".join(re.findall("....", code)).lower())
    hands.press("Verify")
    return h1(hands)


def compare_name(hands: Mouse, name: str) -> str:
    """Type a name on a certificate's page; return what the page says of it."""
    assert name not in hands.page.locator("main").inner_text()
    label = hands.page.locator("form:has(button:text-is('Compare')) label").inner_text()
    hands.type(label, name)
    hands.press("Compare")
    return hands.page.locator("#match").inner_text()
