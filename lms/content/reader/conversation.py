"""Reads a practice conversation as a graph: a page whose links lead to its own headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape

from lms.content.conversations.check import Lines, check_roads
from lms.content.conversations.memory import Terms, read_bold, read_end, read_terms
from lms.content.markdown.blocks import Block, Page
from lms.content.markdown.prose import Renderer
from lms.content.model.content_note import ContentNote
from lms.content.model.conversation import ALWAYS, FITS, LABELS, Condition, Conversation, End, Reply, Turn, Variant
from lms.content.model.report import Report, did_you_mean
from lms.content.model.safe import says_something
from lms.content.questions.parts import bare, check_reason, texts_of
from lms.content.reader.shapes import ConversationShape

_REPLY = re.compile(r"\*\*(?P<kind>[^*]+)\*\*\s*\[(?P<text>.*)\]\(#(?P<goes_to>[^)\s]*)\)\s*$", re.DOTALL)
_STAGE = re.compile(r"\(([^()]*)\)\s*(?=\S)")
_TITLE = re.compile(r"\*\*([^*]+)\*\*\s*")


@dataclass
class _Source:
    """What reading one conversation needs: its facts, and where problems and lines are noted."""

    facts: Mapping[str, str]
    renderer: Renderer
    report: Report
    lines: Lines = field(default_factory=Lines)

    def check_facts(self, names: Iterable[str], line: int) -> None:
        """Report each name that is no fact."""
        for name in names:
            if name not in self.facts:
                message = f"“{name}” isn’t one of the facts.{did_you_mean(name, self.facts)}"
                self.report.add("UNKNOWN_FACT", line, message)

    def inline(self, texts: Iterable[str]) -> str:
        """Paragraphs as one phrase of HTML."""
        return "<br>".join(self.renderer.inline(text) for text in texts)


@dataclass
class _Spoken:
    """Words of a turn while they are read: a variant's, or its own."""

    when: Condition
    line: int
    texts: list[str] = field(default_factory=list)


def read(page: Page, shape: ConversationShape, id: str, renderer: Renderer, report: Report) -> Conversation:
    """Reads turns and ends; every problem is reported at its line."""
    source = _Source(shape.facts, renderer, report)
    lines = source.lines.places
    turns: list[Turn] = []
    ends: list[End] = []
    for heading, blocks in _sections(page, report):
        name = " ".join(heading.text.split())
        if name in lines:
            report.add("DUPLICATE_ID", heading.line, f"The heading “{name}” appears twice.")
            continue
        lines[name] = heading.line
        if name in shape.ends:
            ends.append(_end(name, blocks, shape.ends[name], source, heading.line))
        else:
            turns.append(_turn(name, blocks, source, heading.line))
    conversation = Conversation(
        id=id,
        title=shape.title,
        partner=shape.partner,
        setting=shape.setting,
        content_note=shape.content_notes.value() if shape.content_notes else ContentNote(),
        objectives=tuple(shape.objectives),
        start=shape.start,
        turns=tuple(turns),
        ends=tuple(ends),
        must_reach=shape.must_reach,
        minutes=shape.minutes,
        path=report.path,
        facts=tuple(shape.facts.items()),
        by=shape.by,
        first_contact=shape.first_contact,
    )
    _check_links(conversation, shape, source)
    return conversation


def _sections(page: Page, report: Report) -> list[tuple[Block, list[Block]]]:
    found: list[tuple[Block, list[Block]]] = []
    for block in page.blocks:
        if block.kind == "heading":
            found.append((block, []))
            if block.level != 2:
                report.add("HEADING_JUMP", block.line, "The heading of a turn starts with ##.")
        elif found:
            found[-1][1].append(block)
        elif block.kind != "html":
            report.add(
                "BAD_TURN",
                block.line,
                "There is text before the first turn.",
                fix="Move it to setting, or under a heading.",
            )
    return found


