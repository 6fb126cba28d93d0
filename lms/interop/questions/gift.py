"""GIFT in: the text format of Moodle, question by question, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lms.content.model.wording import say
from lms.interop.questions.bank import (
    MAX_ANSWERS,
    Bank,
    Choice,
    Item,
    LeftOut,
    Pair,
    Source,
    Weighed,
    as_choices,
    as_match,
    as_order,
    as_typed,
    labels_of,
    make_bank,
    no_such_kind,
)  # fmt: skip
from lms.interop.questions.phrases import Form, paragraphs
from lms.interop.questions.structured import read_reasons, read_short_answer
from lms.interop.questions.text_files import read_text

# Escaped characters wait in a private area until the text has been taken apart.
_ESCAPED = re.compile(r"\\([:#={}~\\n])")
_SHIFT = 0xF0000
_BACK = {_SHIFT + ord(sign): sign for sign in ":#={}~\\"} | {_SHIFT + ord("n"): "\n"}
_FORMS: dict[str, Form] = {"html": "html", "moodle": "auto", "plain": "plain", "markdown": "markdown"}
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")
_LABEL = re.compile(r"\[(id|tag):((?:\\\]|[^\]])+)\]")
_NUMBER = re.compile(r"\s*(-?\d*\.?\d+)\s*(?:(:|\.\.)\s*(-?\d*\.?\d+))?\s*$")
_ORDERED = re.compile(r">\s*\d*\s*(?:[A-Z_]+[ \t]*)*\n?")
_TRUE_FALSE = {"T": True, "TRUE": True, "F": False, "FALSE": False}


@dataclass
class _Block:
    """The lines of one question; `comments` are those that belong to it."""

    line: int
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    open: int = 0

    def add(self, line: str) -> None:
        """Take a line, and count the braces that are open after it."""
        self.lines.append(line)
        bare = _ESCAPED.sub("", line)
        self.open += bare.count("{") - bare.count("}")


@dataclass
class _Parts:
    """A question taken apart: its answers without the general feedback, and how its texts are written."""

    source: Source
    answers: str
    feedback: str
    form: Form
    aside: str = ""


def read_gift(content: bytes) -> Bank:
    """All questions of a GIFT file."""
    text, notes = read_text(content)
    return make_bank((_read(block) for block in _blocks(text)), notes)


def _blocks(text: str) -> Iterator[_Block]:
    """Questions part at blank lines, but for blank lines between the braces of one question."""
    block: _Block | None = None
    comments: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        begins = line.lstrip().startswith(("::", "$CATEGORY:"))
        if block and (begins or (not line.strip() and block.open <= 0)):
            yield block
            block, comments = None, []
        if line.lstrip().startswith("//"):
            (block.comments if block else comments).append(line.strip()[2:].strip())
        elif line.strip() or block:
            block = block or _Block(number, comments=comments)
            block.add(line)
    if block:
        yield block


def _read(block: _Block) -> Item | LeftOut | None:
    text = _ESCAPED.sub(lambda found: chr(_SHIFT + ord(found.group(1))), "\n".join(block.lines)).strip()
    if text.startswith("$CATEGORY:"):
        return None
    labels = [(kind, value.replace("\\]", "]")) for line in block.comments for kind, value in _LABEL.findall(line)]
    source = Source(block.line, labels=labels_of(value for kind, value in labels if kind == "tag"))
    source.id = next((value for kind, value in labels if kind == "id"), "")
    if text.startswith("::") and "::" in text[2:]:
        name, _, text = text[2:].partition("::")
        source.name = _back(name).strip()
    begin, end = text.find("{"), text.rfind("}")
    form, words = _form_of(text if begin < 0 else text[:begin], "auto")
    if begin < 0 or end < begin:
        source.stem = paragraphs(words, form, source)
        if begin < 0 and end < 0:
            return source.leave_out(say("This is a text without answers, not a question."))
        return source.leave_out(say("A brace is missing, so we can’t tell where the answers start or end."))
    after = text[end + 1 :].strip()
    source.stem = paragraphs(words + (f" _____ {_back(after)}" if after else ""), form, source)
    answers, _, feedback = text[begin + 1 : end].partition("####")
    aside = next((line.removeprefix("feedback:") for line in block.comments if line.startswith("feedback:")), "")
    return _kind(_Parts(source, answers.strip(), feedback.strip(), form, aside.strip()))


def _kind(parts: _Parts) -> Item | LeftOut:
    """Find out the kind as Moodle does: from the signs among the answers."""
    answers = parts.answers
    if not answers:
        return _essay(parts)
    if sum(map(answers.count, "=~\n")) > 2 * MAX_ANSWERS:
        return parts.source.leave_out(say("It has more answers than a question can have here."))
    if answers.startswith(">"):
        return _order(parts)
    if parts.feedback:
        parts.source.note(say("Feedback for the whole question was left out: reasons belong to options."))
    if answers.startswith("#"):
        return _numerical(parts)
    if "~" in answers:
        return _choices(parts)
    if "=" in answers and "->" in answers:
        return _match(parts)
    if answers.partition("#")[0].strip().upper() in _TRUE_FALSE:
        return _true_false(parts)
    return as_typed(parts.source, [text for text, _reason, weight in _weighed(parts) if weight >= 1])


def _weighed(parts: _Parts) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Each answer with its reason and its share of the mark."""
    for piece in re.split(r"(?=[=~])", parts.answers):
        sign, rest = piece[:1], piece[1:].strip()
        if sign not in ("=", "~"):
            continue
        weight = 1.0 if sign == "=" else 0.0
        if found := _WEIGHT.match(rest):
            weight, rest = float(found.group(1)) / 100, rest[found.end() :]
        text, _, reason = rest.partition("#")
        yield _phrase(text, parts), _paragraphs(reason, parts), weight


