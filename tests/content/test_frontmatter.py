"""Front matter is read as text, with every trouble told at once, at its line, with its cure."""

import pytest

from lms.content.lint.check import check
from tests.content.small_course import COURSE, bundle, codes, spoiled


def _reading(front: str):
    return check(bundle(**{"course.md": f"---\n{front}\n---\n"}), "small-course")


def test_every_trouble_is_told_at_once_with_its_line():
    broken = COURSE.replace('"1.0.0"', "1.0").replace("draw: 3", "draw: many").replace("licence:", "license:")
    found = {finding.code: finding for finding in check(bundle(**{"course.md": broken})).findings}
    assert found["BAD_VERSION"].line == 5
    assert found["BAD_VALUE"].line == broken[: broken.index("draw:")].count("\n") + 1
    assert "licence" in found["UNKNOWN_KEY"].message
    assert "licence" in found["MISSING_KEY"].message


@pytest.mark.parametrize("value", ["no", "1.10", "2026-01-01", "0x1F", "1:30", "~", "1.2e+3"])
def test_a_value_that_yaml_would_bend_is_read_as_text_and_told(value):
    reading = spoiled("course.md", "A small course", value)
    assert "PUT_IN_QUOTES" in codes(reading)
    assert reading.course is not None
    assert reading.course.title == value


@pytest.mark.parametrize("title", ["Room #4", "#4"])
def test_a_text_that_a_number_sign_cuts_short_is_told(title):
    assert "TEXT_CUT_SHORT" in codes(spoiled("course.md", "A small course", title))


def test_a_comment_is_no_trouble():
    assert not {"PUT_IN_QUOTES", "TEXT_CUT_SHORT"} & codes(spoiled("course.md", "draw: 3", "draw: 3   # of six"))


def test_a_comma_inside_braces_is_told_as_what_it_is():
    reading = spoiled("1-begin/1-hello.md", "A death is mentioned.", "A death, quite sudden")
    assert any(finding.code == "TEXT_CUT_SHORT" and "comma" in finding.message for finding in reading.findings)


@pytest.mark.parametrize(
    "front",
    [
        "a: &x 1\nb: *x",
        "a: !!python/object:os.system 1",
        "a: &a [*a]",
        "a: !x y",
        "? [a]\n: b",
        "a: " + "[" * 30 + "]" * 30,
    ],
)
def test_anchors_aliases_tags_and_depth_are_refused(front):
    assert codes(_reading(front)) & {"YAML_REFUSED", "YAML_BROKEN"}


def test_a_bomb_of_aliases_is_refused_at_once():
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "YAML_REFUSED" in codes(_reading("\n".join(lines)))


@pytest.mark.parametrize("front", ["a: b: c", "- one", "just words", "a: 'open", "\x07: x", "a: 1\na: 2", ""])
def test_front_matter_that_cannot_be_read_is_told(front):
    assert not _reading(front).ok


def test_a_file_without_front_matter_is_told():
    assert "NO_FRONT_MATTER" in codes(check(bundle(**{"1-begin/1-hello.md": "Only words.\n"})))


def test_missing_content_notes_have_a_code_of_their_own():
    note = "content_notes: {topics: [death], note: A death is mentioned. It is not described.}\n"
    reading = spoiled("1-begin/1-hello.md", note, "")
    assert "MISSING_CONTENT_NOTES" in codes(reading)


def test_an_unknown_topic_is_told_with_its_neighbour():
    reading = spoiled("1-begin/1-hello.md", "topics: [death]", "topics: [deaths]")
    assert any(finding.code == "UNKNOWN_TOPIC" and "“death”" in finding.message for finding in reading.findings)
