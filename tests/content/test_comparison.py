"""Two versions side by side: every change is seen, in words, and the number of the new version follows from it."""

from __future__ import annotations

import pytest

from lms.content.comparison.compare import Difference, compare, runs_between
from lms.content.comparison.numbering import ready_as
from lms.content.comparison.versions import suggest
from lms.content.lint.check import read_course
from lms.content.model.bundle import Bundle
from lms.content.model.course import Course
from tests.content.small_course import FILES, bundle, course

SECOND = (
    FILES["1-begin/1-hello.md"].replace("id: hello", "id: goodbye").replace("sml-p", "sml-r").replace("sml-l", "sml-m")
)


def changed(path: str, old: str, new: str, **more: str | None) -> Course:
    """Return the small course with one place changed, and whole files beside it."""
    assert old in FILES[path], old
    read = read_course(bundle(**{path: FILES[path].replace(old, new), **more}))
    assert read.course is not None, read.findings
    return read.course


def touched(differences: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [
        (one.kind, one.id, "moved" if one.moved and one.state == "same" else one.state)
        for one in differences
        if not one.is_untouched
    ]


def words(differences: tuple[Difference, ...]) -> list[tuple[str, str]]:
    """Return the words that came or went."""
    return [(run.state, run.text) for one in differences for row in one.rows for run in row.runs if run.state != "same"]


def test_the_same_course_differs_in_nothing() -> None:
    assert touched(compare(course(), course())) == []
    assert suggest(course(), course(), ()).step == "patch"


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("Offer a tea.", "Offer a cup of tea.", ["=Offer a ", "+cup of ", "=tea."]),
        ("Offer a tea.", "Offer tea.", ["=Offer", "- a", "= tea."]),
        ("80%", "85%", ["-80", "+85", "=%"]),
        ("今日は寒い", "今日は暑い", ["=今日は", "-寒", "+暑", "=い"]),
        ("", "New", ["+New"]),
    ],
)
def test_words_that_came_and_went_stand_where_they_are(before: str, after: str, runs: list[str]) -> None:
    signs = {"same": "=", "added": "+", "removed": "-"}
    assert [signs[run.state] + run.text for run in runs_between(before, after)] == runs


LESSON, CHECK, COURSE, TALK = "1-begin/1-hello.md", "check.md", "course.md", "practice/at-the-sink.md"


OTHER = "1-begin/2-goodbye.md"
GLOSSARY = "---\nkind: glossary\n---\n| Term | Meaning |\n|---|---|\n| Tea | A drink |\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "more", "piece", "seen", "step"),
    [
        (LESSON, "Dana looks up.", "Dana turns.", {}, "lesson hello changed", "turns", "patch"),
        (LESSON, "Dana looks up.", "**Dana** looks up.", {}, "lesson hello changed", "", "patch"),
        (LESSON, "Push.", "Hurry.", {}, "lesson hello changed", "Hurry", "patch"),
        (LESSON, "[death]", "[death, panic]", {}, "lesson hello changed", "panic", "minor"),
        (CHECK, "Push a little.", "Push a lot.", {}, "question sml-q01 changed", "lot", "patch"),
        (COURSE, "A course for tests.", "A short one.", {}, "course small-course changed", "short", "patch"),
        (COURSE, "score: 80", "score: 70", {}, "course small-course changed", "70", "minor"),
        (COURSE, "score: 80", "score: 90", {}, "course small-course changed", "90", "major"),
        (COURSE, "valid_months: 24", "valid_months: 12", {}, "course small-course changed", "12", "major"),
        (COURSE, "Say hello}", "Greet}", {}, "course small-course changed", "Greet", "major"),
        (COURSE, '"1.0.0"', '"1.0.1"', {}, "", "", "patch"),
        (TALK, "", "", {TALK: None}, "conversation at-the-sink removed", "sink", "minor"),
        (CHECK, "", "", {"glossary.md": GLOSSARY}, "glossary glossary added", "Tea", "patch"),
        (CHECK, "", "", {"1-begin/facilitator.md": "Bring a bowl."}, "facilitator begin added", "bowl", "patch"),
    ],
)
def test_each_change_is_seen_where_it_is_and_asks_for_its_version(
    path: str, old: str, new: str, more: dict[str, str | None], piece: str, seen: str, step: str
) -> None:
    newest = changed(path, old, new, **more)
    found = compare(course(), newest)
    assert [" ".join(one) for one in touched(found)] == [piece] * bool(piece)
    assert seen in " ".join(text for _, text in words(found))
    assert suggest(course(), newest, found).step == step


def test_a_lesson_that_came_one_that_went_and_one_that_moved() -> None:
    more = changed(LESSON, "", "", **{"1-begin/2-goodbye.md": SECOND})
    assert touched(compare(course(), more)) == [("lesson", "goodbye", "added")]
    assert touched(compare(more, course())) == [("lesson", "goodbye", "removed")]
    other = changed(LESSON, "", "", **{LESSON: None, "1-begin/1-hello.gentle.md": None,
                    "1-begin/1-goodbye.md": SECOND, "1-begin/2-hello.md": FILES[LESSON],
                    "1-begin/2-hello.gentle.md": FILES["1-begin/1-hello.gentle.md"]})  # fmt: skip
    assert [state for _, _, state in touched(compare(more, other))] == ["moved"]
    elsewhere = changed(LESSON, "", "", **{"2-end/2-goodbye.md": SECOND, "2-end/module.md": "---\ntitle: End\n---\n"})
    assert ("lesson", "goodbye", "moved") in touched(compare(more, elsewhere))
    assert suggest(course(), more, compare(course(), more)).step == "major"


def test_another_key_is_no_correction() -> None:
    other = changed(CHECK, "- [ ] Rank", "- [x] Rank")
    found = compare(course(), other)
    assert suggest(course(), other, found).reasons[0].code == "key"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('---\nid: a\nversion: "1.0.0"\n---\nversion: 3\n', '---\nid: a\nversion: "2.1.0"\n---\nversion: 3\n'),
        ("---\r\nversion: 1.10 # old\r\nid: a\r\n---\r\n", '---\r\nversion: "2.1.0"\r\nid: a\r\n---\r\n'),
        ("---\nid: a\nstatus: draft\n---\n", '---\nversion: "2.1.0"\nid: a\n---\n'),
        ("\ufeff---\nversion: x\n---\n", '\ufeff---\nversion: "2.1.0"\n---\n'),
        ("---\nid: a\ncorrected: {day: 2026-01-01}\n---\n", '---\nversion: "2.1.0"\nid: a\n---\n'),
        ("---\ncorrected:\n  day: 2026-01-01\n  note: x\nid: a\n---\n", '---\nversion: "2.1.0"\nid: a\n---\n'),
        ("no front matter", "no front matter"),
    ],
)
def test_a_version_is_written_into_course_md_and_nothing_else_changes(before: str, after: str) -> None:
    made = ready_as(Bundle({"course.md": before.encode(), "check.md": b"version: 1"}), "2.1.0")
    assert dict(made.files) == {"course.md": after.encode(), "check.md": b"version: 1"}
