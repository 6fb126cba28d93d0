"""QTI 2.1 in: one item to a file, as our own export and other systems write them."""

from __future__ import annotations

from dataclasses import replace

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
    labels_of,
    make_bank,
    no_such_kind,
)  # fmt: skip
from lms.interop.questions.phrases import paragraphs, phrase
from lms.interop.questions.plain_xml import Node, as_html
from lms.interop.questions.structured import read_reasons, read_short_answer

_OTHERS = {
    "extendedTextInteraction": "essay", "hotspotInteraction": "point at an image", "hottextInteraction": "mark words",
    "selectPointInteraction": "point at an image", "graphicOrderInteraction": "order on an image",
    "graphicAssociateInteraction": "connect on an image", "graphicGapMatchInteraction": "drag onto an image",
    "gapMatchInteraction": "gaps in a text", "inlineChoiceInteraction": "gaps in a text", "sliderInteraction": "slider",
    "uploadInteraction": "file upload", "drawingInteraction": "drawing", "mediaInteraction": "video or sound",
    "customInteraction": "a kind of that system alone", "positionObjectInteraction": "place on an image",
    "endAttemptInteraction": "hint", "associateInteraction": "pairs within one list",
}  # fmt: skip
_INTERACTIONS = (*_OTHERS, "choiceInteraction", "orderInteraction", "matchInteraction", "textEntryInteraction")


def read_qti_items(root: Node) -> Bank:
    """All items of a file in QTI 2.1 or 2.2."""
    return make_bank(_read(item) for item in root.walk() if item.tag == "assessmentItem")


def _read(item: Node) -> Item | LeftOut:
    body = item.first("itemBody")
    source = Source(item.line, name=item.get("title"), id=item.get("identifier").removeprefix("_"))
    if item.is_long():
        return source.leave_out_as_too_long()
    if body is None:
        return source.leave_out(say("The question has no text."))
    source.labels = labels_of(body.get("class").split())
    asked = [node for node in body.walk() if node.tag in _INTERACTIONS]
    html = as_html(body, _INTERACTIONS) + "".join(as_html(prompt) for prompt in body.find("prompt"))
    source.stem = paragraphs(html, "html", source)
    if not asked:
        return source.leave_out(say("This is a text without answers, not a question."))
    if len(asked) > 1:
        return source.leave_out(say("It asks for several things at once, and questions here ask for one."))
    kind = asked[0].tag
    if kind == "choiceInteraction":
        return _choices(item, asked[0], source)
    if kind == "orderInteraction":
        return _order(item, asked[0], source)
    if kind == "matchInteraction":
        return _match(item, asked[0], source)
    if kind == "textEntryInteraction":
        return as_typed(source, [phrase(text, "plain", source) for text in _key(item, asked[0])])
    return _model(item, source) or no_such_kind(source, known(_OTHERS, kind))


def _choices(item: Node, interaction: Node, source: Source) -> Item | LeftOut:
    key = _key(item, interaction)
    declaration = _declaration(item, interaction)
    single = (declaration.get("cardinality", "single") if declaration else "single") == "single"
    _note_order(interaction, source)
    if declaration and any(_gives(entry) and entry.get("mapKey") not in key for entry in declaration.find("mapEntry")):
        source.note(say("Part marks were left out: only the option with the highest mark counts as right."))
    options = []
    for choice in interaction.children("simpleChoice"):
        html = as_html(choice, ("feedbackInline",))
        options.append(Weighed(phrase(html, "html", source), _said(item, choice, source), float(_id(choice) in key)))
    return as_choices(source, options, single)


def _order(item: Node, interaction: Node, source: Source) -> Item | LeftOut:
    texts = {_id(choice): phrase(as_html(choice), "html", source) for choice in interaction.children("simpleChoice")}
    reasons = _reasons(item, source)
    _note_order(interaction, source)
    steps = []
    for place, id in enumerate(id for id in _key(item, interaction) if id in texts):
        reason = reasons[place] if place < len(reasons) else ""
        steps.append(Choice(texts[id], (reason,) if reason else (), True))
    return as_order(source, steps)


def _match(item: Node, interaction: Node, source: Source) -> Item | LeftOut:
    sets = interaction.children("simpleMatchSet")
    if len(sets) != 2:
        return source.leave_out(say("The right pairs aren’t named."))
    lefts, rights = (
        {_id(choice): phrase(as_html(choice), "html", source) for choice in one.children("simpleAssociableChoice")}
        for one in sets
    )
    key = [tuple(words.split()[:2]) for words in _key(item, interaction) if len(words.split()) == 2]
    if len({left for left, _right in key}) < len(key):
        return no_such_kind(source, "matrix")
    reasons = _reasons(item, source)
    _note_order(interaction, source)
    pairs = []
    for place, (left, right) in enumerate(key):
        if left in lefts and right in rights:
            pairs.append(Pair(lefts[left], rights[right], reasons[place] if place < len(reasons) else ""))
    used = {right for _left, right in key}
    return as_match(source, [*pairs, *(Pair("", text) for id, text in rights.items() if id not in used)])


def _model(item: Node, source: Source) -> Item | LeftOut | None:
    for one in item.children("modalFeedback"):
        if found := read_short_answer(as_html(one), source):
            return found
    return None


def _said(item: Node, choice: Node, source: Source) -> tuple[str, ...]:
    """The feedback of one choice, inside it or as one that opens."""
    inline = choice.find("feedbackInline")
    if inline:
        return paragraphs(as_html(inline[0]), "html", source)
    for feedback in item.children("modalFeedback"):
        if _id(feedback) == _id(choice):
            return paragraphs(as_html(feedback), "html", source)
    return ()


def _reasons(item: Node, source: Source) -> list[str]:
    every = (read_reasons(as_html(one), source) for one in item.children("modalFeedback"))
    return next(filter(None, every), [])


def _note_order(interaction: Node, source: Source) -> None:
    if interaction.get("shuffle", "false") != "true" and not source.labels.fixed:
        labels = source.labels
        source.labels = replace(labels, fixed=True)


def _declaration(item: Node, interaction: Node) -> Node | None:
    named = interaction.get("responseIdentifier")
    return next((one for one in item.children("responseDeclaration") if _id(one) == named), None)


def _key(item: Node, interaction: Node) -> list[str]:
    """The values of the right response; where none is named, those that give marks."""
    declaration = _declaration(item, interaction)
    if declaration is None:
        return []
    correct = declaration.first("correctResponse")
    if correct:
        return [value.text() for value in correct.children("value")]
    return [entry.get("mapKey") for entry in declaration.find("mapEntry") if _gives(entry)]


def _gives(entry: Node) -> bool:
    """Return whether an answer gives marks."""
    return not entry.get("mappedValue").startswith("-") and bool(entry.get("mappedValue").strip("0."))


def _id(node: Node) -> str:
    return node.get("identifier")
