"""A recheck after each edit finds what a check of the same files finds, and reads little of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.lint.check import check
from lms.content.lint.recheck import Rechecker
from lms.content.model.bundle import Bundle
from lms.content.reader import reader
from tests.content.small_course import LESSON, PNG, bundle

LESSON_PATH = "1-begin/1-hello.md"
# Its third lesson asks for what no other file has: a source, an objective and two pictures.
THIRD = """---
id: third
title: Third
objectives: [sml-o9]
content_notes: none
---
Dana waits.[^LEE24] Accommodating considerable organisational responsibilities necessitates deliberation.

[Again](2-again.md#more), [other](../2-more/1-other.md).

![A door](media/door.png)

![A note](media/note.md)
"""
START = bundle(
    **{
        "1-begin/2-again.md": LESSON.replace("hello", "again")
        .replace("sml-p01", "sml-p02")
        .replace("sml-l1", "sml-l2"),
        "1-begin/3-third.md": THIRD,
        "1-begin/facilitator.md": "Notes on what this training cures.[^WANG24]\n",
        "1-begin/module.md": "---\ntitle: Begin\n---\n",
    }
).files
PATHS = [
    *START,
    "1-begin/1-hello.gentle.md",
    "1-begin/3-third.gentle.md",
    "2-more/1-other.md",
    "practice/other.md",
    "glossary.md",
    "media/door.png",
    "media/1.png",
    "README.md",
    "1-begin/third.md",
]
# Each edit is a text that is replaced by another wherever it is; many lead from one file to the others.
WORDS = [
    ("WANG24", "LEE25"), ("sml-o1", "sml-o3"), ("sml-o2", "sml-o1"), ("language: en", "language: de"),
    ("title:", "titel:"), ("id: hello", "id: again"), ("sml-p8", "sml-p01"), ("sml-l8", "sml-q01"),
    ("#sml-q01", "#hello"), ("media/door.png", "media/1.png"), ("Wang, A study", "Wang, two studies"),
    ("(x)", "( )"), ("status: draft\n", ""), ("id: small", "status: draft\nid: small"), ("---\n", "--\n"),
    ("Dana looks up.", "Dana waits for a very long time before anybody says anything at all to her."),
    ("all is well", "this training cures"), ("id: WANG24", "id: “WANG24”"), ("sources:\n", "sources: []\nfoo:\n"),
]  # fmt: skip
ACROSS = [
    ("id: WANG24", "id: WANG25"), ("id: WANG24", "id: LEE24"), ("sml-o1", "sml-o9"), ("sml-o2", "sml-o8"),
    ("language: en", "language: de"), ("A study. 2024.", "A trial. 2025."), ("Wang", "Lee"),
    ("Welcome to", "## Welcome to"), ("id: small-course", "id: small-courses"),
]  # fmt: skip
EDITS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(PATHS), st.sampled_from(WORDS)),
    st.tuples(st.just("copy"), st.sampled_from(PATHS), st.sampled_from(PATHS)),
    st.tuples(st.just("remove"), st.sampled_from(PATHS), st.none()),
    st.tuples(st.just("rename"), st.sampled_from(PATHS), st.sampled_from(PATHS)),
    st.tuples(st.just("picture"), st.sampled_from([PNG, PNG[:40], b"GIF89a"]), st.sampled_from(PATHS)),
    st.tuples(st.just("undo"), st.just(""), st.none()),
)


def edited(files, edit):
    """The files after one edit; the same where the edit has nothing to change."""
    what, first, second = edit
    after = dict(files)
    if what == "picture":
        after["media/door.png" if second.endswith(".md") else second] = first
    elif what == "write" and first in after:
        before, then = (words.encode() for words in second)
        after[first] = after[first].replace(before, then) if before in after[first] else after[first] + then
    elif what in ("copy", "rename") and first in after:
        after[second] = after[first] if what == "copy" else after.pop(first)
    elif what == "remove":
        after.pop(first, None)
    return after


def _differences(states):
    """The places among the states of a course at which a recheck after the one before says something else."""
    rechecker = Rechecker()
    return [
        place
        for place, (files, refused) in enumerate(states)
        if rechecker.check(Bundle(files, refused), "small-course") != check(Bundle(files, refused), "small-course")
    ]


def test_a_recheck_notices_what_one_file_asks_of_another():
    course = START["course.md"].decode()
    clash = dict(START) | {"1-begin/1-hello.md": LESSON.replace("id: hello", "id: again").encode()}
    states = [
        (START, ()),
        *((dict(START) | {"course.md": course.replace(*edit).encode()}, ()) for edit in ACROSS),
        (dict(START) | {"course.md": b"---\nid: [\n---\n"}, ()),
        (clash, ()),
        (dict(START) | {"1-begin/2-again.md": START["1-begin/2-again.md"] + b"\n## More {#more}\n"}, ()),
        (clash | {"1-begin/facilitator.md": b"Notes."}, ()),
        (dict(START) | {"media/door.png": PNG}, ()),
        (START, (("PATH_OUTSIDE", "media/door.png"),)),
        (dict(START) | {"media/note.md": b"\0"}, ()),
        (dict(START) | {"1-begin/module.md": START["1-begin/module.md"] + b"\n## One\n"}, ()),
        (START, ()),
    ]
    assert not _differences(states)
    assert not _differences(states[::-1])


@given(st.lists(EDITS, min_size=2, max_size=6))
@settings(max_examples=12, deadline=None)
def test_a_recheck_finds_what_a_check_finds_whatever_was_edited(edits):
    states = [START]
    for edit in edits:
        states.append(states[max(0, len(states) - 2)] if edit[0] == "undo" else edited(states[-1], edit))
    assert not _differences([(files, ()) for files in states])


def _pages_read(monkeypatch, before, after):
    """The roles of the pages that the second check of two looks at."""
    rechecker = Rechecker()
    rechecker.check(Bundle(before))
    looked_at = []
    plain = reader.ParseContext._read_part

    def noting(self, read, args):
        looked_at.append((read.__name__.strip("_"), *args))
        return plain(self, read, args)

    monkeypatch.setattr(reader.ParseContext, "_read_part", noting)
    rechecker.check(Bundle(after))
    return looked_at


def test_a_recheck_reads_only_what_an_edit_can_have_changed(monkeypatch):
    lesson = ("read_lesson", "again", "1-begin/2-again.md", None)
    after = dict(START) | {lesson[2]: START[lesson[2]] + b"\nMore.\n"}
    assert _pages_read(monkeypatch, START, after) == [("read_text", lesson[2]), lesson]
