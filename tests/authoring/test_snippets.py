"""What can be inserted reads without a problem once it's in its file."""

from __future__ import annotations

import pytest

from lms.authoring.inserting import snippets
from lms.authoring.inserting.places import Change, at_end_of, place, section_at, with_end
from lms.authoring.inserting.snippets import Choice, Snippet
from lms.content.lint.check import check
from lms.content.model.content_note import TOPICS
from lms.content.model.conversation import LABELS, Condition
from lms.content.questions import KINDS
from tests.content.small_course import CHECK, FILES, LESSON, bundle, codes

WAIT = Choice("Wait a little.", "Waiting leaves the choice with them.", True)
PUSH = Choice("Push a little.", "Pushing takes the choice away.")
LEAVE = Choice("Say that you will be back.", "They know then that you are there.")
HEADS = ("What", "Belongs to", "Why")
PAIRS = [
    Choice("A name", "One says it first of all.", other="Start"),
    Choice("A thank-you", other="End"),
    Choice("", other="Never"),
]
ANSWERS = {
    "one_answer": snippets.options("one_answer", [PUSH, WAIT]),
    "several_answers": snippets.options("several_answers", [PUSH, WAIT]),
    "order": snippets.steps([Choice("Look", "First of all one has to see."), Choice("Listen")]),
    "match": snippets.pairs(HEADS, PAIRS),
    "short_answer": snippets.short_answer("“Hi, I’m Noor.”", "Your name\n- Your role", "“You look bad.”"),
}


def question(kind: str, id: str) -> Snippet:
    return snippets.question(id, "What  would\nhelp here?", ["sml-o1", "sml-o2"], ANSWERS[kind])


DESK = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
HELLO, SINK = "1-begin/1-hello.md", "practice/at-the-sink.md"
FEEDBACK = "It names what is there."
LAST = len(LESSON.splitlines())
INSERTED = [
    *((kind, "check.md", question(kind, "sml-q07"), 12) for kind in KINDS),
    *((kind, HELLO, question(kind, "sml-i02"), 12) for kind in KINDS),
    ("an option", "check.md", snippets.option(LEAVE, section_at(CHECK, 5)), 8),
    ("one of several", "check.md", snippets.option(LEAVE, section_at(CHECK, 14)), 17),
    ("a step", "check.md", snippets.option(LEAVE, section_at(CHECK, 23)), 29),
    *((kind, HELLO, snippets.callout(kind, "Don’t do it\nlike this."), 12) for kind in snippets.CALLOUTS),
    ("something said", HELLO, snippets.spoken("Would you like company?"), 9),
    ("a private prompt", HELLO, snippets.private_prompt("sml-p09", "What helps you?"), LAST),
    ("a source", HELLO, snippets.citation("WANG24"), 9),
    ("a link", HELLO, snippets.link("1-begin/1-hello.gentle.md", HELLO, "a gentler version"), 9),
    ("a picture", HELLO, snippets.picture("media/desk.svg", HELLO, "A desk [with] a lamp"), 12),
    *((label, SINK, snippets.reply((label, "mixed"), "Shall I stay?", "home", FEEDBACK), 17) for label in LABELS),
    ("all topics", HELLO, snippets.content_note(TOPICS, 'Each is "named": only that. Nothing is described.', True), 1),
    ("no content note", "1-begin/1-hello.gentle.md", snippets.content_note([], "", False), 1),
]  # fmt: skip


# What the small course has as it is.
KNOWN = codes(check(bundle(**{"media/desk.svg": DESK}), "small-course"))


@pytest.mark.parametrize(
    ("what", "path", "snippet", "line"), INSERTED, ids=[f"{row[0]} in {row[1]}" for row in INSERTED]
)
def test_what_is_inserted_at_the_cursor_checks_clean(what: str, path: str, snippet: Snippet, line: int) -> None:
    reads_clean(path, snippet, place(FILES[path], snippet, line))


# What's the same for each label is looked at once.
WITHOUT_CURSOR = [row for row in INSERTED if row[0] not in LABELS[1:]]


@pytest.mark.parametrize("at_end", [True, False], ids=["at the end", "below a heading"])
def test_what_is_inserted_at_the_end_of_a_section_or_file_checks_clean(at_end: bool) -> None:
    for _what, path, snippet, line in WITHOUT_CURSOR:
        if not (at_end and snippet.where == "list"):
            reads_clean(path, snippet, at_end_of(FILES[path], snippet, None if at_end else line))


def reads_clean(path: str, snippet: Snippet, change: Change) -> None:
    changed = change.applied(FILES[path])
    assert snippet.text in changed and "\n\n\n" not in changed
    reading = check(bundle(**{path: changed, "media/desk.svg": DESK}), "small-course")
    assert [(found.code, found.line, found.message) for found in reading.findings if found.code not in KNOWN] == []
    assert reading.course is not None


FACTS = FILES[SINK].replace("start: sink", "facts: {named: You said your name}\nstart: sink")
ONE_LINE, IN_LINES = "ends: {home: good, away: open}\n", "ends:\n  home: good\n  away: open\n"
LATER = snippets.end("later", "Another day", "The door stays open.", f"good {snippets.terms('needs', ['named'])}")


@pytest.mark.parametrize("ends", [ONE_LINE, IN_LINES, "ends: {\n  home: good,\n  away: open,\n}\n"])
@pytest.mark.parametrize("at_end", [True, False], ids=["at the end", "at the cursor"])
def test_an_end_is_listed_in_the_front_matter_as_well(ends: str, at_end: bool) -> None:
    text = FACTS.replace(ONE_LINE, ends)
    says = ("silence", "steady", snippets.terms("sets", ["named"]), snippets.terms("unless", ["named"]))
    leads = snippets.reply(says, "I’m Noor.", "later", FEEDBACK)
    text = place(text, leads, 20).applied(text)
    section = at_end_of(text, LATER, None) if at_end else place(text, LATER, 20)
    change, above = with_end(text, LATER, section)
    changed = change.applied(text)
    line = section.first + section.lines.startswith("\n") + above
    assert changed.splitlines()[line - 1] == "## later" and changed.replace("## later", "", 1).count("later") == 2
    reading = check(bundle(**{SINK: changed}), "small-course")
    (conversation,) = reading.course.conversations if reading.course else ()
    assert [(end.id, end.good, end.needs) for end in conversation.ends][-1 if at_end else 0] == (
        "later",
        True,
        ("named",),
    )
    (reply,) = (one for turn in conversation.turns for one in turn.replies if one.goes_to == "later")
    assert (reply.sets, reply.when) == (("named",), Condition(unless=frozenset({"named"})))
