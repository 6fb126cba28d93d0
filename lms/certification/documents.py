"""Certificates on paper: the facts that are printed, and the one place that makes a PDF of them."""

from __future__ import annotations

import atexit
import mimetypes
import os
import tempfile
import threading
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

import segno
from babel import Locale
from babel.dates import format_date
from fontTools import unicodedata as writing
from fontTools.ttLib import TTFont
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lms.certification.codes import grouped

if TYPE_CHECKING:
    from pydyf import PDF
    from weasyprint import CSS
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

Printed: TypeAlias = str | tuple[str, ...]
Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


def N_(text: str) -> str:
    """Mark a text for translation; callers translate it into the certificate's language."""
    return text


WORDS: Mapping[str, str] = {
    "title": N_("{name}, {course}: record of training"),
    "before_course": N_("completed the course"),
    "after_course": N_("version {version}, on {date}."),
    "takes": N_("The course is self-paced and takes about {hours}."),
    "does_not_attest": N_("What this does not attest"),
    "valid_until": N_("Training record valid until {date}; refresher due then."),
    "signatory": N_("{who}, {role}"),
    "code": N_("Certificate code"),
    "check": N_("Check it at {address} or scan the square. No account is needed."),
    "square": N_("Square code that opens the page where this certificate can be checked"),
}

INK = "#16262b"
# What does not fit on its page is set again, each time a little closer.
_FITS = range(5)
# These could make a name read otherwise on paper than it was typed.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_SYSTEM_FONTS = b'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>'


class DesignError(Exception):
    """A design reaches outside its own folder, or names something that is not there."""


class UnprintableText(Exception):
    """The design's fonts lack some characters, and a box is never printed in their place."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"no font of this design prints: {' '.join(characters)}")
        self.characters = characters


@dataclass(frozen=True)
class CertificateFacts:
    """All that a certificate says, as plain values; clauses come worded in its language."""

    code: str
    verify_url: str
    name: str
    course_title: str
    version: str
    awarded_on: date
    valid_until: date | None
    hours: str
    attests: tuple[str, ...]
    does_not_attest: str
    programme: str
    signatories: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    direction: str = "ltr"
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Face:
    """A font of a design: what it is for, the scripts it is meant for, the characters it holds."""

    use: str
    scripts: frozenset[str]
    characters: frozenset[int]


@dataclass(frozen=True)
class _Design:
    """A design made ready: its template compiled, its style parsed, its fonts loaded."""

    template: Template
    style: CSS
    fonts: FontConfiguration
    fetcher: URLFetcher


# Threads that share a font configuration corrupt memory: one certificate is laid out at a time.
_LOCK = threading.Lock()
_READY: dict[Path, tuple[Stamp, _Design]] = {}
# Loaded fonts lie in a folder of their own, which is removed only while the program is still whole.
atexit.register(_READY.clear)


def render(facts: CertificateFacts, design_folder: Path) -> bytes:
    """Return the certificate as a tagged PDF; the same facts and design give the same bytes."""
    folder = design_folder.resolve()
    texts = _texts(facts)
    if lacking := missing_glyphs(_joined(texts), folder):
        raise UnprintableText(lacking)
    values: dict[str, Printed | bool] = {
        **texts,
        "code_groups": tuple(grouped(facts.code).split()),
        "verify_url": facts.verify_url,
        "square_image": _square(facts.verify_url),
        "language": facts.language,
        "direction": facts.direction,
        "name_direction": _direction(facts.name),
        "name_is_covered": _covers(folder, "name", f"{texts['name']}{texts['course_title']}"),
        "text_is_covered": _covers(folder, "text", _joined(texts)),
    }
    with _LOCK:
        document = _laid_out(_ready(folder), folder, values)
        document.metadata.title = str(texts["title"])
        document.metadata.authors = [str(texts["programme"])]
        document.metadata.lang = facts.language
        document.metadata.created = document.metadata.modified = facts.awarded_on.isoformat()
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", finisher=partial(_say_name, str(texts["name"])))
    return pdf


def missing_glyphs(name: str, design_folder: Path) -> tuple[str, ...]:
    """Return the characters of a name, each once, that this design has no glyph for."""
    faces = _faces(design_folder.resolve(), _stamp(design_folder))
    printable = frozenset[int]().union(*(face.characters for face in faces if face.use != "code"))
    needed = (c for c in unicodedata.normalize("NFC", name) if not _needs_no_glyph(c))
    return tuple(dict.fromkeys(c for c in needed if ord(c) not in printable))


def _needs_no_glyph(character: str) -> bool:
    """Return whether a character only spaces, joins or directs others."""
    variation_selector = "\ufe00" <= character <= "\ufe0f"
    return character.isspace() or variation_selector or unicodedata.category(character) in ("Cc", "Cf")


def _covers(folder: Path, use: str, text: str) -> bool:
    """Return whether the faces for this use print alone whatever is in their scripts, so that no word is mixed."""
    faces = [face for face in _faces(folder, _stamp(folder)) if face.use == use]
    for character in text:
        of = writing.script_extension(character)
        for face in faces:
            expected = of & face.scripts or of == {"Zinh"}
            if expected and ord(character) not in face.characters:
                return False
    return True


def _texts(facts: CertificateFacts) -> dict[str, Printed]:
    """Return every text of the certificate by name, in its language and free of invisible tricks."""
    words = {key: facts.words.get(key, english) for key, english in WORDS.items()}
    name, course = _plain(facts.name), _plain(facts.course_title)
    given = _day(facts.awarded_on, facts.language)
    until = facts.valid_until and words["valid_until"].format(date=_day(facts.valid_until, facts.language))
    return {
        "name": name,
        "course_title": course,
        "programme": _plain(facts.programme),
        "title": _plain(words["title"].format(name=name, course=course)),
        "before_course": words["before_course"],
        "after_course": words["after_course"].format(version=facts.version, date=given),
        "takes": words["takes"].format(hours=facts.hours) if facts.hours else "",
        "attests": tuple(_plain(clause) for clause in facts.attests),
        "does_not_attest_label": words["does_not_attest"],
        "does_not_attest": _plain(facts.does_not_attest),
        "valid_until": until or "",
        "code_label": words["code"],
        "check": words["check"].format(address=_address(facts.verify_url)),
        "square_alt": words["square"],
        "signatories": tuple(_plain(words["signatory"].format(who=who, role=role)) for who, role in facts.signatories),
    }


def _joined(texts: Mapping[str, Printed]) -> str:
    """Return all texts run together, to ask which characters they need."""
    return " ".join(text if isinstance(text, str) else " ".join(text) for text in texts.values())


def _plain(text: str) -> str:
    """Return the text composed, on one line, without characters that steer the direction of others."""
    shown = (c for c in unicodedata.normalize("NFC", text) if c not in _DIRECTION_CONTROLS)
    return " ".join("".join(shown).split())


def _direction(text: str) -> str:
    """Return the direction in which a text begins: that of its first letter."""
    for character in text:
        if unicodedata.bidirectional(character) in ("R", "AL"):
            return "rtl"
        if unicodedata.bidirectional(character) == "L":
            return "ltr"
    return "ltr"


def _day(day: date, language: str) -> str:
    """Return the date in words; its parts never part at a line's end."""
    locale = "en_GB" if language == "en" else Locale.parse(language.replace("-", "_"))
    return format_date(day, format="long", locale=locale).replace(" ", "\u00a0")


