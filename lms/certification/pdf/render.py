"""Certificates on paper: the one place that makes a PDF, for archives (PDF/A-3a) and for every reader (PDF/UA-1)."""

from __future__ import annotations

import atexit
import mimetypes
import threading
import warnings
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import segno
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import Image
from tinycss2 import parse_stylesheet
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from lms.certification.awards.codes import grouped
from lms.certification.pdf.content import CertificateContent, Printed, all_text, direction_of, texts_of
from lms.certification.pdf.coverage import Choice, choose_fonts, covers, kind_of_script
from lms.certification.pdf.designs import (
    ON_DEMAND,
    Design,
    DesignError,
    Stamp,
    UnprintableText,
    design_in,
    faces,
    missing_glyphs,
    naming_lines,
)
from lms.certification.pdf.fonts.isolation import own_fonts_only
from lms.certification.pdf.tagging import claim_both_standards, finish

Values: TypeAlias = Mapping[str, Any]
INK, PAPER = 0x22, 0xFF
MODULE_PIXELS = 4
# QR codes are 27 mm wide at least. With this many modules a side, each is two dots and a half of a scan at 150 dpi.
SIDE_MOST = 57
# What does not fit on its page is set again, each time a little closer.
_FITS = range(5)


@dataclass(frozen=True)
class _Ready:
    """A loaded design: its template, its parsed style and its fonts; further fonts are loaded when they're needed."""

    template: Template
    style: CSS
    fonts: FontConfiguration
    fetcher: URLFetcher
    loaded: set[str]


# Threads that share a font configuration corrupt memory: one certificate is laid out at a time.
_LOCK = threading.Lock()
# Forms of han characters exclude each other, so a design is made ready for each that is asked for.
_READY: dict[tuple[Design, str], tuple[Stamp, _Ready]] = {}
# Loaded fonts lie in a folder of their own, which is removed only while the program is still whole.
atexit.register(_READY.clear)


@dataclass(frozen=True)
class About:
    """A document's metadata: title, author, language, day, and its subject.

    The language of the course and the programme's country decide how han characters look.
    """

    title: str
    author: str
    language: str
    day: date
    identifier: str
    keywords: tuple[str, ...] = ()
    course_language: str = ""
    country: str = ""


def render(content: CertificateContent, where: Path | Design, badge: bytes = b"") -> bytes:
    """Return the certificate as a tagged PDF with its badge inside; the same input gives the same bytes."""
    design = where if isinstance(where, Design) else design_in(where)
    texts = texts_of(content)
    title, author = str(texts["title"]), str(texts["programme"])
    identifier = f"{content.code} {content.name}"
    about = About(
        title,
        author,
        content.language,
        content.awarded_on,
        identifier,
        (content.code,),
        content.course_language or content.language,
        content.country,
    )
    return as_pdf(design, _values(content, texts, design), about, all_text(texts), badge)


def as_pdf(design: Design, values: Values, about: About, text: str, badge: bytes = b"", pages: int | None = 1) -> bytes:
    """Return a paper as a tagged PDF that keeps both standards; raise UnprintableText for its text."""
    if lost := [face.file for face in faces(design) if face.path is None and face.use != ON_DEMAND]:
        raise DesignError(f"{', '.join(lost)}: this font is missing or damaged.")
    if lacking := missing_glyphs(text, design):
        raise UnprintableText(lacking)
    choice = choose_fonts(design, text, about.course_language or about.language, about.country)
    with _LOCK:
        page, document = _laid_out(_ready(design, choice), design, values, pages)
        _describe(document, about, badge)
        finisher = partial(finish, page.etree_element)
        # What a design attaches is fetched only while the file is written.
        with _refusals(design), warnings.catch_warnings():
            # WeasyPrint leaves the file of its colour profile for the collector to close.
            warnings.simplefilter("ignore", ResourceWarning)
            name = sha256(about.identifier.encode()).hexdigest()[:32].encode()
            pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=name, finisher=finisher)
    _refuse_boxes(document)
    return pdf


def _refuse_boxes(document: Document) -> None:
    """Raise UnprintableText when a box was drawn after all, as for a font that is damaged."""
    boxes = sorted({code for font in document.fonts.values() for code in font.missing})
    if boxes:
        raise UnprintableText(tuple(map(chr, boxes)))


def _describe(document: Document, about: About, badge: bytes) -> None:
    """Put into a document what it says of itself, and the badge that goes with it."""
    metadata, day = document.metadata, datetime(about.day.year, about.day.month, about.day.day, tzinfo=UTC)
    metadata.title, metadata.authors, metadata.lang = about.title, [about.author], about.language
    metadata.keywords = list(about.keywords)
    metadata.created = metadata.modified = about.day.isoformat()
    claim_both_standards(metadata)
    if badge:
        metadata.attachments = [
            Attachment(
                string=badge,
                name="credential.json",
                description="Open Badge",
                created=day,
                modified=day,
                relationship="Data",
            )
        ]


