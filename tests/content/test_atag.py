"""Accessible structure, as ATAG asks of what authors write: one spoiled page for each rule, with reason and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.content.lint.check import check
from lms.content.model.codes import CODES
from lms.content.model.course import Reading
from tests.builders.content import shipped
from tests.content.small_course import FILES, bundle, codes, spoiled

COURSES = Path(__file__).parents[2] / "courses"
PAGE = "1-begin/1-hello.md"
HEAD = "## How to begin\n"
HARD = (
    "Notwithstanding considerable organisational heterogeneity, interdisciplinary collaboration necessitates"
    " comprehensive methodologies, institutionalised accountability and continuous evaluation of administrative"
    " responsibilities. "
) * 8


def with_text(words: str) -> Reading:
    """What the check says once a paragraph is added to a lesson."""
    return spoiled(PAGE, HEAD, f"{HEAD}\n{words}\n")


RULES = {
    "image without words": ("NO_ALT", lambda: with_text("![](media/bench.png)")),
    "heading jump": ("HEADING_JUMP", lambda: spoiled(PAGE, "## How", "#### How")),
    "link text that says nothing": ("LINK_SAYS_NOTHING", lambda: with_text("Read [here](https://example.org/a).")),
    "table without a head": ("NO_TABLE_HEADER", lambda: with_text("| | |\n| - | - |\n| a | b |")),
    "recording without a transcript": (
        "NO_TRANSCRIPT",
        lambda: check(bundle(**{"media/talk.mp4": b"x"}), "small-course"),
    ),
    "missing language": ("MISSING_KEY", lambda: spoiled("course.md", "language: en\n", "")),
    "colour-only meaning": ("COLOUR_ONLY", lambda: with_text("What matters is marked in red.")),
    "reading grade": ("READING_GRADE", lambda: with_text(HARD)),
    "missing content note": (
        "MISSING_CONTENT_NOTES",
        lambda: spoiled(
            PAGE, "content_notes: {topics: [death], note: A death is mentioned. It is not described.}\n", ""
        ),
    ),
    "option without feedback": ("SHORT_REASON", lambda: spoiled("check.md", "  > Leaving tells them nothing.\n", "")),
    "missing gentler version": (
        "NO_GENTLER_VERSION",
        lambda: check(bundle(**{"1-begin/1-hello.gentle.md": None}), "small-course"),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_its_page_with_a_plain_reason_and_a_cure(rule: str) -> None:
    code, read = RULES[rule]
    found = [finding for finding in read().findings if finding.code == code]
    assert found, sorted(codes(read()))
    _grave, reason, cure = CODES[code]
    assert found[0].line >= 1 and reason.endswith(".") and cure.rstrip(')."').strip()
    assert code not in codes(check(bundle(), "small-course"))


@pytest.mark.parametrize("code", ["READING_GRADE", "COLOUR_ONLY", "LINK_SAYS_NOTHING"])
def test_what_only_helps_never_stands_in_the_way(code: str) -> None:
    assert CODES[code][0] == "warning"


@pytest.mark.parametrize(
    "words",
    ["Read [the guide of the Red Cross](https://example.org/a).", "In red you do not support others.", "A red coat."],
)
def test_words_that_say_enough_are_left_alone(words: str) -> None:
    assert not {"LINK_SAYS_NOTHING", "COLOUR_ONLY"} & codes(with_text(words))


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in COURSES.glob("*/course.md")))
def test_every_shipped_course_has_its_lesson_on_looking_after_oneself(folder: str) -> None:
    course = shipped(folder).course
    assert course is not None and any(lesson.self_care for lesson in course.lessons)


def test_a_course_without_one_is_told_so() -> None:
    assert "NO_SELF_CARE" in codes(spoiled(PAGE, "self_care: yes", "self_care: no"))


STORY = 'self_care: yes\nstory: {told_by: "a nurse, <name> changed", consent: 2026-03-02, removal: stories@example.org}'
NO_NOTE = "content_notes: {topics: [death], note: A death is mentioned. It is not described.}"


def test_a_story_says_by_whose_consent_it_stands_and_where_it_is_taken_back() -> None:
    reading = spoiled(PAGE, "self_care: yes", STORY)
    assert reading.course is not None and codes(reading) == codes(check(bundle(), "small-course"))
    html = reading.course.lesson_by_id["hello"].html
    assert "a nurse, &lt;name&gt; changed" in html and "stories@example.org" in html
    assert html.index("stories@example.org") < html.index('<section class="notes">')


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (", removal: stories@example.org", "", "MISSING_KEY"),
        (", consent: 2026-03-02", "", "MISSING_KEY"),
        ("consent: 2026-03-02", "consent: null", "BAD_VALUE"),
        ("consent: 2026-03-02", "consent: in spring", "BAD_VALUE"),
    ],
)
def test_a_story_without_its_consent_or_its_way_back_is_not_published(old: str, new: str, code: str) -> None:
    reading = spoiled(PAGE, "self_care: yes", STORY.replace(old, new))
    assert code in codes(reading) and reading.course is None


def test_a_story_has_a_content_note() -> None:
    files = {PAGE: FILES[PAGE].replace("self_care: yes", STORY).replace(NO_NOTE, "content_notes: none")}
    assert "STORY_WITHOUT_NOTE" in codes(check(bundle(**files), "small-course"))
