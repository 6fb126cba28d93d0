"""What is printed on a certificate: its content as plain values, and every text on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from lms.certification.awards.texts.text import MARK_LENGTH, bound, plain, with_numbers
from lms.content.model.wording import N_

Printed: TypeAlias = str | tuple[str, ...]


WORDS: Mapping[str, str] = {
    "title": N_("{name}, {course}: record of training"),
    "record": N_("Record of training"),
    "recorded": N_("This certificate records that"),
    "specimen": N_("Specimen. Nobody earned this."),
    "before_course": N_("completed the course"),
    "after_course": N_("version {version}, on {date}."),
    "takes": N_("The course is self-paced and takes about {hours}."),
    "attests": N_("What this shows"),
    "does_not_attest": N_("What this does not show"),
    "valid_until": N_("Valid until {date}. Renewal due then."),
    "signatory": N_("{who}, {role}"),
    "code": N_("Certificate code"),
    "mark": N_("Course text {mark}"),
    "check": N_("Verify it at {address} or scan the QR code. You don’t need an account."),
    "square": N_("QR code that opens the page where this certificate can be verified"),
}


@dataclass(frozen=True)
class CertificateContent:
    """Everything that a certificate says, as plain values, with its sentences in its language.

    `sealed` is the signed payload of its QR code. `language` is that of its words.
    """

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
    level: str = ""
    digest: str = ""
    signatories: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    direction: str = "ltr"
    words: Mapping[str, str] = field(default_factory=dict)
    specimen: bool = False
    sealed: str = ""
    logo: bytes = b""
    course_language: str = ""
    country: str = ""


def texts_of(content: CertificateContent) -> dict[str, Printed]:
    """Return every text of the certificate by name, in its language and free of invisible tricks."""
    words = {key: content.words.get(key, english) for key, english in WORDS.items()}
    name, course = plain(content.name), plain(content.course_title)
    given = _day(content.awarded_on, content.language)
    until = content.valid_until and words["valid_until"].format(date=_day(content.valid_until, content.language))
    return {
        "name": name,
        "course_title": course,
        "programme": plain(content.programme),
        "title": plain(words["title"].format(name=name, course=course)),
        "record": words["record"],
        "recorded": words["recorded"],
        "specimen": words["specimen"] if content.specimen else "",
        "before_course": words["before_course"],
        "after_course": bound(words["after_course"].format(version=content.version, date=given)),
        "takes": with_numbers(words["takes"].format(hours=content.hours)) if content.hours else "",
        "attests_label": words["attests"],
        "attests": _paragraph(content.attests),
        "does_not_attest_label": words["does_not_attest"],
        "does_not_attest": bound(plain(content.does_not_attest)),
        "valid_until": bound(until or ""),
        "code_label": words["code"],
        "level": plain(content.level),
        "mark": words["mark"].format(mark=content.digest[:MARK_LENGTH]) if content.digest else "",
        "check": bound(words["check"].format(address=_address(content.verify_url))),
        "square_alt": words["square"],
        "signatories": tuple(
            bound(plain(words["signatory"].format(who=who, role=role))) for who, role in content.signatories
        ),
    }


def _paragraph(clauses: Sequence[str]) -> tuple[str, ...]:
    """Return clauses as one paragraph, whose last line isn't a single short word."""
    *first, last = [plain(clause) for clause in clauses] or [""]
    return (*map(with_numbers, first), bound(last)) if clauses else ()


def all_text(texts: Mapping[str, Printed]) -> str:
    """Return all texts run together, to ask which characters they need."""
    return " ".join(text if isinstance(text, str) else " ".join(text) for text in texts.values())


def direction_of(text: str) -> str:
    """Return the direction in which a text begins: that of its first letter."""
    for character in text:
        if unicodedata.bidirectional(character) in ("R", "AL"):
            return "rtl"
        if unicodedata.bidirectional(character) == "L":
            return "ltr"
    return "ltr"


def reads_from_the_right(text: str) -> bool:
    """Return whether any letter of a text is of a script written from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def is_put_together_from_parts(text: str) -> bool:
    """Return whether a text has letters of India's scripts, whose glyphs stand in another order than they are typed."""
    return any("\u0900" <= character <= "\u0dff" for character in text)


def _day(day: date, language: str) -> str:
    """Return the date in words, in English where its language has no months; its parts never part at a line's end."""
    try:
        locale = Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "GB")
    return format_date(day, format="long", locale=locale).replace(" ", "\u00a0")


def _address(verify_url: str) -> str:
    """Return the address to type, without its scheme and its code."""
    parts = urlsplit(verify_url)
    return f"{parts.netloc}{parts.path.rpartition('/')[0]}".lower()