def _values(content: CertificateContent, texts: Mapping[str, Printed], design: Design) -> dict[str, Printed | bool]:
    """Return all that a design's page is made of: primitive values only."""
    name = str(texts["name"])
    other_name, other_course = (not covers(design, "name", text) for text in (name, str(texts["course_title"])))
    return {
        **texts,
        "code_groups": tuple(grouped(content.code).split()),
        "verify_url": content.verify_url,
        "square_image": qr_image(content.verify_url, content.sealed),
        "logo_image": f"data:image/png;base64,{b64encode(content.logo).decode()}" if content.logo else "",
        "language": content.language,
        "direction": content.direction,
        "name_direction": direction_of(name),
        "name_kind": kind_of_script(name),
        # What designs ask that were made before `other_name` and `other_course`.
        "name_is_covered": not (other_name or other_course),
        "other_name": other_name,
        "other_course": other_course,
        "text_is_covered": covers(design, "text", all_text(texts)),
    }


def qr_code(address: str, sealed: str) -> segno.QRCode:
    """Return the QR code of an address with a payload behind it; a payload that needs too fine a code is left out.

    Capitals and digits are kept in the way that takes least room; only the sign between them can't be.
    """
    if sealed:
        text: Any = [address, "#", sealed]
        # A payload looks like chance under any mask; trying all eight for the evenest takes four times as long.
        code = segno.make_qr(text, error="l", mask=0)
        if len(code.matrix) <= SIDE_MOST:
            return code
    return segno.make_qr(address, error="m")


def qr_image(address: str, sealed: str = "") -> str:
    """Return the QR code as an image in the page itself; as a drawing it would be five times as large.

    Designs say `image-rendering: pixelated` of it, but poppler smooths what it enlarges less than four times.
    With a pixel a module, zbar couldn't read that at 150 dots an inch, so a module is several pixels wide and high.
    """
    dots = qr_code(address, sealed).matrix
    inked, side, done = bytes(INK if dark else PAPER for row in dots for dark in row), len(dots), BytesIO()
    image = Image.frombytes("L", (side, side), inked).resize((side * MODULE_PIXELS,) * 2, Image.Resampling.NEAREST)
    image.save(done, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(done.getvalue()).decode()}"


def _ready(design: Design, choice: Choice) -> _Ready:
    """Return the design with the fonts that are asked for, made ready once a process and again when it changes.

    The lock is held.
    """
    stamp, key = design.stamp(), (design, choice.han.file if choice.han else "")
    if key not in _READY or _READY[key][0] != stamp:
        _READY[key] = (stamp, _make_ready(design))
    ready = _READY[key][1]
    for file, rule in choice.rules().items():
        if file not in ready.loaded:
            _css(design, rule, ready.fetcher, ready.fonts)
            ready.loaded.add(file)
    return ready


def _make_ready(design: Design) -> _Ready:
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    fetcher = _fetcher(design)
    _read_style(design)
    with own_fonts_only():
        fonts = FontConfiguration()
    style = _css(design, design.text(design.style), fetcher, fonts)
    with naming_lines(design):
        template = sandbox.from_string(design.text(design.page))
    return _Ready(template, style, fonts, fetcher, set())


def _css(design: Design, text: str, fetcher: URLFetcher, fonts: FontConfiguration) -> CSS:
    """Read a style of the design and load the fonts that it names."""
    with _refusals(design):
        address = f"{design.folder.as_uri()}/{design.style}"
        return CSS(string=text, base_url=address, url_fetcher=fetcher, font_config=fonts)


def _read_style(design: Design) -> None:
    """Raise DesignError with the first line of the style that cannot be read."""
    for rule in parse_stylesheet(design.text(design.style), skip_comments=True, skip_whitespace=True):
        if rule.type == "error":
            raise DesignError(f"{design.style}, line {rule.source_line}: {rule.message}")


def _laid_out(ready: _Ready, design: Design, values: Values, pages: int | None) -> tuple[HTML, Document]:
    """Return a paper set as roomily as its pages allow; None is as many as it takes."""
    for fit in _FITS:
        with naming_lines(design):
            text = ready.template.render(values, fit=fit)
        page = HTML(string=text, base_url=f"{design.folder.as_uri()}/", url_fetcher=ready.fetcher)
        with _refusals(design):
            document = page.render(font_config=ready.fonts, stylesheets=[ready.style])
        if pages is None or len(document.pages) <= pages:
            break
    return page, document


def _fetcher(design: Design) -> URLFetcher:
    """Return a fetcher for which nothing exists but the design's files, the shared fonts and data: addresses."""

    class OwnFolderFetcher(URLFetcher):
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme != "file" or parts.netloc:
                raise DesignError(f"the design asks for {url}, which is not in its folder")
            path = design.file(Path(unquote(parts.path)))
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return OwnFolderFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


@contextmanager
def _refusals(design: Design) -> Iterator[None]:
    """Turn what a design must not fetch into a DesignError that stops the certificate."""
    try:
        yield
    except FatalURLFetchingError as refused:
        raise DesignError(_where_asked(design, refused)) from refused


def _where_asked(design: Design, refused: FatalURLFetchingError) -> str:
    """Return the file and line that ask for an address, as far as it's written there as WeasyPrint read it."""
    url = str(refused).partition('"')[2].rpartition('"')[0]
    wanted = unquote(url.removeprefix(f"{design.folder.as_uri()}/"))
    for name in (design.style, design.page):
        for number, line in enumerate(design.text(name).splitlines(), 1):
            if wanted in line:
                return f"{name}, line {number}: it asks for {wanted}, which isn’t in the design’s folder."
    return f"one of its files: it asks for {wanted}, which isn’t in the design’s folder."
