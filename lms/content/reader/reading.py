"""Splits prose into sentences, and grades how hard it is to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lms.content.markdown.blocks import Block, text_of
from lms.content.markdown.citations import CITATION

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|(?<!\w)‘[^‘’]*(?:’\w[^‘’]*)*’")
_MARKS = re.compile(r"^\s*\[!\w+\]\s*|^\s*For you, privately\s*(?:\{#[\w-]+\})?|\{#[\w-]+\}")
_FACT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_END = re.compile(r"(?<![.!?…])[.!?…]+[”’\"'»)\]]*\s+(?![“‘\"'«(\[]*[a-z])")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|St|vs|cf)\.\s*$")
LONGEST_SHORT = 8
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_GOES_ON = (":", ";", ",")
_SILENT = re.compile(
    r"(?<=[^aeiouy])e(?=(?:ments?|ly|ful|ness|less|ty|where|body|one|things?|times?|guard\w*)$)"
    r"|(?<=[^aeiouy])(?:e|es|ed)$|(?<=g)ues?$"
)
_HEARD = re.compile(r"(?:[^aeiouylr]|[aeiouy]r)les?$|[td]ed$|(?:[cgszx]|sh|ch)es$")
_APART = re.compile(
    r"(?<![tscg])i[ao](?<!nio)(?<!llio)|iu|[tscg]ia(?:t|li)|eo(?!us|ple)|(?<!g)u[ao]|yi|[eo]ing|crea|rea(?:lit|ct)"
    r"|ism$|[ds]n[’']t$"
)


@dataclass(frozen=True)
class Passage:
    """The words of one paragraph, list item or cell, and the block they stand in."""

    text: str
    block: Block


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the line on which its paragraph begins."""

    text: str
    line: int


def passage(block: Block) -> Passage:
    """The words of one block as a reader sees them: no citations, no marks, no words for pictures."""
    text = text_of([token for token in block.inline if token.type != "image"])
    # Few texts hold any of these, so few are looked at closely.
    if "[^" in text:
        text = CITATION.sub("", text)
    if "{{" in text:
        text = _FACT.sub(lambda found: found.group(1).replace("_", " "), text)
    if "[!" in text or "{#" in text or "For you" in text:
        text = _MARKS.sub("", text)
    return Passage(" ".join(text.split()), block)


def paragraphs(blocks: Iterable[Block]) -> Iterator[Passage]:
    """All running text in its order; headings, tables and code are none."""
    for top in blocks:
        for block in top.walk():
            if block.kind == "paragraph" and (found := passage(block)).text:
                yield found


def sentences(passages: Iterable[Passage], *, quoted: bool = True) -> list[Sentence]:
    """The sentences of the passages; a passage that ends in a colon, a semicolon or a comma goes on in the next.

    Without `quoted`, what stands in quotation marks is left out.
    """
    found: list[Sentence] = []
    waiting, line = "", 0
    for one in passages:
        text = one.text if quoted else QUOTED.sub("“”", one.text)
        line = line if waiting else one.block.line
        waiting = f"{waiting} {text}".strip()
        if not waiting.endswith(_GOES_ON):
            found += [Sentence(part, line) for part in split(waiting)]
            waiting = ""
    return found + [Sentence(part, line) for part in split(waiting)]


def split(text: str) -> list[str]:
    """The sentences of one text; a colon or a semicolon ends none, nor does a short form such as “e.g.”."""
    parts: list[str] = []
    begin = 0
    for end in _END.finditer(text):
        if not _SHORT.search(text[max(begin, end.end() - LONGEST_SHORT) : end.end()]):
            parts.append(text[begin : end.end()].strip())
            begin = end.end()
    return [part for part in (*parts, text[begin:].strip()) if _WORD.search(part)]


def words(text: str) -> list[str]:
    """The words of a text; one with hyphens is one word."""
    return _WORD.findall(text)


@lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """About how many syllables an English word has: its groups of vowels, less the silent, more the divided."""
    return sum(_syllables(part) for part in word.lower().split("-"))


def _syllables(word: str) -> int:
    bare = word.removesuffix("’s").replace("qu", "q")
    sounded = bare if _HEARD.search(bare) else _SILENT.sub("", bare)
    return max(1, len(re.findall(r"[aeiouyàâäéèêëïîöôüû]+", sounded)) + len(_APART.findall(sounded)))


def grade(passage: Sequence[Sentence]) -> float:
    """The Flesch–Kincaid grade of English sentences, to one decimal; 0 when there are none."""
    spoken = [word for sentence in passage for word in words(sentence.text)]
    if not spoken:
        return 0.0
    sounds = sum(map(syllables, spoken))
    return round(0.39 * len(spoken) / len(passage) + 11.8 * sounds / len(spoken) - 15.59, 1)
