"""Attacks on verification: none is accepted, and each is answered with the reason that it earns."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zlib
from base64 import b32decode, b32encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certification.awards.codes import normalise_code
from lms.certification.awards.records import Award
from lms.certification.badges import open_badge, status_list
from lms.certification.badges.baking import _chunk, bake_png, bake_svg
from lms.certification.badges.open_badge import BadgeContent
from lms.certification.badges.records import find_credential
from lms.certification.keys.did import issuer_of, multikey
from lms.certification.keys.keyring import Ring, open_ring, put_aside
from lms.certification.keys.listing import key_rows
from lms.certification.keys.opening import key_ids, keys_of
from lms.certification.keys.qr_payload import QrPayload, QrRefused, read_payload, sealed
from lms.certification.keys.records import mark_compromised
from lms.certification.pdf.render import render
from lms.certification.pdf.signing import sign
from lms.certification.timestamps.long_term import Materials, extend, take_apart
from lms.certification.timestamps.stamping import Stamper
from lms.certification.verification.file_check import compare_with_records
from lms.certification.verification.file_reader import KnownKeys, known_from, read
from lms.certification.verification.pdf_signature import DocumentRefused, look_inside
from lms.certification.verification.refusals import REFUSALS, in_words
from lms.certification.verification.status_file import ListRefused, read_status_file
from lms.foundation import clock
from lms.foundation.config.signing import Timestamps
from lms.foundation.db import write
from tests.builders.badges import NOON, SAMS, badge_of
from tests.builders.certificates import (
    SAM,
    WARM,
    bomb,
    later,
    nested,
    number_bytes,
    pdf,
    sealed_in_base32,
)
from tests.builders.learning import earn
from tests.builders.timestamps import Authority, authority_at_work, write_pem
from tests.conftest import ROOT, Site, settings_for

SITE = "https://training.example.org"
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CERTIFICATES = ROOT / "certificates"


@dataclass(frozen=True)
class World:
    """A site's keys, what it made, and a stranger's ring."""

    ring: Ring
    foreign: Ring
    known: KnownKeys
    badge: dict[str, Any]
    unsigned: bytes
    pdf: bytes
    # The same with a timestamp of the signature, and with one of the whole file as well; and who stamps.
    stamped: bytes
    long_term: bytes
    ours: Authority
    theirs: Authority

    def signed(self, document: dict[str, Any], key: Ed25519PrivateKey | None = None) -> dict[str, Any]:
        """Sign a badge with the site's key, or with another under the site's name."""
        bare = {name: part for name, part in document.items() if name != "proof"}
        return open_badge.sign(bare, key or self.ring.badge_key, self.badge["proof"]["verificationMethod"], NOON)


def facts_of(ring: Ring, **changed: Any) -> dict[str, Any]:
    facts: BadgeContent = replace(SAMS, **changed)
    issuer = issuer_of(SITE, ring.badge_public)
    return open_badge.sign(open_badge.build(facts, issuer), ring.badge_key, issuer.key, NOON)


def known_of(ring: Ring, ours: Authority, **dates: str) -> KnownKeys:
    common = {"since": "2026-01-01", "site": SITE}
    badge, time = multikey(ring.badge_public), ours.signer.certificate.public_bytes(Encoding.PEM).decode()
    rows = [
        {"id": ring.certificate_id, "signs": "document", "public": ring.certificate_pem, **common, **dates},
        {"id": badge, "signs": "badge", "public": badge, **common, **dates},
        {"id": "time", "signs": "time", "public": time, **common},
    ]
    return known_from(rows)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    rings = [
        open_ring(settings_for(tmp_path_factory.mktemp(name), LMS_BASE_URL=SITE), frozenset())
        for name in ("site", "elsewhere")
    ]
    badge = facts_of(rings[0])
    unsigned = render(SAM, WARM, open_badge.as_bytes(badge))
    with authority_at_work() as ours, authority_at_work() as theirs:
        ca = write_pem(tmp_path_factory.mktemp("time") / "ca.pem", ours.root)
        stamper = Stamper(Timestamps(ours.url, ca, "LTA"))
        stamped = sign(unsigned, rings[0], stamp=stamper.stamp)
        yield World(
            *rings,
            known_of(rings[0], ours),
            badge,
            unsigned,
            sign(unsigned, rings[0]),
            stamped,
            stamper.extend(stamped, [rings[0].certificate]),
            ours,
            theirs,
        )


# --- Badges ---------------------------------------------------------------------------------------------------


def edited(path: str, value: Any) -> Callable[[World], bytes]:
    def attack(world: World) -> bytes:
        badge = deepcopy(world.badge)
        *way, last = path.split("/")
        part = badge
        for step in way:
            part = part[int(step) if step.isdigit() else step]
        part[last] = value
        return json.dumps(badge).encode()

    return attack


def expiry_under_its_long_name(world: World) -> bytes:
    """The npm reference accepts this one: a validUntil that it does not see does not end."""
    badge = deepcopy(world.badge)
    whole = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": badge.pop("validUntil")}
    badge["https://www.w3.org/2018/credentials#validUntil"] = whole
    return open_badge.as_bytes(badge)


def said_twice(world: World) -> bytes:
    return open_badge.as_bytes(world.badge).replace(b'"name":', b'"name":"Master of All","name":', 1)


def deep(world: World) -> bytes:
    inner: Any = "x"
    for _level in range(40):
        inner = {"description": inner}
    return open_badge.as_bytes({**world.badge, "credentialSubject": inner})


def proof_of_another(world: World) -> bytes:
    other = facts_of(world.ring, name="Lena Brandt")
    return open_badge.as_bytes({**world.badge, "proof": other["proof"]})


def by_a_stranger_under_our_name(world: World) -> bytes:
    return open_badge.as_bytes(world.signed(world.badge, OTHER))


def by_a_stranger_under_theirs(world: World) -> bytes:
    issuer = issuer_of("https://evil.example", world.foreign.badge_public)
    document = open_badge.build(replace(SAMS, base_url="https://evil.example"), issuer)
    return open_badge.as_bytes(open_badge.sign(document, world.foreign.badge_key, issuer.key, NOON))


def signed_but_pointing_elsewhere(world: World) -> bytes:
    document = deepcopy(world.badge)
    document["credentialStatus"]["statusListCredential"] = "https://evil.example/credentials/status/1"
    return open_badge.as_bytes(world.signed(document))


LISTS = f"{SITE}/credentials/status/"
BADGES: dict[str, tuple[Callable[[World], bytes], str]] = {
    "an expiry hidden under its absolute IRI": (expiry_under_its_long_name, "badge-words"),
    "a later expiry": (edited("validUntil", "2099-01-01T00:00:00Z"), "badge-changed"),
    "another name": (edited("credentialSubject/identifier/0/identityHash", "Eve"), "badge-changed"),
    "no name": (edited("credentialSubject/identifier", [{"type": "IdentityObject"}]), "badge-shape"),
    "a name in a list of one": (edited("name", ["Active listening"]), "badge-shape"),
    "an endorsement that is null": (edited("endorsement", None), "badge-unknown-words"),
    "an id that names a blank node": (edited("credentialSubject/id", "_:eve"), "badge-unknown-words"),
    "a badge that is a blank node": (edited("id", "_:eve"), "badge-shape"),
    "a type in other case": (edited("issuer/type", ["profile"]), "badge-shape"),
    "a type without its list": (edited("issuer/type", "Profile"), "badge-shape"),
    "a nought for no": (edited("credentialSubject/identifier/0/hashed", 0), "badge-shape"),
    "evidence without end": (edited("evidence", [{"type": ["Evidence"]}] * 2000), "badge-shape"),
    "an end that is no moment": (edited("validUntil", "2099-02-30T00:00:00Z"), "badge-shape"),
    "half a character": (edited("name", "\ud800"), "badge-shape"),
    "a number that JSON does not have": (
        lambda world: open_badge.as_bytes(world.badge).replace(b'"hashed":false', b'"hashed":NaN'),
        "badge-unreadable",
    ),
    "a badge in another encoding": (
        lambda world: open_badge.as_bytes(world.badge).decode().encode("utf-16"),
        "not-recognised",
    ),
    "a list with a number too large for any register": (
        edited("credentialStatus/statusListCredential", f"{LISTS}{'9' * 40}"),
        "badge-status-elsewhere",
    ),
    "a list numbered in small raised digits": (
        edited("credentialStatus/statusListCredential", f"{LISTS}²"),
        "badge-status-elsewhere",
    ),
    "a member that no context defines": (edited("level", "master"), "badge-unknown-words"),
    "such a member further in": (edited("credentialSubject/achievement/level", "master"), "badge-unknown-words"),
    "a keyword that renames": (edited("credentialSubject/@id", "did:example:eve"), "badge-words"),
    "a context of its own further in": (edited("credentialSubject/@context", {"name": "x:y"}), "badge-words"),
    "a remote context": (edited("@context", [open_badge.CREDENTIALS, "https://evil.example/c.json"]), "badge-words"),
    "an older context": (edited("@context", ["https://www.w3.org/2018/credentials/v1"]), "badge-words"),
    "a name given twice": (said_twice, "badge-twice"),
    "another algorithm": (edited("proof/cryptosuite", "eddsa-jcs-2022"), "badge-foreign"),
    "no algorithm": (edited("proof/cryptosuite", "none"), "badge-foreign"),
    "another purpose of signing": (edited("proof/proofPurpose", "authentication"), "badge-foreign"),
    "a key of another issuer": (by_a_stranger_under_theirs, "badge-foreign"),
    "a stranger's key under our name": (by_a_stranger_under_our_name, "badge-changed"),
    "the signature of another badge": (proof_of_another, "badge-changed"),
    "a signature that is too large a number": (edited("proof/proofValue", "z" + "z" * 88), "badge-changed"),
    "no signature": (edited("proof", None), "badge-unsigned"),
    "two signatures": (edited("proof", [{}, {}]), "badge-unsigned"),
    "another issuer's name for our key": (edited("issuer/id", "did:web:evil.example"), "badge-issuer"),
    "a foreign list of withdrawals": (
        edited("credentialStatus/statusListCredential", "https://evil.example/1"),
        "badge-status-elsewhere",
    ),
    "a foreign list, signed": (signed_but_pointing_elsewhere, "badge-status-elsewhere"),
    "a list reached by a step up": (
        edited("credentialStatus/statusListCredential", f"{LISTS}../1"),
        "badge-status-elsewhere",
    ),
    "another place in our list": (edited("credentialStatus/statusListIndex", "4712"), "badge-status-elsewhere"),
    "a place in eastern digits": (edited("credentialStatus/statusListIndex", "٤٧"), "badge-status-elsewhere"),
    "no list of withdrawals": (edited("credentialStatus", None), "badge-no-status"),
    "two lists of withdrawals": (edited("credentialStatus", [{}, {}]), "badge-no-status"),
    "a badge nested forty deep": (deep, "badge-deep"),
    "braces without an end": (lambda _world: b"{" * 900_000, "too-large"),
    "a hundred thousand brackets": (lambda _world: b"[" * 100_000, "badge-unreadable"),
    "a badge of ten megabytes": (lambda _world: b'{"a":"' + b"x" * 10_000_000, "too-large"),
    "a list in place of a badge": (lambda _world: b"[]", "badge-unreadable"),
}

# --- Pictures -------------------------------------------------------------------------------------------------

DRAWING, PICTURE = (CERTIFICATES / "badge.svg").read_bytes(), (CERTIFICATES / "badge.png").read_bytes()
BOMB = b'<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def drawn(change: Callable[[bytes], bytes]) -> Callable[[World], bytes]:
    return lambda world: change(bake_svg(DRAWING, open_badge.as_bytes(world.badge)))


def pictured(change: Callable[[bytes, bytes], bytes]) -> Callable[[World], bytes]:
    def attack(world: World) -> bytes:
        badge = open_badge.as_bytes(world.badge)
        return change(bake_png(PICTURE, badge), badge)

    return attack


def put_in(text: bytes) -> Callable[[bytes], bytes]:
    return lambda drawing: drawing.replace(b"</svg>", text + b"</svg>")


def png_of(pixels: bytes) -> bytes:
    """Return a picture of one pixel."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return PICTURE[:8] + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")


