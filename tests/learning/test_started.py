"""What somebody has started is seen where they look for it, and a page says what it touches before it is read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lms.content.reader.reader import read_course
from lms.foundation import clock
from lms.learning.practice import actions as practice_actions
from lms.learning.progress import actions
from tests.builders.learning import CONVERSATIONS, COURSE, answer, begin, open_check, prepare, the_course
from tests.conftest import ROOT, Site
from tests.content.small_course import FILES, bundle


def test_a_first_visit_is_not_called_a_return(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    first = sam.get("/courses")
    assert first.h1 == "Welcome, Sam Osei" and "Continue" not in first.main
    begin(sam)
    assert sam.get("/courses").h1 == "Welcome back, Sam Osei"


def test_what_is_open_is_on_the_course_and_its_path(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    enrolment = prepare(sqlite_site, "sam", practised=False, read=False)
    assert "Continue the" not in sam.get(COURSE).main and "In progress" not in sam.get(COURSE).main
    open_check(sam)
    with sqlite_site.inside():
        course = the_course()
    conversation = course.conversation_by_id[CONVERSATIONS[0]]
    run = sqlite_site.do(practice_actions.begin, enrolment, course.digest, conversation.id)
    assert (
        f"Continue the conversation “{conversation.title}”" not in sam.get(COURSE).main
    )  # Nothing was said in it yet.
    sqlite_site.do(practice_actions.say, run.id, conversation, 0, 0)
    links = sam.get(COURSE).links()
    assert links["Continue the check you started"] == f"{COURSE}/check"
    assert links[f"Continue the conversation “{conversation.title}”"].endswith(f"/conversations/{conversation.id}")
    assert sam.get(COURSE).main.count("In progress") == 2


def test_home_begins_with_where_somebody_left_off_whatever_it_is(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = iter(range(1, 100))
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=next(minutes)))
    sam = sqlite_site.visitor("sam")
    assert "Continue where you left off" not in sam.get("/courses").main
    enrolment = prepare(sqlite_site, "sam", practised=False, read=False)
    with sqlite_site.inside():
        course = the_course()

    def left_off() -> tuple[str, str, str]:
        """Return the title and the address of what home continues with, and the page's words after it."""
        page = sam.get("/courses")
        assert page.main.index("Continue where you left off") < page.main.index("All courses")
        words = page.main.partition("Continue where you left off")[2].partition("All courses")[0]
        titles = [course.lessons[0].title, course.lessons[1].title, "Knowledge check", conversation.title]
        first = min((title for title in titles if title in words), key=lambda title: (words.index(title), -len(title)))
        return first, page.links()["Continue"], words

    conversation = course.conversation_by_id[CONVERSATIONS[0]]
    assert left_off()[:2] == (course.lessons[0].title, f"{COURSE}/lessons/{course.lessons[0].id}")
    question = open_check(sam)
    assert left_off()[:2] == ("Knowledge check", question.path)
    run = sqlite_site.do(practice_actions.begin, enrolment, course.digest, conversation.id)
    assert left_off()[0] == "Knowledge check"  # Nothing was said in the conversation yet.
    sqlite_site.do(practice_actions.say, run.id, conversation, 0, 0)
    title, url, words = left_off()
    assert (title, url) == (conversation.title, f"{COURSE}/conversations/{conversation.id}")
    assert "Knowledge check" in words and sam.get("/courses").links()["Knowledge check"] == question.path
    sqlite_site.do(actions.finish_lesson, enrolment, course.lessons[0].id, False)
    title, url, words = left_off()
    assert (title, url) == (course.lessons[1].title, f"{COURSE}/lessons/{course.lessons[1].id}")
    assert conversation.title in words and "Knowledge check" in words


def test_a_check_on_hard_things_says_so_and_can_be_left(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    prepare(sqlite_site, "sam", read=False)
    with sqlite_site.inside():
        course = the_course()
    assert course.better_unseen and course.content_note
    page = sam.get(f"{COURSE}/check")
    assert course.content_note in page.main and course.announced_in_check == ("suicide", "violence", "abuse")
    note = page.main.index("Some questions touch on suicide, violence and abuse.")
    assert note < page.main.index("full or the gentler version") < page.main.index("Start the check")
    question = open_check(sam)
    base = question.path.rpartition("/")[0]
    over = answer(sqlite_site, "sam", question)
    assert over.path == f"{base}/look-over"
    for shown in (page, question, sam.get(f"{base}/all"), over, over.form("/submit").submit()):
        assert shown.find("a[data-leave]"), shown.path
    hard = next(lesson for lesson in course.lessons if lesson.content_note.announced and lesson.practice)
    gentler = sam.get(f"{COURSE}/lessons/{hard.id}/gentler")
    assert "They may touch on" in gentler.main and "They may touch on" not in sam.get(gentler.path[:-8]).main


@pytest.mark.parametrize(
    ("front", "announced", "unseen"),
    [
        ("", ("suicide",), True),
        ("content_notes: none\n", (), True),
        ('content_notes: {topics: [violence, death], note: "Nobody is hurt."}\n', ("violence",), True),
    ],
)
def test_a_check_is_announced_as_its_author_says_or_else_as_its_lessons_say(
    front: str, announced: tuple[str, ...], unseen: bool
) -> None:
    lesson = FILES["1-begin/1-hello.md"].replace("[death]", "[suicide, death]")
    check = FILES["check.md"].replace("kind: check\n", f"kind: check\n{front}")
    course = read_course(bundle(**{"1-begin/1-hello.md": lesson, "check.md": check}), "small-course").so_far
    assert course is not None
    assert (course.announced_in_check, course.better_unseen) == (announced, unseen)


def test_the_size_of_text_follows_the_browsers_setting() -> None:
    css = (ROOT / "lms" / "static" / "css" / "site.css").read_text()
    root = re.search(r"(?m)^html\{font-size:([^;]+);", css)
    assert root and "px" not in root[1] and "%" in root[1]
