"""Hostile files are refused by one look, before any parser sees them, and quickly."""

import time

import pytest

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from tests.content.small_course import bundle, codes

HOSTILE = {
    "open brackets": (b"[" * 5000, "TOO_MANY_BRACKETS"),
    "open braces": (b"{" * 5000, "TOO_MANY_BRACKETS"),
    "deep quotes": (b">" * 500 + b" x", "NESTING_TOO_DEEP"),
    "deep lists": (b"- " * 500 + b"x", "NESTING_TOO_DEEP"),
    "lists down the page": (b"\n".join(b"  " * n + b"- x" for n in range(100)), "NESTING_TOO_DEEP"),
    "a long paragraph": (b"word " * 2000, "PARAGRAPH_TOO_LONG"),
    "a large file": (b"word\n\n" * 50_000, "FILE_TOO_LARGE"),
    "no UTF-8": (b"caf\xe9", "NOT_UTF8"),
    "a NUL byte": (b"one\ntwo\0", "NUL_BYTE"),
    "UTF-16 with its mark": ("é\n".encode("utf-16"), "NOT_UTF8"),
    "UTF-16 without one": ("one\n".encode("utf-16-be"), "NOT_UTF8"),
}
SLOW = [
    b"*a " * 2600, b"**a *b " * 1100, b"`" * 8000, b"` `` ``` " * 880, b"<" * 8000, b"<a " * 2600,
    b"![" * 24 + b"x" * 8000, b"_" * 8000, b"\\" * 8000, b"&" * 8000, b"a|" * 4000 + b"\n" + b"-|" * 1,
    b"<!--" * 2000, b"~~a " * 2000, b"[](" * 24, b"http://a" * 1000, b"{{" * 24, b"\t" * 8000 + b"x", b"(" * 8000,
    b"1 1(" * 2000, b"#" * 8000, b"[^a]" * 2000, b"training " * 850, b"becomes now " * 650, b"guys " * 1600,
    "“".encode() * 2600, "‘a’a".encode() * 900, b"!" * 8000, b"Dr. " * 1900, b"PFA, x, treats " * 500, b"eguard" * 1300,
]  # fmt: skip
# What grows out of bounds takes minutes; a slow machine takes a few seconds.
CPU_SECONDS = 20


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_named_and_never_parsed(name):
    text, code = HOSTILE[name]
    begun = time.process_time()
    reading = check(Bundle({"course.md": text, "1-a/1-b.md": text, "check.md": text, "practice/c.md": text}))
    assert time.process_time() - begun < CPU_SECONDS
    assert code in codes(reading)
    assert reading.course is None


@pytest.mark.parametrize("number", range(len(SLOW)))
def test_what_the_limits_let_through_is_parsed_in_time(number):
    text = b"---\nid: hello\n---\n" + SLOW[number]
    begun = time.process_time()
    check(bundle(**{"1-begin/1-hello.md": text}))
    assert time.process_time() - begun < CPU_SECONDS


@pytest.mark.parametrize(
    "path", ["../up.md", "/etc/x.md", "a/../../x.md", "a\\b.md", "C:/x.md", "a//b.md", "./a.md", "a\n.md", ""]
)
def test_a_path_outside_the_course_is_told(path):
    assert "PATH_OUTSIDE" in codes(check(Bundle({path: b"x"})))


def test_too_many_files_are_told():
    assert "TOO_MANY_FILES" in codes(check(Bundle({f"media/{n}.png": b"" for n in range(2001)})))


def test_brackets_that_are_closed_count_for_nothing():
    reading = check(bundle(**{"course.md": None, "1-begin/1-hello.md": "[ ] " * 500}))
    assert "TOO_MANY_BRACKETS" not in codes(reading)
