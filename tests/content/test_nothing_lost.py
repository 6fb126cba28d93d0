"""Whatever is changed in a course, nothing of it goes missing in silence: it is shown, or an error names it."""

from __future__ import annotations

import os
from dataclasses import asdict
from posixpath import dirname

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.content.lint.check import check
from lms.content.model.bundle import Bundle, from_folder
from lms.content.model.course import Course, Reading
from lms.content.reader import reader
from tests.content.small_course import FILES, LESSON, bundle, codes, spoiled

NOTE = "note: A death is mentioned. It is not described."
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'
GLOSSARY = "---\nkind: glossary\n---\n| Term | Meaning |\n| --- | --- |\n| Rest | To stop for a while. |\n"
WHOLE = {
    **FILES,
    "glossary.md": GLOSSARY,
    "1-begin/facilitator.md": "Bring a clock.\n",
    "1-begin/2-bye.md": LESSON.replace("hello", "bye").replace("sml-p01", "sml-p02").replace("sml-l1", "sml-l2"),
    "1-begin/2-bye.gentle.md": FILES["1-begin/1-hello.gentle.md"],
    "2-next/module.md": "---\ntitle: Next\n---\nA second step.\n",
    "2-next/1-on.md": "---\nid: on\ntitle: On\nobjectives: [sml-o1]\ncontent_notes: none\n---\nThey walk on.\n",
    "README.md": "Notes for whoever writes the course.\n",
}


def errors(reading: Reading) -> dict[str, set[str]]:
    """The codes of all errors by path."""
    found: dict[str, set[str]] = {}
    for finding in reading.findings:
        if finding.severity == "error":
            found.setdefault(finding.path, set()).add(finding.code)
    return found


@pytest.mark.parametrize(
    "note",
    [
        "note: A colleague comes back, and nothing is shown",
        "note: “A colleague comes back, and nothing is shown”",
        "note: “A colleague comes back. Nothing is shown.”",
        "note: A colleague, quite suddenly, comes back",
        "note: A colleague of room #4 comes back",
        "note: A colleague of room 4 #5 comes back. Nothing is shown.",
    ],
)
def test_a_writer_whose_note_is_cut_short_is_told_and_told_what_is_lost(note):
    reading = spoiled("1-begin/1-hello.md", NOTE, note)
    assert reading.course is None
    assert errors(reading)["1-begin/1-hello.md"] & {"TEXT_CUT_SHORT", "CURLY_QUOTES", "UNKNOWN_KEY"}
    lost = [finding.message for finding in reading.findings if finding.code == "NOT_READ"]
    assert not lost or "this lesson, its gentler version and its question." in lost[0]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("1-begin/2-bye.MD", "1-begin/2-bye.md"),
        ("2-Next/1-on.md", "2-next/1-on.md"),
        ("1-begin/2 You Too.md", "1-begin/2-you-too.md"),
        ("1-begin/2-you_too.md", "1-begin/2-you-too.md"),
        ("1-begin/2-café.md", "1-begin/2-cafe.md"),
        ("1-begin/2-bye.markdown", "1-begin/2-bye.md"),
        ("1-begin/2-bye.md.txt", "1-begin/2-bye.md"),
        ("Practice/b.md", "practice/b.md"),
        ("Media/a.png", "media/a.png"),
        ("Glossary.md", "glossary.md"),
        ("1-begin/2-bye.old.md", ""),
        ("1-begin/2-bye.new.md", ""),
        ("1-begin/more/2-bye.md", ""),
        ("notes.docx", ""),
    ],
)
def test_a_name_that_is_passed_over_is_an_error_with_the_name_that_would_do(path, near):
    found = [one for one in check(bundle(**{path: LESSON}), "small-course").findings if one.path == path]
    assert [(one.code, one.severity) for one in found] == [("UNKNOWN_FILE", "error")]
    assert near in found[0].fix


def test_a_translation_beside_its_file_may_stay():
    reading = check(bundle(**{"1-begin/1-hello.es.md": "x", "1-begin/1-hello.pt-BR.md": "x"}), "small-course")
    assert reading.ok


def test_files_that_a_folder_hides_are_named(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "1-begin" / ".2-bye.md").write_text(LESSON, "utf-8")
    (tmp_path / ".2-next").mkdir()
    (tmp_path / "1-begin" / "3-gone.md").symlink_to(tmp_path / "nowhere.md")
    os.mkfifo(tmp_path / "1-begin" / "4-pipe.md")
    for other in (".DS_Store", "._2-bye.md", ".gitignore"):
        (tmp_path / "1-begin" / other).write_bytes(b"x")
    assert errors(check(from_folder(tmp_path))) == {
        "1-begin/.2-bye.md": {"HIDDEN_FILE"},
        ".2-next": {"HIDDEN_FILE"},
        "1-begin/3-gone.md": {"UNREADABLE_FILE"},
        "1-begin/4-pipe.md": {"UNREADABLE_FILE"},
    }


