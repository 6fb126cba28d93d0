"""What changed between two versions of a course: what a reader meets, and nothing that only its files show."""

from __future__ import annotations

from lms.content.lint.check import check
from lms.content.model.changes import changes_between, is_newer_edition
from lms.content.model.course import Course
from tests.content.small_course import CONVERSATION, COURSE, FILES, LESSON, bundle, codes, course, spoiled


def read(**changed: str | None) -> Course:
    found = check(bundle(**changed), "small-course").course
    assert found is not None
    return found


def ids(found: Course) -> tuple[list[str], list[str], list[str]]:
    changes = changes_between(course(), found)
    return (
        [one.id for one in changes.new],
        [one.id for one in changes.changed],
        [one.id for one in changes.conversations],
    )


def test_the_same_course_has_no_changes() -> None:
    assert ids(course()) == ([], [], [])


def test_a_lesson_that_says_something_else_has_changed() -> None:
    assert ids(read(**{"1-begin/1-hello.md": LESSON.replace("Dana looks up.", "Dana turns.")})) == ([], ["hello"], [])


def test_a_gentler_version_or_a_practice_question_that_changed_is_a_change_of_its_lesson() -> None:
    gentle = FILES["1-begin/1-hello.gentle.md"].replace("all is well", "all is quiet")
    assert ids(read(**{"1-begin/1-hello.gentle.md": gentle})) == ([], ["hello"], [])
    assert ids(read(**{"1-begin/1-hello.md": LESSON.replace("Push.", "Hurry.")})) == ([], ["hello"], [])


def test_where_a_file_lies_and_on_which_line_something_stands_is_no_change() -> None:
    moved: dict[str, str | None] = {name.replace("1-begin/1-", "1-begin/4-"): text for name, text in FILES.items()}
    moved |= dict.fromkeys(name for name in FILES if name not in moved)
    assert ids(read(**moved)) == ([], [], [])
    assert ids(read(**{"1-begin/1-hello.md": LESSON.replace("### What first?", "\n\n### What first?")})) == ([], [], [])


def test_a_new_lesson_is_told_as_new_and_a_changed_conversation_as_changed() -> None:
    more = LESSON.replace("id: hello\ntitle: Hello", "id: bye\ntitle: Bye").replace("sml-p01", "sml-p02")
    more = more.replace("sml-l1", "sml-l2").replace(
        "{topics: [death], note: A death is mentioned. It is not described.}", "none"
    )
    found = read(**{"1-begin/2-bye.md": more, "practice/at-the-sink.md": CONVERSATION.replace("Maybe.", "Perhaps.")})
    assert ids(found) == (["bye"], [], ["at-the-sink"])


def test_an_edition_is_the_first_number_of_a_version() -> None:
    def at(version: str) -> Course:
        return read(**{"course.md": COURSE.replace('"1.0.0"', f'"{version}"')})

    assert is_newer_edition(at("1.9.9"), at("2.0.0")) and is_newer_edition(at("9.0.0"), at("10.0.0"))
    assert not is_newer_edition(at("1.0.0"), at("1.10.0")) and not is_newer_edition(at("2.0.0"), at("1.0.0"))


def test_a_refresher_is_smaller_than_the_check_and_holds_one_of_each_critical_group() -> None:
    for draw, fits in ((0, False), (1, True), (2, True), (3, False)):
        found = spoiled("course.md", "draw: 3\n", f"draw: 3\nrefresher: {{draw: {draw}}}\n")
        assert ("REFRESHER_DRAW" not in codes(found)) is fits
    head = COURSE.replace("draw: 3\n", "draw: 3\nrefresher: {draw: 2}\n")
    assert read(**{"course.md": head}).criteria.refresher == 2 and course().criteria.refresher is None
