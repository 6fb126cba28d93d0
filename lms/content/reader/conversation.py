"""Reads a practice conversation as a graph: a page whose links lead to its own headings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from lms.content.markdown.blocks import Block, Page
from lms.content.markdown.prose import Renderer
from lms.content.model.content_note import ContentNote
from lms.content.model.conversation import FITS, LABELS, Conversation, End, Reply, Turn
from lms.content.model.report import Report, did_you_mean
from lms.content.model.safe import says_something
from lms.content.questions.parts import bare, check_reason, texts_of
from lms.content.reader.shapes import ConversationShape

ENOUGH_TURNS = 3
_REPLY = re.compile(r"\*\*(?P<kind>[^*]+)\*\*\s*\[(?P<text>.*)\]\(#(?P<goes_to>[^)\s]*)\)\s*$", re.DOTALL)
_STAGE = re.compile(r"\(([^()]*)\)\s*(?=\S)")
_TITLE = re.compile(r"\*\*([^*]+)\*\*\s*")


def read(page: Page, shape: ConversationShape, id: str, renderer: Renderer, report: Report) -> Conversation:
    """Reads turns and ends; every problem is reported at its line."""
    turns: list[Turn] = []
    ends: list[End] = []
    lines: dict[str, int] = {}
    for heading, blocks in _sections(page, report):
        name = " ".join(heading.text.split())
        if name in lines:
            report.add("DUPLICATE_ID", heading.line, f"The heading “{name}” appears twice.")
            continue
        lines[name] = heading.line
        if name in shape.ends:
            ends.append(_end(name, blocks, shape.ends[name] == "good", renderer, report, heading.line))
        else:
            turns.append(_turn(name, blocks, renderer, report, heading.line))
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
    )
    _check_links(conversation, shape, lines, report)
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


def _turn(id: str, blocks: list[Block], renderer: Renderer, report: Report, line: int) -> Turn:
    said: list[str] = []
    replies: list[Reply] = []
    title, blocks = _title_of_turn(blocks, renderer)
    for block in blocks:
        if block.kind == "quote" and not replies:
            said += texts_of([block], report)
        elif block.kind == "bullets":
            replies += [reply for item in block.children if (reply := _reply(item, renderer, report)) is not None]
        elif block.kind not in ("html", "rule"):
            report.add("BAD_TURN", block.line)
    if not any(says_something(renderer.inline(text)) for text in said):
        report.add("BAD_TURN", line, f"There is no text under “{id}”.")
    stage = _STAGE.match(said[0]) if said else None
    if stage:
        said[0] = said[0][stage.end() :]
    return Turn(
        id,
        renderer.inline(stage.group(1)) if stage else "",
        "<br>".join(renderer.inline(text) for text in said),
        tuple(replies),
        title,
    )


def _title_of_turn(blocks: list[Block], renderer: Renderer) -> tuple[str, list[Block]]:
    """The title of a turn, a line in bold before the quote as at an end, and the blocks that are left."""
    found = _TITLE.fullmatch(blocks[0].text) if blocks and blocks[0].kind == "paragraph" else None
    if found is None:
        return "", blocks
    return unescape(bare(renderer.inline(found.group(1)))).rstrip("."), blocks[1:]


def _reply(item: Block, renderer: Renderer, report: Report) -> Reply | None:
    found = _REPLY.match(item.children[0].text) if item.children and item.children[0].kind == "paragraph" else None
    if found is None:
        report.add("BAD_REPLY", item.line)
        return None
    label, _, fit = (part.strip() for part in found["kind"].rpartition(","))
    if label not in LABELS:
        report.add(
            "UNKNOWN_LABEL", item.line, f"The label “{label}” isn’t in the list.{did_you_mean(label.lower(), LABELS)}"
        )
    if fit not in FITS:
        report.add("UNKNOWN_FIT", item.line, f"“{fit}” isn’t steady, mixed or detour.{did_you_mean(fit.lower(), FITS)}")
    quotes = [child for child in item.children[1:] if child.kind == "quote"]
    for child in item.children[1:]:
        if child not in quotes:
            report.add("BAD_REPLY", child.line, "Only the feedback can follow a reply, as a quote.")
    texts = texts_of(quotes, report)
    check_reason(" ".join(texts), quotes[0].line if quotes else item.line, report, needed=True)
    words = renderer.inline(found["text"])
    if not says_something(words):
        report.add("BAD_REPLY", item.line, "This reply has no text.")
    return Reply(label, fit, words, found["goes_to"], "<br>".join(renderer.inline(text) for text in texts))


def _end(id: str, blocks: list[Block], good: bool, renderer: Renderer, report: Report, line: int) -> End:
    """The debrief; its first words in bold are its title."""
    blocks = [block for block in blocks if block.kind not in ("rule", "html")]
    title = ""
    if blocks and blocks[0].kind == "paragraph":
        found = _TITLE.match(blocks[0].text)
        if found:
            title, blocks[0].text = bare(renderer.inline(found.group(1))).rstrip("."), blocks[0].text[found.end() :]
            blocks = blocks if blocks[0].text.strip() else blocks[1:]
    debrief = renderer.page(blocks).html
    if not says_something(debrief):
        report.add("BAD_TURN", line, f"The end “{id}” has no debrief.", fix="Write a paragraph under the heading.")
    if any(block.kind == "bullets" and "](#" in inner.text for block in blocks for inner in block.walk()):
        report.add("BAD_TURN", line, f"The end “{id}” has replies.", fix="Remove the replies, or remove it from ends.")
    return End(id, unescape(title) or id.replace("-", " ").capitalize(), debrief, good)


def _check_links(conversation: Conversation, shape: ConversationShape, lines: dict[str, int], report: Report) -> None:
    """Reports replies and ends that lead nowhere, then checks the paths."""
    places = conversation.places
    for id in shape.ends:
        if id not in places:
            report.add("END_NOT_WRITTEN", 1, f"The end “{id}” has no heading.{did_you_mean(id, lines)}")
    if shape.start not in places:
        report.add(
            "BAD_LINK",
            1,
            f"The conversation starts at “{shape.start}”, but there is no such heading."
            f"{did_you_mean(shape.start, lines)}",
        )
    for turn in conversation.turns:
        if not turn.replies:
            report.add("DEAD_END", lines[turn.id], f"“{turn.id}” has no replies and isn’t listed as an end.")
        for reply in turn.replies:
            if reply.goes_to not in places:
                line = next(
                    (number for number, text in enumerate(report.lines, start=1) if f"](#{reply.goes_to})" in text),
                    lines[turn.id],
                )
                report.add(
                    "BAD_LINK",
                    line,
                    f"A reply leads to “{reply.goes_to}”, but there is no such heading."
                    f"{did_you_mean(reply.goes_to, places)}",
                )
    _check_paths(conversation, lines, report)
    _check_helpful_replies(conversation, report)


def _check_paths(conversation: Conversation, lines: dict[str, int], report: Report) -> None:
    places = conversation.places
    edges = {turn.id: {reply.goes_to for reply in turn.replies} & places.keys() for turn in conversation.turns}
    back = {id: {turn for turn, goals in edges.items() if id in goals} for id in places}
    good = [end.id for end in conversation.ends if end.good]
    if not good:
        report.add("NO_GOOD_END", 1)
    reached = _reach([conversation.start] if conversation.start in places else places, edges)
    leads_to_good = _reach(good, back)
    for id in places:
        if id not in reached:
            report.add("UNREACHABLE", lines[id], f"No reply leads to “{id}”.")
        if id in edges and edges[id] and good and id not in leads_to_good:
            report.add("NO_WAY_TO_GOOD_END", lines[id], f"From “{id}”, no reply leads to a good end.")


def _reach(start: Iterable[str], edges: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        id = waiting.pop()
        if id not in reached:
            reached.add(id)
            waiting += edges.get(id, ())
    return reached


def _check_helpful_replies(conversation: Conversation, report: Report) -> None:
    """Reports when the position or the length of replies gives the helpful one away."""
    turns = [turn for turn in conversation.turns if len({reply.fit == "steady" for reply in turn.replies}) == 2]
    if len(turns) < ENOUGH_TURNS:
        return
    if all(turn.replies[0].fit == "steady" for turn in turns):
        report.add("HELPFUL_FIRST", 1)
    if all(_longest(turn).fit == "steady" for turn in turns):
        report.add("HELPFUL_LONGEST", 1)


def _longest(turn: Turn) -> Reply:
    return max(turn.replies, key=lambda reply: len(reply.text.split()))
