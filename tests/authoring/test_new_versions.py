"""What a new version of a course does to people who are in the middle of it, whatever was moved or taken out."""

from __future__ import annotations

from typing import Any

from lms.accounts.records import find_programme
from lms.authoring.statistics import count_actions
from lms.certification.awards.records import find_award_of_enrolment
from lms.library import actions as library
from lms.library.records import find_newest_digest
from tests.builders.drafts import publish_small
from tests.builders.learning import attempt_of, plan, prepare
from tests.conftest import Site
from tests.content.small_course import CHECK, COURSE, FILES, LESSON
from tests.inspector import Page

SMALL = "small-course"
HERE = f"/courses/{SMALL}"
SECOND = {
    "1-begin/2-bye.md": LESSON.replace("id: hello", "id: bye").replace("{#sml-", "{#sml-b-").replace("Hello", "Bye"),
    "1-begin/2-bye.gentle.md": FILES["1-begin/1-hello.gentle.md"],
}


def version(number: str, **files: str | None) -> dict[str, Any]:
    course = (files.pop("course.md", None) or COURSE).replace('"1.0.0"', f'"{number}"')
    return {**SECOND, "course.md": course.replace("practice_required: 1", "practice_required: 0"), **files}


def publish(site: Site, number: str, **files: str | None) -> str:
    digest = publish_small(site, **version(number, **files))
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour
    site.do(library.offer, harbour.id, SMALL, True, 9)
    return digest


def moved() -> dict[str, str]:
    """Return the course with its practice in the check, its first question in a lesson, and the check turned round."""
    head, *questions = CHECK.split("\n## ")
    place = LESSON.index("### What first?")
    practice, first = LESSON[place:], questions[0]
    check = "\n## ".join([head, *reversed(questions[1:]), practice.removeprefix("### ")])
    return {"check.md": check, "1-begin/1-hello.md": f"{LESSON[:place]}### {first}\n"}


def go_on(site: Site, page: Page, steps: list[dict[str, Any]]) -> Page:
    for fields in steps:
        page = page.form_with("Save and continue").submit("Save and continue", **fields)
    return page


def test_questions_that_move_between_files_leave_an_open_check_as_it_was(sqlite_site: Site) -> None:
    base, sam = publish(sqlite_site, "1.0.0"), sqlite_site.visitor("sam")
    prepare(sqlite_site, "sam", course=SMALL)
    page = sam.get(f"{HERE}/check").form("/check").submit()
    first, *others = plan(sqlite_site, "sam", course=SMALL)
    page = go_on(sqlite_site, page, [first])
    newer = publish(sqlite_site, "1.0.1", **moved())
    with sqlite_site.inside():
        assert find_newest_digest(SMALL) == newer and attempt_of(sqlite_site, "sam", SMALL).attempt.digest == base
    assert "What first?" in sam.get(f"{HERE}/lessons/hello").main
    assert sam.get(page.path).main == page.main
    result = go_on(sqlite_site, page, others).form("/submit").submit()
    assert "You passed" in result.h1
    with sqlite_site.inside():
        count_actions.sweep()
    assert "1 of 1 lesson" not in result.main and "2 of 2 lessons done" in sam.get(HERE).main


def test_a_renamed_course_without_a_lesson_keeps_what_its_learners_did(sqlite_site: Site) -> None:
    site, sam = sqlite_site, sqlite_site.visitor("sam")
    publish(site, "1.0.0")
    enrolment = prepare(site, "sam", course=SMALL)
    page = sam.get(f"{HERE}/check").form("/check").submit()
    first, *others = plan(site, "sam", course=SMALL)
    page = go_on(site, page, [first])
    name = COURSE.replace("title: A small course", "title: A quiet course")
    publish(site, "1.0.1", **{"course.md": name, "1-begin/2-bye.md": None, "1-begin/2-bye.gentle.md": None})
    course = sam.get(HERE)
    assert course.h1 == "A quiet course" and "Bye" not in course.main
    assert "Everything you’ve saved is safe" in sam.get(f"{HERE}/lessons/bye", expect=404).main
    assert "You passed" in go_on(site, page, others).form("/submit").submit().h1
    assert "1 of 1 lesson done" in sam.get(HERE).main
    with site.inside():
        award = find_award_of_enrolment(enrolment)
        assert award and award.version == "1.0.0"
    assert "A quiet course Completed" in site.visitor("cora").get("/programmes/harbour/people").main
