"""What comes along from a word processor or another program is read, or named at its line."""

from __future__ import annotations

import pytest

from lms.content.lint.check import check
from lms.content.markdown.blocks import parse
from lms.content.markdown.prose import Renderer
from lms.content.model.course import Source
from tests.content.small_course import CHECK, CONVERSATION, COURSE, LESSON, bundle, codes, spoiled

LESSON_PATH, TALK_PATH = "1-begin/1-hello.md", "practice/at-the-sink.md"
END = "Ring {{emergency}} in doubt.\n"

SPACES = ["\u00a0", "\u2003", "\u202f", "\u200b", "\u3000", "\ufeff", "\u2060"]
HIDDEN = [
    ("check.md", "- ( ) Push a little.", "-{}( ) Push a little."),
    ("check.md", "- [ ] Rank", "-{}[ ] Rank"),
    ("check.md", "- [ ] Rank", "- [{}] Rank"),
    ("check.md", "3. Link", "3.{}Link"),
    ("check.md", "- A name", "-{}A name"),
    ("check.md", "## Put in order", "##{}Put in order"),
    ("check.md", '{#sml-q03 objectives="sml-o1"}', '{#sml-q03 objectives="sml-o1"}{}'),
    ("check.md", "| --- | --- | --- |", "| --- |{}--- | --- |"),
    (LESSON_PATH, "## How to begin", "##{}How to begin"),
    (LESSON_PATH, "- two", "-{}two"),
    (LESSON_PATH, "> [!CAUTION]", ">{}[!CAUTION]"),
    (TALK_PATH, "- **advice without", "-{}**advice without"),
    (TALK_PATH, "## shrug", "{}## shrug"),
    ("course.md", "title: A small", "title:{}A small"),
    ("course.md", "draw: 3", "{}draw: 3"),
]


@pytest.mark.parametrize(("path", "old", "new"), HIDDEN)
@pytest.mark.parametrize("space", SPACES)
def test_a_hidden_space_that_breaks_a_mark_is_named_at_its_line(path, old, new, space):
    reading = spoiled(path, old, new.replace("{}", space) if "{#" not in new else new[:-2] + space)
    found = [finding for finding in reading.findings if finding.code == "HIDDEN_SPACE"]
    assert [(finding.path, finding.severity) for finding in found] == [(path, "error")]
    assert old[-4:].strip("-#>.[] {}") in found[0].excerpt
    assert reading.course is None


@pytest.mark.parametrize(
    "text", ["A\u00a0word, 5\u202f%, «\u00a0oui\u00a0».", "- one\u00a0two", "> “A\u00a0b.”", "## 3\u00a0steps"]
)
def test_a_no_break_space_between_words_is_no_trouble(text):
    assert "HIDDEN_SPACE" not in codes(spoiled(LESSON_PATH, END, f"{END}\n{text}\n\n"))


