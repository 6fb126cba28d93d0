"""Every code has an example that gives it and nothing else, and a fixed one that gives nothing."""

import os
import struct
import zlib
from unicodedata import normalize

import pytest

from lms.content.lint.check import check
from lms.content.lint.codes.explain import as_markdown, as_text, examples, find_explanation, near_codes
from lms.content.model.bundle import MAX_FILES, MAX_TOTAL, Bundle, StoredFile, from_folder
from lms.content.model.codes import CODES
from tests.content.small_course import BUS, CHECK, CONVERSATION, COURSE, GENTLE, LESSON

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
DANGER = """
## Danger: what {n}? {{#sml-q8{n} .critical group="danger" objectives="sml-o2"}}

- (x) Get out together.
  > People come before things here.
- ( ) Save the files.
  > Files can be made again.
"""
SECOND = """---
id: second
title: Second
objectives: [sml-o2]
content_notes: none
---
One more step.

## Go on
"""
LAST_TALK = CONVERSATION.replace(
    "**opening offer, steady** [“Would you like company?”]", "**linking, steady** [“Sam will be here on Monday.”]"
)
ARCS = "arcs:\n  - {id: dana, title: Dana, contacts: [at-the-sink, at-the-gate, last-talk]}"
BASE: dict[str, str | bytes] = {
    "course.md": COURSE.replace("draw: 3", f"draw: 3\n{ARCS}"),
    "1-know/module.md": "---\ntitle: First steps\n---\nA first step.\n",
    "1-know/1-first.md": LESSON.replace("id: hello", "id: first").replace(
        "## How to begin\n", "## How to begin\n\nThe first thing you say is your own name.\n"
    ),
    "1-know/1-first.gentle.md": GENTLE,
    "1-know/2-second.md": SECOND,
    "check.md": CHECK + DANGER.format(n=1) + DANGER.format(n=2),
    "practice/at-the-sink.md": CONVERSATION,
    "practice/at-the-door.md": CONVERSATION.replace("At the sink", "At the door").replace("A corridor.", "A doorway."),
    "practice/at-the-gate.md": CONVERSATION.replace("At the sink", "At the gate"),
    "practice/last-talk.md": LAST_TALK,
    "practice/at-the-bus.md": BUS,
    "media/bench.svg": SVG,
    "media/dana.mp3": b"ID3 sound",
    "media/dana.txt": "She turns the tap off.",
}  # fmt: skip
# Where the examples of a file go that replace nothing there: below these words.
BELOW = {"1-know/1-first.md": "## How to begin\n", "1-know/2-second.md": "## Go on\n"}
# What the fixed example takes the place of, where the course has neither it nor a place for more.
INSTEAD = {
    "CHECK_WITHOUT_NOTE": CHECK.partition("\n\n-")[0],
    "BAD_VALUE": "draw: 3", "PUT_IN_QUOTES": "title: First steps", "TEXT_CUT_SHORT": "title: First steps",
    "YAML_BROKEN": "title: First steps", "CURLY_QUOTES": "title: First steps", "REFRESHER_DRAW": "draw: 3",
    "STORY_WITHOUT_NOTE": "content_notes: none", "NO_GENTLER_VERSION": "content_notes: none",
    "DISTRESSING_NOT_ALONE": "---\nOne more step.\n",
    "DEAD_END": "- **advice without permission, detour** [“Go home.”](#away)\n  > It decides for her again.",
    "ARC_LENGTH": ARCS,
    "ARC_CONTACT": ARCS,
}  # fmt: skip


def one(n: int, right: str) -> str:
    return (
        f'\n## Question {n} {{#sml-x{n} objectives="sml-o1"}}\n\n- (x) {right}\n  > It is said at length.\n'
        "- ( ) Not so short\n  > It is said in brief.\n- ( ) Brief\n  > It is said in brief.\n"
    )


def bank(long: int) -> dict[str, str | bytes]:
    singles = "".join(one(n, "A right answer at length" if n < long else "Short") for n in range(5))
    return {"check.md": CHECK.replace("- (x) Wait.", "- (x) Wait") + DANGER.format(n=1) + DANGER.format(n=2) + singles}