def _turn(id: str, blocks: list[Block], source: _Source, line: int) -> Turn:
    report = source.report
    spoken = [_Spoken(ALWAYS, line)]
    answers: tuple[str, ...] = ()
    replies: list[Reply] = []
    title, blocks = _title_of_turn(blocks, source)
    for block in blocks:
        if block.kind == "quote" and not replies:
            spoken[-1].texts += texts_of([block], report)
        elif block.kind == "bullets":
            replies += _replies(id, len(replies), block, source)
        elif block.kind == "paragraph" and not replies and (terms := _condition(block, source)) is not None:
            if terms.answers and len(spoken) == 1 and not spoken[0].texts:
                answers = terms.answers
            elif terms.answers or not spoken[0].texts:
                report.add("BAD_TURN", block.line, "What’s said otherwise comes first, then each variant.")
            else:
                source.lines.variants[id, len(spoken) - 1] = block.line
                spoken.append(_Spoken(terms.when, block.line))
        elif block.kind not in ("html", "rule"):
            report.add("BAD_TURN", block.line)
    (stage, says), *others = [_said(id, one, source) for one in spoken]
    variants = tuple(Variant(one.when, *words) for one, words in zip(spoken[1:], others, strict=True))
    return Turn(id, stage, says, tuple(replies), title, variants, answers)


def _said(id: str, spoken: _Spoken, source: _Source) -> tuple[str, str]:
    """The stage direction in front of the words, and the words."""
    texts = spoken.texts
    if not any(says_something(source.renderer.inline(text)) for text in texts):
        source.report.add("BAD_TURN", spoken.line, f"There is no text under “{id}”.")
    stage = _STAGE.match(texts[0]) if texts else None
    if stage:
        texts = [texts[0][stage.end() :], *texts[1:]]
    return source.renderer.inline(stage.group(1)) if stage else "", source.inline(texts)


def _condition(block: Block, source: _Source) -> Terms | None:
    """The terms of a paragraph that is nothing but a condition in bold; None for any other."""
    found = read_bold(block.text)
    if found is None or found[1].strip() or found[0].sets:
        return None
    source.check_facts(found[0].names, block.line)
    return found[0]


def _title_of_turn(blocks: list[Block], source: _Source) -> tuple[str, list[Block]]:
    """The title of a turn, a line in bold before the quote as at an end, and the blocks that are left."""
    found = _TITLE.fullmatch(blocks[0].text) if blocks and blocks[0].kind == "paragraph" else None
    terms = read_bold(blocks[0].text) if found else None
    if found is None or (terms and source.facts.keys() & terms[0].names):
        return "", blocks
    return unescape(bare(source.renderer.inline(found.group(1)))).rstrip("."), blocks[1:]


def _replies(id: str, before: int, block: Block, source: _Source) -> list[Reply]:
    replies: list[Reply] = []
    for item in block.children:
        reply = _reply(item, source)
        if reply is not None:
            source.lines.replies[id, before + len(replies)] = item.line
            replies.append(reply)
    return replies


def _reply(item: Block, source: _Source) -> Reply | None:
    report = source.report
    found = _REPLY.match(item.children[0].text) if item.children and item.children[0].kind == "paragraph" else None
    if found is None:
        report.add("BAD_REPLY", item.line)
        return None
    label, fit, terms = _kind_of(found["kind"], item.line, source)
    quotes = [child for child in item.children[1:] if child.kind == "quote"]
    for child in item.children[1:]:
        if child not in quotes:
            report.add("BAD_REPLY", child.line, "Only the feedback can follow a reply, as a quote.")
    texts = texts_of(quotes, report)
    check_reason(" ".join(texts), quotes[0].line if quotes else item.line, report, needed=True)
    words = source.renderer.inline(found["text"])
    if not says_something(words):
        report.add("BAD_REPLY", item.line, "This reply has no text.")
    return Reply(label, fit, words, found["goes_to"], source.inline(texts), terms.sets, terms.when)


