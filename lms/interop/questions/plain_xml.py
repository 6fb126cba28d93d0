"""XML from strangers as plain nodes with their lines: no entities, no outside files, a cap on depth and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from xml.parsers import expat

MAX_DEPTH = 200
MAX_NODES = 200_000
# A question with 200 answers, each with a rule and feedback, has about as many in QTI 1.2.
_MOST_OF_A_QUESTION = 3000


class UnreadableXml(Exception):
    """The file is no XML that we read; `line` is where reading stopped."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


@dataclass
class Node:
    """An element without its namespace; `inside` holds texts and nodes in their order."""

    tag: str
    attributes: dict[str, str]
    line: int
    inside: list[Node | str] = field(default_factory=list)

    def children(self, tag: str = "") -> list[Node]:
        """The elements directly below, of one name or of all."""
        return [one for one in self.inside if isinstance(one, Node) and tag in ("", one.tag)]

    def first(self, *path: str) -> Node | None:
        """The first element at the end of a path of names."""
        here: Node | None = self
        for tag in path:
            here = next(iter(here.children(tag)), None) if here else None
        return here

    def walk(self) -> Iterator[Node]:
        """The element and all below it, in the order of the text."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children())

    def find(self, *tags: str) -> list[Node]:
        """All elements below with one of these names."""
        return [node for node in self.walk() if node.tag in tags and node is not self]

    def is_long(self) -> bool:
        """Whether there is more below than one question can need."""
        return sum(1 for _node in islice(self.walk(), _MOST_OF_A_QUESTION + 1)) > _MOST_OF_A_QUESTION

    def text(self) -> str:
        """All text inside, trimmed."""
        return "".join(_texts(self)).strip()

    def get(self, name: str, default: str = "") -> str:
        """An attribute."""
        return self.attributes.get(name, default)


def _texts(node: Node) -> Iterator[str]:
    for one in node.inside:
        if isinstance(one, str):
            yield one
        else:
            yield from _texts(one)


def as_html(node: Node, without: tuple[str, ...] = ()) -> str:
    """What is inside an element as HTML, without elements of these names."""
    parts = []
    for one in node.inside:
        if isinstance(one, str):
            parts.append(escape(one, quote=False))
        elif one.tag not in without:
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in one.attributes.items())
            parts.append(f"<{one.tag}{attributes}>{as_html(one, without)}</{one.tag}>")
    return "".join(parts)


def read_xml(content: bytes) -> Node:
    """The root of an XML file; raises UnreadableXml.

    A document type with declarations of its own is refused: nothing of ours needs one, and every bomb and every
    file from outside comes in by it.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag, attributes, parser.CurrentLineNumber)
    parser.EndElementHandler = lambda _tag: builder.end()
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = lambda *_: _refuse(parser.CurrentLineNumber)
    parser.ExternalEntityRefHandler = lambda *_: _refuse(parser.CurrentLineNumber)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableXml(error.lineno, expat.ErrorString(error.code)) from None
    except (LookupError, ValueError) as error:
        raise UnreadableXml(parser.CurrentLineNumber, str(error)) from None
    assert builder.root is not None
    return builder.root


def _refuse(line: int) -> int:
    raise UnreadableXml(line, "it declares entities of its own, which aren't read")


class _Builder:
    """Puts the events of the parser together."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.count += 1
        if len(self.stack) >= MAX_DEPTH or self.count > MAX_NODES:
            raise UnreadableXml(line, "it's larger or deeper than a bank of questions is")
        node = Node(_bare(tag), {_bare(name): value for name, value in attributes.items()}, line)
        if self.stack:
            self.stack[-1].inside.append(node)
        else:
            self.root = node
        self.stack.append(node)

    def end(self) -> None:
        self.stack.pop()

    def data(self, text: str) -> None:
        self.stack[-1].inside.append(text)


def _bare(name: str) -> str:
    return name.rpartition(" ")[2]
