"""A draft is listed and looked at, lacks what it likes, and is not held to what only a finished course owes."""

from lms.content.lint.check import check_with_measures
from tests.content.small_course import FILES, bundle

DRAFT = (
    FILES["course.md"]
    .replace("draw: 3", "draw: 12\nstatus: draft")
    .replace("practice_required: 1", "practice_required: 2")
)
OUTLINE = """---
id: hello
title: Hello
objectives: [sml-o1]
content_notes: {topics: [death], note: A death is mentioned. It is not described.}
---
"""
BARE = {
    "check.md": None,
    "practice/at-the-sink.md": None,
    "1-begin/1-hello.gentle.md": None,
    "1-begin/1-hello.md": OUTLINE,
}


def test_an_outline_without_texts_bank_or_gentler_versions_passes_with_warnings_only():
    checked = check_with_measures(bundle(**BARE, **{"course.md": DRAFT}), "small-course")
    assert {finding.severity for finding in checked.reading.findings} == {"warning"}
    assert checked.reading.course is not None and checked.reading.course.draft
    assert checked.measures is not None and checked.measures.in_a_line().startswith("draft, 0 words, 1 lesson, ")


def test_a_draft_may_have_no_lesson_at_all_and_draw_nothing_yet():
    files = {**BARE, "1-begin/1-hello.md": None, "course.md": DRAFT.replace("draw: 12", "draw: 0")}
    reading = check_with_measures(bundle(**files), "small-course").reading
    assert reading.course is not None and reading.ok


def test_the_same_outline_that_calls_itself_ready_is_stopped():
    ready = check_with_measures(
        bundle(**BARE, **{"course.md": DRAFT.replace("\nstatus: draft", "")}), "small-course"
    ).reading
    assert ready.course is None


def test_what_a_draft_says_is_still_held_to_the_truth():
    reading = check_with_measures(
        bundle(**BARE, **{"course.md": DRAFT.replace("A course for tests.", "This training prevents burnout.")})
    ).reading
    assert "UNTRUE_PROMISE" in {finding.code for finding in reading.findings if finding.severity == "error"}