def three_turns(*pairs: tuple[str, str]) -> dict[str, str | bytes]:
    """A conversation whose turns have these replies; the first of each leads on, and the last turn home."""
    whole = CONVERSATION.split("## sink")[0].replace("start: sink", "start: t1").replace("At the sink", "At the bus")
    for number, (first, second) in enumerate(pairs, start=1):
        to = f"t{number + 1}" if number < len(pairs) else "home"
        other = "away" if to == "home" else to
        replies = f"- {first}(#{to})\n  > It gives a real choice.\n- {second}(#{other})\n  > It begins an inquiry."
        whole += f"## t{number}\n\n> Maybe.\n\n{replies}\n\n"
    return {"practice/at-the-bus.md": whole + "## home\n" + CONVERSATION.split("## home\n")[1]}


STEADY, DETOUR = (
    "**opening offer, steady** [“Company?”]",
    "**closed question, detour** [“What has happened to you now?”]",
)
LONG_STEADY = "**opening offer, steady** [“Would you like some company or a minute now?”]"


def sixteen_turns(guess: str, *pairs: tuple[str, str]) -> dict[str, str | bytes]:
    """Fifteen turns that all lead on, with these replies in turn, and a last one where the short reply is a guess."""
    whole = CONVERSATION.split("## sink")[0].replace("start: sink", "start: t1").replace("At the sink", "At the tram")
    for number in range(15):
        first, second = pairs[number % len(pairs)]
        replies = (
            f"- {first}(#t{number + 2})\n  > It begins an inquiry.\n- {second}(#t{number + 2})\n  > It gives a choice."
        )
        whole += f"## t{number + 1}\n\n> Maybe.\n\n{replies}\n\n"
    whole += (
        "## t16\n\n> Now what?\n\n"
        "- **reassurance, detour** [“You’ll be all right.”](#away)\n  > It promises what nobody knows.\n"
        f"- **closed question, detour** [“Home?”](#{guess})\n  > It asks for a yes.\n"
        "- **linking, steady** [“Shall we ring your sister?”](#home)\n  > It names somebody who helps.\n"
        "- **advice without permission, detour** [“You’d better go straight home and sleep.”](#away)\n"
        "  > It decides for her.\n"
        "\n## home\n" + CONVERSATION.split("## home\n")[1]
    )
    return {"practice/at-the-tram.md": whole}


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def lesson(words: str) -> dict[str, str | bytes]:
    return {"1-know/2-second.md": SECOND + "\n" + words}


WORDS = {
    "FILE_TOO_LARGE": (lesson("Words here.\n\n" * 25_000), lesson("Words here.\n")),
    "COURSE_TOO_LARGE": ({"media/a.svg": StoredFile(MAX_TOTAL, lambda: SVG + b"\n")}, {"media/a.svg": SVG}),
    "TOO_MANY_FILES": ({f"media/{n}.svg": SVG for n in range(MAX_FILES)}, {"media/1.svg": SVG}),
    "NOT_UTF8": ({"1-know/module.md": "---\ntitle: Café\n---\nA.\n".encode("latin-1")}, {}),
    "NUL_BYTE": ({"1-know/module.md": b"---\ntitle: A\0B\n---\nA.\n"}, {}),
    "PARAGRAPH_TOO_LONG": (lesson("Words go on. " * 1_000), lesson("Words go on. ")),
    "TOO_MANY_BRACKETS": (lesson("[" * 51), lesson("Words.")),
    "NESTING_TOO_DEEP": (lesson(">" * 21 + " words"), lesson("> words")),
    "SAME_NAME": (
        {normalize("NFD", "media/café.txt"): b"a", "media/café.txt": b"b"},
        {"media/café.txt": b"a", "media/cafe-2.txt": b"b"},
    ),
    "BAD_MEDIA": ({"media/a.heic": b"\0\0\0\x18ftypheic"}, {}),
    "PICTURE_TOO_LARGE": ({"media/a.png": png(8_000, 6_000)}, {"media/a.png": png(1_600, 1_200)}),
    "RIGHT_IS_LONGEST": (bank(5), bank(2)),
    "HELPFUL_FIRST": (three_turns(*3 * [(STEADY, DETOUR)]), three_turns(*2 * [(STEADY, DETOUR)], (DETOUR, STEADY))),
    "HELPFUL_LONGEST": (
        three_turns(*3 * [(DETOUR, LONG_STEADY)]),
        three_turns(*2 * [(DETOUR, LONG_STEADY)], (DETOUR, STEADY)),
    ),
    "HELPFUL_SHORTEST": (
        sixteen_turns("away", (DETOUR, STEADY)),
        sixteen_turns("away", (DETOUR, STEADY), (DETOUR, LONG_STEADY)),
    ),
    "GUESSED_TO_A_GOOD_END": (
        sixteen_turns("home", (DETOUR, STEADY), (DETOUR, LONG_STEADY)),
        sixteen_turns("away", (DETOUR, STEADY), (DETOUR, LONG_STEADY)),
    ),
}


