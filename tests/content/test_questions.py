"""Questions show nothing of their key, survive every answer, and count only what is wholly right."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.questions import KINDS, chosen, complete, grade, kind_of, present, read, sample
from tests.builders.content import Form, filled_in
from tests.content.small_course import course

COURSE = course()
QUESTIONS = {question.id: question for question in COURSE.questions}
SEEDS = st.integers(min_value=0, max_value=2**64 - 1)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["1", "2", "3", "4"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["1", "2", "3", "4", "x"]), inner, max_size=4)
    ),
    max_leaves=6,
)
every_question = pytest.mark.parametrize("id", QUESTIONS)
every_drawable = pytest.mark.parametrize("id", [id for id, question in QUESTIONS.items() if question.drawable])


def test_the_small_course_has_every_kind():
    assert {kind_of(question) for question in QUESTIONS.values()} == set(KINDS)


@every_drawable
def test_right_samples_are_right_and_the_others_are_not(id):
    question = QUESTIONS[id]
    answers = sample(question)
    assert answers["right"]
    assert answers["not_right"]
    assert all(grade(question, answer).right for answer in answers["right"])
    assert not any(grade(question, answer).right for answer in answers["not_right"] + answers["malformed"])


@every_drawable
def test_a_right_answer_is_complete_and_needs_nothing_better(id):
    question = QUESTIONS[id]
    for answer in sample(question)["right"]:
        graded = grade(question, answer)
        assert complete(question, answer) is None
        assert graded.better == ()
        assert graded.part is None
        assert all(note.right for note in graded.notes)


@every_drawable
def test_what_is_not_right_is_told_what_fits_better(id):
    question = QUESTIONS[id]
    for answer in sample(question)["not_right"]:
        graded = grade(question, answer)
        assert graded.better or not all(note.right for note in graded.notes)
        assert all(isinstance(note.right, bool) for note in graded.notes)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(QUESTIONS)), ANY)
def test_no_answer_whatever_troubles_a_question(id, answer):
    question = QUESTIONS[id]
    assert isinstance(grade(question, answer).right, bool)
    assert complete(question, answer) is None or complete(question, answer).strip()
    chosen(question, answer, 7)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(QUESTIONS)), SEEDS)
def test_a_shuffle_loses_nothing_and_stays_as_it_is(id, seed):
    question = QUESTIONS[id]
    shown, plain = present(question, seed), present(replace(question, fixed=True), seed)
    assert sorted(shown.items, key=str) == sorted(plain.items, key=str)
    assert shown == present(question, seed)
    tokens = [item.token for item in (*shown.items, *shown.rights)]
    assert len(tokens) == len(set(tokens))
    assert all(len(token) == 10 and int(token, 16) >= 0 for token in tokens)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_steps_are_never_shown_in_their_right_order(seed):
    assert [item.text for item in present(QUESTIONS["sml-q03"], seed).items] != ["Look", "Listen", "Link"]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_two_sides_of_a_match_never_stand_side_by_side(seed):
    shown = present(QUESTIONS["sml-q04"], seed)
    key = {"A name": "Beginning", "A role": "Beginning", "A thank you": "End"}
    assert [right.text for right in shown.rights[:3]] != [key[left.text] for left in shown.items]
    assert sorted(right.text for right in shown.rights) == ["Beginning", "End", "Never"]


@every_question
def test_what_is_shown_holds_no_key_and_no_reason(id):
    question = QUESTIONS[id]
    shown = json.dumps(asdict(present(question, 11)))
    body = asdict(question.body)
    parts = [part for listed in body.values() if isinstance(listed, tuple) for part in listed]
    secrets = [part["reason"] for part in parts if isinstance(part, dict) and part["reason"]]
    assert not any(secret in shown for secret in secrets)
    assert 'right": t' not in shown
    assert "model" not in shown


@settings(max_examples=40, deadline=None)
@given(SEEDS, SEEDS)
def test_tokens_of_one_attempt_say_nothing_in_another(one, other):
    question = QUESTIONS["sml-q01"]
    if one != other:
        assert not {item.token for item in present(question, one).items} & {
            item.token for item in present(question, other).items
        }


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([id for id, question in QUESTIONS.items() if question.drawable]), SEEDS, st.data())
def test_a_form_comes_back_as_the_answer_that_was_given(id, seed, data):
    question = QUESTIONS[id]
    answers = sample(question)
    answer = data.draw(
        st.sampled_from(
            answers["right"] + [one for one in answers["not_right"] if complete(question, one) is None]
            or answers["right"]
        )
    )
    assert read(question, filled_in(question, answer, seed), seed) == answer
    assert json.loads(json.dumps(answer)) == answer


def test_work_half_done_survives():
    order, match = QUESTIONS["sml-q03"], QUESTIONS["sml-q04"]
    assert read(order, filled_in(order, {"2": 1}, 5), 5) == {"2": 1}
    assert read(match, filled_in(match, {"3": "3"}, 5), 5) == {"3": "3"}
    assert complete(order, {"2": 1}) == "Choose a place for every step. Two have none yet."
    assert complete(match, {"1": "1", "2": "1"}) == "One item has no match yet. Choose one for it."


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(QUESTIONS)), st.lists(st.text(max_size=12), max_size=3))
def test_unknown_tokens_are_passed_over(id, sent):
    question = QUESTIONS[id]
    names = [f"q-{question.id}", *(f"q-{question.id}-{item.token}" for item in present(question, 3).items)]
    known = {"1", "2", "3", "4"}
    assert read(question, Form({name: [value for value in sent if value not in known] for name in names}), 3) is None


def test_equal_right_hand_sides_are_one():
    match = QUESTIONS["sml-q04"]
    assert grade(match, {"1": "1", "2": "1", "3": "3"}).right
    assert grade(match, {"1": "1", "2": "3", "3": "3"}).part == "Two of the three pairs are right."


def test_several_answers_are_told_part_by_part():
    question = QUESTIONS["sml-q02"]
    assert grade(question, ["1", "3"]).part == "One of the two is right."
    assert [note.chosen for note in grade(question, ["1", "3"]).better] == ["Role"]
    assert complete(question, ["1"]) == "Choose one more answer. This question asks for two."
    assert complete(question, ["1", "2", "3"]) is not None
    assert present(question, 1).choose == 2


def test_a_sentence_knows_its_template_so_that_it_can_be_translated():
    part = grade(QUESTIONS["sml-q04"], {"1": "1", "2": "3", "3": "3"}).part
    assert part == part.template % part.values


def test_a_fixed_question_keeps_its_order():
    question = replace(QUESTIONS["sml-q06"], fixed=True)
    assert all([item.text for item in present(question, seed).items] == ["True", "False"] for seed in range(9))
