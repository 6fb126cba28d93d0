"""Reads the format and size of pictures from their bytes, and removes metadata such as place and camera."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers.expat import ExpatError, ParserCreate

PIXELS_MOST = 16_000_000
ENDINGS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# The chunks that a picture is shown from. Others tell of the camera, the place, the day and the writer.
_PNG_SHOWN = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"cHRM",
        b"gAMA",
        b"iCCP",
        b"sBIT",
        b"sRGB",
        b"cICP",
        b"mDCV",
        b"cLLI",
    }
    | {b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"}
)
_WEBP_SHOWN = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_OTHERS = (
    (re.compile(rb"GIF8[79]a"), "a GIF"),
    (re.compile(rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", re.DOTALL), "a HEIC picture from a phone"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "an AVIF picture"),
    (re.compile(rb"....ftyp", re.DOTALL), "a film or a recording"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfb]|OggS|fLaC|RIFF....WAVE", re.DOTALL), "a recording"),
    (re.compile(rb"PK\x03\x04"), "a document or an archive (DOCX, ODT or ZIP)"),
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"II\*\0|MM\0\*"), "a TIFF"),
    (re.compile(rb"BM"), "a BMP"),
    (re.compile(rb"\s*(?:<!doctype html|<html|<head|<body|<script)", re.IGNORECASE), "a web page"),
)


class UnreadablePicture(Exception):
    """The bytes are not a picture that browsers can show; the message says what they are."""


@dataclass(frozen=True)
class Picture:
    """What a file is by its bytes: its media type, and its width and height in pixels (0 for drawings)."""

    kind: str
    width: int = 0
    height: int = 0


def inspect_picture(content: bytes) -> Picture:
    """Tell what a picture is, from its whole structure and without unpacking a pixel; raise UnreadablePicture."""
    try:
        found = _photograph(content)
    except (struct.error, IndexError):
        raise UnreadablePicture("a picture that is damaged or cut short") from None
    if found and not (found.width and found.height):
        raise UnreadablePicture("a picture without any pixels")
    if found:
        return found
    if _is_drawing(content):
        _check_drawing(content)
        return Picture("image/svg+xml")
    what = next((what for pattern, what in _OTHERS if pattern.match(content)), "not a picture that browsers can show")
    raise UnreadablePicture(what if content else "an empty file")


def _photograph(content: bytes) -> Picture | None:
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(_JPEG):
        return _jpeg(content)
    return _webp(content) if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _check_drawing(content: bytes) -> None:
    """Refuse what a browser would show as a broken picture: XML with an error in it."""
    try:
        ParserCreate().Parse(content, True)
    except ExpatError as error:
        raise UnreadablePicture(f"a drawing with an error on line {error.lineno}") from None


def _is_drawing(content: bytes) -> bool:
    """True for a whole SVG, whatever it says of itself before its first element."""
    rest = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<?", b"<!")):
        if rest.startswith(b"<!--"):
            end = b"-->"
        elif rest.startswith(b"<?"):
            end = b"?>"
        else:
            end = b"]>" if b"[" in rest.partition(b">")[0] else b">"
        rest = rest.partition(end)[2].lstrip()
    return bool(re.match(rb"<svg[\s>]", rest)) and b"</svg>" in rest


def kind_of(content: bytes) -> str | None:
    """Return the media type under which a picture may be served; None for what is no picture."""
    try:
        return inspect_picture(content).kind
    except UnreadablePicture:
        return None


def without_metadata(content: bytes) -> bytes:
    """Return the same picture without place, day, camera and comments; its pixels, colours and turning stay.

    What is no PNG, JPEG or WebP comes back as it is.
    """
    kind = kind_of(content)
    if kind == "image/png":
        return _PNG + b"".join(whole for name, whole in _png_chunks(content) if name in _PNG_SHOWN)
    if kind == "image/jpeg":
        return b"\xff\xd8" + b"".join(_kept_segments(content))
    if kind == "image/webp":
        return _plain_webp(content)
    return content


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and bytes of each chunk up to the end of the picture."""
    place = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", content, place)
        name, whole = content[place + 4 : place + 8], content[place : place + 12 + length]
        if len(whole) < 12 + length:
            raise UnreadablePicture("a picture that is damaged or cut short")
        yield name, whole
        place += 12 + length
        if name == b"IEND":
            return


