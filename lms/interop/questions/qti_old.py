"""QTI 1.2 in: what Canvas exports and text2qti makes, and the plain form of the specification."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lms.content.model.wording import say
from lms.interop.questions.bank import (
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
    known,
    make_bank,
    no_such_kind,
)  # fmt: skip
from lms.interop.questions.phrases import Form, paragraphs
from lms.interop.questions.plain_xml import Node

_OTHERS = {
    "essay_question": "essay", "file_upload_question": "file upload", "calculated_question": "calculated",
    "fill_in_multiple_blanks_question": "gaps in a text", "multiple_dropdowns_question": "gaps in a text",
    "matrix_question": "matrix", "hot_spot_question": "point at an image",
}  # fmt: skip
_FORMS: dict[str, Form] = {"text/html": "html", "text/plain": "plain", "text/x-markdown": "markdown"}


@dataclass(frozen=True)
class _Rule:
    """One condition for the mark: what is chosen where, what must not be, what it gives and what is then said."""

    chosen: tuple[tuple[str, str], ...]
    score: float
    feedback: tuple[str, ...]
    bounds: tuple[str, ...] = ()


@dataclass
class _Asked:
    """An item taken apart."""

    node: Node
    source: Source
    lists: list[Node] = field(default_factory=list)
    strings: list[Node] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    feedback: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_qti_old(root: Node) -> Bank:
    """All items of a file in QTI 1.2."""
    return make_bank(_read(item) for item in root.walk() if item.tag == "item")


def _read(item: Node) -> Item | LeftOut:
    source = Source(item.line, name=item.get("title"), id=item.get("ident"))
    if item.is_long():
        return source.leave_out_as_too_long()
    if source.name in ("", "Question"):
        source.name = ""
    asked = _Asked(item, source)
    presentation = item.first("presentation") or item
    materials = [part for part in _outside_responses(presentation) if part.tag == "material"]
    source.stem = tuple(text for material in materials for text in _texts(material, source))
    asked.lists = presentation.find("response_lid")
    asked.strings = presentation.find("response_str", "response_num")
    asked.rules = [_rule(one) for one in item.find("respcondition")]
    asked.feedback = {
        one.get("ident"): tuple(text for material in one.find("material") for text in _texts(material, source))
        for one in item.find("itemfeedback")
    }
    return _kind(asked, _metadata(item))


def _kind(asked: _Asked, named: str) -> Item | LeftOut:
    if named in _OTHERS:
        return no_such_kind(asked.source, known(_OTHERS, named))
    if asked.node.find("response_xy", "response_grp"):
        return no_such_kind(asked.source, "point at an image")
    if named == "text_only_question" or not (asked.lists or asked.strings):
        return asked.source.leave_out(say("This is a text without answers, not a question."))
    if asked.strings:
        return _typed(asked)
    if len(asked.lists) > 1:
        return _match(asked)
    if asked.lists[0].get("rcardinality").casefold() == "ordered":
        return _order(asked)
    return _choices(asked, named)


def _choices(asked: _Asked, named: str) -> Item | LeftOut:
    response = asked.lists[0]
    single = response.get("rcardinality", "Single").casefold() == "single"
    weights = _weights(asked, single)
    options = []
    for ident, text in _labels(response, asked.source):
        options.append(Weighed(text, _said_of(ident, asked), weights.get(ident, 0.0)))
    if named == "true_false_question" or _are_true_false(options):
        labels = asked.source.labels
        asked.source.labels = replace(labels, fixed=True)
    general = [id for id in asked.feedback if id in ("general_fb", "correct_fb", "general_incorrect_fb")]
    if general:
        asked.source.note(say("Feedback for the whole question was left out: reasons belong to options."))
    return as_choices(asked.source, options, single)


def _are_true_false(options: list[Weighed]) -> bool:
    return [option.text.casefold() for option in options] == ["true", "false"]


def _weights(asked: _Asked, single: bool) -> dict[str, float]:
    """The share of the mark of each option; a rule that asks for several at once gives all of them the same."""
    found: dict[str, float] = {}
    best = max((rule.score for rule in asked.rules), default=0)
    for rule in asked.rules:
        if rule.score > 0 and (not single or len(rule.chosen) == 1):
            for _response, ident in rule.chosen:
                found[ident] = max(found.get(ident, 0.0), rule.score / best)
    return found


def _said_of(ident: str, asked: _Asked) -> tuple[str, ...]:
    for rule in asked.rules:
        if [choice for _response, choice in rule.chosen] == [ident]:
            for name in rule.feedback:
                if name not in ("correct_fb", "general_fb", "general_incorrect_fb") and asked.feedback.get(name):
                    return asked.feedback[name]
    return ()


def _match(asked: _Asked) -> Item | LeftOut:
    right = {response: ident for rule in asked.rules if rule.score > 0 for response, ident in rule.chosen}
    pairs = []
    texts: dict[str, str] = {}
    for response in asked.lists:
        labels = dict(_labels(response, asked.source))
        texts |= labels
        material = response.first("material")
        left = "<br>".join(_texts(material, asked.source)) if material else ""
        pairs.append(Pair(left, labels.get(right.get(response.get("ident"), ""), "")))
    used = {pair.right for pair in pairs}
    extra = [Pair("", text) for text in dict.fromkeys(texts.values()) if text not in used]
    return as_match(asked.source, [*pairs, *extra])


def _order(asked: _Asked) -> Item | LeftOut:
    texts = dict(_labels(asked.lists[0], asked.source))
    rule = next((rule for rule in asked.rules if rule.score > 0), None)
    if rule is None:
        return asked.source.leave_out(say("The right order isn’t named."))
    return as_order(asked.source, [Choice(texts[ident], (), True) for _, ident in rule.chosen if ident in texts])


def _typed(asked: _Asked) -> Item | LeftOut:
    if len(asked.strings) > 1:
        return no_such_kind(asked.source, "gaps in a text")
    accepted: list[str] = []
    for rule in asked.rules:
        if rule.score > 0:
            accepted += [text for _response, text in rule.chosen] or [" to ".join(rule.bounds)]
    if not any(accepted):
        return no_such_kind(asked.source, "essay")
    return as_typed(asked.source, ["<br>".join(paragraphs(text, "plain", asked.source)) for text in accepted])


def _labels(response: Node, source: Source) -> list[tuple[str, str]]:
    """The options of a response with their identifiers."""
    found = []
    for label in response.find("response_label"):
        texts = [text for material in label.find("material") for text in _texts(material, source)]
        found.append((label.get("ident"), "<br>".join(texts)))
    return found


def _rule(node: Node) -> _Rule:
    scores = [
        _number(one.text()) for one in node.children("setvar")
        if one.get("varname", "SCORE").upper() in ("SCORE", "") and one.get("action", "Set") in ("Set", "Add")
    ]  # fmt: skip
    feedback = tuple(one.get("linkrefid") for one in node.children("displayfeedback"))
    condition = node.first("conditionvar")
    chosen = tuple(_equal(condition)) if condition else ()
    bounds = tuple(one.text() for one in (condition.find("vargte", "vargt", "varlte", "varlt") if condition else ()))
    return _Rule(chosen, sum(scores), feedback, bounds)


def _equal(node: Node) -> list[tuple[str, str]]:
    """What has to be chosen; what stands under `not` must not be."""
    found = []
    for child in node.children():
        if child.tag == "varequal":
            found.append((child.get("respident"), child.text()))
        elif child.tag in ("and", "or"):
            found += _equal(child)
    return found


def _texts(material: Node, source: Source) -> list[str]:
    found: list[str] = []
    for part in material.children():
        if part.tag in ("mattext", "matemtext"):
            found += paragraphs(part.text(), _FORMS.get(part.get("texttype", "text/plain").casefold(), "auto"), source)
        elif part.tag in ("matimage", "matvideo", "mataudio", "matapplet"):
            source.note(
                say("A picture was left out: questions have none. Describe it in words, or put it in a lesson.")
            )
    return found


def _outside_responses(node: Node) -> list[Node]:
    found = []
    for child in node.children():
        found.append(child)
        if child.tag in ("flow", "flow_mat", "presentation"):
            found += _outside_responses(child)
    return found


def _metadata(item: Node) -> str:
    for one in item.find("qtimetadatafield"):
        label, entry = one.first("fieldlabel"), one.first("fieldentry")
        if label and entry and label.text() in ("question_type", "qmd_itemtype"):
            return entry.text()
    return ""


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