# Most fixed examples are the course itself, so that it is checked once.
FOUND: dict[str, set[str]] = {}


def found_in(files: dict[str, str | bytes]) -> set[str]:
    whole = {**BASE, **files}
    texts = {path: text.encode() if isinstance(text, str) else text for path, text in whole.items()}
    bundle = Bundle(texts)
    if bundle.digest not in FOUND:
        FOUND[bundle.digest] = {finding.code for finding in check(bundle, "small-course").findings}
    return FOUND[bundle.digest]


def placed(code: str, snippet: str) -> dict[str, str | bytes]:
    """The course's file with the example in it: in the place of its fixed text, or at the end of a section."""
    example = examples()[code]
    text = str(BASE.get(example.file, ""))
    whole = snippet + "\n"
    old = INSTEAD.get(code) or (example.fixed if example.fixed in text else "")
    if old:
        return {example.file: text.replace(old, snippet, 1)}
    if example.file in BELOW:
        return {example.file: text.replace(BELOW[example.file], f"{BELOW[example.file]}\n{whole}", 1)}
    return {example.file: f"{text}\n{whole}" if text and not snippet.startswith("---") else whole}


def listed(snippet: str) -> dict[str, str | bytes]:
    """The files that an example lists, each with something that can be in it."""
    contents = {
        "media": b"x",
        "practice": str(BASE["practice/at-the-door.md"]),
        "1-know": SECOND.replace("id: second", "id: third").replace("One more step.", "And another step."),
    }
    media = {"mp3": b"ID3", "mp4": b"\0\0\0\x18ftypmp42", "vtt": b"WEBVTT\n"}
    return {
        path: GENTLE if ".gentle" in path else media.get(path.rpartition(".")[2], contents[path.split("/")[0]])
        for path in snippet.split("\n")
        if path not in BASE
    }


@pytest.mark.parametrize("code", sorted(code for code, example in examples().items() if example.shows == "text"))
def test_every_example_gives_its_code_and_the_fixed_one_nothing(code):
    example = examples()[code]
    assert found_in(placed(code, example.failing)) == {code, *example.also}
    assert found_in(placed(code, example.fixed)) == set()


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_example_in_words_is_true(code):
    failing, fixed = WORDS[code]
    assert found_in(failing) - {"NOT_READ"} == {code}
    assert found_in(fixed) == set()


def test_examples_that_list_files_are_true(tmp_path):
    for code in ("MISSING_FILE", "UNKNOWN_FILE", "LANGUAGE_NOT_SHOWN", "NO_TRANSCRIPT", "NO_CAPTIONS"):
        assert found_in(listed(examples()[code].failing)) == {code}, code
        assert found_in(listed(examples()[code].fixed)) == set(), code
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / ".at-the-gate.md").write_text("x")
    (tmp_path / "media").symlink_to("/tmp")
    (tmp_path / "check.md").symlink_to(tmp_path / "nowhere")
    refused = {code for code, _ in from_folder(tmp_path).refused}
    assert refused == {"HIDDEN_FILE", "PATH_OUTSIDE", "UNREADABLE_FILE"}
    assert os.listdir(tmp_path)


def test_no_code_is_without_its_proof():
    shown = {code for code, example in examples().items() if example.shows == "text"}
    others = {"MISSING_FILE", "UNKNOWN_FILE", "LANGUAGE_NOT_SHOWN", "NO_TRANSCRIPT", "NO_CAPTIONS"}
    assert shown | set(WORDS) | others | {"HIDDEN_FILE", "PATH_OUTSIDE", "UNREADABLE_FILE"} == set(CODES)


def test_a_course_that_has_no_example_in_it_is_quiet():
    assert found_in({}) == set()


def test_a_code_is_explained_however_it_is_spelled_and_near_ones_are_offered():
    explanation = find_explanation("bad link")
    assert explanation is not None
    assert "BAD_LINK (error)" in as_text(explanation)
    assert find_explanation("BAD_LNIK") is None
    assert near_codes("BAD_LNIK")[0] == "BAD_LINK"
    assert "NO_TRANSCRIPT" in near_codes("transcript")
    assert all(f"\n## {code}\n" in as_markdown() for code in CODES)
