"""What somebody has started is seen where they look for it, and a page says what it touches before it is read."""

from __future__ import annotations

import re

from lms.learning import practice
from tests.conftest import ROOT, Site
from tests.roads import COURSE, TALKS, answer, begin, open_check, prepare, the_course


def test_a_first_visit_is_not_called_a_return(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    first = sam.get("/courses")
    assert first.h1 == "Welcome, Sam Osei" and "Your place is kept" not in first.main
    begin(sam)
    assert sam.get("/courses").h1 == "Welcome back, Sam Osei"


def test_a_check_and_a_conversation_that_are_open_stand_on_home_course_and_path(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    enrolment = prepare(sqlite_site, "sam", practised=False, read=False)
    pages = ("/courses", COURSE)
    assert all("Continue the" not in sam.get(path).main for path in pages)
    assert "You have started this" not in sam.get(COURSE).main
    open_check(sam)
    with sqlite_site.inside():
        course = the_course()
    talk = course.conversation_by_id[TALKS[0]]
    run = sqlite_site.do(practice.begin, enrolment, course.digest, talk.id)
    assert f"Continue the conversation “{talk.title}”" not in sam.get(COURSE).main  # Nothing was said in it yet.
    sqlite_site.do(practice.say, run.id, talk, 0, 0)
    for path in pages:
        links = sam.get(path).links()
        assert links["Continue the check you started"] == f"{COURSE}/check"
        assert links[f"Continue the conversation “{talk.title}”"].endswith(f"/conversations/{talk.id}")
    assert sam.get(COURSE).main.count("You have started this") == 2


def test_a_check_on_hard_things_says_so_and_can_be_left(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    prepare(sqlite_site, "sam", read=False)
    with sqlite_site.inside():
        course = the_course()
    assert course.better_unseen and course.content_note
    page = sam.get(f"{COURSE}/check")
    assert course.content_note in page.main
    question = open_check(sam)
    base = question.path.rpartition("/")[0]
    over = answer(sqlite_site, "sam", question)
    assert over.path == f"{base}/look-over"
    for shown in (page, question, sam.get(f"{base}/all"), over, over.form("/submit").submit()):
        assert "Leave this page" in shown.html, shown.path


def test_the_size_of_text_follows_the_browsers_setting() -> None:
    css = (ROOT / "lms" / "static" / "css" / "site.css").read_text()
    root = re.search(r"(?m)^html\{font-size:([^;]+);", css)
    assert root and "px" not in root[1] and "%" in root[1]