def test_keys_behind_a_second_row_of_hyphens_are_told():
    assert "YAML_REFUSED" in codes(spoiled("course.md", "licence:", "--- # rights\nlicence:"))


def test_a_course_that_was_published_before_a_rule_stays_readable():
    published = bundle(**{"1-begin/notes.md": "Stray words.", "1-begin/2-bye.MD": LESSON})
    assert check(published).course is None
    course = reader.reread(published)
    assert course is not None
    assert [lesson.id for lesson in course.lessons] == ["hello"]


def _in_course(path: str, course: Course | None) -> bool:
    """Whether a file's content is in a course as far as it was put together."""
    if course is None:
        return False
    lessons = {lesson.path: lesson for lesson in course.lessons}
    modules = {f"{module.number}-{module.id}": module for module in course.modules}
    if path == "README.md" or path.startswith("media/"):
        return True
    if path.endswith(".gentle.md"):
        lesson = lessons.get(path.replace(".gentle.md", ".md"))
        return lesson is not None and lesson.gentle_html is not None
    places = {"course.md": True, "check.md": bool(course.questions), "glossary.md": bool(course.glossary)}
    if path in places:
        return places[path]
    module = modules.get(dirname(path))
    if path.endswith("/module.md"):
        return module is not None
    if path.endswith("/facilitator.md"):
        return module is not None and bool(module.facilitator)
    return path in lessons or path in {conversation.path for conversation in course.conversations}


def _assert_each_file_is_shown_or_named(changed: Bundle) -> None:
    reading = check(changed, "small-course")
    _, course = reader.read(changed, "small-course")
    named = errors(reading)
    for path in changed.files:
        own_lesson = path.replace(".gentle.md", ".md")
        if not _in_course(path, course):
            assert {path, own_lesson, "course.md"} & named.keys(), f"{path} is gone, and nothing says so: {named}"


RENAMES = [
    str.upper, str.title, lambda path: path.replace(".md", ".MD"), lambda path: path.replace("-", " "),
    lambda path: path.replace("-", "_"), lambda path: path.replace("1-", ""), lambda path: path.replace("1-", "1."),
    lambda path: path.replace(".md", ".old.md"), lambda path: path.replace(".md", ".md.bak"),
    lambda path: path.replace(".md", ".fr.md"), lambda path: path.replace(".md", " .md"), lambda path: f"old/{path}",
    lambda path: path.replace("/", "/sub/"), lambda path: path.replace("e", "é"), lambda path: f"{path}~",
    lambda path: path.replace("1-", "1\u2013"), lambda path: path.replace("1-", "0001-"), lambda path: f" {path}",
    lambda path: path.replace(".gentle", ".gentler"), lambda path: path.split("/")[-1],
]  # fmt: skip
PIECES = [
    ",", "“", "”", "#", "\u00a0", "\u200b", "\u2028", ":", "{", "}", "---\n", "...\n", "<!--", "-->", "\n", "- ", "> ",
    "```\n", "| a |\n", "[x]: y\n", "&", "*", '"', "'", "!", "%", "\t", "x", "\ufeff", "## ", "[^1]", "\\",
]  # fmt: skip
EXAMPLES = int(os.environ.get("EXAMPLES", "25"))
LIMITED = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@LIMITED
@given(st.sampled_from(sorted(WHOLE)), st.sampled_from(RENAMES))
def test_a_file_under_whatever_name_is_shown_or_named(path, rename):
    name = rename(path)
    assume(name != path)
    changed = {other: text.encode() for other, text in WHOLE.items() if other != path}
    _assert_each_file_is_shown_or_named(Bundle({**changed, name: WHOLE[path].encode()}))


@LIMITED
@given(
    st.sampled_from(sorted(WHOLE)),
    st.integers(0, 10**6),
    st.sampled_from(["", *PIECES]),
    st.integers(0, 30),
    st.booleans(),
)
def test_a_file_with_whatever_change_is_shown_or_named(path, place, piece, cut, at_line):
    text = WHOLE[path]
    place %= len(text)
    place = text.rfind("\n", 0, place) + 1 if at_line else place
    text = text[:place] + piece + text[place + cut :]
    _assert_each_file_is_shown_or_named(
        Bundle({other: (text if other == path else old).encode() for other, old in WHOLE.items()})
    )