def _png(content: bytes) -> Picture:
    names = [name for name, _ in _png_chunks(content)]
    if names[0] != b"IHDR" or b"IDAT" not in names:
        raise UnreadablePicture("a picture that is damaged or cut short")
    width, height = struct.unpack_from(">II", content, 16)
    return Picture("image/png", width, height)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment of a JPEG up to its end; a scan has its packed pixels with it.

    What follows the end, such as the second picture or the film of a phone, is left out.
    """
    place = 2
    while True:
        if content[place] != 0xFF:
            raise UnreadablePicture("a picture that is damaged or cut short")
        while content[place + 1] == 0xFF:
            place += 1
        marker = content[place + 1]
        if marker == _END:
            yield marker, b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        if length < 2 or end > len(content):
            raise UnreadablePicture("a picture that is damaged or cut short")
        yield marker, content[place:end]
        place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Return where the next segment begins: at a marker that is neither a stuffed byte nor a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise UnreadablePicture("a picture that is damaged or cut short")
        following = content[place + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return place
        place += 1 if following == 0xFF else 2


def _jpeg(content: bytes) -> Picture:
    size: tuple[int, int] | None = None
    scanned = False
    for marker, whole in _segments(content):
        if marker in _FRAMES and size is None:
            height, width = struct.unpack_from(">HH", whole, 5)
            size = width, height
        scanned = scanned or marker == _SCAN
    if size is None or not scanned:
        raise UnreadablePicture("a picture that is damaged or cut short")
    return Picture("image/jpeg", *size)


def _kept_segments(content: bytes) -> Iterator[bytes]:
    turned = 1
    for marker, whole in _segments(content):
        if marker == _APP1 and whole[4:10] == b"Exif\0\0":
            turned = _orientation(whole[10:])
            if turned != 1:
                yield _turning(turned)
        elif marker == _APP2 and whole[4:15] != b"ICC_PROFILE":
            continue
        elif not (_APP0 < marker <= 0xEF and marker not in (_APP2, _APP14)) and marker != _COMMENT:
            yield whole


def _orientation(tiff: bytes) -> int:
    """Return how a camera was held, 1 to 8; 1 where it does not say so."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, place)
        for entry in range(min(count, 500)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, place + 2 + 12 * entry)
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        return 1
    return 1


def _turning(turned: int) -> bytes:
    """Return a segment that says how to turn the picture, and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (size,) = struct.unpack_from("<I", content, 4)
    end, place = 8 + size, 12
    if end > len(content):
        raise UnreadablePicture("a picture that is damaged or cut short")
    while place + 8 <= end:
        (length,) = struct.unpack_from("<I", content, place + 4)
        whole = content[place : place + 8 + length + length % 2]
        yield content[place : place + 4], whole
        place += 8 + length + length % 2


def _webp(content: bytes) -> Picture:
    name, first = next(_webp_chunks(content))
    if name == b"VP8X":
        width, height = (int.from_bytes(first[at : at + 3], "little") + 1 for at in (12, 15))
    elif name == b"VP8L":
        (bits,) = struct.unpack_from("<I", first, 9)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", first, 14))
    else:
        raise UnreadablePicture("a picture that is damaged or cut short")
    return Picture("image/webp", width, height)


def _plain_webp(content: bytes) -> bytes:
    chunks = []
    for name, whole in _webp_chunks(content):
        if name == b"VP8X":
            # Two flags say that words follow, which they no longer do.
            whole = whole[:8] + bytes([whole[8] & ~0x0C]) + whole[9:]
        if name in _WEBP_SHOWN:
            chunks.append(whole)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
