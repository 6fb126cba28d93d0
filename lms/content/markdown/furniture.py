"""HTML of callouts, private prompts, tables and pictures: a Python-Markdown extension."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from html import escape
from xml.etree import ElementTree

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from lms.content.markdown.blocks import Block
from lms.content.markdown.citations import Citations, part_references
from lms.content.model.course import Source
from lms.content.model.safe import CLOSE, OPEN
from lms.content.model.wording import N_, fixed

HEADS = {"think": "Worth knowing", "stop": "Take care", "keys": "In short"}
FIXED_WORDS = (
    N_("Worth knowing"), N_("Take care"), N_("In short"), N_("For you, privately"),
    N_("Print without saving"), N_("What you write stays on this page. We don’t send or store it."), N_("Sources"),
    N_("back to the text"), N_("not yet checked"),
)  # fmt: skip
SHOW_PICTURE = N_("Show the picture")
SHOW_RECORDING = N_("Show the recording")
TOLD_WITH_CONSENT = N_("Told with the consent of")
TAKE_IT_BACK = N_("The person who told it can have it removed at any time:")
_MARKER = re.compile(f"{OPEN}(say|think|stop|keys|private):([A-Za-z0-9-]*){CLOSE}")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
# What an address in a text leads to: a picture's address, a page's address, a recording's path; None for all else.
Finders = tuple[Callable[[str], str | None], Callable[[str], str | None], Callable[[str], str | None]]
_ANCHOR = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_COUNTED = ("h2", "h3", "h4", "h5", "h6", "li", "table", "tr", "blockquote", "a", "img", "em", "strong")


def fold_picture(html: str, picture: str) -> str | None:
    """Return a page with one picture folded away behind its description; None where it does not stand alone."""
    alone = re.compile(rf'<figure>\s*(<img\b[^>]*src="[^"]*/{re.escape(picture)}"[^>]*>)')
    found = alone.search(html)
    if found is None:
        return None
    words = re.search(r'\balt="([^"]*)"', found[1])
    head = f"<summary>{fixed(SHOW_PICTURE)}: {words[1] if words else ''}</summary>"
    return f'{html[: found.start(1)]}<details class="fold">{head}{found[1]}</details>{html[found.end(1) :]}'


def fold_recording(html: str, name: str) -> str | None:
    """Return a page with one recording folded away behind its title; None where there is none of that name."""
    found = re.search(rf'<figure class="recording">(?:(?!</figure>).)*/{re.escape(name)}".*?</figure>', html, re.DOTALL)
    if found is None:
        return None
    words = re.search(r'\baria-label="([^"]*)"', found[0])
    head = f"<summary>{fixed(SHOW_RECORDING)}: {words[1] if words else ''}</summary>"
    return f'{html[: found.start()]}<details class="fold">{head}{found[0]}</details>{html[found.end() :]}'


def story_note(told_by: str, removal: str) -> str:
    """Return the line under a colleague's own story: by whose consent it stands here, and where it is taken back."""
    words = f"{fixed(TOLD_WITH_CONSENT)} {escape(told_by)}. {fixed(TAKE_IT_BACK)} {escape(removal)}"
    return f'<p class="small soft">{words}</p>'


class FurnitureTreeprocessor(Treeprocessor):
    """Replaces marked quotes with callouts and prompts, and adds roles and captions to tables and pictures."""

    def __init__(self, md: Markdown, finders: Finders) -> None:
        super().__init__(md)
        self.find_picture, self.find_page, self.find_recording = finders
        self.lead = False
        self.counts: Counter[str] = Counter()
        self.recordings: list[tuple[str, str]] = []

    def run(self, root: ElementTree.Element) -> None:
        """Counts what was read, then changes the tree in place."""
        self.counts = _counted(root)
        for quote in root.findall("blockquote"):
            _furnish(quote)
        for table in list(root.iter("table")):
            _scope(table)
        for heading in (element for tag in _HEADINGS for element in list(root.iter(tag))):
            _anchor(heading)
        for paragraph in root.findall("p"):
            self._recording(paragraph)
        for link in root.iter("a"):
            href = link.get("href", "")
            link.set("href", self.find_page(href) or href)
        part_references(root)
        for holder in list(root.iter()):
            self._picture(holder)
        first = root.find("p")
        if self.lead and first is not None:
            first.set("class", "lead")

    def _recording(self, holder: ElementTree.Element) -> None:
        """Puts a mark for the player where a paragraph is nothing but a link to a recording."""
        if len(holder) != 1 or holder[0].tag != "a" or ((holder.text or "") + (holder[0].tail or "")).strip():
            return
        path = self.find_recording(holder[0].get("href", ""))
        if path is not None:
            self.recordings.append((path, "".join(holder[0].itertext())))
            holder.tag, holder.text = "div", f"{OPEN}recording:{len(self.recordings) - 1}{CLOSE}"
            holder.remove(holder[0])

    def _picture(self, holder: ElementTree.Element) -> None:
        """Points pictures to the course's media; one that is missing is replaced by its text alternative."""
        for image in [child for child in holder if child.tag == "img"]:
            source = self.find_picture(image.get("src", ""))
            if source is None:
                image.tag, image.text = "span", image.get("alt", "")
                image.attrib.clear()
            else:
                image.set("src", source)
        if (
            holder.tag == "p"
            and len(holder) == 1
            and holder[0].tag == "img"
            and not ((holder.text or "") + (holder[0].tail or "")).strip()
        ):
            holder.tag = "figure"
            title = holder[0].attrib.pop("title", "")
            if title:
                ElementTree.SubElement(holder, "figcaption").text = title


