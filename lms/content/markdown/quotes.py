"""What a block quote in a lesson is: speech, a callout, a private prompt, or a plain quote."""

from __future__ import annotations

import re

from lms.content.markdown.blocks import Block, parser, text_of
from lms.content.markdown.citations import CITATION
from lms.content.model.safe import CLOSE, OPEN

ALERTS = {"NOTE": "think", "CAUTION": "stop", "TIP": "keys"}
ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*(\n|$)")
PRIVATE = re.compile(r"\*\*For you, privately\*\*[ \t]*(?:\{#([A-Za-z0-9-]+)\})?[ \t]*(?:\n|$)")
_SAID = re.compile(r"^[“\"„«「‘].*[”\"“»」’]$", re.DOTALL)


def mark_quote(quote: Block) -> Block:
    """The quote with a first paragraph that says which piece of furniture it is; as it was when it is a plain quote."""
    first = quote.children[0] if quote.children else None
    if first is None or first.kind != "paragraph":
        return quote
    alert, private = ALERT.match(first.text), PRIVATE.match(first.text)
    if alert and alert.group(1).upper() in ALERTS:
        return _marked(quote, ALERTS[alert.group(1).upper()], "", first.text[alert.end() :])
    if private:
        return _marked(quote, "private", private.group(1) or "", first.text[private.end() :])
    if is_speech(quote):
        return _marked(quote, "say", "", first.text)
    return quote


def is_speech(quote: Block) -> bool:
    """True when the whole quote stands in quotation marks, so that it is something a person says."""
    said = "\n".join(CITATION.sub("", text_of(child.inline)) for child in quote.children).strip()
    return all(child.kind == "paragraph" for child in quote.children) and bool(_SAID.match(said))


def _marked(quote: Block, name: str, id: str, rest: str) -> Block:
    marker = Block("paragraph", quote.line, quote.line, f"{OPEN}{name}:{id}{CLOSE}")
    first = quote.children[0]
    kept = (
        [Block("paragraph", first.line, first.end, rest, inline=parser().parseInline(rest, {})[0].children or ())]
        if rest.strip()
        else []
    )
    return Block("quote", quote.line, quote.end, children=[marker, *kept, *quote.children[1:]])
