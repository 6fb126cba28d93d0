"""Files as Moodle, Canvas, text2qti and others write them: what comes in, what stays outside and at which line.

All of them are of our own making, in the manner of those systems.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner

from lms.cli.exchange.questions import questions
from lms.content.lint.check import check
from lms.interop.packing import pack
from lms.interop.questions.check_page import plan
from lms.interop.questions.importing import read_package, read_questions
from lms.interop.questions.plain_xml import UnreadableXml, read_xml
from tests.content.small_course import FILES, bundle

HERE = Path(__file__).parent / "files"
ONE, SEVERAL, TYPED = "one_answer", "several_answers", "short_answer"

# File: the kinds that come in with their lines, and the lines and reasons of what doesn't.
COMES_IN = {
    "moodle-gift.txt": (
        [(7, ONE), (14, SEVERAL), (21, ONE), (23, TYPED), (25, TYPED), (27, "match"), (33, "order"), (40, ONE),
         (44, ONE)],
        [(42, "essay"), (46, "No option is marked"), (48, "not a question"), (50, "A brace is missing")],
    ),
    "moodle.xml": (
        [(10, ONE), (34, SEVERAL), (43, ONE), (49, TYPED), (56, TYPED), (61, "match"), (68, "order")],
        [(75, "gaps"), (76, "essay"), (77, "calculated"), (78, "drag onto an image")],
    ),
    "canvas-qti12.xml": (
        [(5, ONE), (39, SEVERAL), (64, ONE), (88, "match"), (126, TYPED), (145, TYPED)],
        [(164, "essay"), (176, "file upload"), (187, "gaps"), (203, "not a question")],
    ),
    "text2qti.xml": ([(7, ONE), (43, ONE)], []),
    "other-qti21.xml": ([(3, ONE)], []),
    "bank.csv": ([(2, ONE), (3, SEVERAL)], [(5, "no options"), (6, "No option is marked")]),
}  # fmt: skip
# File: a question's Markdown, whole.
WRITTEN = {
    "moodle-gift.txt": """## Ade restocks a trolley. How do you **begin**? {#begin-well objectives="sml-o1"}

- ( ) Ask what happened.
  > A question about facts starts an inquiry.
- (x) Say who you are, and offer company.
  > He gets a real choice, and can decline.
- ( ) Nod, and walk on.
  > It is kind, and leaves him alone with it.
""",
    "moodle.xml": """| “Some water?” | Open offer |  |
|  | Diagnosis |  |
""",
    "canvas-qti12.xml": """- [x] Hazards
- [x] Urgent needs
- [ ] Who caused it
""",
    "bank.csv": """## Which two? {#q-ca3468 objectives="sml-o1"}

