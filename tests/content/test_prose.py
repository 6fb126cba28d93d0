"""Prose comes out as the stylesheet expects it, reads as on a Git host, and holds nothing that could do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.markdown.blocks import parse
from lms.content.markdown.prose import FIXED_WORDS, Renderer
from lms.content.model.course import Source
from tests.builders.content import PIECES, unsafe

SOURCES = {
    "WANG24": Source("WANG24", "Wang & others, <2024>.", "https://example.org/?a=1&b=2"),
    "WHO11": Source("WHO11", "WHO."),
}
PRESS = Renderer(SOURCES, {"media/a b.png": "f" * 64})


def page(text: str, **how) -> str:
    parsed = parse(text)
    return PRESS.page(parsed.blocks, parsed.references, **how).html


def test_the_first_paragraph_leads():
    assert page("One.\n\nTwo.", lead=True) == '<p class="lead">One.</p>\n<p>Two.</p>'


def test_spoken_words_are_marked_as_such_and_other_quotes_are_not():
    assert '<blockquote class="say">' in page("> “Hi, I’m Noor.”")
    assert "say" not in page("> They said that it “helps” a little.")


def test_callouts_become_furniture():
    html = page("> [!NOTE]\n> that it\n\n> [!CAUTION]\n> press\n\n> [!TIP]\n> - one\n> - two\n\n> [!TIP]\n> words")
    assert '<section class="pair think"><h2>⟦t:Worth knowing⟧</h2><div><p>that it</p>' in html
    assert '<section class="pair stop"><h2>⟦t:Take care⟧</h2><div><p>press</p>' in html
    assert '<section class="keys"><h2>⟦t:In short⟧</h2><ul class="pebbles">' in html
    assert '<section class="keys"><h2>⟦t:In short⟧</h2><div><p>words</p>' in html


@pytest.mark.parametrize("gap", ["\n> ", "\n>\n> "])
def test_a_private_prompt_has_a_field_that_no_form_sends(gap):
    html = page("> **For you, privately** {#pfa-p03}" + gap + "What do you do?")
    assert html.startswith(
        '<section class="private" id="pfa-p03"><h2>⟦t:For you, privately⟧</h2><p id="pfa-p03-q">What do you do?</p>'
    )
    assert '<textarea class="lined" rows="5" aria-labelledby="pfa-p03-q" autocomplete="off"></textarea>' in html
    assert "name=" not in html


def test_every_fixed_word_is_listed():
    html = page(
        "> [!NOTE]\n> a\n\n> [!CAUTION]\n> b\n\n> [!TIP]\n> c\n\n> **For you, privately** {#a}\n> d\n\n"
        "e[^unchecked][^WHO11]"
    )
    used = {part.split("⟧")[0] for part in html.split("⟦t:")[1:]}
    assert used == set(FIXED_WORDS)


def test_citations_are_numbered_and_lead_to_a_note_and_back():
    html = page("First.[^WHO11] Second.[^WANG24] Again.[^WHO11]")
    assert html.count('href="#n-WHO11"') == 2
    assert 'id="r-WHO11-2"' in html
    assert '<li id="n-WHO11">WHO. <a href="#r-WHO11-1">⟦t:back to the text⟧</a></li>' in html
    assert "Wang &amp; others, &lt;2024&gt;." in html


def test_a_footnote_of_the_pages_own_still_works():
    assert 'class="footnote"' in page("Words.[^1]\n\n[^1]: A note.\n")


def test_pictures_come_from_the_course_alone():
    html = page("![A bench](../media/a%20b.png)\n\n![Elsewhere](https://evil.example/x.png)", folder="1-begin")
    assert f'<figure><img alt="A bench" src="⟦media:{"f" * 64}⟧/a%20b.png"></figure>' in html
    assert "evil" not in html


def test_a_tables_heads_know_what_they_head():
    html = page("| | A |\n| - | :-: |\n| r | 1 |\n")
    assert '<th align="center" scope="col">A</th>' in html
    assert '<th scope="row">r</th>' in html


def test_programme_facts_pass_untouched_even_at_the_end_of_a_heading():
    assert page("## Ring {{emergency}}\n\nAsk **{{lead}}**{{limits_statement}}\n{{lead}}").count("{{") == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text\n- a\n- b", "<ul>\n<li>a</li>"),
        ("- a\n  - b\n", "<li>a<ul>\n<li>b</li>"),
        ("1) a\n2) b", "<ol>\n<li>a</li>"),
        ("3. a\n4. b", '<ol start="3">'),
        ("He came in\n1986. A year.", "1986. A year."),
        ("#4 is mine", "<p>#4 is mine</p>"),
        ("a\n\n- b\n\n    code?", "<li>"),
        ("\\\"a\\\" \\< \\&", "<p>\"a\" &lt; &amp;</p>"),
        ("> a\n\n> b", "</blockquote>\n<blockquote>"),
        ("- a\n\n* b", "</ul>\n\n\n<ul>"),
        ("[a][x]\n\n[x]: https://ok.example", 'href="https://ok.example"'),
        ("```\n**a**\n```", "**a**"),
        ("- x\n\n  ```\n  a\n  ```\n", "<code>a"),
        ("~~gone~~", "<del>gone</del>"),
        ("- a\n\n---\n\nb", "<hr>"),
    ],
)  # fmt: skip
def test_it_reads_as_on_a_git_host(text, expected):
    assert expected in page(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "<a href='data:text/html,x'>y</a>", "## T {onclick=alert(1)}", "<svg><script>x</script></svg>",
        "<textarea name=x>", "<style>*{}</style>", "&#xe000;private:x&#xe001;",
        '<img alt="&#xe000;private:x&#57345;" src="media/a b.png">', "\ue000media:x\ue001",
        "<form><input name=a></form>", "![a](media/a%20b.png \"t' onload=x\")", "<p style='position:fixed'>x</p>",
        "<iframe src=//x></iframe>", "<math><mtext><table><mglyph>", "&lobrk;t:x&robrk;",
        "{{lead}}<!-- --><b onclick=x>y</b>", "[x](//evil.example)", "\x02wzxhzdk:0\x03",
    ],
)  # fmt: skip
def test_nothing_harmful_comes_out(text):
    for html in (page(text), PRESS.inline(text)):
        assert unsafe(html) == []
        assert "<textarea" not in html
        assert "⟦" not in html or "⟦media:ffff" in html


def test_a_footnote_inside_a_footnote_troubles_nobody():
    assert page("[^0]\n\n[^0]: a\n    > [^0]: b\n\nafter").count("<p>") >= 2


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_whatever_yields_unsafe_html(text):
    assert unsafe(page(text, lead=True)) == []
    assert unsafe(PRESS.inline(text)) == []


@settings(max_examples=150, deadline=None)
@given(st.text("ab Z9é’‘“”…–—()'-,.;:? ß\u0915\u094d中\u3164٣\u00a0_&!~<\\", max_size=14))
def test_a_phrase_without_marks_is_as_the_parser_has_it(text):
    """Most phrases can't hold any Markdown, so they aren't parsed; bold words after them make sure that they are."""
    parsed = PRESS.inline(f"{text} **end**").removesuffix("<strong>end</strong>")
    assert PRESS.inline(f"{text} end").removesuffix("end") == parsed
