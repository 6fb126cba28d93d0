"""Read a recipe: the TOML file that says how to sign in to a learning system and which pages to check."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "home", "sign-in", "register", "lesson", "heavy lesson", "check", "result", "form-error", "not-found", "account",
    "certificate",
)  # fmt: skip
VERBS = ("open", "fill", "press", "tick", "expect", "send_empty")
WORDS = (
    "name", "version", "prose", "note", "pause", "support", "leave", "cookies", "without", "sign-in", "page", "sign-out",
)  # fmt: skip
PAGE_WORDS = ("kind", "path", "steps", "signed_in", "name")


class BadRecipe(Exception):
    """A recipe can't be used; the message has the line and what to do about it."""


@dataclass(frozen=True)
class Step:
    """One step in the browser: a verb, its target, and the text to type."""

    verb: str
    target: str
    text: str = ""


@dataclass(frozen=True)
class PageSpec:
    """A page to check: its kind, its path, the steps to take on it, and whether to sign in first."""

    name: str
    kind: str
    path: str
    steps: tuple[Step, ...] = ()
    signed_in: bool = False

    @property
    def touched(self) -> bool:
        """True if its steps do more than wait for an element."""
        return any(step.verb != "expect" for step in self.steps)


@dataclass(frozen=True)
class Recipe:
    """A recipe: the pages to check, and how to recognise what the rules look for."""

    name: str
    version: str = ""
    sign_in: tuple[Step, ...] = ()
    sign_out: tuple[Step, ...] = ()
    pages: tuple[PageSpec, ...] = ()
    prose: str = ""
    note: str = ""
    pause: str = r"\bpause\b|take a (short )?break"
    support: str = r"support|help"
    leave: str = r"leave this page|leave this site|quick exit|exit this page"
    cookies: frozenset[str] = field(default_factory=frozenset)
    without: frozenset[str] = field(default_factory=frozenset)


def read_recipe(text: str) -> Recipe:
    """Parse a recipe; raise BadRecipe with the line of the first mistake."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = f"at line {max(1, len(text.splitlines()))}, the last"
        words = str(error).replace("at end of document", last)
        raise BadRecipe(f"the recipe isn’t valid TOML: {words}.") from None
    for word in data:
        if word not in WORDS:
            raise BadRecipe(
                _at(text, rf"\[*\s*{re.escape(word)}\b", f"{word!r} isn’t allowed; allowed are {_list(WORDS)}")
            )
    pages = data.get("page", [])
    if not isinstance(pages, list) or not pages:
        raise BadRecipe("line 1: the recipe has no pages. Add one with [[page]], a kind and a path.")
    options: dict[str, str] = {
        word: _text(text, data, word) for word in ("prose", "note", "pause", "support", "leave") if word in data
    }
    for word in ("pause", "support", "leave"):
        _expression(text, word, options.get(word, ""))
    return Recipe(
        name=_text(text, data, "name") or "A learning system",
        version=_text(text, data, "version"),
        sign_in=_steps(text, data.get("sign-in", {}), r"\[sign-in\]"),
        sign_out=_steps(text, data.get("sign-out", {}), r"\[sign-out\]"),
        pages=tuple(_page(text, one, number) for number, one in enumerate(pages)),
        cookies=_names(text, "cookies", data.get("cookies", [])),
        without=_kinds(text, _names(text, "without", data.get("without", []))),
        **options,
    )


def _page(text: str, one: Any, number: int) -> PageSpec:
    header = r"\[\[page\]\]"
    if not isinstance(one, dict):
        raise BadRecipe(_at(text, header, "a page is a table: [[page]]", number))
    for word in one:
        if word not in PAGE_WORDS:
            raise BadRecipe(_at(text, header, f"{word!r} isn’t allowed here; allowed are {_list(PAGE_WORDS)}", number))
    kind, path = one.get("kind"), one.get("path")
    if kind not in KINDS:
        raise BadRecipe(_at(text, header, f"a page needs a kind, one of {_list(KINDS)}", number))
    if not isinstance(path, str) or not path.startswith("/"):
        raise BadRecipe(_at(text, header, 'a page needs a path that starts with a slash, as in path = "/"', number))
    signed_in = one.get("signed_in", False)
    if not isinstance(signed_in, bool):
        raise BadRecipe(_at(text, header, "signed_in is true or false", number))
    name = str(one.get("name", kind))
    return PageSpec(name, kind, path, _steps(text, one, header, number), signed_in)


def _steps(text: str, table: Any, header: str, number: int = 0) -> tuple[Step, ...]:
    found = []
    rows = table.get("steps", []) if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise BadRecipe(_at(text, header, "steps is a list, as in steps = [{ press = 'button' }]", number))
    for row in rows:
        verbs = [verb for verb in VERBS if isinstance(row, dict) and verb in row]
        if len(verbs) != 1 or not isinstance(row[verbs[0]], str) or set(row) - {verbs[0], "with"}:
            raise BadRecipe(_at(text, header, f"each step is one of {_list(VERBS)}; fill also has with", number))
        found.append(Step(verbs[0], row[verbs[0]], _secret(text, header, number, str(row.get("with", "")))))
    return tuple(found)


def _secret(text: str, header: str, number: int, words: str) -> str:
    """Return the text to type; $NAME is read from the environment, so that no recipe holds a password."""
    if not re.fullmatch(r"\$[A-Z][A-Z0-9_]*", words):
        return words
    if words[1:] not in os.environ:
        raise BadRecipe(_at(text, header, f"please set {words[1:]} in the environment first", number))
    return os.environ[words[1:]]


def _names(text: str, word: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadRecipe(_at(text, word, f"{word} is a list of names"))
    return frozenset(value)


def _kinds(text: str, names: frozenset[str]) -> frozenset[str]:
    if names - set(KINDS):
        raise BadRecipe(_at(text, "without", f"without names kinds of page that the system lacks, of {_list(KINDS)}"))
    return names


def _text(text: str, data: dict[str, Any], word: str) -> str:
    value = data.get(word, "")
    if not isinstance(value, str):
        raise BadRecipe(_at(text, word, f"{word} is text between quotes"))
    return value


def _expression(text: str, word: str, value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise BadRecipe(_at(text, word, f"{word} isn’t a valid regular expression: {error}")) from None


def _at(text: str, pattern: str, words: str, number: int = 0) -> str:
    """Return a message with the line of the nth match of the pattern."""
    lines = [at for at, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*{pattern}", line)]
    return f"line {lines[number] if number < len(lines) else 1}: {words}."


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words)
