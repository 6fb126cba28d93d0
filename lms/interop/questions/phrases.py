"""Texts of other systems (HTML, Markdown, plain) as paragraphs of our Markdown, with what could not be carried."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Literal

from lms.content.markdown.blocks import parser
from lms.content.model.safe import clean_phrase
from lms.content.model.wording import say
from lms.interop.questions.bank import Source

Form = Literal["html", "markdown", "plain", "auto"]
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_SAME = {"i": "em", "b": "strong", "strike": "s", "del": "s", "tt": "code"}
_MARKS = {"em": "*", "strong": "**", "s": "~~"}
_KEPT = frozenset({"em", "strong", "s", "code", "a", "sub", "sup", "kbd", "abbr"})
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_SEEN = {
    "img": say("A picture was left out: questions have none. Describe it in words, or put it in a lesson."),
    "table": say("A table was written as text."),
    "iframe": say("Something from another site was left out (video, sound or a frame)."),
    "video": say("Something from another site was left out (video, sound or a frame)."),
    "audio": say("Something from another site was left out (video, sound or a frame)."),
    "object": say("Something from another site was left out (video, sound or a frame)."),
    "embed": say("Something from another site was left out (video, sound or a frame)."),
    "math": say("A formula stays as it’s written in the file, because Sidelight can’t display formulas."),
}
_FORMULA = re.compile(r"\\\(|\\\[|\$\$|\\begin\{")
_LOOKS_LIKE_HTML = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>?", re.DOTALL)
_SPECIAL = re.compile(
    r"[`*\[\]<]|\\(?=[!-/:-@\[-`{-~]|$)|~(?=~)|(?<=~)~|&(?=#\d|#[xX]|[A-Za-z][A-Za-z0-9]*;)|(?<![^\W_])_|_(?![^\W_])"
)
_STARTS = re.compile(r"^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-{3,}|~{3,}|:(?=\s)|\|)|^(\d{1,9})(?=[.)](?:\s|$))")
_HREF = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
# No text of people has more marks inside each other, and each paragraph opens all of them again.
_MOST_OPEN = 20


def paragraphs(text: str, form: Form, source: Source) -> tuple[str, ...]:
    """A text as paragraphs of Markdown; what is lost on the way is noted at its question, and none is read too long."""
    if not source.take(text):
        return ()
    if _FORMULA.search(text):
        source.note(_SEEN["math"])
    reader = _Reader()
    reader.feed(_as_html(text, form))
    reader.close()
    reader.new_paragraph()
    for tag in _SEEN:
        if tag in reader.seen:
            source.note(_SEEN[tag])
    return tuple(filter(None, (_written(pieces) for pieces in reader.found)))


def phrase(text: str, form: Form, source: Source) -> str:
    """The same in one paragraph, its parts joined by line breaks."""
    return "<br>".join(paragraphs(text, form, source))


def plain_words(text: str, form: Form = "auto") -> str:
    """A text without any marks."""
    reader = _Reader()
    reader.feed(_as_html(text, form))
    reader.close()
    reader.new_paragraph()
    return " ".join("".join(piece for kind, piece in pieces if kind == "text").strip() for pieces in reader.found)


def looks_like_html(text: str) -> bool:
    """Return whether a text of unknown form has tags."""
    return bool(_LOOKS_LIKE_HTML.search(text))


def without_comments(html: str) -> str:
    """HTML without comments and declarations; a parser would look to the end of the text for each that isn't closed."""
    return _COMMENT.sub("", html)


def safe_start(paragraph: str) -> str:
    """A paragraph whose beginning cannot be taken for a list, a heading or a quote."""
    return _STARTS.sub(lambda found: f"{found.group(1)}\\" if found.group(1) else f"\\{found.group()}", paragraph)


def _as_html(text: str, form: Form) -> str:
    if form == "html" or (form == "auto" and looks_like_html(text)):
        return without_comments(text)
    if form == "markdown":
        return str(parser().render(text))
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n"))