@pytest.mark.parametrize(
    ("code", "path", "old", "new"),
    [
        ("PASTED_BULLET", LESSON_PATH, "- two", "• two"),
        ("PASTED_BULLET", LESSON_PATH, "- two", "·\ttwo"),
        ("PASTED_BULLET", LESSON_PATH, "- two", "o\ttwo"),
        ("PASTED_BULLET", "check.md", "- ( ) Leave", "▪ ( ) Leave"),
        ("PASTED_BULLET", "check.md", "| --- | --- | --- |", "| – | – | – |"),
        ("STRAY_MARK", "check.md", "- ( ) Leave", "• ( ) Leave"),
        ("STRAY_MARK", "check.md", "- ( ) Leave", "( ) Leave"),
        ("STRAY_MARK", "check.md", "- ( ) Leave", "– ( ) Leave"),
        ("STRAY_MARK", "check.md", "- [ ] Rank", "[ ] Rank"),
        ("STRAY_MARK", "check.md", "- ( ) Leave the room.", "- ( ) Leave the room. ( ) Stay."),
        ("STRAY_MARK", LESSON_PATH, "- two", "- [x] two"),
        ("STRAY_MARK", LESSON_PATH, '### What first? {#sml-l1 objectives="sml-o1"}', "### What first?"),
        ("STRAY_MARK", LESSON_PATH, END, "Which one is it?\n( ) this\n"),
        ("BAD_BRACES", LESSON_PATH, "sml-l1 objectives=", "sml-l1 objective="),
        ("BAD_BRACES", LESSON_PATH, "## How to begin", "## How to begin {.big}"),
        ("BAD_REPLY", TALK_PATH, "- **advice without permission, detour**", "**advice without permission, detour**"),
        ("BAD_REPLY", LESSON_PATH, END, "**Silence, steady** [x](https://example.org)\n"),
        ("CURLY_QUOTES", "check.md", 'group="danger"', "group=“danger”"),
        ("CURLY_QUOTES", "check.md", 'objectives="sml-o1 sml-o2"', "objectives=“sml-o1 sml-o2”"),
        ("CURLY_QUOTES", "course.md", '"1.0.0"', "“1.0.0”"),
        ("CURLY_QUOTES", "course.md", "title: A small course", "title: “A small: course”"),
        ("CURLY_QUOTES", "course.md", "text: Say hello}", "text: “Say hello, and wait”}"),
        ("CURLY_QUOTES", LESSON_PATH, "title: Hello", "title: ‘Hello’"),
        ("MARKS_SHOWN", LESSON_PATH, END, "A smile :smile: helps.\n"),
        ("MARKS_SHOWN", LESSON_PATH, END, "It is ~gone~ here.\n"),
        ("MARKS_SHOWN", LESSON_PATH, END, "It is ==bright== here.\n"),
        ("MARKS_SHOWN", LESSON_PATH, END, "::: warning\nWords.\n:::\n"),
        ("MARKS_SHOWN", LESSON_PATH, END, "Words.{.red}\n"),
        ("MARKS_SHOWN", LESSON_PATH, END, "| a | b |\n| c | d |\n"),
        ("MARKS_SHOWN", LESSON_PATH, "## How to begin", "##How to begin"),
        ("UNKNOWN_ALERT", LESSON_PATH, "> **For you, privately**", "> For you, privately"),
        ("UNKNOWN_ALERT", LESSON_PATH, "> **For you, privately**", "> *For you, privately*"),
        ("UNKNOWN_ALERT", LESSON_PATH, "> [!NOTE]\n> Many", "[!NOTE]\nMany"),
        ("UNKNOWN_ALERT", "check.md", "  > Leaving tells", "  > [!NOTE] Leaving tells"),
        ("RAW_HTML", LESSON_PATH, END, "<!-- not yet\n"),
        ("RAW_HTML", LESSON_PATH, END, "<?php words ?>\n"),
        ("NEVER_USED", LESSON_PATH, END, "[Dana]: hello\n"),
        ("NEVER_USED", LESSON_PATH, END, "[^1]: A note of the page’s own.\n"),
        ("NEVER_USED", LESSON_PATH, END, "A note.[^1]\n\n[^1]: One.\n\n[^1]: Two.\n"),
        ("NOT_SHOWN", LESSON_PATH, END, "| a | b |\n| --- | --- |\n| c | d | e |\n"),
        (
            "NOT_SHOWN",
            "check.md",
            "  > Leaving tells them nothing.",
            "  > Leaving tells them nothing.\n  >\n  > ## Lost",
        ),
        ("FOOTNOTE_NOT_SHOWN", "check.md", "( ) Leave the room.", "( ) Leave the room.[^1]\n\n[^1]: Words.\n"),
    ],
)
def test_what_nothing_reads_is_named(code, path, old, new):
    assert code in codes(spoiled(path, old, new))