PICTURES: dict[str, tuple[Callable[[World], bytes], str]] = {
    "a drawing with a script": (drawn(put_in(b"<script>alert(1)</script>")), "picture-acts"),
    "a drawing that acts when it is pressed": (drawn(put_in(b'<g onclick="x()"/>')), "picture-acts"),
    "a drawing with a page in it": (drawn(put_in(b"<foreignObject/>")), "picture-acts"),
    "a drawing with a link that acts": (drawn(put_in(b'<a href=" JavaScript:x()"/>')), "picture-acts"),
    "a drawing with a link that acts, broken over lines": (
        drawn(put_in(b'<a href="java&#10;scr&#9;ipt&#13;:x()"/>')),
        "picture-acts",
    ),
    "a drawing painted over": (drawn(put_in(b'<text x="9" y="9">Doctor of medicine</text>')), "picture-repainted"),
    "a drawing in another colour": (drawn(lambda svg: svg.replace(b"#fbf0d9", b"#ffffff", 1)), "picture-repainted"),
    "another drawing around our badge": (
        lambda world: bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', open_badge.as_bytes(world.badge)),
        "picture-repainted",
    ),
    "a picture with other pixels around our badge": (
        lambda world: bake_png(png_of(b"\0\0\0\0"), open_badge.as_bytes(world.badge)),
        "picture-repainted",
    ),
    "a picture with words added in a part of its own": (
        pictured(lambda png, _badge: png[:33] + _chunk(b"tEXt", b"Title\0Doctor") + png[33:]),
        "picture-repainted",
    ),
    "a drawing that unfolds a billion times": (drawn(lambda svg: BOMB + svg), "picture-acts"),
    "a drawing with two badges": (
        drawn(put_in(b"<openbadges:credential xmlns:openbadges='https://purl.imsglobal.org/ob/v3p0'/>")),
        "two-badges",
    ),
    "a drawing without a badge": (lambda _world: DRAWING, "no-badge"),
    "a drawing cut short": (drawn(lambda svg: svg[:-9]), "picture-damaged"),
    "a page in place of a drawing": (lambda _world: b"<html><body>badge</body></html>", "not-recognised"),
    "a picture with two badges": (pictured(lambda png, badge: bake_png(png, badge)), "two-badges"),
    "a picture without a badge": (lambda _world: PICTURE, "no-badge"),
    "a picture with a badge packed to unfold": (
        lambda _world: (
            PICTURE[:33] + _chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(bytes(10**7))) + PICTURE[33:]
        ),
        "picture-packed",
    ),
    "a picture with something behind it": (pictured(lambda png, _badge: png + b"<svg/>"), "added-to"),
    "a picture cut short": (pictured(lambda png, _badge: png[:-5]), "picture-damaged"),
    "a picture that changes its badge": (pictured(lambda png, _badge: png.replace(b"Sam", b"Eve")), "picture-damaged"),
}