def _address(verify_url: str) -> str:
    """Return the address to type, without its scheme and its code."""
    parts = urlsplit(verify_url)
    return f"{parts.netloc}{parts.path.rpartition('/')[0]}".lower()


def _square(address: str) -> str:
    """Return the QR code as an image in the page itself, dark squares only."""
    code = segno.make_qr(address, error="m")
    image: str = code.svg_data_uri(border=0, dark=INK, xmldecl=False, svgns=True, omitsize=True, nl=False)
    return image


def _stamp(folder: Path) -> Stamp:
    """Return what changes when any file of the folder does."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=16)
def _faces(folder: Path, stamp: Stamp) -> tuple[_Face, ...]:
    """Return the fonts that a design names, read again only when its stamp changes."""
    listed = tomllib.loads(_within(folder, folder / "design.toml").read_text("utf-8"))["fonts"]
    return tuple(
        _Face(entry["use"], frozenset(entry["scripts"]), _characters(_within(folder, folder / entry["file"])))
        for entry in listed
    )


def _characters(font: Path) -> frozenset[int]:
    """Return the code points that a font file holds glyphs for."""
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _ready(folder: Path) -> _Design:
    """Return the design made ready, once a process and again when it changes; the lock is held."""
    stamp = _stamp(folder)
    if folder not in _READY or _READY[folder][0] != stamp:
        _READY[folder] = (stamp, _make_ready(folder))
    return _READY[folder][1]


def _make_ready(folder: Path) -> _Design:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    fetcher = _fetcher(folder)
    with _own_fonts_only():
        fonts = FontConfiguration()
    with _refusals():
        style = CSS(filename=_within(folder, folder / "certificate.css"), url_fetcher=fetcher, font_config=fonts)
    source = _within(folder, folder / "certificate.html").read_text("utf-8")
    return _Design(sandbox.from_string(source), style, fonts, fetcher)


def _laid_out(design: _Design, folder: Path, values: Mapping[str, Printed | bool]) -> Document:
    """Return the certificate set as roomily as its one page allows."""
    from weasyprint import HTML

    for fit in _FITS:
        page = HTML(
            string=design.template.render(values, fit=fit),
            base_url=f"{folder.as_uri()}/",
            url_fetcher=design.fetcher,
        )
        with _refusals():
            document = page.render(font_config=design.fonts, stylesheets=[design.style])
        if len(document.pages) == 1:
            break
    return document


def _say_name(name: str, document: Document, pdf: PDF) -> None:
    """Give the heading the name as it was typed, for readers that would put it together from glyphs."""
    import pydyf

    for element in pdf.objects:
        if isinstance(element, pydyf.Dictionary) and element.get("S") == "/H1":
            element["ActualText"] = pydyf.String(name)


def _fetcher(folder: Path) -> URLFetcher:
    """Return a fetcher for which nothing exists but the design's own files and data: addresses."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFolderFetcher(URLFetcher):
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme != "file" or parts.netloc:
                raise DesignError(f"a certificate design asked for {url}")
            path = _within(folder, Path(unquote(parts.path)))
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return OwnFolderFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


def _within(folder: Path, path: Path) -> Path:
    """Return the file's true path, wherever links lead; raise DesignError when that is outside the folder."""
    true_path = path.resolve()
    if not true_path.is_relative_to(folder) or not true_path.is_file():
        raise DesignError(f"a certificate design asked for {path}")
    return true_path


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what a design must not fetch into a DesignError that stops the certificate."""
    from weasyprint.urls import FatalURLFetchingError

    try:
        yield
    except FatalURLFetchingError as refused:
        raise DesignError(str(refused)) from refused


@contextmanager
def _own_fonts_only() -> Iterator[None]:
    """Hide the machine's fonts, so that a certificate looks the same wherever it is made."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.NamedTemporaryFile(suffix=".conf") as config:
        config.write(_NO_SYSTEM_FONTS)
        config.flush()
        os.environ["FONTCONFIG_FILE"] = config.name
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