class _Reader(HTMLParser):
    """Sorts HTML into paragraphs of pieces: ("text", words), ("open", tag), ("close", tag), ("link", address)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[list[tuple[str, str]]] = []
        self.now: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.open: list[tuple[str, str]] = []
        self.silent = 0

    def new_paragraph(self) -> None:
        """End the paragraph, closing what is open and opening it again in the next."""
        self.now += [("close", tag) for _kind, tag in reversed(self.open)]
        self.found.append(self.now)
        self.now = list(self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.seen.add(tag)
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BLOCKS or tag == "br":
            self.new_paragraph()
            self.now += [("text", "• ")] if tag == "li" else []
        elif (tag, given.get("class")) in (("small", "cite"), ("span", "unchecked")):
            self.now.append(("open", f"cite-{tag}"))
            self.open.append(("open", f"cite-{tag}"))
        else:
            self._open(_SAME.get(tag, "s" if given.get("class") in ("s", "del") else tag), given)

    def _open(self, tag: str, given: dict[str, str]) -> None:
        if tag not in _KEPT or (tag == "a" and not _HREF.fullmatch(given.get("href", ""))):
            return
        if len(self.open) >= _MOST_OPEN:
            return
        self.now.append(("open", tag) if tag != "a" else ("open", f"a {given['href']}"))
        self.open.append(self.now[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self.new_paragraph()
        elif self.open and _SAME.get(tag, tag) in (self.open[-1][1].split()[0].removeprefix("cite-"), "span"):
            name = self.open[-1][1]
            if tag != "span" or name in ("cite-span", "s"):
                self.now.append(("close", name))
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.now.append(("text", data))


def _written(pieces: list[tuple[str, str]]) -> str:
    """One paragraph of Markdown; where marks would be read otherwise than they are meant, tags stand instead."""
    pieces = _trimmed(pieces)
    expected = _plain_html(pieces)
    for marks in (_MARKS, {}):
        written = _with_marks(pieces, marks)
        if clean_phrase(str(parser().renderInline(written, {}))).strip() == expected:
            break
    return written


def _trimmed(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same with spaces collapsed, none at either end, and none just inside a mark."""
    found: list[tuple[str, str]] = []
    space = True
    for kind, piece in pieces:
        if kind != "text":
            found.append((kind, piece))
            continue
        words = re.sub(r"[ \t\r\n\f]+", " ", piece)
        words = words.lstrip(" ") if space else words
        if words:
            found.append(("text", words))
            space = words.endswith(" ")
    for place in range(len(found) - 1, -1, -1):
        if found[place][0] == "text":
            found[place] = ("text", found[place][1].rstrip(" "))
            if found[place][1]:
                break
    return _without_empty([one for one in found if one[1]])


def _without_empty(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out marks with nothing between them."""
    found: list[tuple[str, str]] = []
    for kind, piece in pieces:
        if kind == "close" and found and found[-1] == ("open", piece):
            found.pop()
        else:
            found.append((kind, piece))
    return found


def _plain_html(pieces: list[tuple[str, str]]) -> str:
    parts = []
    cited = ""
    for kind, piece in pieces:
        if kind == "text":
            parts.append(escape(_citation(cited, piece) if cited else piece, quote=False))
        elif piece.startswith("cite-"):
            cited = piece if kind == "open" else ""
        else:
            name, _, address = piece.partition(" ")
            link = f' href="{escape(address)}"' if address else ""
            parts.append(f"<{name}{link}>" if kind == "open" else f"</{name}>")
    return clean_phrase("".join(parts)).strip()


def _with_marks(pieces: list[tuple[str, str]], marks: dict[str, str]) -> str:
    parts: list[str] = []
    code: list[str] | None = None
    cited = ""
    for kind, piece in pieces:
        if piece == "code" and kind != "text":
            if code is not None and kind == "close":
                parts.append(_code_span("".join(code)))
            code = [] if kind == "open" else None
        elif kind != "text" and piece.startswith("cite-"):
            cited = piece if kind == "open" else ""
        elif kind == "text" and cited:
            parts.append(_citation(cited, piece))
        elif kind == "text":
            (code if code is not None else parts).append(piece if code is not None else _SPECIAL.sub(r"\\\g<0>", piece))
        else:
            parts.append(_mark(kind, piece, marks))
    return "".join(parts)


def _citation(cited: str, words: str) -> str:
    return "[^unchecked]" if cited == "cite-span" else f"[^{words.strip('[] ')}]"


def _mark(kind: str, piece: str, marks: dict[str, str]) -> str:
    name, _, address = piece.partition(" ")
    if name == "a":
        return "[" if kind == "open" else f"](<{address}>)"
    if name in marks:
        return marks[name]
    return f"<{name}>" if kind == "open" else f"</{name}>"


def _code_span(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}"