@pytest.mark.parametrize(
    "text",
    [
        "f(x) and (see below), [a link](https://example.org/), ` ( ) `, a[0], “[…]”.",
        "Time 12:30:45, a:b:c, ratio 1:2, ~5 to ~7 minutes, 2==2, C# and #1.",
        "- one [two]\n\n[two]: https://example.org/two\n",
        "Dana said: **no, steady on**.",
        "<!-- a note to ourselves, closed -->",
        "§ 5 of the act · 3 of them • and more.",
    ],
)
def test_plain_writing_is_left_alone(text):
    found = codes(spoiled(LESSON_PATH, END, f"{text}\n"))
    assert not found & {
        "STRAY_MARK",
        "MARKS_SHOWN",
        "PASTED_BULLET",
        "BAD_REPLY",
        "RAW_HTML",
        "NEVER_USED",
        "CURLY_QUOTES",
    }


@pytest.mark.parametrize("whole", [CHECK, CONVERSATION, LESSON])
def test_the_small_course_holds_none_of_them(whole):
    assert whole in [bundle().files[path].decode() for path in bundle().files]
    assert codes(check(bundle(), "small-course")) == {"THIN_GROUP"}


PRESS = Renderer({id: Source(id, id) for id in "ABC"})


def printed(text: str) -> str:
    page = parse(text)
    return PRESS.page(page.blocks, page.references).html


@pytest.mark.parametrize(
    "text",
    [
        "Say {your name} first.",
        "## Say {your name} first",
        "## Say it {your name}",
        "Say *it*{your name}",
        "Say [it](https://example.org/){your name}",
        "Say **it** {your name}\n",
        "- Say {your name}",
        "> Say it {your name}",
        "| Say | It |\n| --- | --- |\n| it {your name} | now |",
        "`it`{your name}",
        "1. Say\n\n   {your name}\n",
        "{your name}",
    ],
)
def test_words_in_braces_stay(text):
    assert "{your name}" in printed(text)


def test_a_heading_still_gives_itself_an_anchor():
    assert '<h2 id="how_to-begin">How {now}</h2>' in printed("## How {now} {#how_to-begin}\n")


def test_citations_side_by_side_stay_apart():
    html = printed("It helps.[^A][^B] It does.[^B][^C]\n\nA note.[^1][^A]\n\n[^1]: Its own.\n")
    assert ">1</a>,</sup>\u202f<sup" in html
    assert html.count(",</sup>") == 3


def test_a_citation_in_a_course_without_sources_is_named():
    course = COURSE[: COURSE.index("sources:")] + COURSE[COURSE.index("licence:") :]
    assert "UNKNOWN_SOURCE" in codes(check(bundle(**{"course.md": course}), "small-course"))


def test_a_pages_own_footnote_may_stand_after_a_practice_question():
    text = LESSON.replace("in doubt.", "in doubt.[^1]") + "\n[^1]: A note of the page’s own.\n"
    reading = check(bundle(**{LESSON_PATH: text}), "small-course")
    assert codes(reading) == {"THIN_GROUP"}
    assert reading.course is not None
    assert "A note of the page’s own." in reading.course.lessons[0].html


@pytest.mark.parametrize(
    "text",
    [
        "– one\n– two",
        "— one\n— two",
        "➢ one\n➢ two",
        "✓ one\n✓ two",
        "☐ one\n☑ two\n☑ three",
        "Ø\tone\nØ\ttwo",
        "1.one\n2.two",
        "1、one\n2、two",
        "(1) one\n(2) two",
        "① one\n② two",
        "a) one\nb) two",
        "a. one\nb. two",
        "> – one\n> – two",
    ],
)
def test_lines_that_look_like_a_list_and_would_run_together_are_named(text):
    reading = spoiled(LESSON_PATH, END, f"{END}\n{text}\n\n")
    assert "PASTED_BULLET" in codes(reading)
    assert reading.course is None


@pytest.mark.parametrize(
    "text",
    [
        "– A dash on one line.",
        "She said – and\nthen – nothing.",
        "1. one\n2. two",
        "1) one\n2) two",
        "In\n3.5 of\n4.5 parts",
        "```\n– one\n– two\n```",
        "I. See\nyou.",
        "- one\n- two",
        "| A | B |\n| - | - |\n| 1 | 2 |",
    ],
)
def test_lines_that_are_no_list_of_a_word_processor_are_left_alone(text):
    assert "PASTED_BULLET" not in codes(spoiled(LESSON_PATH, END, f"{END}\n{text}\n\n"))