def _anchor(heading: ElementTree.Element) -> None:
    """Gives a heading the id that stands in braces at its end; all other braces are text."""
    last = heading[-1] if len(heading) else None
    words = (heading.text if last is None else last.tail) or ""
    found = _ANCHOR.search(words)
    if found is None:
        return
    heading.set("id", found.group(1))
    if last is None:
        heading.text = words[: found.start()]
    else:
        last.tail = words[: found.start()]


def _counted(root: ElementTree.Element) -> Counter[str]:
    own = (
        element
        for element in root.iter()
        if "ref" not in element.get("class", "") and not element.get("id", "").startswith("fn:")
    )
    return Counter(
        element.tag for element in own if element.tag in _COUNTED and "footnote" not in element.get("class", "")
    )


def expected(blocks: Sequence[Block]) -> Counter[str]:
    """What a Git host makes of the same blocks, in the same counting."""
    counts: Counter[str] = Counter()
    tags = {"item": "li", "table": "table", "row": "tr", "quote": "blockquote"}
    inline = {"link_open": "a", "image": "img", "em_open": "em", "strong_open": "strong"}
    for block in (inner for top in blocks for inner in top.walk()):
        if block.kind == "heading":
            counts[f"h{max(2, block.level)}"] += 1
        elif block.kind in tags:
            counts[tags[block.kind]] += 1
        counts.update(inline[token.type] for token in block.inline if token.type in inline)
    return counts


def _furnish(quote: ElementTree.Element) -> None:
    first = quote.find("p")
    found = _MARKER.fullmatch((first.text or "").strip()) if first is not None and len(first) == 0 else None
    if first is None or found is None:
        return
    quote.remove(first)
    name, id = found.groups()
    if name == "say":
        quote.set("class", "say")
    elif name == "private":
        _private(quote, id)
    elif name == "keys":
        _section(quote, "keys", HEADS[name])
        _keys(quote)
    else:
        _section(quote, f"pair {name}", HEADS[name])
        _wrap(quote, "div")


def _section(quote: ElementTree.Element, classes: str, words: str) -> None:
    quote.tag = "section"
    quote.set("class", classes)
    head = ElementTree.Element("h2")
    head.text = fixed(words)
    quote.text = None
    quote.insert(0, head)


def _wrap(section: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    """Moves all below the heading into one element."""
    box = ElementTree.Element(tag, attributes)
    for child in list(section)[1:]:
        section.remove(child)
        box.append(child)
    section.append(box)
    return box


def _keys(section: ElementTree.Element) -> None:
    if len(section) == 2 and section[1].tag == "ul":
        section[1].set("class", "pebbles")
    else:
        _wrap(section, "div")


def _private(quote: ElementTree.Element, id: str) -> None:
    """Renders a private prompt; its text area is added after cleaning, in place of the marker."""
    _section(quote, "private", "For you, privately")
    if id:
        quote.set("id", id)
    prompt = quote[1] if len(quote) == 2 and quote[1].tag == "p" else _wrap(quote, "div")
    prompt.set("id", f"{id}-q")
    prompt.tail = f"{OPEN}private:{id}{CLOSE}"


def field_for(id: str) -> str:
    """The lines to write on: a field without a name, so that no form can send it."""
    print_it = fixed("Print without saving")
    return (
        f'<textarea class="lined" rows="5" aria-labelledby="{escape(id)}-q" autocomplete="off"></textarea>'
        f'<p class="acts"><button type="button" class="btn quiet" data-print hidden>{print_it}</button></p>'
        f'<p class="small soft">{fixed("What you write stays on this page. We don’t send or store it.")}</p>'
    )


def _scope(table: ElementTree.Element) -> None:
    """Says which cells are heads: the first row's, and the first column's when the head's first cell is empty."""
    heads = table.findall("./thead/tr/th")
    for head in heads:
        head.set("scope", "col")
    if heads and not "".join(heads[0].itertext()).strip():
        heads[0].tag = "td"
        heads[0].attrib.pop("scope")
        for row in table.findall("./tbody/tr"):
            if len(row):
                row[0].tag = "th"
                row[0].set("scope", "row")


class Furniture(Extension):
    """Registers the citations and the tree processor with Python-Markdown."""

    citations: Citations
    furnish: FurnitureTreeprocessor

    def __init__(self, sources: Mapping[str, Source], finders: Finders) -> None:
        super().__init__()
        self.sources, self.finders = sources, finders

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        """Citations come before the library's own footnotes; furniture after everything is in the tree."""
        self.citations = Citations(md, self.sources)
        self.furnish = FurnitureTreeprocessor(md, self.finders)
        md.inlinePatterns.register(self.citations, "citations", 176)
        md.treeprocessors.register(self.furnish, "furnish", 5)

    def begin(self, lead: bool) -> None:
        """Forgets the last page, whose counts would stand for an empty one, which the library never hands on."""
        self.citations.cited, self.furnish.lead, self.furnish.counts = {}, lead, Counter()
        self.furnish.recordings = []
