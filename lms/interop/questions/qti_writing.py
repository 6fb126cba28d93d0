"""QTI 2.1 out: a package with one item to a file and a manifest that names them."""

from __future__ import annotations

from collections.abc import Iterable

from lms.content.model.question import Question
from lms.interop.questions.bank import labels_as_words
from lms.interop.questions.outgoing import Outgoing, as_xhtml, in_paragraphs, outgoing, xml
from lms.interop.questions.structured import write_model, write_table

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_SCHEMA = f"{_QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCORE = """  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <outcomeDeclaration identifier="FEEDBACK" cardinality="{cardinality}" baseType="identifier"/>
"""
_PROCESSING = """  <responseProcessing>
    <responseCondition>
      <responseIf>
        <match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
      </responseIf>
      <responseElse>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue>
      </responseElse>
    </responseCondition>
    <setOutcomeValue identifier="FEEDBACK">{said}</setOutcomeValue>
  </responseProcessing>
"""
_ALL = '<baseValue baseType="identifier">ALL</baseValue>'
_TYPED = f"""  <responseProcessing>
    <setOutcomeValue identifier="FEEDBACK">{_ALL}</setOutcomeValue>
  </responseProcessing>
"""


def write_qti(questions: Iterable[Question], title: str) -> dict[str, bytes]:
    """The files of a package by path; whoever calls packs them."""
    items = [outgoing(question) for question in questions]
    files = {f"items/{one.id}.xml": _item(one).encode() for one in items}
    return {"imsmanifest.xml": _manifest(items, title).encode(), **files}


def _manifest(items: Iterable[Outgoing], title: str) -> str:
    resources = "".join(
        f'    <resource identifier="RES-{one.id}" type="imsqti_item_xmlv2p1" href="items/{one.id}.xml">\n'
        f'      <file href="items/{one.id}.xml"/>\n    </resource>\n'
        for one in items
    )
    return (
        f'{_HEAD}<manifest xmlns="{_CP}" {_XSI} identifier="MANIFEST-questions" xsi:schemaLocation="{_CP} '
        'http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd">\n'
        "  <metadata>\n    <schema>QTIv2.1 Package</schema>\n    <schemaversion>1.0.0</schemaversion>\n  </metadata>\n"
        f"  <!-- {xml(title).replace('--', '–')} -->\n"
        f"  <organizations/>\n  <resources>\n{resources}  </resources>\n</manifest>\n"
    )


def _item(one: Outgoing) -> str:
    declaration, interaction, feedback, processing = _WRITERS[one.kind](one)
    stem = "".join(f"<p>{as_xhtml(text)}</p>" for text in in_paragraphs(one.stem))
    words = " ".join(labels_as_words(one.labels))
    classes = f' class="{xml(words)}"' if words else ""
    cardinality = "multiple" if one.kind == "several_answers" else "single"
    return (
        f'{_HEAD}<assessmentItem xmlns="{_QTI}" {_XSI} xsi:schemaLocation="{_SCHEMA}" identifier="_{one.id}" '
        f'title="{xml(one.title)}" adaptive="false" timeDependent="false" toolName="Sidelight">\n'
        f"{declaration}{_SCORE.format(cardinality=cardinality)}"
        f"  <itemBody{classes}>\n    {stem}\n{interaction}  </itemBody>\n{processing}{feedback}</assessmentItem>\n"
    )


def _declared(cardinality: str, base: str, values: Iterable[str]) -> str:
    right = "".join(f"<value>{value}</value>" for value in values)
    key = f"\n    <correctResponse>{right}</correctResponse>\n  " if right else ""
    return (
        f'  <responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">{key}'
        "</responseDeclaration>\n"
    )


def _feedback(identifier: str, xhtml: str) -> str:
    return (
        f'  <modalFeedback outcomeIdentifier="FEEDBACK" identifier="{identifier}" showHide="show">{xhtml}'
        "</modalFeedback>\n"
    )


def _choices(one: Outgoing) -> tuple[str, str, str, str]:
    several = one.kind == "several_answers"
    names = [f"C{number}" for number, _row in enumerate(one.rows, start=1)]
    rights = [name for name, row in zip(names, one.rows, strict=True) if row.right]
    options = "".join(
        f'      <simpleChoice identifier="{name}">{as_xhtml(row.cells[0])}</simpleChoice>\n'
        for name, row in zip(names, one.rows, strict=True)
    )
    interaction = (
        f'    <choiceInteraction responseIdentifier="RESPONSE" shuffle="{_shuffle(one)}" '
        f'maxChoices="{len(rights) if several else 1}">\n{options}    </choiceInteraction>\n'
    )
    feedback = "".join(
        _feedback(name, "".join(f"<p>{as_xhtml(text)}</p>" for text in in_paragraphs(row.reason)))
        for name, row in zip(names, one.rows, strict=True)
        if row.reason
    )
    declaration = _declared("multiple" if several else "single", "identifier", rights)
    return declaration, interaction, feedback, _PROCESSING.format(said='<variable identifier="RESPONSE"/>')


def _steps(one: Outgoing) -> tuple[str, str, str, str]:
    names = [f"S{number}" for number, _row in enumerate(one.rows, start=1)]
    steps = "".join(
        f'      <simpleChoice identifier="{name}">{as_xhtml(row.cells[0])}</simpleChoice>\n'
        for name, row in zip(names, one.rows, strict=True)
    )
    interaction = (
        f'    <orderInteraction responseIdentifier="RESPONSE" shuffle="{_shuffle(one)}">\n{steps}'
        "    </orderInteraction>\n"
    )
    return _declared("ordered", "identifier", names), interaction, _table(one), _PROCESSING.format(said=_ALL)


def _pairs(one: Outgoing) -> tuple[str, str, str, str]:
    rights = {text: f"R{number}" for number, text in enumerate(dict.fromkeys(row.cells[1] for row in one.rows), 1)}
    pairs = [row for row in one.rows if row.cells[0]]
    lefts = "".join(
        f'        <simpleAssociableChoice identifier="L{number}" matchMax="1">{as_xhtml(row.cells[0])}'
        "</simpleAssociableChoice>\n"
        for number, row in enumerate(pairs, start=1)
    )
    others = "".join(
        f'        <simpleAssociableChoice identifier="{name}" matchMax="{len(pairs)}">{as_xhtml(text)}'
        "</simpleAssociableChoice>\n"
        for text, name in rights.items()
    )
    interaction = (
        f'    <matchInteraction responseIdentifier="RESPONSE" shuffle="{_shuffle(one)}" '
        f'maxAssociations="{len(pairs)}">\n      <simpleMatchSet>\n{lefts}      </simpleMatchSet>\n'
        f"      <simpleMatchSet>\n{others}      </simpleMatchSet>\n    </matchInteraction>\n"
    )
    key = [f"L{number} {rights[row.cells[1]]}" for number, row in enumerate(pairs, start=1)]
    return _declared("multiple", "directedPair", key), interaction, _table(one), _PROCESSING.format(said=_ALL)


def _model(one: Outgoing) -> tuple[str, str, str, str]:
    feedback = _feedback("ALL", write_model([[as_xhtml(text) for text in texts] for texts in one.model]))
    interaction = '    <extendedTextInteraction responseIdentifier="RESPONSE" expectedLines="6"/>\n'
    return _declared("single", "string", ()), interaction, feedback, _TYPED


def _table(one: Outgoing) -> str:
    if not any(row.reason for row in one.rows):
        return ""
    rows = [[as_xhtml(text) for text in (*row.cells, row.reason)] for row in one.rows]
    return _feedback("ALL", write_table(rows))


def _shuffle(one: Outgoing) -> str:
    return "true"


_WRITERS = {
    "one_answer": _choices, "several_answers": _choices, "order": _steps, "match": _pairs, "short_answer": _model,
}  # fmt: skip
