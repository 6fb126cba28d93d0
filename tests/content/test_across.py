"""A sentence that two lessons share is told, within a course and across courses."""

from lms.content.lint.across import shared_sentences
from lms.content.lint.check import check_with_measures
from tests.content.small_course import FILES, LESSON, bundle

SHARED = "Stay with the person until somebody else is really there."
SECOND = LESSON.replace("id: hello", "id: stay").replace("sml-p01", "sml-p02").replace("sml-l1", "sml-l2")


def look(first: str, second: str, gentle: str = "") -> list[tuple[str, int, str]]:
    files = {
        "1-begin/1-hello.md": LESSON.replace("Dana looks up.", first),
        "1-begin/2-stay.md": SECOND.split("Dana looks up.")[0] + f"{second}[^WANG24]\n",
        "1-begin/2-stay.gentle.md": f"---\ncontent_notes: none\n---\n{gentle or 'All is well.'}\n",
    }
    found = check_with_measures(bundle(**files), "small-course").reading.findings
    return [(finding.path, finding.line, finding.message) for finding in found if finding.code == "SHARED_SENTENCE"]


def test_a_long_sentence_that_stands_in_two_lessons_is_told_with_both_places():
    [(path, line, message)] = look(SHARED, f"Noor waits. {SHARED.upper()}")
    assert (path, line) == ("1-begin/2-stay.md", 9)
    assert "1-begin/1-hello.md:9" in message


def test_short_sentences_and_different_ones_may_stand_anywhere():
    assert look("Stay until somebody else is there.", "Stay until somebody else is there.") == []
    assert look(SHARED, SHARED.replace("really", "truly")) == []


def test_what_is_said_aloud_may_be_said_again():
    assert look(f"She asks: “{SHARED}”", f"She asks: “{SHARED}”") == []
    assert look(f"\n> “{SHARED}”\n\n", f"\n> “{SHARED}”\n\n") == []


def test_a_gentler_version_may_repeat_its_own_lesson_and_no_other():
    assert look("Dana is here.", SHARED, gentle=SHARED) == []
    [(path, _line, _message)] = look(SHARED, "Dana is here.", gentle=SHARED)
    assert path == "1-begin/2-stay.gentle.md"


def test_front_matter_and_questions_are_left_out():
    same = FILES["1-begin/1-hello.md"].split("### What first?")[1]
    assert "Pushing takes the choice away" in same
    assert look("Dana is here.", f"Noor waits.\n\n### What next?{same.replace('sml-l1', 'sml-l3')}") == []


def test_courses_are_held_against_each_other_and_told_apart_by_name():
    one, other = (
        check_with_measures(
            bundle(**{"1-begin/1-hello.md": LESSON.replace("Dana looks up.", text)}), "small-course"
        ).measures
        for text in (SHARED, f"Noor waits. {SHARED}")
    )
    assert one is not None and other is not None
    courses = {"courses/one": one, "courses/other": other}
    assert shared_sentences(courses, meant=[row[2].text for row in one.sentences])["courses/other"] == []
    found = shared_sentences(courses)
    assert found["courses/one"] == []
    [finding] = [finding for finding in found["courses/other"] if "Stay with" in finding.message]
    assert (finding.code, finding.severity, finding.path) == ("SHARED_SENTENCE", "warning", "1-begin/1-hello.md")
    assert "courses/one/1-begin/1-hello.md:9" in finding.message
