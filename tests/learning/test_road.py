"""The main road of a learner, page by page, without JavaScript."""

from __future__ import annotations

from lms.content.questions import present, sample
from lms.learning.check.attempt import CheckAttempt
from tests.builders.learning import attempt_of
from tests.conftest import Site
from tests.inspector import Inspector, Page

COURSE = "/courses/psychological-first-aid"


def answer_check(site: Site, page: Page, right: bool = True) -> Page:
    """Answer a check question by question, with what the kinds themselves call right or not."""
    with site.inside():
        check_attempt = attempt_of(site, "sam")
        wanted = {
            q.id: _fields(check_attempt, q, sample(q)["right" if right else "not_right"][0])
            for q in check_attempt.questions
        }
        order = [q.id for q in check_attempt.questions]
    for name in order:
        page = page.form_with("Save and continue").submit("Save and continue", **wanted[name])
    return page


def _fields(check_attempt: CheckAttempt, question: object, answer: object) -> dict[str, object]:
    from lms.content.questions import chosen

    tokens = chosen(question, answer, check_attempt.seed)
    shown = present(question, check_attempt.seed)
    if isinstance(tokens, dict):
        return {f"q-{shown.id}-{key}": str(value) for key, value in tokens.items()}
    return {f"q-{shown.id}": list(tokens)}


def play(page: Page, fits: tuple[str, ...] = ("steady", "mixed", "detour")) -> Page:
    """Play a conversation to an end, always with the first reply on the page."""
    page = page.form_with("Start").submit("Start")
    for _turn in range(60):
        replies = [b for form in page.forms for b in form.buttons if b[0] == "reply"]
        if not replies:
            return page
        form = next(form for form in page.forms if any(b[0] == "reply" for b in form.buttons))
        page = form.submit(replies[0][2])
    raise AssertionError("the conversation does not end")


def test_sam_goes_from_the_course_page_to_a_certificate_that_a_stranger_verifies(site: Site, sam: Inspector) -> None:
    page = sam.get(COURSE)
    page = page.form("/enrol").submit()
    assert page.h1 == "What psychological first aid is"
    while "/lessons/" in page.path:
        page = page.form("/done").submit()
    assert page.path.partition("?")[0] == f"{COURSE}/left"
    for name in ("after-the-resuscitation-room", "the-staff-room-after-the-lockdown"):
        play(sam.get(f"{COURSE}/conversations/{name}"))
    page = sam.get(f"{COURSE}/check")
    page = page.form("/check").submit()
    page = answer_check(site, page)
    page = page.form("/submit").submit()
    assert "passed" in page.h1.lower()
    site.work()
    certificates = sam.get("/certificates")
    code = next(path for path in certificates.links().values() if path.startswith("/certificates/")).split("/")[2]
    pdf = sam.get(f"/certificates/{code}/pdf").response
    assert pdf.data.startswith(b"%PDF")
    page = site.stranger().get(f"/verify/{code}")
    assert "valid" in page.h1
    assert "Sam Osei" not in page.text
    page = page.form(f"/verify/{code}").submit(name="sam OSEI")
    assert "The name matches." in page.main
