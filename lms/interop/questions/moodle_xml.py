"""Moodle XML in: the bank of a Moodle course, with tags, categories and feedback."""

from __future__ import annotations

from dataclasses import replace

from lms.content.model.wording import say
from lms.interop.questions.bank import (
    Bank,
    Choice,
    Item,
    Labels,
    LeftOut,
    Pair,
    Source,
    Weighed,
    as_choices,
    as_match,
    as_order,
    as_typed,
    known,
    labels_of,
    make_bank,
    no_such_kind,
)  # fmt: skip
from lms.interop.questions.phrases import Form, paragraphs, phrase
from lms.interop.questions.plain_xml import Node

_FORMS: dict[str, Form] = {
    "html": "html", "moodle_auto_format": "auto", "plain_text": "plain", "markdown": "markdown"
}  # fmt: skip
_OTHERS = {
    "essay": "essay", "cloze": "gaps in a text (cloze)", "calculated": "calculated",
    "calculatedsimple": "calculated", "calculatedmulti": "calculated", "ddimageortext": "drag onto an image",
    "ddmarker": "drag markers onto an image", "ddwtos": "drag words into a text", "gapselect": "gaps in a text",
    "randomsamatch": "random matching", "stack": "formula", "coderunner": "code",
}  # fmt: skip


def read_moodle(root: Node) -> Bank:
    """All questions of a Moodle XML file."""
    return make_bank(_read(node) for node in root.children("question"))


def _read(node: Node) -> Item | LeftOut | None:
    kind = node.get("type")
    if kind == "category":
        return None
    if node.is_long():
        return Source(node.line).leave_out_as_too_long()
    tags = node.first("tags")
    source = Source(
        node.line, name=_text(node.first("name")), id=_text(node.first("idnumber")) or node.get("idnumber"),
        labels=labels_of(_text(tag) for tag in tags.children("tag")) if tags else Labels(),
    )  # fmt: skip
    source.stem = _paragraphs(node.first("questiontext"), source)
    if node.find("file"):
        source.note(say("A picture was left out: questions have none. Describe it in words, or put it in a lesson."))
    if kind == "description":
        return source.leave_out(say("This is a text without answers, not a question."))
    read = _KINDS.get(kind)
    if read is None:
        return no_such_kind(source, known(_OTHERS, kind))
    if _text(node.first("generalfeedback")):
        source.note(say("Feedback for the whole question was left out: reasons belong to options."))
    return read(node, source)


def _choices(node: Node, source: Source) -> Item | LeftOut:
    shuffled = _text(node.first("shuffleanswers")) not in ("0", "false")
    if not shuffled:
        labels = source.labels
        source.labels = replace(labels, fixed=True)
    single = _text(node.first("single")) not in ("0", "false")
    return as_choices(source, _weighed(node, source), single)


def _true_false(node: Node, source: Source) -> Item | LeftOut:
    labels = source.labels
    source.labels = replace(labels, fixed=True)
    options = [
        Weighed(option.text.capitalize(), option.reason, option.weight)
        for option in sorted(_weighed(node, source), key=lambda option: option.text.casefold() != "true")
    ]
    return as_choices(source, options, single=True)


def _weighed(node: Node, source: Source) -> list[Weighed]:
    return [
        Weighed(
            _phrase(answer, source),
            _paragraphs(answer.first("feedback"), source),
            _number(answer.get("fraction")) / 100,
        )
        for answer in node.children("answer")
    ]


def _match(node: Node, source: Source) -> Item | LeftOut:
    pairs = []
    for sub in node.children("subquestion"):
        answer = sub.first("answer")
        pairs.append(Pair(_phrase(sub, source), _phrase(answer, source, "plain") if answer else ""))
    return as_match(source, pairs)


def _order(node: Node, source: Source) -> Item | LeftOut:
    answers = sorted(node.children("answer"), key=lambda answer: _number(answer.get("fraction")))
    return as_order(source, [Choice(_phrase(answer, source), (), True) for answer in answers])


def _typed(node: Node, source: Source) -> Item | LeftOut:
    answers = [answer for answer in node.children("answer") if _number(answer.get("fraction")) >= 100]
    return as_typed(source, [_phrase(answer, source, "plain") for answer in answers])


def _numerical(node: Node, source: Source) -> Item | LeftOut:
    accepted = []
    for answer in node.children("answer"):
        if _number(answer.get("fraction")) >= 100:
            spread = _text(answer.first("tolerance"))
            accepted.append(_text(answer) if spread in ("", "0") else f"{_text(answer)} ± {spread}")
    return as_typed(source, accepted)


_KINDS = {
    "multichoice": _choices, "truefalse": _true_false, "matching": _match, "match": _match, "ordering": _order,
    "shortanswer": _typed, "numerical": _numerical,
}  # fmt: skip


def _text(node: Node | None) -> str:
    """The words of an element, whether it holds them itself or in a `text` below."""
    if node is None:
        return ""
    inner = node.first("text")
    return inner.text() if inner else node.text() if not node.children() else ""


def _paragraphs(node: Node | None, source: Source) -> tuple[str, ...]:
    form = _FORMS.get(node.get("format", "html"), "auto") if node else "html"
    return paragraphs(_text(node), form, source)


def _phrase(node: Node, source: Source, usual: Form = "auto") -> str:
    return phrase(_text(node), _FORMS.get(node.get("format"), usual), source)


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