SNIPPETS = [
    "zebra",
    "{zebra}",
    "- {zebra}",
    "( ) zebra",
    "-\u00a0zebra",
    "- \u200b( ) zebra",
    "•\u00a0zebra",
    "1.\u00a0zebra",
    "##\u00a0zebra",
    "<!-- zebra",
    "<!doctype zebra>",
    "<zebra>",
    "[zebra]: x",
    "[x]: zebra",
    "[^1]: zebra",
    "{: .zebra}",
    "> zebra",
    "  > zebra",
    "    zebra",
    "```\nzebra\n```",
    "| zebra |",
    "| a | b |\n| - | - |\n| c | d | zebra |",
    "### zebra",
    "# zebra",
    "zebra\n=====",
    "***zebra***",
    "[zebra](#zebra)",
    "![zebra](media/x.png)",
    "![zebra](zebra",
    "`zebra`",
    "~zebra~",
    ":zebra:",
    "&zebra;",
    "\\zebra",
    "<?zebra?>",
    "<![CDATA[zebra]]>",
    "- [x] zebra",
    "- (x) zebra",
    "* zebra",
    "1) zebra",
    "+ zebra",
    "**zebra, steady** x",
    "{{zebra}}",
    "[^zebra]",
    "- a\n  > ```\n  > zebra\n  > ```",
    "> # zebra",
    "> | zebra |\n> | --- |\n> | b |",
    "> [!NOTE]\n> zebra",
    "> [!ZEBRA]\n> x",
    "\u2028zebra",
    "(x)zebra",
    "##zebra",
    "[TOC] zebra",
]
PLACES = [
    path for path in sorted(WHOLE) if path not in ("README.md", "course.md") for _ in range(1 + WHOLE[path].count("##"))
]


@settings(LIMITED, max_examples=3 * EXAMPLES)
@given(st.sampled_from(PLACES), st.sampled_from(SNIPPETS), st.integers(0, 10**6), st.booleans(), st.booleans())
def test_a_word_in_whatever_marks_is_shown_or_named(path, snippet, place, before, after):
    lines = WHOLE[path].split("\n")
    front = lines.index("---", 1) + 1 if lines[0] == "---" else 0
    place = front + place % (len(lines) - front)
    lines[place:place] = [*[""] * before, *snippet.split("\n"), *[""] * after]
    text = "\n".join(lines)
    reading = check(Bundle({other: (text if other == path else old).encode() for other, old in WHOLE.items()}))
    shown = reading.course is not None and "zebra" in str(asdict(reading.course)).lower()
    assert shown or not reading.ok, f"“zebra” is gone, and nothing says so:\n{text}"


EMPTY = [
    "<!-- all text -->", "<!-- a\n\nb -->\n\n<!-- c -->", "&nbsp;", "&#8203;", "\u200b", "***", "- ", "> ", "\u3164",
    "\u2800", "[](https://example.org)", "[^WANG24]", "## <!-- x -->", "```\n```",
]  # fmt: skip


@pytest.mark.parametrize("body", EMPTY)
def test_a_page_on_which_nobody_sees_anything_is_empty(body):
    for path in ("1-begin/2-bye.md", "1-begin/1-hello.gentle.md", "1-begin/facilitator.md"):
        front = WHOLE[path].split("---\n")[1] if WHOLE[path].startswith("---") else ""
        text = f"---\n{front}---\n{body}\n" if front else f"{body}\n"
        found = errors(check(bundle(**{**WHOLE, path: text}), "small-course"))
        assert "EMPTY_PAGE" in found.get(path, set()), path


def test_a_page_of_one_fact_or_one_picture_is_not_empty():
    front = WHOLE["1-begin/2-bye.md"].split("---\n")[1]
    for body in ("{{lead}}", "![A bench](../media/bench.svg)", "`x`", "…", "日"):
        changed = {**WHOLE, "1-begin/2-bye.md": f"---\n{front}---\n{body}\n", "media/bench.svg": SVG}
        assert "EMPTY_PAGE" not in codes(check(bundle(**changed), "small-course")), body


@pytest.mark.parametrize("blank", ["<!-- x -->", "&nbsp;", "&#8203;", "\u3164"])
@pytest.mark.parametrize(
    ("path", "words", "code"),
    [
        ("check.md", "Push a little.", "BAD_MARK"),
        ("check.md", "What first?", "EMPTY_PAGE"),
        ("check.md", "Look\n", "BAD_MARK"),
        ("check.md", "Never", "BAD_MARK"),
        ("check.md", "A name\n", "UNKNOWN_KIND"),
        ("practice/at-the-sink.md", "“What happened?”", "BAD_REPLY"),
        ("practice/at-the-sink.md", "(runs the tap) I’m fine.", "BAD_TURN"),
        ("practice/at-the-sink.md", "Maybe.", "BAD_TURN"),
        ("practice/at-the-sink.md", "**She goes.** She may come back.", "BAD_TURN"),
        ("glossary.md", "Rest", "EMPTY_CELL"),
        ("glossary.md", "To stop for a while.", "EMPTY_CELL"),
    ],
)
def test_words_that_nobody_sees_are_told(path, words, code, blank):
    assert words in WHOLE[path]
    end = "\n" if words.endswith("\n") else ""
    changed = {**WHOLE, path: WHOLE[path].replace(words, blank + end, 1)}
    assert code in errors(check(bundle(**changed), "small-course")).get(path, set())
