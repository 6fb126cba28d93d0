"""Styles, templates and scripts keep still, name no side, hold nothing to drag, and no string plays games or blames."""

from __future__ import annotations

import re

from lms.foundation.db import db
from tests.conftest import ROOT
from tests.house.catalogue import messages
from tests.inspector import SHAMING

CSS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    for path in ROOT.glob("lms/static/**/*.css")
}
# CodeMirror can move marked text by dragging; cutting and pasting by keyboard does the same.
VENDORED = ROOT / "lms/static/editor/codemirror.js"
MARKUP = [path for path in (*ROOT.glob("templates/**/*.html"), *ROOT.glob("lms/static/**/*.js")) if path != VENDORED]
SIDES = re.compile(r"(?<![\w-])(?:left|right)(?![\w-])|-(?:left|right)\b|float:(?!inline)")
FOUR = re.compile(r"(?:margin|padding|inset):([^\s;}]+) ([^\s;}]+) ([^\s;}]+) ([^\s;}]+)")
MOVES = re.compile(r"(?<![\w-])(?:animation|transition)[\w-]*:|@keyframes|scroll-behavior:\s*smooth")
GAMES = re.compile(
    r"\b(?:streaks?|points?|ranks?|ranking|levels?|badges? earned|leaderboards?|trophy|trophies)\b", re.I
)
# Where it is said that there is none of it.
NO_GAME = ("No timers, no rankings",)


def test_no_side_is_named_so_that_every_page_reads_both_ways() -> None:
    assert {name: SIDES.findall(text) for name, text in CSS.items() if SIDES.search(text)} == {}
    uneven = [
        found.group() for text in CSS.values() for found in FOUR.finditer(text) if found.group(2) != found.group(4)
    ]
    assert uneven == []


def test_nothing_moves_in_any_style() -> None:
    assert {name: MOVES.findall(text) for name, text in CSS.items() if MOVES.search(text)} == {}


def test_no_line_is_justified_and_nothing_comes_from_elsewhere() -> None:
    for name, text in CSS.items():
        assert "justify;" not in text and "text-align:justify" not in text, name
        assert not re.search(r"url\(['\"]?(?:https?:)?//", text), name


def test_nothing_is_dragged() -> None:
    drags = re.compile(r"draggable|dragstart|ondrop|dragover")
    assert [str(path) for path in MARKUP if drags.search(path.read_text("utf-8"))] == []


def test_no_string_of_the_site_blames_hurries_or_plays_games() -> None:
    told = sorted(messages())
    assert [text for text in told if SHAMING.search(text)] == []
    assert [text for text in told if GAMES.search(text) and not any(words in text for words in NO_GAME)] == []


def test_no_table_keeps_points_ranks_or_times_on_a_page() -> None:
    kept = re.compile(r"streak|points|rank|leader|level|seconds|duration|time_on|mood", re.I)
    # The rank of a course's version among its versions tells of nobody.
    tables = [table for table in db.metadata.sorted_tables if table.name not in ("version", "course_line")]
    names = [f"{table.name}.{column.name}" for table in tables for column in table.columns]
    assert len(names) > 50 and [name for name in names if kept.search(name)] == []


def test_every_class_and_property_of_a_style_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in [*MARKUP, VENDORED, *ROOT.glob("lms/**/*.py")])
    words = set(re.findall(r"[\w-]+", code))
    everywhere = "".join(CSS.values())
    for name, text in CSS.items():
        selectors = " ".join(re.findall(r"([^{}]+)\{", text))
        # A class such as g-good is put together from a fixed start and a word of the conversation.
        classes = {word for word in re.findall(r"\.([a-zA-Z][\w-]*)", selectors) if not word.startswith("g-")}
        assert classes - words == set(), name
        properties = set(re.findall(r"(--[\w-]+)\s*:", text))
        assert {one for one in properties if f"var({one}" not in everywhere} == set(), name
