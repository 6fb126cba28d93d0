"""Files that somebody brings: recognised and read strictly against known keys, with no network and no register."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certification.awards.texts.text import plain
from lms.certification.badges import baking, open_badge
from lms.certification.badges.baking import PictureRefused
from lms.certification.badges.open_badge import BadgeRefused
from lms.certification.badges.status_list import Json
from lms.certification.badges.wrappings import unwrapped
from lms.certification.keys.did import from_multikey, issuer_of, multikey
from lms.certification.keys.key_dates import KeyDates
from lms.certification.verification import pdf_signature
from lms.certification.verification.file_report import BYTES_MOST, Reading, said_in
from lms.certification.verification.pdf_signature import DocumentRefused

TAKEN_OUT: dict[str, Callable[[bytes], bytes]] = {"svg": baking.unbake_svg, "png": baking.unbake_png, "json": bytes}
REFUSALS = (BadgeRefused, DocumentRefused, PictureRefused)
_CODE = re.compile(r"<pdf:Keywords>([0-9A-Z]{16})</pdf:Keywords>")


class KeysUnreadable(Exception):
    """A list of keys cannot be read."""


@dataclass(frozen=True)
class KnownKeys:
    """What files are held against: a site's certificates and badge keys by name, and where its lists are.

    `time_certificates` are those of timestamp servers. `dates` has the dates of each key, by its public half.
    """

    certificates: tuple[x509.Certificate, ...]
    badge_keys: dict[str, bytes]
    status_lists: str
    time_certificates: tuple[x509.Certificate, ...] = ()
    dates: Mapping[bytes, KeyDates] = field(default_factory=dict)

    def dates_of(self, public: bytes) -> KeyDates:
        """Return the dates of a badge key, or of a certificate in DER."""
        return self.dates.get(public, KeyDates())

    @property
    def raw_keys(self) -> list[bytes]:
        """The badge keys alone, each once."""
        return list(dict.fromkeys(self.badge_keys.values()))


def known_from(rows: Any) -> KnownKeys:
    """Return the keys that a site lists at /credentials/keys; raise KeysUnreadable for anything else."""
    try:
        certificates = [x509.load_pem_x509_certificate(row["public"].encode()) for row in _of(rows, "document")]
        times = [x509.load_pem_x509_certificate(row["public"].encode()) for row in _of(rows, "time")]
        found = [each.public_bytes(Encoding.DER) for each in certificates]
        dates = dict(zip(found, map(KeyDates.from_row, _of(rows, "document")), strict=True))
        keys = {}
        for row in _of(rows, "badge"):
            key = from_multikey(row["public"])
            dates[key] = KeyDates.from_row(row)
            keys[issuer_of(row["site"], key).key] = key
            keys[f"did:key:{multikey(key)}#{multikey(key)}"] = key
        sites = {row["site"] for row in rows}
        if len(sites) > 1:
            raise ValueError(sites)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysUnreadable("not a list of keys as /credentials/keys gives it") from None
    lists = f"{''.join(sites)}/credentials/status/"
    return KnownKeys(tuple(certificates), keys, lists, tuple(times), dates)


def _of(rows: Any, signs: str) -> list[dict[str, str]]:
    return [row for row in rows if row["signs"] == signs]


def read(content: bytes, keys: KnownKeys, pictures: Path) -> Reading:
    """Return what a file is and what is amiss with it; whatever it holds, nothing else comes of it.

    `pictures` is the folder of the drawings and pictures into which this site bakes badges.
    """
    kind = _kind_of(content)
    report = partial(Reading, kind, sha256=hashlib.sha256(content).hexdigest())
    if len(content) > BYTES_MOST:
        return report(problem="too-large")
    try:
        if kind == "pdf":
            return _read_pdf(content, keys, report)
        if kind not in TAKEN_OUT:
            return report(problem="not-recognised")
        text = unwrapped(TAKEN_OUT[kind](content)) if kind == "json" else TAKEN_OUT[kind](content)
        badge = open_badge.verify(text, keys.badge_keys, keys.status_lists)
        repainted = kind != "json" and not baking.is_ours(kind, content, text, pictures)
        return report(problem="picture-repainted" if repainted else "", badge=badge, doubt=_doubt(badge, keys))
    except REFUSALS as refused:
        return report(problem=str(refused))


def _kind_of(content: bytes) -> str:
    start = content[:64].lstrip()
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"<") and b"<svg" in content:
        return "svg"
    return "json" if start.startswith((b"{", b"[", b"eyJ")) else "unknown"


def _doubt(badge: Json, keys: KnownKeys) -> str:
    """Return why a badge's key can't be trusted without our records. A badge's date is its award's."""
    proof = badge["proof"]
    try:
        said_at = datetime.fromisoformat(proof["created"])
    except ValueError:
        said_at = None
    return keys.dates_of(keys.badge_keys[proof["verificationMethod"]]).doubt(said_at)


def _read_pdf(content: bytes, keys: KnownKeys, report: Callable[..., Reading]) -> Reading:
    problem = badge = signed = None
    try:
        signed = pdf_signature.check(content, keys.certificates, keys.time_certificates)
    except DocumentRefused as refused:
        problem = str(refused)
    try:
        inside = pdf_signature.look_inside(content)
        badge = inside.badge and open_badge.verify(inside.badge, keys.badge_keys, keys.status_lists)
    except REFUSALS as refused:
        return report(problem=problem or str(refused))
    if badge and not _is_about(badge, inside.about):
        problem = problem or "badge-of-another"
    code = _CODE.search(inside.about)
    about_key = {}
    if signed is not None:
        # The signature is over the badge too, so the badge's own key adds nothing.
        dates = keys.dates_of(signed.certificate.public_bytes(Encoding.DER))
        about_key["doubt"] = dates.doubt(signed.said_at, signed.stamped_at)
        about_key["stamped_at"] = signed.stamped_at.isoformat() if signed.stamped_at else ""
    return report(problem=problem or "", code=code.group(1) if code else "", badge=badge or None, **about_key)


def _is_about(badge: Json, about: str) -> bool:
    """Return whether what a document says of itself names who and what its badge names."""
    said = said_in(badge)
    return all(escape(plain(said[name]), quote=False) in about for name in ("name", "course"))
