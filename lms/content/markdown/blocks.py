"""Parses Markdown into a tree of blocks with line numbers; this parser decides what is a heading or an option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BlockKind = Literal[
    "page",
    "heading",
    "paragraph",
    "bullets",
    "numbers",
    "item",
    "quote",
    "table",
    "row",
    "cell",
    "code",
    "rule",
    "html",
    "footnote",
]

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading", "paragraph_open": "paragraph", "bullet_list_open": "bullets", "ordered_list_open":
    "numbers", "list_item_open": "item", "blockquote_open": "quote", "table_open": "table", "tr_open": "row",
    "th_open": "cell", "td_open": "cell", "footnote_open": "footnote",
}  # fmt: skip


@dataclass
class Block:
    """One block; `text` is its Markdown without the marks of what holds it, `line` counts from 1 in the file."""

    kind: BlockKind
    line: int = 1
    end: int = 1
    text: str = ""
    level: int = 0
    mark: str = ""
    align: str = ""
    tight: bool = False
    inline: Sequence[Token] = ()
    children: list[Block] = field(default_factory=list)

    def walk(self) -> Iterator[Block]:
        """The block and all that it holds, in the order of the text."""
        yield self
        for child in self.children:
            # Most blocks hold no other, and a generator for each takes longer than all that is done with them.
            if child.children:
                yield from child.walk()
            else:
                yield child


@dataclass(frozen=True)
class Page:
    """A parsed text: its blocks, and the link definitions that stand nowhere in them."""

    blocks: list[Block]
    references: dict[str, tuple[str, str]]


@cache
def parser() -> MarkdownIt:
    """The parser: CommonMark with the tables, strikethrough and footnotes that Git hosts know."""
    # Imported here because web workers, which import this module with the kinds of question, parse hardly ever.
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    return (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .use(footnote_plugin)
        .disable("footnote_inline")
    )


def parse(text: str, first_line: int = 1) -> Page:
    """Reads Markdown whose first line stands at `first_line` of its file."""
    env: dict[str, Any] = {}
    tokens = parser().parse(text, env)
    root = Block("page")
    stack = [root]
    for token in tokens:
        _take(token, stack, first_line)
    references = {
        label: (str(found["href"]), str(found.get("title") or "")) for label, found in env.get("references", {}).items()
    }
    return Page(root.children, references)


def _take(token: Token, stack: list[Block], first_line: int) -> None:
    """Adds what one token says to the block on top of the stack."""
    holder = stack[-1]
    if token.type == "inline":
        holder.text, holder.inline = token.content, token.children or ()
    elif token.type in ("fence", "code_block"):
        holder.children.append(_block("code", token, stack, first_line, text=token.content, mark=token.info.strip()))
    elif token.type == "html_block":
        holder.children.append(_block("html", token, stack, first_line, text=token.content))
    elif token.type == "hr":
        holder.children.append(_block("rule", token, stack, first_line))
    elif token.nesting == 1 and token.type in _KINDS:
        block = _block(_KINDS[token.type], token, stack, first_line)
        _describe(block, token)
        holder.children.append(block)
        stack.append(block)
    elif token.nesting == -1:
        _close(_KINDS.get(token.type.removesuffix("_close") + "_open"), stack)


def _close(kind: BlockKind | None, stack: list[Block]) -> None:
    """Leaves the nearest block of that kind; a footnote inside a footnote leaves an end without a beginning."""
    if stack[-1].kind == kind:
        stack.pop()
    elif any(block.kind == kind for block in stack):
        while stack.pop().kind != kind:
            pass


def _block(kind: BlockKind, token: Token, stack: list[Block], first_line: int, text: str = "", mark: str = "") -> Block:
    begin, end = token.map or (stack[-1].line - first_line, stack[-1].end - first_line + 1)
    return Block(kind, begin + first_line, end + first_line - 1, text=text, mark=mark)


def _describe(block: Block, token: Token) -> None:
    """Adds what only this kind of block has."""
    if block.kind == "heading":
        block.level = int(token.tag[1])
    elif block.kind == "paragraph":
        block.tight = token.hidden
    elif block.kind == "numbers":
        block.level = int(start) if (start := token.attrGet("start")) is not None else 1
        block.mark = token.markup
    elif block.kind == "bullets":
        block.mark = token.markup
    elif block.kind == "cell":
        block.align = str(token.attrGet("style") or "").removeprefix("text-align:")
        block.mark = token.tag
    elif block.kind == "footnote":
        block.mark = str(token.meta.get("label", ""))


def text_of(tokens: Sequence[Token]) -> str:
    """The words of inline tokens without their marks; alternative texts of pictures count as words."""
    parts: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(token.content)
    return "".join(parts)


def words_of(blocks: Sequence[Block]) -> int:
    """How many words a reader meets in these blocks."""
    return sum(len(text_of(block.inline).split()) for top in blocks for block in top.walk())
