"""What is decided about checks: the draw, where passing begins, and paths through conversations; as properties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.model.bundle import from_folder
from lms.content.model.conversation import End
from lms.content.model.course import Course, Criteria
from lms.content.questions import Graded
from lms.learning.practice.rules import play
from lms.learning.progress.rules import Outcome, draw, lessons_to_revisit, needed_right
from tests.builders.content import course_of
from tests.conftest import PFA

seeds = st.integers(min_value=0, max_value=2**62)


@pytest.fixture(scope="module")
def course() -> Course:
    return course_of(from_folder(PFA), PFA.name)


def groups(course: Course) -> set[str]:
    return {question.group or question.id for question in course.questions if question.critical}


@given(seed=seeds)
def test_every_draw_has_one_question_of_each_safety_group_and_no_question_twice(course: Course, seed: int) -> None:
    drawn = [course.question_by_id[name] for name in draw(course, {}, seed)]
    safety = Counter(question.group or question.id for question in drawn if question.critical)
    assert safety == Counter(groups(course))
    assert len(drawn) == len({question.id for question in drawn}) == course.criteria.draw
    assert all(question.drawable for question in drawn)


@given(seed=seeds)
def test_the_same_seed_and_history_draw_the_same_paper(course: Course, seed: int) -> None:
    assert draw(course, {}, seed) == draw(course, {}, seed)


@given(seed=seeds, country=st.sampled_from([None, "US", "GB"]))
def test_a_question_about_one_country_is_drawn_only_there(course: Course, seed: int, country: str | None) -> None:
    ordinary = [question.id for question in course.questions if question.drawable and not question.critical]
    american = replace(
        course,
        questions=tuple(
            replace(question, jurisdiction="US") if question.id in ordinary[:4] else question
            for question in course.questions
        ),
    )
    everything = len(american.questions)
    drawn = set(draw(american, {}, seed, most=everything, country=country))
    assert set(ordinary[4:]) <= drawn
    assert bool(drawn & set(ordinary[:4])) == (country == "US")


@given(attempts=st.lists(seeds, min_size=1, max_size=5), last=seeds)
def test_what_was_not_seen_comes_before_what_was(course: Course, attempts: list[int], last: int) -> None:
    before: Counter[str] = Counter()
    for seed in attempts:
        before.update(draw(course, before, seed))
    after = draw(course, before, last)
    ordinary = {question.id for question in course.questions if question.drawable and not question.critical}
    unseen = ordinary - set(before)
    fresh = [name for name in after if name in unseen]
    assert len(fresh) == min(len(unseen), course.criteria.draw - len(groups(course)))
    for group in groups(course):
        members = {q.id for q in course.questions if q.critical and (q.group or q.id) == group}
        if members - set(before):
            assert not (set(after) & members) & set(before)


@given(score=st.integers(1, 100), asked=st.integers(1, 60))
def test_enough_is_the_smallest_whole_number_that_reaches_the_share(score: int, asked: int) -> None:
    needed = needed_right(Criteria(score, asked, 0), asked)
    assert needed * 100 >= score * asked > (needed - 1) * 100


@given(path=st.one_of(st.text(max_size=60), st.from_regex(r"\A[0-9²٣.]{0,40}\Z")))
def test_any_path_through_a_conversation_stops_at_a_place_that_is_there(course: Course, path: str) -> None:
    for conversation in course.conversations:
        played = play(conversation, path)
        assert conversation.places[played.place.id] is played.place
        assert play(conversation, played.path) == played


@given(choices=st.lists(st.integers(0, 3), max_size=60))
def test_every_walk_of_real_replies_goes_on_or_comes_to_an_end(course: Course, choices: list[int]) -> None:
    for conversation in course.conversations:
        path = ".".join(str(choice) for choice in choices)
        played = play(conversation, path)
        if not isinstance(played.place, End) and len(played.steps) < len(choices):
            offered = [index for index, _reply in played.place.offered(played.memories[-1])]
            assert choices[len(played.steps)] not in offered


@given(seed=seeds, missed=st.sets(st.integers(min_value=0, max_value=40)))
def test_each_question_that_was_not_right_leads_to_a_lesson_and_no_other_lesson_is_named(
    course: Course, seed: int, missed: set[int]
) -> None:
    drawn = [course.question_by_id[name] for name in draw(course, {}, seed)]
    graded = tuple((question, Graded(place not in missed)) for place, question in enumerate(drawn))
    named = [course.lesson_by_id[name] for name, _safety in lessons_to_revisit(course, Outcome(0, 0, 0, True, graded))]
    wanted = [question for question, result in graded if not result.right]
    assert all(any({*question.objectives} & {*lesson.objectives} for lesson in named) for question in wanted)
    assert all(any({*question.objectives} & {*lesson.objectives} for question in wanted) for lesson in named)
