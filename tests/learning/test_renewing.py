"""What renewing asks for, decided from two versions of a course and from how far somebody is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.model.course import Course
from lms.learning.progress.renewal_rules import minutes_of, practice_asked, renewal_requirements, renewal_scope
from lms.learning.progress.rules import Progress, draw, everything_is_done, grade_check, needed_right
from tests.builders.content import course_of
from tests.builders.learning import sample_of
from tests.content.small_course import CONVERSATION, COURSE, LESSON, bundle, course


def changed(version: str = "1.1.0", **files: str) -> Course:
    head = files.pop("head", COURSE).replace('"1.0.0"', f'"{version}"')
    return course_of(bundle(**{"course.md": head, **files}), "small-course")


NEW_LESSON = {"1-begin/1-hello.md": LESSON.replace("Dana looks up.", "Dana turns round.")}
NEW_CONVERSATION = {"practice/at-the-sink.md": CONVERSATION.replace("Maybe.", "Perhaps.")}
REFRESHER = COURSE.replace("draw: 3\n", "draw: 3\nrefresher: {draw: 2}\n")
PLAYED = Progress(practised=frozenset({"at-the-sink"}), passed=True)


def test_what_changed_is_asked_with_its_questions_and_every_critical_group() -> None:
    newest = changed(**NEW_LESSON)
    scope = renewal_scope(course(), newest)
    assert (scope.across, scope.safety, scope.since) == (False, True, "1.0.0")
    assert scope.questions == {"sml-q01", "sml-q02", "sml-q03", "sml-q06"} and scope.draw == 3
    asked = renewal_requirements(newest, scope, PLAYED, passed=False)
    assert [(item.kind, item.met) for item in asked] == [("lessons", False), ("check", False), ("safety", False)]


def test_where_nothing_changed_it_is_half_the_check_across_the_course() -> None:
    scope = renewal_scope(course(), course())
    assert (scope.across, scope.draw, scope.changes.lessons) == (True, 2, ())
    assert scope.questions == {question.id for question in course().questions if question.drawable}


@pytest.mark.parametrize(("version", "across"), [("1.1.0", True), ("2.0.0", False)])
def test_a_refresher_of_its_own_goes_before_the_difference_but_not_for_a_new_edition(
    version: str, across: bool
) -> None:
    newest = changed(version, head=REFRESHER, **NEW_LESSON)
    scope = renewal_scope(course(), newest)
    assert scope.across is across and (scope.draw == 2) is across
    assert [lesson.id for lesson in scope.changes.lessons] == ["hello"]


def test_conversations_are_asked_again_only_when_they_changed() -> None:
    same, other = changed(**NEW_LESSON), changed(**NEW_CONVERSATION)
    assert practice_asked(same, renewal_scope(course(), same), PLAYED) == 0
    scope = renewal_scope(course(), other)
    # The one that changed is open again when a renewal begins; played anew, it is met.
    for progress, met in ((Progress(passed=True), False), (PLAYED, True)):
        asked = {item.kind: item for item in renewal_requirements(other, scope, progress, passed=True)}
        assert asked["practice"].needed == 1 and asked["practice"].met is met
    assert minutes_of(other, scope, PLAYED) == 12 + 3


@given(st.integers(0, 2**62), st.booleans())
def test_a_shorter_check_has_one_of_each_group_and_only_its_own_questions(seed: int, touched: bool) -> None:
    newest = changed(**NEW_LESSON) if touched else course()
    scope = renewal_scope(course(), newest)
    drawn = draw(newest, {}, seed, scope.questions, scope.draw)
    assert (
        len(drawn) == scope.draw <= newest.criteria.draw
        and set(drawn) <= scope.questions
        and len(set(drawn)) == scope.draw
    )
    assert "sml-q06" in drawn


def test_a_shorter_check_is_graded_as_every_check() -> None:
    newest = changed(**NEW_LESSON)
    scope = renewal_scope(course(), newest)
    drawn = draw(newest, {}, 7, scope.questions, scope.draw)
    right = {name: sample_of(newest.question_by_id[name], True) for name in drawn}
    assert grade_check(newest, drawn, right).passed and needed_right(newest.criteria, scope.draw) == 3
    unsafe = right | {"sml-q06": sample_of(newest.question_by_id["sml-q06"], False)}
    assert not grade_check(newest, drawn, unsafe).passed


def test_renewing_is_not_what_a_first_certificate_asks_for() -> None:
    assert not everything_is_done(course(), Progress(practised=PLAYED.practised))