@pytest.mark.parametrize(
    ("text", "named"), [(r"bell\x07", 1), (r"turn\u202e", 1), (r"none\0", 1), (r"tab\tline\n", 0), ("raw\u202e", 1)]
)
def test_a_control_character_is_named_where_an_escape_brings_it_in(text, named):
    reading = spoiled("course.md", "title: A small course", f'title: "{text}"')
    assert [finding.line for finding in reading.findings if finding.code == "HIDDEN_SPACE"] == [4] * named


@pytest.mark.parametrize("sign", ["\x07", "\x0b", "\x0c", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\uffff"])
@pytest.mark.parametrize(
    ("path", "old"),
    [("check.md", "3. Link"), (LESSON_PATH, "- two"), ("course.md", "Welcome to"), (TALK_PATH, "> Maybe.")],
)
def test_a_hidden_line_break_or_control_character_is_named_at_its_line(sign, path, old):
    reading = spoiled(path, old, f"{old}{sign}4. More")
    assert reading.course is None
    assert [finding.path for finding in reading.findings if finding.code == "HIDDEN_SPACE"] == [path]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("check.md", "3. Link", "3.Link"),
        ("check.md", "3. Link", "3 Link"),
        ("check.md", "3. Link", "c. Link"),
        ("check.md", "3. Link", "３. Link"),
        ("check.md", "3. Link", "③ Link"),
        ("check.md", "3. Link", "Link"),
        ("check.md", "3. Link", "٣. Link"),
        ("check.md", "- ( ) Leave the room.\n  >", "Leave the room.\n  >"),
        ("check.md", "- ( ) Leave the room.\n  >", "☐ Leave the room.\n  >"),
    ],
)
def test_a_step_or_an_option_without_its_mark_is_not_taken_into_the_one_above(path, old, new):
    reading = spoiled(path, old, new)
    assert reading.course is None
    assert "TEXT_AFTER_OPTIONS" in codes(reading)


def test_a_long_option_may_go_on_in_an_indented_line():
    for place in ("- ( ) Leave the\n  room.", "- ( ) Leave the room, and\n  20 minutes later the ward."):
        assert spoiled("check.md", "- ( ) Leave the room.", place).course


@pytest.mark.parametrize(
    "words", ["__For you, privately__", "_For you, privately_", "*For you, privately*", "FOR YOU, PRIVATELY"]
)
def test_a_private_prompt_without_its_two_stars_is_named(words):
    assert "UNKNOWN_ALERT" in codes(spoiled(LESSON_PATH, "**For you, privately**", words))


@pytest.mark.parametrize(
    "text",
    [
        "*Yes.[^A]*[^B]",
        "Yes.[^A]**[^B]**",
        "**Yes.[^A]** *[^B]*",
        "***Yes.[^A]***[^B]",
        "Yes[^A] ~~[^B]~~",
        "- *Yes.[^A]*[^B]",
    ],
)
def test_citations_in_different_marks_do_not_read_as_one_number(text):
    parsed = parse(text)
    html = Renderer({"A": Source("A", "A."), "B": Source("B", "B.")}).page(parsed.blocks, parsed.references).html
    assert html.count("</a>,</sup>") == 1


@pytest.mark.parametrize(
    "text", ["*Yes.[^A]* No.[^B]", "Yes.[^A]\n\n[^B] No.", "- Yes.[^A]\n- [^B] No.", "Yes[^A], [^B]"]
)
def test_citations_with_words_or_a_line_between_them_get_no_comma(text):
    parsed = parse(text)
    html = Renderer({"A": Source("A", "A."), "B": Source("B", "B.")}).page(parsed.blocks, parsed.references).html
    assert "</a>,</sup>" not in html