def _kind_of(kind: str, line: int, source: _Source) -> tuple[str, str, Terms]:
    """The label of a reply, how it fits, and what it sets and asks for."""
    label, fit, *others = ["", *kind.split(",")] if "," not in kind else kind.split(",")
    label, fit = label.strip(), fit.strip()
    if label not in LABELS:
        near = did_you_mean(label.lower(), LABELS)
        source.report.add("UNKNOWN_LABEL", line, f"The label “{label}” isn’t in the list.{near}")
    if fit not in FITS:
        near = did_you_mean(fit.lower(), FITS)
        source.report.add("UNKNOWN_FIT", line, f"“{fit}” isn’t steady, mixed or detour.{near}")
    terms = read_terms(others)
    if terms is None or terms.answers:
        words = ", ".join(part.strip() for part in others)
        message = f"We can’t read “{words}”."
        fix = "After steady, mixed or detour, write sets a, needs a and b, or unless a or b."
        source.report.add("BAD_REPLY", line, message, fix=fix)
        return label, fit, Terms()
    source.check_facts(terms.names, line)
    return label, fit, terms


def _end(id: str, blocks: list[Block], ending: str, source: _Source, line: int) -> End:
    """The debrief; its first words in bold are its title, and paragraphs may have a condition."""
    renderer, report = source.renderer, source.report
    good, needs = read_end(ending)
    source.check_facts(needs, 1)
    blocks = [block for block in blocks if block.kind not in ("rule", "html")]
    title = ""
    if blocks and blocks[0].kind == "paragraph":
        found = _TITLE.match(blocks[0].text)
        if found:
            title, blocks[0].text = bare(renderer.inline(found.group(1))).rstrip("."), blocks[0].text[found.end() :]
            blocks = blocks if blocks[0].text.strip() else blocks[1:]
    groups = _by_condition(blocks, source)
    pieces = tuple((when, renderer.page(group).html) for when, group in groups)
    debrief = "".join(html for _when, html in pieces)
    if not says_something(debrief):
        report.add("BAD_TURN", line, f"The end “{id}” has no debrief.", fix="Write a paragraph under the heading.")
    if any(block.kind == "bullets" and "](#" in inner.text for block in blocks for inner in block.walk()):
        report.add("BAD_TURN", line, f"The end “{id}” has replies.", fix="Remove the replies, or remove it from ends.")
    parts = pieces if any(when != ALWAYS for when, _html in pieces) else ()
    return End(id, unescape(title) or id.replace("-", " ").capitalize(), debrief, good, needs, parts)


def _by_condition(blocks: list[Block], source: _Source) -> list[tuple[Condition, list[Block]]]:
    """Blocks that are shown together, with their condition: a paragraph that starts with one in bold stands alone."""
    groups: list[tuple[Condition, list[Block]]] = []
    for block in blocks:
        found = read_bold(block.text) if block.kind == "paragraph" and source.facts else None
        if found and found[1].strip() and not found[0].sets + found[0].answers:
            source.check_facts(found[0].names, block.line)
            block.text = found[1]
            groups.append((found[0].when, [block]))
        elif groups and groups[-1][0] == ALWAYS:
            groups[-1][1].append(block)
        else:
            groups.append((ALWAYS, [block]))
    return groups


def _check_links(conversation: Conversation, shape: ConversationShape, source: _Source) -> None:
    """Reports replies and ends that lead nowhere, then checks the paths."""
    places, lines, report = conversation.places, source.lines, source.report
    for id in shape.ends:
        if id not in places:
            report.add("END_NOT_WRITTEN", 1, f"The end “{id}” has no heading.{did_you_mean(id, lines.places)}")
    if shape.start not in places:
        report.add(
            "BAD_LINK",
            1,
            f"The conversation starts at “{shape.start}”, but there is no such heading."
            f"{did_you_mean(shape.start, lines.places)}",
        )
    for turn in conversation.turns:
        if not turn.replies:
            report.add("DEAD_END", lines.places[turn.id], f"“{turn.id}” has no replies and isn’t listed as an end.")
        for index, reply in enumerate(turn.replies):
            if reply.goes_to not in places:
                report.add(
                    "BAD_LINK",
                    lines.replies[turn.id, index],
                    f"A reply leads to “{reply.goes_to}”, but there is no such heading."
                    f"{did_you_mean(reply.goes_to, places)}",
                )
    check_roads(conversation, lines, report)
