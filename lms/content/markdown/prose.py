"""Renders prose as safe HTML, whole pages or single phrases, with only the tags listed in `safe`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from posixpath import normpath
from unicodedata import normalize
from urllib.parse import quote, unquote

from markdown import Markdown
from markdown.treeprocessors import UnescapeTreeprocessor

from lms.content.markdown.blocks import Block, parser
from lms.content.markdown.citations import CITATION
from lms.content.markdown.furniture import FIXED_WORDS, Furniture, expected, field_for
from lms.content.markdown.normalise import normalise
from lms.content.markdown.player import player
from lms.content.markdown.quotes import mark_quote
from lms.content.model.course import Source
from lms.content.model.safe import CLOSE, OPEN, clean, clean_phrase, without_marks
from lms.content.model.structure import address_of, is_recording
from lms.content.model.wording import fixed

__all__ = ["FIXED_WORDS", "PLACEHOLDER", "PLACEHOLDERS", "Rendered", "Renderer"]

PLACEHOLDERS = ("lead", "emergency", "limits_statement")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_KEPT = re.compile(f'{OPEN}([a-z]+):([^{OPEN}{CLOSE}<>"]*){CLOSE}')
_RECORDING = re.compile(r"<div>⟦recording:(\d+)⟧</div>")
_EXTENSIONS = (
    "footnotes", "tables", "sane_lists", "pymdownx.highlight", "pymdownx.superfences", "pymdownx.quotes",
    "pymdownx.tilde",
)  # fmt: skip
_SETTINGS = {
    "tables": {"use_align_attribute": True},
    "pymdownx.highlight": {"use_pygments": False},
    "pymdownx.tilde": {"subscript": False},
}
_ANCHOR = re.compile(r"[\w-]+")
# A phrase in which nothing can be Markdown or HTML, as most are.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,.;:?’‘“”…–—()'-])*")
_PUNCTUATION = list("\"$%&',/:;<=>?@^|~")


@dataclass(frozen=True)
class Rendered:
    """A page of HTML, the sources that it cites in their order, and what a Git host would show in another number."""

    html: str
    cited: tuple[str, ...] = ()
    differs: str = ""


class Renderer:
    """Render the pages of one course: it knows the course's id, sources and pictures; use it within one thread."""

    def __init__(
        self,
        sources: Mapping[str, Source] | None = None,
        pictures: Mapping[str, str] | None = None,
        course: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self.sources: Mapping[str, Source] = {} if sources is None else sources
        self.pictures: Mapping[str, str] = {} if pictures is None else pictures
        self.course: Mapping[str, str] = {} if course is None else course
        self.files: Mapping[str, bytes] = {} if files is None else files
        self._folder = ""

    def page(
        self,
        blocks: Sequence[Block],
        references: Mapping[str, tuple[str, str]] | None = None,
        *,
        folder: str = "",
        lead: bool = False,
    ) -> Rendered:
        """Renders blocks of a file that lies in `folder`; `lead` gives the first paragraph its class."""
        self._folder = folder
        cleared = [_without_marks(block) for block in blocks]
        marked = [mark_quote(block) if block.kind == "quote" else block for block in cleared]
        text = PLACEHOLDER.sub(_keep_placeholder, normalise(marked, references))
        self._library.reset()
        self._furniture.begin(lead)
        html = self._library.convert(text)
        cited = tuple(self._furniture.citations.cited)
        counts = self._furniture.furnish.counts
        whole = _RECORDING.sub(self._player, _put_back(clean(html + self._notes(cited))))
        return Rendered(whole, cited, _difference(expected(marked), counts))

    def _player(self, found: re.Match[str]) -> str:
        path, title = self._furniture.furnish.recordings[int(found[1])]
        # Until its last steps, the library holds escaped characters, entities and code as marks between control codes.
        title = UnescapeTreeprocessor().unescape(title)
        for step in self._library.postprocessors:
            title = step.run(title)
        return player(path, unescape(title), self.pictures, self.files, self.course.get("language", ""))

    def inline(self, text: str) -> str:
        """One phrase, without an outer paragraph; a cited source stays as its id, for no notes stand below a phrase."""
        if _PLAIN.fullmatch(text):
            return text.strip()
        html = parser().renderInline(without_marks(text), {})
        return clean_phrase(CITATION.sub(self._cited_inline, html)).strip()

    def _cited_inline(self, found: re.Match[str]) -> str:
        id = found.group(1)
        if id == "unchecked":
            return f'<span class="unchecked"> ({fixed("not yet checked")})</span>'
        return f'<small class="cite">[{id}]</small>' if id in self.sources else found.group()

    @cached_property
    def _library(self) -> Markdown:
        library = Markdown(
            extensions=[*_EXTENSIONS, self._furniture],
            extension_configs=_SETTINGS,
            output_format="html",
        )
        # CommonMark lets any punctuation be escaped, the library only some.
        more = [mark for mark in _PUNCTUATION if mark not in library.ESCAPED_CHARS]
        library.ESCAPED_CHARS = [*library.ESCAPED_CHARS, *more]
        return library

    @cached_property
    def _furniture(self) -> Furniture:
        return Furniture(self.sources, (self._find_picture, self._find_page, self.recording_path))

    def picture_path(self, source: str, folder: str) -> str | None:
        """The path of a picture of this course, written from its root or from the file's own folder; else None."""
        for path in spellings(source, folder):
            if path.startswith("media/") and path in self.pictures:
                return path
        return None

    def recording_path(self, source: str, folder: str | None = None) -> str | None:
        """The path of a recording of this course that a link names; else None."""
        if not is_recording(source):
            return None
        return self.picture_path(source, self._folder if folder is None else folder)

    def _find_picture(self, source: str) -> str | None:
        path = self.picture_path(source, self._folder)
        return f"{OPEN}media:{self.pictures[path]}{CLOSE}/{quote(path.removeprefix('media/'))}" if path else None

    def _find_page(self, href: str) -> str | None:
        """The mark that stands for the address of another page of this course; None for all other links."""
        path, anchor = page_of(href, self._folder)
        address = address_of(path) if path else None
        return None if address is None else f"{OPEN}page:{self.course.get('id', '')}{address}{anchor}{CLOSE}"

    def _notes(self, cited: Sequence[str]) -> str:
        if not cited:
            return ""
        items = []
        for id in cited:
            source = self.sources[id]
            words = escape(source.citation)
            linked = f'<a href="{escape(source.url)}">{words}</a>' if source.url else words
            items.append(f'<li id="n-{id}">{linked} <a href="#r-{id}-1">{fixed("back to the text")}</a></li>')
        return f'<section class="notes"><h2>{fixed("Sources")}</h2><ol>{"".join(items)}</ol></section>'


def spellings(source: str, folder: str) -> tuple[str, str]:
    """The paths that a picture's address can mean, in NFC as the files of a bundle are named."""
    plain = normalize("NFC", unquote(source).split("#")[0].split("?")[0])
    return plain, normpath(f"{folder}/{plain}" if folder else plain)


def page_of(href: str, folder: str) -> tuple[str, str]:
    """The path of the file that a link in that folder names, and the anchor with its `#`; no path for other links."""
    plain, mark, anchor = normalize("NFC", unquote(href)).partition("#")
    if not plain.endswith(".md") or ":" in plain or plain.startswith("/"):
        return "", ""
    return normpath(f"{folder}/{plain}" if folder else plain), mark + "".join(_ANCHOR.findall(anchor))


def _without_marks(block: Block) -> Block:
    """The same block with every text cleared of characters that are marks to us."""
    for inner in block.walk():
        inner.text, inner.mark = without_marks(inner.text), without_marks(inner.mark)
    return block


def _keep_placeholder(found: re.Match[str]) -> str:
    return f"{OPEN}fact:{found.group(1)}{CLOSE}" if found.group(1) in PLACEHOLDERS else found.group()


def _put_back(html: str) -> str:
    """Puts programme facts, pictures' addresses and our own fields where cleaning left their marks."""
    kinds = {
        "fact": lambda value: "{{" + value + "}}",
        "media": lambda value: f"⟦media:{value}⟧",
        "page": lambda value: f"⟦page:{value}⟧",
        "recording": lambda value: f"⟦recording:{value}⟧",
        "private": field_for,
    }
    return _KEPT.sub(lambda found: kinds[found.group(1)](found.group(2)) if found.group(1) in kinds else "", html)


def _difference(host: Mapping[str, int], here: Mapping[str, int]) -> str:
    names = {
        "li": "list items", "table": "tables", "tr": "table rows", "blockquote": "quotes", "a": "links",
        "img": "pictures", "em": "emphases", "strong": "strong words",
    }  # fmt: skip
    for tag in sorted({*host, *here}):
        if host.get(tag, 0) != here.get(tag, 0):
            return f"{names.get(tag, 'headings')}: {host.get(tag, 0)} on a Git host, {here.get(tag, 0)} here"
    return ""