# --- PDFs -----------------------------------------------------------------------------------------------------


def approved(pdf: bytes, ring: Ring, field: str) -> bytes:
    """Sign as people sign contracts: nothing is said of what may change after."""
    secret = ring.document_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(ring.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )
    about = PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    done: BytesIO = sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), about, signer)
    return done.getvalue()


def signed_again(world: World) -> bytes:
    return approved(approved(world.unsigned, world.ring, "First"), world.foreign, "Second")


def with_range(*numbers: int | None) -> Callable[[World], bytes]:
    """Write other numbers into the range that the signature says it covers; None keeps one."""

    def attack(world: World) -> bytes:
        start = world.pdf.index(b"/ByteRange [") + len(b"/ByteRange [")
        end = world.pdf.index(b"]", start)
        kept = [int(part) for part in world.pdf[start:end].split()]
        asked = [number if number is not None else known for number, known in zip(numbers, kept, strict=True)]
        text = " ".join(map(str, asked)).encode()
        room = len(world.pdf[start : world.pdf.index(b"/Type", start)]) - len(text) - 1
        return world.pdf[:start] + text + b"]" + b" " * room + world.pdf[world.pdf.index(b"/Type", start) :]

    return attack


def changed_byte(world: World) -> bytes:
    at = world.pdf.index(b"stream") + 20
    return world.pdf[:at] + bytes([world.pdf[at] ^ 1]) + world.pdf[at + 1 :]


def hole_refilled(world: World) -> bytes:
    """Put something into the room behind the signature, which it does not cover."""
    end = world.pdf.index(b">", world.pdf.index(b"/Contents <3"))
    return world.pdf[: end - 8] + b"DEADBEEF" + world.pdf[end:]


def named_as_ours(world: World) -> bytes:
    """Sign with a stranger's key whose certificate bears our name."""
    return sign(world.unsigned, world.foreign)


def with_a_badge_of_lena(world: World) -> bytes:
    lenas = open_badge.as_bytes(facts_of(world.ring, name="Lena Brandt"))
    return sign(render(SAM, WARM, lenas), world.ring)