Take your time.
""",
}


@pytest.mark.parametrize("name", COMES_IN)
def test_a_file_comes_in_with_the_line_of_everything_left_out(name: str) -> None:
    found = plan(read_questions((HERE / name).read_bytes(), name), "", ("sml-o1",), "sml-o1")
    coming, outside = COMES_IN[name]
    assert [(item.line, item.kind) for item in found.bank.items] == coming
    assert [one.line for one in found.bank.left_out] == [line for line, _why in outside]
    for one, (_line, why) in zip(found.bank.left_out, outside, strict=True):
        assert why in one.why
    assert WRITTEN.get(name, "## ") in found.text
    reading = check(bundle(**{"check.md": found.text}), "small-course")
    ids = {question.id for question in reading.course.questions} if reading.course else set()
    problems = {one.code for one in reading.findings if one.path == "check.md" and one.severity == "error"}
    assert problems <= {"SHORT_REASON"} and (ids == {one.id for one in found.written} or problems)
    assert plan(found.bank, found.text, ("sml-o1",)).new == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_letters_and_line_ends_of_any_system_come_in(encoding: str) -> None:
    text = "::Café::Was hilft? {\r\n=Zuhören – ja#Es lässt Raum.\r\n~“Mut!”#Es drängt.\r\n}\r\n\r\n::Two::B?{T}\r\n"
    bank = read_questions(text.encode(encoding), "bank.txt")
    first, second = bank.items
    assert (first.name, first.line, second.line) == ("Café", 1, 6)
    assert first.choices[0].text == "Zuhören – ja" and first.choices[1].reason == ("Es drängt.",)
    assert bool(bank.notes) == (encoding == "cp1252")


BOMB = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz><question type="essay"/>&b;</quiz>'
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/hostname">]><quiz>&x;</quiz>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, "<quiz><question>", "<a>" * 300 + "</a>" * 300])
def test_xml_that_is_a_bomb_or_broken_is_named_with_its_line(xml: str) -> None:
    bank = read_questions(xml.encode(), "x.xml")
    assert bank.items == () and bank.left_out[0].line == 1
    with pytest.raises(UnreadableXml):
        read_xml(xml.encode())


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"PK\x03\x04broken", b"Dear all,", b"<html><p>Hi</p></html>"])
def test_what_holds_no_questions_is_said_calmly(content: bytes) -> None:
    bank = read_questions(content, "letter")
    assert (bank.items, len(bank.notes)) == ((), 1)
    assert "No questions were found" in bank.notes[0]


def test_what_is_too_much_for_one_file_or_question_is_left_out_and_said() -> None:
    many = "".join(f"Question {number} {{T}}\n\n" for number in range(1001)).encode()
    found = read_questions(many, "many.gift")
    assert len(found.items) + len(found.left_out) == 1000 and "1000 questions" in str(found.notes)
    wide = read_questions(b"::q:: What? {" + b"~no " * 500 + b"=yes}", "wide.gift")
    assert [one.line for one in wide.left_out] == [1] and "more answers" in str(wide.left_out[0].why)
    rows = (f'<assessmentItem identifier="q{number}"/>' for number in range(600))
    some = f"<items>{''.join(rows)}</items>".encode()
    package = read_package({f"{name}.xml": some for name in "abc"})
    assert len(package.items) + len(package.left_out) == 1200, "the third file isn't read"


def dear(kind: str) -> bytes:
    """Return a file that some program could write, and that took seconds, minutes or all memory to read."""
    if kind == "moodle":
        answers = '<answer fraction="0"><text>a</text></answer>' * 50_000
        return f'<quiz><question type="multichoice">{answers}</question></quiz>'.encode()
    if kind == "comments":
        return (f"::q:: x<b>{'<!--' * 4000} {{=yes ~no}}\n\n" * 50).encode()
    if kind == "qti zip":
        return pack({f"{number}.xml": b"<assessmentItem/>" for number in range(10_000)})
    if kind == "no questions":
        return pack({f"{number}.xml": b"<r>" + b"<a/>" * 60_000 + b"</r>" for number in range(20)})
    if kind == "qti 1.2":
        rule = "<respcondition><conditionvar><varequal>a</varequal></conditionvar></respcondition>"
        some = f'<response_label ident="a"/>{rule}' * 12_000
        return f"<questestinterop><item>{some}</item></questestinterop>".encode()
    return (kind * 30_000 + " {=yes ~no}").encode()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("moodle", "longer than a question can be"),
        ("qti zip", "The ZIP file holds too many files"),
        ("no questions", "The ZIP file holds too many files"),
        ("qti 1.2", "longer than a question can be"),
        ("x <b>", "longer than a question can be"),
        ("x <b><p>", "longer than a question can be"),
        ("comments", "questions were read. Export the others"),
        ("\nword", "longer than a question can be"),
        ("{a\n\n", "more answers than a question can have"),
    ],
)
def test_what_is_dear_to_read_is_refused_in_words_and_at_once(kind: str, words: str) -> None:
    content = dear(kind)
    begun = process_time()
    bank = read_questions(content, "bank.gift")
    assert process_time() - begun < 2
    assert words in str([*bank.notes, *(one.why for one in bank.left_out)])


def test_marks_inside_each_other_open_again_a_few_times_only() -> None:
    [item] = read_questions(b"::q:: x" + b"<b><p>a" * 300 + b" {=yes ~no}", "q.gift").items
    assert max(map(len, item.stem)) < 1000


def test_a_cell_longer_than_a_spreadsheet_holds_is_named_with_its_row() -> None:
    bank = read_questions(b"question,right,a,b\nWhat?,1,yes,no\n" + b"x" * 200_000 + b",1,yes,no", "q.csv")
    assert len(bank.items) == 1 and [(one.line, one.why[:6]) for one in bank.left_out] == [(3, "A cell")]


def test_a_package_comes_in_whole(tmp_path: Path) -> None:
    item = (HERE / "other-qti21.xml").read_bytes()
    files = {
        "imsmanifest.xml": b"<manifest/>",
        "a.xml": item,
        "b.xml": (HERE / "moodle.xml").read_bytes(),
        "c.png": b"",
    }
    bank = read_questions(pack(files), "bank.zip")
    assert len(bank.items) == 8 and any("Pictures" in note for note in bank.notes)


def test_a_command_adds_them_once_and_takes_them_out(tmp_path: Path) -> None:
    course = tmp_path / "small-course"
    for path, text in FILES.items():
        (course / path).parent.mkdir(parents=True, exist_ok=True)
        (course / path).write_text(text, "utf-8")

    def run(*words: str | Path) -> str:
        done = CliRunner().invoke(questions, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    for form in ("gift", "qti"):
        run("export", course, "--as", form, "--out", tmp_path / "out")
        assert len(read_questions((tmp_path / "out").read_bytes()).items) == 6
    bring = ("import", HERE / "canvas-qti12.xml", "--into", course, "--objective", "sml-o2")
    before = (course / "check.md").read_text("utf-8")
    assert "Nothing was changed" in run(*bring, "--dry-run")
    assert (course / "check.md").read_text("utf-8") == before
    said = json.loads(run(*bring, "--json"))
    assert (said["added"], [one["line"] for one in said["left_out"]]) == (6, [164, 176, 187, 203])
    assert (course / "check.md").read_text("utf-8").startswith(before)
    assert "Nothing was added" in run(*bring)
