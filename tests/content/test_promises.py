"""A course promises nothing that no training can give, and says nothing about people that makes them smaller."""

import pytest

from lms.content.lint.check import check
from lms.content.lint.promises import promises_too_much
from tests.builders.content import COURSES, shipped
from tests.content.small_course import FILES, bundle, codes, spoiled

LESSON_PATH = "1-begin/1-hello.md"

PROMISES = [
    "This training prevents burnout.",
    "PFA prevents PTSD.",
    "Psychological first aid, given early, prevents illness.",
    "Psychological first aid can prevent illness in most people.",
    "Psychological first aid is not only kind but prevents illness.",
    "Listening heals.",
    "Good listening cures loneliness and heals wounds.",
    "Active listening treats people with depression.",
    "There is no doubt that peer support prevents suicide.",
    "The course guarantees that nobody is left alone.",
    "Our training is designed to prevent moral injury.",
    "Self-care helps to prevent burnout.",
    "Burnout is prevented by good training.",
    "Grief can be healed through listening.",
    "It is not long; the course treats anxiety.",
    "After this course you are a qualified supporter.",
    "You will be fully certified.",
    "Learners become accredited peer supporters.",
    "Whoever passes becomes a licensed helper.",
    "The certificate is a professional qualification.",
    "This course qualifies you to lead a team.",
    "The training makes you certified.",
]
HONEST = [
    "PFA does not prevent PTSD.",
    "PFA has not been shown to prevent illness, and it treats none.",
    "This training never treats anybody.",
    "It is not a licence.",
    "The certificate is a record of training and not a licence.",
    "No training prevents illness.",
    "No course or lesson, however good, prevents harm.",
    "Nobody can say that listening heals.",
    "Listening cures nothing.",
    "Does training prevent burnout?",
    "Whether listening heals is not known.",
    "We do not say that it prevents or treats anything.",
    "Single-session debriefing was meant to prevent it.",
    "A training to prevent infection is held on Mondays.",
    "Trauma-informed care treats people with respect.",
    "Peer support treats a colleague as a grown person.",
    "You do not become a licensed counsellor.",
    "The certificate is not a professional qualification.",
    "If you are a qualified nurse, your own rules come first.",
    "Talk to somebody who is qualified to treat it.",
    "The certificate certifies that you passed.",
    "In training, people ask which drug treats it.",
    "After the course they treat patients again.",
    "Listening supports people. Nobody is cured.",
]  # fmt: skip


@pytest.mark.parametrize("sentence", PROMISES)
def test_what_no_training_can_give_is_found(sentence):
    assert promises_too_much(sentence)


@pytest.mark.parametrize("sentence", HONEST)
def test_denials_and_plain_words_are_let_through(sentence):
    assert promises_too_much(sentence) is None


def test_it_stands_for_the_training_named_before():
    assert promises_too_much("It prevents burnout.", "This course takes four hours.")
    assert promises_too_much("It prevents infection.", "Wash your hands.") is None


def test_a_promise_is_found_in_prose_and_in_front_matter_at_its_line():
    found = spoiled(LESSON_PATH, "Dana looks up.", "Listening heals.").findings
    assert [(finding.path, finding.line) for finding in found if finding.code == "UNTRUE_PROMISE"] == [(LESSON_PATH, 9)]
    found = spoiled("course.md", "summary: A course for tests.", "summary: This training prevents burnout.").findings
    assert [(finding.path, finding.line) for finding in found if finding.code == "UNTRUE_PROMISE"] == [("course.md", 7)]


@pytest.mark.parametrize(
    "words",
    [
        "“Listening heals,” he said, and she smiled.",
        "> “Listening heals.”",
        "> [!NOTE]\n> Many people think that listening heals. It helps, and it cures nothing.",
        "> [!CAUTION]\n> Don’t say that listening heals.",
        "| Instead of | Say |\n| --- | --- |\n| Listening heals | Listening helps |",
    ],
)
def test_what_is_quoted_or_warned_of_is_no_promise(words):
    reading = spoiled(LESSON_PATH, "## How to begin\n", f"## How to begin\n\n{words}\n")
    assert "UNTRUE_PROMISE" not in codes(reading)


def test_a_certificate_may_say_what_it_does_not_attest():
    terms = "does_not_attest: The course makes nobody a counsellor and this certificate is a licence for nothing."
    assert "UNTRUE_PROMISE" not in codes(spoiled("course.md", "does_not_attest: Anything else.", f"{terms}"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SUICIDE_WORDING", "He committed suicide last year."),
        ("SUICIDE_WORDING", "It was a failed attempt."),
        ("SUICIDE_WORDING", "They speak of a suicide epidemic."),
        ("IDIOM", "Asking is a piece of cake."),
        ("IDIOM", "They were walking on eggshells around her."),
        ("UNKIND_WORDING", "She suffers from migraine."),
        ("UNKIND_WORDING", "The victim was helped by two guys."),
    ],
)
def test_words_that_hurt_are_hinted_at(code, words):
    found = spoiled(LESSON_PATH, "Dana looks up.", words).findings
    assert [finding.severity for finding in found if finding.code == code][:1] == ["warning"]


@pytest.mark.parametrize(
    "words",
    [
        "He died by suicide.",
        "Leave out “committed suicide”.",
        "Do not write committed suicide.",
        "\n> [!CAUTION]\n> Don’t speak of a successful attempt.\n\n",
        "\n| Instead of | Say |\n| --- | --- |\n| committed suicide | died by suicide |\n\n",
    ],
)
def test_quoted_words_and_warnings_are_no_slips(words):
    found = codes(spoiled(LESSON_PATH, "Dana looks up.", words))
    assert not found & {"SUICIDE_WORDING", "UNKIND_WORDING"}


def test_the_bank_and_the_conversations_are_listened_to_as_well():
    assert "SUICIDE_WORDING" in codes(spoiled("check.md", "Push a little.", "Say that he committed suicide."))


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in COURSES.glob("*/course.md")))
def test_no_shipped_course_promises_too_much(folder):
    assert "UNTRUE_PROMISE" not in codes(shipped(folder))


def test_the_small_course_is_honest():
    assert "UNTRUE_PROMISE" not in codes(check(bundle(), "small-course"))
    assert "does_not_attest" in FILES["course.md"]
