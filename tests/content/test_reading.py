"""How hard a lesson is to read is counted by a rule that anybody can follow, and said as a hint."""

import pytest
import textstat
from hypothesis import given
from hypothesis import strategies as st

from lms.content.lint.check import check_with_measures
from lms.content.markdown.blocks import parse
from lms.content.model.bundle import from_folder
from lms.content.reader.reader import read
from lms.content.reader.reading import grade, paragraphs, sentences, split, syllables, words
from tests.builders.content import COURSES
from tests.content.small_course import FILES, LESSON, bundle, codes, spoiled

LESSON_PATH = "1-begin/1-hello.md"
HARD = (
    "Organisational interdependencies necessitate multidisciplinary communication methodologies that accommodate "
    "heterogeneous expectations regarding confidentiality, accountability and responsibility."
)


def told(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(paragraphs(parse(text).blocks))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("First: look; then listen.", ["First: look; then listen."]),
        ("Ask for:\n\n- water\n- a chair", ["Ask for: water", "a chair"]),
        ("“Go away!” he says. “Please.”", ["“Go away!” he says.", "“Please.”"]),
        ("See e.g. Dana and Dr. Novak. They wait.", ["See e.g. Dana and Dr. Novak.", "They wait."]),
        ("It rose by 2.5 points.[^WANG24] Then it fell.", ["It rose by 2.5 points.", "Then it fell."]),
        ("## A heading\n\nWords.", ["Words."]),
        ("| a | b |\n| - | - |\n| c | d |\n\nWords.", ["Words."]),
        ("> [!TIP]\n> - Wait.\n> - Ask.", ["Wait.", "Ask."]),
        ("> **For you, privately** {#a-p1}\n>\n> What helps?", ["What helps?"]),
        ("Ring {{limits_statement}} now.", ["Ring limits statement now."]),
        ("![A bench](media/a.png)\n\nSit.", ["Sit."]),
    ],
)
def test_prose_is_divided_into_what_a_reader_would_call_sentences(text, expected):
    assert told(text) == expected


def test_speech_can_be_left_out():
    passages = paragraphs(parse("He says “I am here. I can stay.” and waits.").blocks)
    assert [sentence.text for sentence in sentences(passages, quoted=False)] == ["He says “” and waits."]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1), ("people", 2), ("someone", 2), ("colleague", 2), ("listen", 2), ("asked", 1), ("wanted", 2),
        ("table", 2), ("places", 2), ("sometimes", 2), ("about", 2), ("safety", 2), ("statement", 2), ("language", 2),
        ("emergency", 4), ("idea", 3), ("quiet", 2), ("going", 2), ("training", 2), ("reaction", 3), ("didn’t", 2),
        ("forty-one", 3), ("situation", 4), ("trauma-informed", 4), ("confidentiality", 7), ("24", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_much_as_they_are_spoken(word, count):
    assert abs(syllables(word) - count) <= (word in {"idea", "quiet"})


def test_the_grade_follows_the_published_formula():
    once = sentences(paragraphs(parse("The cat sat on the mat.").blocks))
    assert grade(once) == round(0.39 * 6 + 11.8 * 1 - 15.59, 1)
    assert grade([]) == 0.0


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in COURSES.glob("*/course.md")))
def test_our_grades_lie_near_those_of_a_known_library(folder):
    pages = []
    read(from_folder(COURSES / folder), folder, lambda _context, parsed: pages.append(parsed))
    assert pages
    for parsed in pages:
        if parsed.role == "lesson":
            found = sentences(paragraphs(parsed.prose))
            text = " ".join(one.text if one.text[-1] in ".!?…”" else f"{one.text}." for one in found)
            assert abs(grade(found) - textstat.flesch_kincaid_grade(text)) < 2, parsed.report.path


def test_a_page_above_grade_nine_is_hinted_at_and_not_stopped():
    reading = spoiled(LESSON_PATH, "Dana looks up.", " ".join([HARD] * 5))
    found = [finding for finding in reading.findings if finding.code == "READING_GRADE"]
    assert [(finding.severity, finding.path) for finding in found] == [("warning", LESSON_PATH)]
    assert reading.course is not None


def test_a_gentler_version_is_graded_too():
    front = "---\ncontent_notes: none\n---\n"
    reading = check_with_measures(bundle(**{"1-begin/1-hello.gentle.md": front + HARD}), "small-course").reading
    assert "READING_GRADE" in codes(reading)


def test_other_languages_are_not_graded_by_an_english_rule():
    files = {
        "course.md": FILES["course.md"].replace("language: en", "language: de"),
        LESSON_PATH: LESSON.replace("Dana looks up.", HARD * 3),
    }
    checked = check_with_measures(bundle(**files), "small-course")
    assert "READING_GRADE" not in codes(checked.reading)
    assert checked.measures is not None
    assert checked.measures.highest_grade is None


def test_a_course_is_told_in_figures():
    measures = check_with_measures(bundle(), "small-course").measures
    assert measures is not None
    lesson = measures.lessons[0]
    assert (lesson.id, lesson.gentle, lesson.practice, lesson.minutes) == ("hello", True, 1, 5)
    assert measures.words == lesson.words > 20
    assert measures.in_a_line() == (
        f"{lesson.words} words, 1 lesson, 1 gentler version, 6 questions, 1 conversation with 2 turns and 2 ends, "
        f"highest reading grade {lesson.grade}"
    )


def test_a_course_that_cannot_be_put_together_has_no_figures():
    assert check_with_measures(bundle(**{"course.md": None})).measures is None


@given(st.text(max_size=80))
def test_no_word_is_without_a_syllable_and_no_text_troubles_the_count(text):
    assert all(syllables(word) >= 1 for word in words(text))
    assert " ".join("".join(split(text)).split()) is not None
    assert isinstance(grade(sentences(paragraphs(parse(text).blocks))), float)