PDFS: dict[str, tuple[Callable[[World], bytes], str]] = {
    "a name painted over in a later revision": (lambda world: later(world.pdf), "changed-later"),
    "a second signature by somebody else": (signed_again, "signed-twice"),
    "bytes behind the end": (lambda world: world.pdf + b"\n% and a doctor of medicine", "added-to"),
    "one space behind the end": (lambda world: world.pdf + b" ", "added-to"),
    "the last tenth missing": (lambda world: world.pdf[: len(world.pdf) * 9 // 10], "cut-short"),
    "the last byte missing": (lambda world: world.pdf[:-1], "cut-short"),
    "half of it missing": (lambda world: world.pdf[: len(world.pdf) // 2], "cut-short"),
    "a byte changed within what is signed": (changed_byte, "bytes-changed"),
    "another reason written in": (
        lambda world: world.pdf.replace(b"Record of training", b"Licence to practise"[:18]),
        "bytes-changed",
    ),
    "a range that starts later": (with_range(9, None, None, None), "covers-in-part"),
    "a range that ends earlier": (with_range(None, None, None, 100), "changed-later"),
    "a range with a wider gap": (with_range(None, 20_000, None, None), "covers-in-part"),
    "a range that reaches past the end": (with_range(None, None, None, 9_999_999), "cut-short"),
    "a range that covers nothing": (with_range(0, 0, 0, 0), "covers-in-part"),
    "a range whose parts overlap": (with_range(None, 29_000, 100, None), "covers-in-part"),
    "a second range in a comment": (
        lambda world: world.pdf.replace(b"%\xf0\x9f\x96\xa4", b"%/ByteRange [0 1 2 3]", 1),
        "signed-twice",
    ),
    "something in the room behind the signature": (hole_refilled, "bytes-changed"),
    "a stranger's key with our name": (named_as_ours, "signed-by-another"),
    "no signature at all": (lambda world: world.unsigned, "unsigned"),
    "a signature that allows changes": (lambda world: approved(world.unsigned, world.ring, "First"), "open-to-changes"),
    "a change to what may change": (lambda world: world.pdf.replace(b"/P 1\n", b"/P 2\n"), "bytes-changed"),
    "the badge of another award inside": (with_a_badge_of_lena, "badge-of-another"),
    "an encrypted PDF": (lambda _world: b"%PDF-1.7\ntrailer<</Encrypt 3 0 R>>\n%%EOF", "encrypted"),
    "a PDF that unfolds without end": (lambda _world: bomb(), "unsigned"),
    "a PDF nested a hundred thousand deep": (lambda _world: nested(), "unsigned"),
    "a PDF of ten megabytes": (lambda world: world.pdf + bytes(10_000_000), "too-large"),
    "a page before the PDF": (lambda world: b"<html>" + world.pdf, "not-recognised"),
    "a packed bomb": (lambda _world: gzip.compress(bytes(50_000_000)), "not-recognised"),
    "a picture named PDF": (lambda _world: b"\xff\xd8\xff\xe0JFIF", "not-recognised"),
    "an empty PDF": (lambda _world: b"%PDF-", "cut-short"),
    "a signature of other bytes": (
        lambda world: world.pdf.replace(b"/Contents <30", b"/Contents <04"),
        "signature-unreadable",
    ),
}

# --- Timestamps -----------------------------------------------------------------------------------------------


def signed_with(token: Callable[[World, bytes], bytes]) -> Callable[[World], bytes]:
    """Put another token beside our signature, which the signature doesn't cover."""
    return lambda world: sign(world.unsigned, world.ring, stamp=lambda signature: token(world, signature))


def moved(token: bytes) -> bytes:
    """Move the time in a token by an hour."""
    at = token.index(b"\x18\x0f20") + 2
    hour = b"%02d" % ((int(token[at + 8 : at + 10]) + 23) % 24)
    return token[: at + 8] + hour + token[at + 10 :]


def restamped(content: bytes, by: Authority) -> bytes:
    """Let a timestamp server stamp a changed file once more: public ones stamp whatever they're given."""
    at = content.rindex(b"/Contents <") + len(b"/Contents ")
    end = content.index(b">", at) + 1
    token = by.stamp(content[:at] + content[end:]).hex().encode()
    return content[:at] + b"<" + token.ljust(end - at - 2, b"0") + b">" + content[end:]


def long_term_with(change: Callable[[bytes], bytes]) -> Callable[[World], bytes]:
    """Change what follows the signature, keeping its length, and have it stamped by the server that we use."""

    def attack(world: World) -> bytes:
        tail = world.long_term[len(world.stamped) :]
        changed = change(tail)
        assert changed != tail and len(changed) == len(tail)
        return restamped(world.stamped + changed, world.ours)

    return attack


def with_materials(change: Callable[[World, Materials], Materials]) -> Callable[[World], bytes]:
    """Write the last revision exactly as we do, with other materials in it."""

    def attack(world: World) -> bytes:
        kept = take_apart(world.long_term, len(world.stamped)).materials
        return extend(world.stamped, change(world, kept), world.ours.stamp)

    return attack


TIMES: dict[str, tuple[Callable[[World], bytes], str]] = {
    "a timestamp from another file": (
        signed_with(lambda world, _signature: world.ours.stamp(b"another signature")),
        "stamp-of-another",
    ),
    "a timestamp by another server": (
        signed_with(lambda world, signature: world.theirs.stamp(signature)),
        "stamp-foreign",
    ),
    "a timestamp whose hour was changed": (
        signed_with(lambda world, signature: moved(world.ours.stamp(signature))),
        "stamp-changed",
    ),
    "something else in place of a timestamp": (
        signed_with(lambda _world, _signature: b"\x30\x03\x02\x01\x01"),
        "stamp-changed",
    ),
    "two timestamps": (
        signed_with(lambda world, signature: world.ours.stamp(signature) + world.ours.stamp(b"another")),
        "signature-unreadable",
    ),
    "a last timestamp by another server": (lambda world: restamped(world.long_term, world.theirs), "stamp-foreign"),
    "a last timestamp from another file": (
        lambda world: restamped(world.long_term, replace(world.ours, lie=another_imprint)),
        "stamp-of-another",
    ),
    "a last revision with other pages": (
        long_term_with(lambda tail: tail.replace(b"/Pages 1 0 R", b"/Pages 7 0 R")),
        "signed-twice",
    ),
    "a last revision that shows another field": (
        long_term_with(lambda tail: tail.replace(b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 0 9 9 ]")),
        "signed-twice",
    ),
    "a last revision with an image in place of the data store": (
        long_term_with(lambda tail: tail.replace(b"/Type /DSS\n", b"/Type /XOb\n")),
        "signed-twice",
    ),
    "a last revision with another cross-reference table": (
        long_term_with(lambda tail: tail.replace(b"/W [ 1 4 1 ]", b"/W [ 1 4 0 ]")),
        "signed-twice",
    ),
    "a last revision of another certificate": (
        lambda world: sign(world.unsigned, world.ring) + world.long_term[len(world.stamped) :],
        "signed-twice",
    ),
    "a name painted over after the last timestamp": (lambda world: later(world.long_term), "signed-twice"),
    "a space after the last timestamp": (lambda world: world.long_term + b" ", "signed-twice"),
    "the last timestamp cut short": (lambda world: world.long_term[:-9], "signed-twice"),
    "a data store with other bytes in it": (
        with_materials(lambda _world, kept: replace(kept, crls=(*kept.crls, b"1 0 0 rg 0 0 500 500 re f"))),
        "stuffed",
    ),
    "a data store with a stranger's certificate": (
        with_materials(
            lambda world, kept: replace(
                kept, certificates=(*kept.certificates, world.theirs.root.certificate.public_bytes(Encoding.DER))
            )
        ),
        "stuffed",
    ),
    "a data store with a stranger's revocation list": (
        with_materials(lambda world, kept: replace(kept, crls=(*kept.crls, world.theirs.crl))),
        "stuffed",
    ),
    "a data store with hundreds of certificates": (
        with_materials(lambda _world, kept: replace(kept, certificates=kept.certificates * 100)),
        "stuffed",
    ),
    "a last timestamp over a file that isn't ours": (
        lambda world: restamped(
            sign(world.unsigned, world.foreign, stamp=world.ours.stamp) + world.long_term[len(world.stamped) :],
            world.ours,
        ),
        "signed-twice",
    ),
}

# --- Wrappings ------------------------------------------------------------------------------------------------


def wrapped(wrap: Callable[[Any], Any]) -> Callable[[World], bytes]:
    return lambda world: json.dumps(wrap(world.badge)).encode()


PRESENTED = {"@context": [open_badge.CREDENTIALS], "type": ["VerifiablePresentation"]}
WRAPPINGS: tuple[Callable[[Any], Any], ...] = (
    lambda badge: {"verifiableCredential": badge},
    lambda badge: [badge],
    lambda badge: {**PRESENTED, "verifiableCredential": [badge]},
    lambda badge: {"@graph": [badge]},
)
WRAPPED: dict[str, tuple[Callable[[World], bytes], str]] = {
    "a wrapping that says more": (
        wrapped(lambda badge: {"name": "Dr", "verifiableCredential": badge}),
        "badge-wrapped",
    ),
    "a wrapping with its own words": (
        wrapped(lambda badge: {"@context": {"name": "x:y"}, "@graph": [badge]}),
        "badge-wrapped",
    ),
    "two badges in one list": (wrapped(lambda badge: [badge, badge]), "badge-wrapped"),
    "a badge wrapped ten times": (wrapped(lambda badge: [[[[[[[[[[badge]]]]]]]]]]), "badge-wrapped"),
    "a wrapping with no badge in it": (wrapped(lambda _badge: {"verifiableCredential": 7}), "badge-unreadable"),
    "another name in a wrapping": (
        lambda world: b"[" + edited("credentialSubject/identifier/0/identityHash", "Eve")(world) + b"]",
        "badge-changed",
    ),
    "a badge that also has a graph": (wrapped(lambda badge: {**badge, "@graph": [badge]}), "badge-wrapped"),
    "a JWT": (lambda _world: b"eyJhbGciOiJub25lIn0.e30.", "badge-jwt"),
    "a JWT in an envelope": (
        wrapped(lambda _badge: {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,eyJ"}),
        "badge-jwt",
    ),
}


def another_imprint(said: dict[str, Any]) -> None:
    said["imprint"] = hashlib.sha256(b"another file").digest()


FILES = {**BADGES, **WRAPPED, **PICTURES, **PDFS, **TIMES}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_tampered_with_is_refused_for_its_reason(world: World, name: str) -> None:
    attack, reason = FILES[name]
    assert read(attack(world), world.known, CERTIFICATES).problem == reason
    assert in_words(reason).endswith(".")


def test_what_was_not_tampered_with_is_accepted(world: World) -> None:
    """An attack table in which everything is refused would prove nothing."""
    badge = open_badge.as_bytes(world.badge)
    spaced = json.dumps(world.badge, indent=2).encode()
    for genuine in (badge, spaced, bake_svg(DRAWING, badge), bake_png(PICTURE, badge), world.pdf):
        told = read(genuine, world.known, CERTIFICATES)
        assert told.problem == "" and told.badge == json.loads(badge)
    for wrap in WRAPPINGS:
        assert read(json.dumps(wrap(world.badge)).encode(), world.known, CERTIFICATES).badge == json.loads(badge)
    for stamped in (world.stamped, world.long_term):
        told = read(stamped, world.known, CERTIFICATES)
        assert (told.problem, told.doubt) == ("", "") and told.badge == json.loads(badge)
        assert abs(datetime.fromisoformat(told.stamped_at) - clock.now()) < timedelta(minutes=9)
    assert read(world.pdf, world.known, CERTIFICATES).code == SAM.code
    assert read(world.pdf, world.known, CERTIFICATES).sha256 == hashlib.sha256(world.pdf).hexdigest()


# --- Keys -----------------------------------------------------------------------------------------------------

A_DAY = timedelta(days=1)
# What is brought, the dates of the key as days from the moment of signing, and why it isn't relied on without a record.
KEYS: dict[str, tuple[str, str, timedelta, str]] = {
    "a badge dated after the last day of its key": ("badge", "until", -A_DAY, "key-ended"),
    "a badge dated after its key was compromised": ("badge", "compromised_from", -A_DAY, "key-compromised"),
    "a badge dated before its key was compromised": ("badge", "compromised_from", A_DAY, "key-unsure"),
    "a PDF signed after the last day of its key": ("pdf", "until", -A_DAY, "key-ended"),
    "a PDF signed after its key was compromised": ("pdf", "compromised_from", -A_DAY, "key-compromised"),
    "a PDF dated before its key was compromised": ("pdf", "compromised_from", A_DAY, "key-unsure"),
    "a PDF stamped after its key was compromised": ("stamped", "compromised_from", -A_DAY, "key-compromised"),
}


def held_against(world: World, what: str, name: str, apart: timedelta) -> str:
    """Return why a file of ours isn't relied on without our records, when its key has a date."""
    content = {"badge": open_badge.as_bytes(world.badge), "pdf": world.pdf, "stamped": world.stamped}[what]
    day = ((NOON if what == "badge" else clock.now()) + apart).date()
    told = read(content, known_of(world.ring, world.ours, **{name: day.isoformat()}), CERTIFICATES)
    assert told.problem == ""
    return told.doubt


@pytest.mark.parametrize("name", KEYS)
def test_what_a_key_signed_too_late_is_not_relied_on(world: World, name: str) -> None:
    *brought, reason = KEYS[name]
    assert held_against(world, *brought) == reason and in_words(reason).endswith(".")


def test_what_a_key_signed_in_time_is_relied_on(world: World) -> None:
    """A timestamp proves that a compromised key signed before; the end of a key that nobody stole needs no proof."""
    assert held_against(world, "stamped", "compromised_from", A_DAY) == ""
    for what in ("badge", "pdf", "stamped"):
        assert held_against(world, what, "until", A_DAY * 0) == ""


# --- Status lists ---------------------------------------------------------------------------------------------


def status_of(world: World, key: Ed25519PrivateKey | None = None, days: int = 0, **changed: Any) -> dict[str, Any]:
    """Return a status list that starts some days from now, signed by us or by another key under our name."""
    starts = clock.now() + timedelta(days=days)
    issuer = issuer_of(SITE, world.ring.badge_public)
    document = status_list.status_credential(
        f"{LISTS}1/suspension", issuer, "suspension", [9], (starts, starts + timedelta(days=14))
    )
    return open_badge.sign({**document, **changed}, key or world.ring.badge_key, issuer.key, starts)


def status_with(world: World, **changed: Any) -> dict[str, Any]:
    """Return a list of ours with another subject, signed."""
    return status_of(world, credentialSubject={**status_of(world)["credentialSubject"], **changed})


def unfolding() -> str:
    return "u" + urlsafe_b64encode(gzip.compress(bytes(10**7))).decode().rstrip("=")


def by_theirs(world: World) -> dict[str, Any]:
    issuer = issuer_of("https://evil.example", world.foreign.badge_public)
    document = {name: part for name, part in status_of(world).items() if name != "proof"}
    return open_badge.sign({**document, "issuer": issuer.id}, world.foreign.badge_key, issuer.key, clock.now())


STATUS: dict[str, tuple[Callable[[World], Any], str]] = {
    "an expired status list": (lambda world: status_of(world, days=-15), "list-expired"),
    "a status list that starts later": (lambda world: status_of(world, days=1), "list-early"),
    "a status list by a stranger's key": (lambda world: status_of(world, OTHER), "list-changed"),
    "a status list of another issuer": (by_theirs, "list-foreign"),
    "a status list with another bit": (
        lambda world: {**status_of(world), "credentialSubject": status_with(world, ttl=1)["credentialSubject"]},
        "list-changed",
    ),
    "a status list without an end": (
        lambda world: {name: part for name, part in status_of(world).items() if name != "validUntil"},
        "list-unreadable",
    ),
    "a status list of another site": (lambda world: status_of(world, id="https://evil.example/1"), "list-unreadable"),
    "another of our status lists": (
        lambda world: status_of(
            world,
            id=f"{LISTS}2/suspension",
            credentialSubject={**status_of(world)["credentialSubject"], "id": f"{LISTS}2/suspension#list"},
        ),
        "list-of-another",
    ),
    "a status list for another purpose": (
        lambda world: status_with(world, statusPurpose="revocation"),
        "list-of-another",
    ),
    "a status list that unpacks without end": (
        lambda world: status_with(world, encodedList=unfolding()),
        "list-unreadable",
    ),
    "a badge in place of a status list": (lambda world: world.badge, "list-unreadable"),
    "a status list signed after the last day of its key": (lambda world: status_of(world), "list-foreign"),
}


@pytest.mark.parametrize("name", STATUS)
def test_a_status_list_that_is_not_ours_and_of_now_is_refused(world: World, name: str) -> None:
    attack, reason = STATUS[name]
    yesterday = (clock.now() - A_DAY).date().isoformat()
    known = known_of(world.ring, world.ours, until=yesterday) if "last day" in name else world.known
    with pytest.raises(ListRefused, match=reason):
        read_status_file(json.dumps(attack(world)).encode(), known, clock.now()).has(world.badge)
    assert in_words(reason).endswith(".")


def test_a_status_list_of_ours_says_whether_a_badge_was_withdrawn(world: World) -> None:
    ours = read_status_file(json.dumps(status_of(world)).encode(), world.known, clock.now())
    assert not ours.has(world.badge) and ours.has(facts_of(world.ring, status_index=9))


# --- Papers and codes -----------------------------------------------------------------------------------------

PAPER = QrPayload("7QK4M2XD9RTPC6HV", "20260314", "20280314", "1.2", "Active listening", "Sam Okafor")


def resealed(words: str, change: Callable[[bytearray], object]) -> str:
    content = bytearray(number_bytes(words))
    change(content)
    return str(int.from_bytes(content))


def resealed_in_base32(words: str, change: Callable[[bytearray], object]) -> str:
    content = bytearray(b32decode(words + "=" * (-len(words) % 8)))
    change(content)
    return b32encode(bytes(content)).decode().rstrip("=")


def flip(at: int) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        content[at] ^= 1

    return change


def wearing(words: str) -> str:
    """Put our key's mark on a payload that a stranger sealed."""
    ours = number_bytes(words)[1:5]
    forged = sealed(replace(PAPER, name="Eve"), OTHER)
    return resealed(forged, lambda content: content.__setitem__(slice(1, 5), ours))


PAPERS: dict[str, tuple[Callable[[str], str], str]] = {
    "a payload signed with a stranger's key": (lambda _words: sealed(PAPER, OTHER), "square-foreign"),
    "a payload signed with a stranger's key under our key's first bytes": (wearing, "square-changed"),
    "the first bytes of a key that we don't have": (lambda words: resealed(words, flip(4)), "square-foreign"),
    "another first character of the version": (lambda words: resealed(words, flip(75)), "square-changed"),
    "another last character of the name": (lambda words: resealed(words, flip(-1)), "square-changed"),
    "another day of completion": (lambda words: resealed(words, flip(71)), "square-changed"),
    "another last day": (lambda words: resealed(words, flip(74)), "square-changed"),
    "no last day": (lambda words: resealed(words, lambda c: c.__setitem__(slice(72, 75), bytes(3))), "square-changed"),
    "the first half of the signature changed": (lambda words: resealed(words, flip(20)), "square-changed"),
    "the second half of the signature changed": (lambda words: resealed(words, flip(60)), "square-changed"),
    "a signature of zeros": (
        lambda words: resealed(words, lambda c: c.__setitem__(slice(5, 69), bytes(64))),
        "square-changed",
    ),
    "a form that doesn't exist": (lambda words: resealed(words, flip(0)), "square-unreadable"),
    "our payload marked as the earlier form": (
        lambda words: resealed(words, lambda c: c.__setitem__(0, 1)),
        "square-changed",
    ),
    "a byte before it": (lambda words: resealed(words, lambda c: c.insert(0, 9)), "square-unreadable"),
    "a byte after it": (lambda words: resealed(words, lambda c: c.append(33)), "square-changed"),
    "a line break after it": (lambda words: resealed(words, lambda c: c.append(10)), "square-changed"),
    "the text cut short": (lambda words: resealed(words, lambda c: c.__delitem__(slice(-6, None))), "square-changed"),
    "no text": (lambda words: resealed(words, lambda c: c.__delitem__(slice(69, None))), "square-unreadable"),
    "one digit more": (lambda words: words + "1", "square-unreadable"),
    "one digit fewer": (lambda words: words[:-1], "square-unreadable"),
    "nothing": (lambda _words: "", "square-unreadable"),
    "nothing but a zero": (lambda _words: "0", "square-unreadable"),
    "an A among the digits": (lambda words: words[:50] + "A" + words[51:], "square-unreadable"),
    "a character that doesn't belong there": (lambda words: words + "!", "square-unreadable"),
    "a minus sign before it": (lambda words: "-" + words, "square-unreadable"),
    "a space before it": (lambda words: " " + words, "square-unreadable"),
    "digits of another script": (
        lambda words: words.translate({48 + n: 0x660 + n for n in range(10)}),
        "square-unreadable",
    ),
    "underscores between digits": (lambda words: f"{words[:9]}_{words[9:]}", "square-unreadable"),
    "fifty times over": (lambda words: words * 50, "square-unreadable"),
    "one digit more than we read": (lambda words: words + "0" * (2001 - len(words)), "square-unreadable"),
}
PAPERS_OF_BEFORE: dict[str, tuple[Callable[[str], str], str]] = {
    "a payload signed with a stranger's key": (lambda _words: sealed_in_base32(PAPER, OTHER), "square-foreign"),
    "another name": (lambda words: resealed_in_base32(words, flip(-1)), "square-changed"),
    "another code": (lambda words: resealed_in_base32(words, flip(70)), "square-changed"),
    "another signature": (lambda words: resealed_in_base32(words, flip(20)), "square-changed"),
    "a form that doesn't exist": (lambda words: resealed_in_base32(words, flip(0)), "square-unreadable"),
    "a payload marked as the present form": (
        lambda words: resealed_in_base32(words, lambda c: c.__setitem__(0, 2)),
        "square-changed",
    ),
    "the bytes as a number, as in the present form": (
        lambda words: str(int.from_bytes(b"\x02" + b32decode(words + "=" * (-len(words) % 8))[1:])),
        "square-changed",
    ),
    "the text cut short": (lambda words: words[:-16], "square-changed"),
    "no text": (lambda words: words[:80], "square-unreadable"),
    "a character that doesn't belong there": (lambda words: words + "!", "square-unreadable"),
    "a digit that base 32 doesn't have": (lambda words: words[:30] + "1" + words[31:], "square-unreadable"),
    "fifty times over": (lambda words: words * 50, "square-unreadable"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_that_was_tampered_with_is_refused_for_its_reason(world: World, name: str) -> None:
    attack, reason = PAPERS[name]
    words = sealed(PAPER, world.ring.badge_key)
    assert read_payload(words, world.known.raw_keys, PAPER.code) == PAPER
    with pytest.raises(QrRefused, match=reason):
        read_payload(attack(words), world.known.raw_keys, PAPER.code)


@pytest.mark.parametrize("name", PAPERS_OF_BEFORE)
def test_a_paper_of_earlier_years_that_was_tampered_with_is_refused_for_its_reason(world: World, name: str) -> None:
    attack, reason = PAPERS_OF_BEFORE[name]
    words = sealed_in_base32(PAPER, world.ring.badge_key)
    for text in (words, words.lower()):
        assert read_payload(text, world.known.raw_keys, "") == PAPER
    with pytest.raises(QrRefused, match=reason):
        read_payload(attack(words), world.known.raw_keys, PAPER.code)


@pytest.mark.parametrize("code", ["7QK4M2XD9RTPC6HW", "", "7QK4M2XD9RTPC6HV\n", "7qk4m2xd9rtpc6hv"])
def test_a_paper_with_the_address_of_another_certificate_is_refused(world: World, code: str) -> None:
    with pytest.raises(QrRefused, match="square-changed"):
        read_payload(sealed(PAPER, world.ring.badge_key), world.known.raw_keys, code)


@pytest.mark.parametrize("about", [b"", b"sidelight paper 1\n", b"sidelight paper 2\n"])
def test_a_signature_of_something_else_is_none_of_a_paper(world: World, about: bytes) -> None:
    """All are made with one key: what was signed for a badge or for the earlier form never fits a payload."""
    words = bytes(6) + b"1.2\nActive listening\nEve"
    signature = world.ring.badge_key.sign(about + words)
    forged = str(int.from_bytes(b"\x02" + world.ring.badge_public[:4] + signature + words))
    with pytest.raises(QrRefused, match="square-changed"):
        read_payload(forged, world.known.raw_keys, PAPER.code)


def test_a_signature_of_a_badge_is_none_of_a_paper_of_earlier_years(world: World) -> None:
    words = "\n".join(vars(PAPER).values()).encode()
    bare = world.ring.badge_key.sign(words)
    forged = b32encode(b"\x01" + world.ring.badge_public[:4] + bare + words).decode().rstrip("=")
    with pytest.raises(QrRefused, match="square-changed"):
        read_payload(forged, world.known.raw_keys, PAPER.code)


CODES = (
    "7QK4M2XD9RTPC6HU",
    "7QK4M2XD9RTPC6H",
    "7QK4M2XD9RTPC6HVV",
    "7QК4M2XD9RTPC6HV",
    "%00" * 16,
)


@pytest.mark.parametrize("typed", CODES)
def test_a_code_that_could_be_read_in_two_ways_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


# --- Beside the register --------------------------------------------------------------------------------------


@pytest.fixture
def earned(site: Site) -> tuple[Site, str, KnownKeys]:
    code = earn(site, document=True)
    with site.inside():
        known = known_from(key_rows(site.settings))
    return site, code, known


def found(site: Site, content: bytes, known: KnownKeys) -> tuple[str, Award | None]:
    with site.inside():
        told = compare_with_records(read(content, known, CERTIFICATES))
        return told.problem, told.award


def test_what_our_key_signed_but_the_register_does_not_keep_is_not_accepted(
    earned: tuple[Site, str, KnownKeys],
) -> None:
    """An organisation may sign other papers with its key: then the register decides."""
    site, code, known = earned
    genuine, badge = pdf(site, code), badge_of(site, code)
    assert [found(site, one, known)[0] for one in (genuine, badge)] == ["", ""]
    with site.inside():
        ring = keys_of(site.settings)
    forged = json.loads(badge)
    entry = forged["credentialStatus"]
    entry |= {"statusListIndex": "7", "id": entry["statusListCredential"] + "#7"}
    method = forged.pop("proof")["verificationMethod"]
    elsewhere = open_badge.as_bytes(open_badge.sign(forged, ring.badge_key, method, NOON))
    assert found(site, elsewhere, known)[0] == "not-in-register"
    second = {**json.loads(badge), "id": "urn:uuid:00000000-0000-4000-8000-000000000000"}
    second.pop("proof")
    assert found(site, open_badge.as_bytes(open_badge.sign(second, ring.badge_key, method, NOON)), known)[0] == (
        "not-the-kept-one"
    )
    assert found(site, sign(render(SAM, WARM), ring), known)[0] == "not-in-register"
    mine = replace(SAM, code=code, name="Sam Osei", course_title=json.loads(badge)["name"])
    for other in (sign(render(mine, WARM), ring), sign(render(mine, WARM, badge), ring)):
        amiss, award = found(site, other, known)
        assert amiss == "not-the-kept-one" and award is not None and award.code == code


def sign_again(site: Site, badge: bytes, ring: Ring) -> bytes:
    """Sign a kept badge once more with some key of the site, as whoever has the key could."""
    bare = {name: part for name, part in json.loads(badge).items() if name != "proof"}
    issuer = issuer_of(site.settings.base_url, ring.badge_public)
    return open_badge.as_bytes(
        open_badge.sign({**bare, "issuer": {**bare["issuer"], "id": issuer.id}}, ring.badge_key, issuer.key, NOON)
    )


def test_only_what_we_keep_is_genuine_whatever_became_of_its_key(earned: tuple[Site, str, KnownKeys]) -> None:
    """A key that was retired, and then one that was stolen: their holders sign the same badge and PDF once more."""
    site, code, known = earned
    genuine, badge = pdf(site, code), badge_of(site, code)
    with site.inside():
        retired, subfilter = keys_of(site.settings), site.settings.pdf_subfilter
        put_aside(site.settings)
        now = keys_of(site.settings, fresh=True)
        known = known_from(key_rows(site.settings))
    forged = [sign_again(site, badge, ring) for ring in (retired, now)]
    forged += [sign(render(replace(SAM, code=code), WARM, badge), ring, subfilter) for ring in (retired, now)]
    for content in forged:
        assert found(site, content, known)[0] in {"not-the-kept-one", "badge-of-another"}
    with site.inside():
        write(mark_compromised, key_ids(retired), clock.today("UTC"))
        known = known_from(key_rows(site.settings))
    for kept in (genuine, badge, bake_png(PICTURE, badge)):
        told = read(kept, known, CERTIFICATES)
        assert told.problem == "" and told.doubt in {"key-compromised", "key-unsure"}, "offline it's not relied on"
        assert found(site, kept, known)[0] == "", "our records have the very same file"
    for content in forged:
        assert found(site, content, known)[0] != ""
    with site.inside():
        write(_forget_copies, found(site, badge, known)[1].id)
    assert found(site, badge, known)[0] in {"key-compromised", "key-unsure"}, "nothing is left to compare it with"


def _forget_copies(award_id: str) -> None:
    """Drop the copies, as when a holder deletes their account."""
    kept = find_credential(award_id)
    assert kept is not None
    kept.content = b""


def test_every_reason_has_its_words_and_no_other(world: World) -> None:
    used = {row[-1] for row in (*FILES.values(), *PAPERS.values(), *KEYS.values(), *STATUS.values())}
    elsewhere = {"not-in-register", "not-the-kept-one", "not-read", "square-of-another", "not-a-pdf", "list-for-qr"}
    assert used <= set(REFUSALS) and set(REFUSALS) - used == elsewhere | {"too-much-inside"}


def test_what_unfolds_without_end_is_not_unfolded(world: World) -> None:
    with pytest.raises(DocumentRefused, match="too-much-inside"):
        look_inside(bomb())


def test_the_attacks_are_listed_in_the_docs_with_their_answers() -> None:
    text = (Path(ROOT) / "docs" / "certificates.md").read_text("utf-8")
    rows = [(name, row[-1]) for name, row in (FILES | PAPERS | KEYS | STATUS).items()]
    assert [name for name, reason in rows if f"| {name} | {in_words(reason)} |" not in text] == []
    assert len(rows) >= 120


# Whatever is put in place of any part of a badge: other types, wrappings that mean the same to a processor, tricks.
OTHER_PARTS: tuple[Any, ...] = (
    None, True, False, 0, 1.5, -1, "", "_:eve", "urn:uuid:eve", "PROFILE", "\ud800", "https://evil.example/",
    [], {}, [[]], {"@value": "x"}, {"@id": "_:b"}, {"@list": []}, "9" * 5000,
)  # fmt: skip


def paths_in(part: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each part of a badge, itself left out."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [step for key, each in inner for step in ((*way, key), *paths_in(each, (*way, key)))]


def test_no_part_of_a_badge_can_be_changed_wrapped_doubled_or_left_out(world: World) -> None:
    """Each part, each change: it is refused with a reason of ours, and nothing breaks the reader."""
    tried = 0
    for way in paths_in(world.badge):
        kept = world.badge
        for step in way:
            kept = kept[step]
        for other in (*OTHER_PARTS, [kept], [kept, kept], {"@value": kept}, {"id": kept}):
            if other == kept and type(other) is type(kept):
                continue
            changed = deepcopy(world.badge)
            part = changed
            for step in way[:-1]:
                part = part[step]
            part[way[-1]] = other
            assert read(json.dumps(changed).encode(), world.known, CERTIFICATES).problem in REFUSALS, (way, other)
            tried += 1
    assert tried > 500


def test_a_badge_that_takes_long_to_put_into_order_is_refused_before(world: World) -> None:
    """Blank nodes that all know each other took five seconds of computing each, eight of them a whole site."""
    clique = [
        {"id": f"_:n{one}", "type": ["Evidence"], "name": f"_:n{other}"} for one in range(9) for other in range(9)
    ]
    content = json.dumps({**world.badge, "evidence": clique}).encode()
    before = process_time()
    assert read(content, world.known, CERTIFICATES).problem == "badge-shape"
    assert process_time() - before < 0.5


def test_only_the_kept_badge_is_genuine_down_to_its_signature(earned: tuple[Site, str, KnownKeys]) -> None:
    """Signed with our key for the same place in the list, and still not what the register keeps."""
    site, code, known = earned
    kept = json.loads(badge_of(site, code))
    with site.inside():
        ring = keys_of(site.settings)
    method = kept["proof"]["verificationMethod"]
    bare = {name: part for name, part in kept.items() if name != "proof"}
    again = [
        open_badge.sign(bare, ring.badge_key, method, NOON),
        open_badge.sign({**bare, "name": f"{bare['name']}, with distinction"}, ring.badge_key, method, NOON),
        open_badge.sign({**bare, "evidence": bare["evidence"][:-1]}, ring.badge_key, method, NOON),
    ]
    assert found(site, json.dumps(kept, indent=3).encode(), known)[0] == ""
    for other in again:
        assert found(site, open_badge.as_bytes(other), known)[0] == "not-the-kept-one"
        assert found(site, bake_png(PICTURE, open_badge.as_bytes(other)), known)[0] == "not-the-kept-one"
