"""Every mistake has its code, its line and its cure, and a whole course is quiet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.lint.check import check, render_findings
from lms.content.model.bundle import Bundle
from lms.content.model.codes import CODES
from lms.content.reader.reader import read_course
from tests.builders.content import COURSES, PIECES, shipped, unsafe
from tests.content.small_course import CHECK, CONVERSATION, FILES, LESSON, bundle, codes, course, spoiled

LESSON_PATH = "1-begin/1-hello.md"
STEPS = "1. Look\n   > First one has to see.\n2. Listen\n  > Then one can hear.\n3. Link"
GENTLE_FRONT = "---\ncontent_notes: none\n---\n"
LAST = "- ( ) Leave the room.\n  > Leaving tells them nothing.\n"

SPOILED = [
    ("MISSING_ID", "check.md", "#sml-q01 ", ""),
    ("DUPLICATE_ID", "check.md", "sml-q02", "sml-q01"),
    ("BAD_ID", "check.md", "#sml-q02", "#SML_q02"),
    ("UNKNOWN_OBJECTIVE", "check.md", 'sml-q01 objectives="sml-o1"', 'sml-q01 objectives="sml-o9"'),
    ("UNKNOWN_OBJECTIVE", LESSON_PATH, "objectives: [sml-o1]", "objectives: [sml-o7]"),
    ("BAD_VERSION", "course.md", '"1.0.0"', '"1.0"'),
    ("UNKNOWN_KEY", "check.md", ".critical", ".critcal"),
    ("ID_NOT_FILE_NAME", LESSON_PATH, "id: hello", "id: hallo"),
    ("BAD_LINK", LESSON_PATH, "How to begin\n", "How to begin\n\n[there](2-there.md)\n"),
    ("BAD_IMAGE", LESSON_PATH, "How to begin\n", "How to begin\n\n![a bench](bench.png)\n"),
    ("NO_ALT", LESSON_PATH, "How to begin\n", "How to begin\n\n![](media/bench.png)\n"),
    ("HEADING_JUMP", LESSON_PATH, "## How", "#### How"),
    ("HEADING_JUMP", LESSON_PATH, "## How", "# How"),
    ("NO_TABLE_HEADER", LESSON_PATH, "How to begin\n", "How to begin\n\n| | |\n| - | - |\n| a | b |\n"),
    ("RAW_HTML", LESSON_PATH, "How to begin\n", "How to begin\n\nA <b onclick=x>word</b>.\n"),
    ("RAW_HTML", LESSON_PATH, "How to begin\n", "How to begin\n\n<div>\nwords\n</div>\n"),
    ("READS_DIFFERENTLY", LESSON_PATH, "How to begin\n", "How to begin\n\nSee https://example.org today.\n"),
    ("UNKNOWN_PLACEHOLDER", LESSON_PATH, "{{emergency}}", "{{emergancy}}"),
    ("UNKNOWN_ALERT", LESSON_PATH, "[!NOTE]", "[!WARNING]"),
    ("UNKNOWN_ALERT", LESSON_PATH, "[!NOTE]\n> Many", "[!NOTE] Many"),
    ("MISSING_ID", LESSON_PATH, " {#sml-p01}", ""),
    ("NOTE_WITHOUT_LIMIT", LESSON_PATH, " It is not described.", ""),
    ("NOTE_TOO_LONG", LESSON_PATH, " It is not described.", " It is slow. It is near. It is not described."),
    ("DISTRESSING_NOT_ALONE", LESSON_PATH, "self_care: yes", "self_care: yes\ndistressing: [media/bench.png]"),
    ("NO_SELF_CARE", LESSON_PATH, "self_care: yes", "self_care: no"),
    ("PHONE_NUMBER", LESSON_PATH, "{{emergency}}", "112"),
    ("PHONE_NUMBER", LESSON_PATH, "{{emergency}}", "+44 20 7946 0018"),
    ("SHORT_REASON", "check.md", "  > Leaving tells them nothing.\n", ""),
    ("SHORT_REASON", "check.md", "Leaving tells them nothing.", "No use."),
    ("BLAMING_WORDS", "check.md", "Leaving tells them nothing.", "You are wrong about this one."),
    ("BLAMING_WORDS", "practice/at-the-sink.md", "It decides for her again.", "You failed to listen to her."),
    ("UNKNOWN_KIND", "check.md", STEPS, "Nothing."),
    ("BAD_MARK", "check.md", "- ( ) Leave", "- Leave"),
    ("BAD_MARK", "check.md", "- ( ) Leave", "- [ ] Leave"),
    ("NONE_RIGHT", "check.md", "- (x) Wait.", "- ( ) Wait."),
    ("TWO_RIGHT", "check.md", "- ( ) Leave", "- (x) Leave"),
    ("TOO_FEW_OPTIONS", "check.md", "2. Listen\n  > Then one can hear.\n3. Link", ""),
    ("SAME_TEXT", "check.md", "( ) Leave the room.", "( ) Push a little."),
    ("TEXT_AFTER_OPTIONS", "check.md", LAST, LAST + "\nAnd then some words.\n"),
    ("TEXT_AFTER_OPTIONS", "check.md", LAST, LAST + "\n> A quote that is not indented.\n"),
    ("OUTSIDE_QUESTION", "check.md", LAST, LAST + "\n---\n\nWords on their own.\n"),
    ("ALL_OF_THE_ABOVE", "check.md", "( ) Leave the room.", "( ) All of the above"),
    ("FIXED_ORDER", "check.md", "{#sml-q03 ", "{#sml-q03 .fixed "),
    ("CHECK_WITHOUT_NOTE", "check.md", "Push a little.", "Ask about suicide."),
    ("THIN_OBJECTIVE", "course.md", "text: Say goodbye}", "text: Say goodbye}\n  - {id: sml-o3, text: Wait}"),
    ("CRITICAL_WITHOUT_GROUP", "check.md", ' group="danger"', ""),
    ("BAD_VALUE", "check.md", ' group="danger"', ' group="danger" jurisdiction="US"'),
    ("BAD_VALUE", "check.md", '#sml-q03 objectives', '#sml-q03 jurisdiction="Colorado" objectives'),
    ("CALLOUT_FRAGMENT", LESSON_PATH, "Many people think", "that"),
    ("CALLOUT_FRAGMENT", LESSON_PATH, "Don’t press anyone", "Press anyone"),
    ("DRAW_TOO_LARGE", "course.md", "draw: 3", "draw: 6"),
    ("PRACTICE_TOO_FEW", "course.md", "practice_required: 1", "practice_required: 2"),
    ("CLAIM_WITHOUT_SOURCE", LESSON_PATH, "it helps.[^WANG24]", "it helps."),
    ("UNKNOWN_SOURCE", LESSON_PATH, "[^WANG24]", "[^WANG42]"),
    ("UNKNOWN_SOURCE", LESSON_PATH, "sources: [WANG24]", "sources: [WANG42]"),
    ("SOURCE_NEVER_CITED", LESSON_PATH, "A study of 2024 says that it helps.[^WANG24]", ""),
    ("UNCHECKED_FACT", LESSON_PATH, "[^WANG24]", "[^unchecked]"),
]  # fmt: skip


def test_a_whole_course_is_quiet():
    assert codes(check(bundle(), "small-course")) == {"THIN_GROUP"}


@pytest.mark.parametrize(("code", "path", "old", "new"), SPOILED)
def test_every_mistake_has_its_code(code, path, old, new):
    found = [finding for finding in spoiled(path, old, new).findings if finding.code == code]
    assert found
    assert all(finding.severity == CODES[code][0] and finding.fix for finding in found)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("MISSING_FILE", {"course.md": None}),
        ("MISSING_FILE", {"check.md": None}),
        ("MISSING_FILE", {LESSON_PATH: None}),
        ("NO_GENTLER_VERSION", {"1-begin/1-hello.gentle.md": None}),
        ("UNKNOWN_FILE", {"1-begin/notes.md": "x"}),
        ("LANGUAGE_NOT_SHOWN", {"1-begin/1-hello.es.md": "x", "1-begin/1-hello.gentle.es.md": "x"}),
        ("NO_TRANSCRIPT", {"media/talk.mp3": b"x"}),
        ("EMPTY_PAGE", {"1-begin/1-hello.gentle.md": GENTLE_FRONT}),
        ("QUESTION_IN_GENTLER", {"1-begin/1-hello.gentle.md": GENTLE_FRONT + LESSON[LESSON.index("### What"):]}),
        ("ID_NOT_FILE_NAME", {"practice/elsewhere.md": CONVERSATION.replace("title:", "id: there\ntitle:")}),
        ("BAD_TURN", {"practice/b.md": CONVERSATION.replace("> Maybe.\n", "Maybe.\n")}),
    ],
)  # fmt: skip
def test_what_lies_in_the_folder_is_looked_at(code, changed):
    assert code in codes(check(bundle(**changed), "small-course"))


def test_the_right_option_may_not_be_the_longest_too_often():
    one = (
        '## Question {n} {{#sml-x{n} objectives="sml-o1"}}\n\n- (x) A long right answer\n  > It is said at length.\n'
        "- ( ) Short\n  > It is said in brief.\n- ( ) Brief\n  > It is said in brief.\n\n"
    )
    assert "RIGHT_IS_LONGEST" in codes(
        check(bundle(**{"check.md": CHECK + "\n" + "".join(one.format(n=n) for n in range(5))}))
    )


def test_quoted_speech_may_hold_any_word():
    assert "BLAMING_WORDS" not in codes(
        spoiled("check.md", "Leaving tells them nothing.", "“You are wrong”, she heard, and left.")
    )


@pytest.mark.parametrize(
    "words",
    [
        "2010-2024",
        "2024-05-01",
        "the 24 months",
        "1 400 000 people",
        "69,000 people",
        "1,112,000",
        "at 10.30",
        "in bay 4",
    ],
)
def test_a_number_is_not_always_a_telephone(words):
    assert "PHONE_NUMBER" not in codes(spoiled(LESSON_PATH, "{{emergency}}", words))


def test_a_finding_says_where_what_and_how_to_mend():
    finding = next(
        found for found in spoiled("check.md", "- ( ) Leave", "- (x) Leave").findings if found.code == "TWO_RIGHT"
    )
    assert (finding.path, finding.line, finding.excerpt[:15]) == ("check.md", 5, "## What first? ")
    first, excerpt, fix = render_findings([finding]).splitlines()
    assert first.startswith("TWO_RIGHT check.md:5:1 ")
    assert excerpt.strip().startswith("## What first?")
    assert fix.strip().startswith("→ ")


def test_a_draft_is_looked_at_leniently():
    reading = check(
        bundle(**{"course.md": FILES["course.md"].replace("draw: 3", "draw: 9\nstatus: draft")}), "small-course"
    )
    assert "DRAW_TOO_LARGE" in codes(reading)
    assert reading.course is not None
    assert reading.course.draft


def test_reasons_may_stand_below_a_blank_line_or_a_little_too_far_left():
    question = course().lessons[0].practice[0]
    assert [option.reason for option in question.body.options] == [
        "Pushing takes the choice away.",
        "Waiting leaves the choice with them.",
    ]
    assert [step.reason for step in course().question_by_id["sml-q03"].body.steps] == [
        "First one has to see.",
        "Then one can hear.",
        "",
    ]


def test_a_case_in_front_of_the_options_belongs_to_the_question():
    read = spoiled(
        "check.md", '{#sml-q01 objectives="sml-o1"}\n', '{#sml-q01 objectives="sml-o1"}\n\nDana is at the sink.\n'
    ).course
    assert read is not None
    assert read.question_by_id["sml-q01"].stem == "What first?<br>Dana is at the sink."


def test_minutes_are_counted_by_a_rule_that_is_published():
    lesson = course().lessons[0]
    assert lesson.minutes == -(-(2 * lesson.words + 900 + 450) // 300)


def test_the_same_bundle_gives_the_same_course():
    assert read_course(bundle()).course == read_course(bundle()).course
    assert course().digest == bundle().digest


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in COURSES.glob("*/course.md")), ids=lambda path: path.name
)
def test_every_shipped_course_is_without_errors(folder):
    reading = shipped(folder.name)
    assert [finding for finding in reading.findings if finding.severity == "error"] == []
    assert reading.course is not None
    for lesson in reading.course.lessons:
        assert unsafe(lesson.html + (lesson.gentle_html or "")) == []


MARKS = st.sampled_from(
    [
        "- ( ) ",
        "- (x) ",
        "- [x] ",
        "1. ",
        "  > ",
        '## Q {#a objectives="sml-o1"}\n',
        "| a | b |\n| - | - |\n",
        "### Model answer\n",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, MARKS, st.text(max_size=8)), max_size=30).map("".join)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(FILES)), TEXTS, st.booleans())
def test_no_text_whatever_troubles_the_reader(path, text, below):
    kept = FILES[path].split("---\n", 2)
    whole = f"---\n{kept[1]}---\n{text}" if below else text
    reading = check(bundle(**{path: whole}))
    read = reading.course
    pages = [lesson.html + (lesson.gentle_html or "") for lesson in read.lessons] if read else []
    assert all(unsafe(html) == [] for html in pages)
    assert render_findings(reading.findings) is not None


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*FILES, "media/a.png", "x"]), st.binary(max_size=60), max_size=4))
def test_no_bytes_whatever_trouble_the_reader(files):
    assert check(Bundle(files)).course is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(
        st.sampled_from(
            [
                "id",
                "title",
                ": ",
                "\n",
                "- ",
                "[",
                "]",
                "{",
                "}",
                "a",
                "'",
                '"',
                "#",
                "&x",
                "*x",
                "!t",
                "  ",
                "|",
                ">",
                "\t",
                "pass",
                "ends",
                "0",
            ]
        ),
        max_size=25,
    ).map("".join),
)
def test_no_front_matter_whatever_troubles_the_reader(path, front):
    assert check(bundle(**{path: f"---\n{front}\n---\nWords.\n"})).findings