def _choices(parts: _Parts) -> Item | LeftOut:
    options = [Weighed(*found) for found in _weighed(parts)]
    return as_choices(parts.source, options, single="=" in parts.answers)


def _true_false(parts: _Parts) -> Item | LeftOut:
    """Moodle's order of the feedback: what is said of the wrong answer, then of the right one."""
    key, *said = parts.answers.split("#", 2)
    right = _TRUE_FALSE[key.strip().upper()]
    not_right, of_right = (_paragraphs(text, parts) for text in (*said, "", "")[:2])
    labels = parts.source.labels
    parts.source.labels = replace(labels, fixed=True)
    options = [
        Weighed("True", of_right if right else not_right, float(right)),
        Weighed("False", not_right if right else of_right, float(not right)),
    ]
    return as_choices(parts.source, options, single=True)


def _match(parts: _Parts) -> Item | LeftOut:
    reasons = read_reasons(parts.aside, parts.source)
    pairs = []
    for place, piece in enumerate(filter(None, map(str.strip, parts.answers.split("=")))):
        left, _, right = piece.partition("->")
        reason = reasons[place] if place < len(reasons) else ""
        pairs.append(Pair(_phrase(left, parts), _phrase(right, parts), reason))
    return as_match(parts.source, pairs)


def _order(parts: _Parts) -> Item | LeftOut:
    steps = _ORDERED.sub("", parts.answers, count=1).split("\n")
    texts = [_phrase(line, parts) for line in steps if line.strip()]
    reasons = read_reasons(parts.aside, parts.source)
    return as_order(
        parts.source,
        [Choice(text, (reasons[place],) if reasons[place : place + 1] and reasons[place] else (), True)
         for place, text in enumerate(texts)],
    )  # fmt: skip


def _essay(parts: _Parts) -> Item | LeftOut:
    form, feedback = _form_of(parts.feedback, parts.form)
    ours = read_short_answer(feedback, parts.source) if form == "html" else None
    return ours or no_such_kind(parts.source, "essay")


def _numerical(parts: _Parts) -> Item | LeftOut:
    accepted = []
    for piece in filter(None, map(str.strip, re.split(r"[=~]", parts.answers[1:]))):
        words = piece.partition("#")[0]
        share = _WEIGHT.match(words)
        found = _NUMBER.match(words[share.end() :] if share else words)
        if found and (share is None or float(share.group(1)) >= 100):
            accepted.append(_number_in_words(*found.groups()))
    return as_typed(parts.source, accepted)


def _number_in_words(number: str, sign: str | None, other: str | None) -> str:
    if sign == "..":
        return f"{number} to {other}"
    return number if other in (None, "0") else f"{number} ± {other}"


def _form_of(text: str, usual: Form) -> tuple[Form, str]:
    found = re.match(r"\s*\[(html|moodle|plain|markdown)\]", text)
    return (_FORMS[found.group(1)], _back(text[found.end() :])) if found else (usual, _back(text))


def _paragraphs(text: str, parts: _Parts) -> tuple[str, ...]:
    form, words = _form_of(text.strip(), parts.form)
    return paragraphs(words, form, parts.source)


def _phrase(text: str, parts: _Parts) -> str:
    return "<br>".join(_paragraphs(text, parts))


def _back(text: str) -> str:
    return text.translate(_BACK)
