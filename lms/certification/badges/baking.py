"""Baking: a badge put inside a picture, so that picture and credential travel together."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lms.foundation.late import late

if TYPE_CHECKING:
    from xml.etree import ElementTree
else:
    ElementTree = late("xml.etree.ElementTree")  # 0.5 MB, which only drawings that are looked at need

_PNG = b"\x89PNG\r\n\x1a\n"
_WORDS, _SVG = "https://purl.imsglobal.org/ob/v3p0", "http://www.w3.org/2000/svg"
_SVG_NAMES = f'xmlns:openbadges="{_WORDS}"'.encode()
_KEYWORD = b"openbadgecredential"
_ACTIVE_LINKS = ("javascript:", "vbscript:", "data:text", "data:image/svg", "data:application")
_ACTIVE = {"script", "foreignobject", "iframe", "handler", "set", "animate"}


class PictureRefused(Exception):
    """A picture is not accepted as one that carries a badge; the message is a word of `refusals`."""


def bake_svg(picture: bytes, badge: bytes) -> bytes:
    """Return the drawing with the badge inside, as its first child."""
    start = picture.index(b"<svg")
    opened = picture.index(b">", start)
    safe = badge.replace(b"]]>", b"]]]]><![CDATA[>")
    credential = b"<openbadges:credential><![CDATA[" + safe + b"]]></openbadges:credential>"
    tag = b"<svg " + _SVG_NAMES + picture[start + 4 : opened + 1]
    return picture[:start] + tag + credential + picture[opened + 1 :]


def bake_png(picture: bytes, badge: bytes) -> bytes:
    """Return the picture with the badge in a chunk of its own, before the pixels."""
    head = len(_PNG) + 25
    return picture[:head] + _chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + badge) + picture[head:]


def baked(kind: str, badge: bytes, folder: Path) -> bytes:
    """Return a badge as it is handed out: bare JSON, or inside the drawing or the picture of a folder."""
    if kind == "svg":
        return bake_svg((folder / "badge.svg").read_bytes(), badge)
    if kind == "png":
        return bake_png((folder / "badge.png").read_bytes(), badge)
    return badge


def is_ours(kind: str, picture: bytes, badge: bytes, folder: Path) -> bool:
    """Return whether a picture is, byte for byte, what this site makes of a badge.

    A drawing that is replaced one day stays in the folder as `badge-….svg`, so that what was made with it is known.
    """
    bake = bake_svg if kind == "svg" else bake_png
    return any(bake(path.read_bytes(), badge) == picture for path in sorted(folder.glob(f"badge*.{kind}")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def unbake_svg(picture: bytes) -> bytes:
    """Return the one badge of a drawing; raise PictureRefused where there is another number, or anything that acts."""
    if b"<!DOCTYPE" in picture or b"<!ENTITY" in picture:
        raise PictureRefused("picture-acts")
    try:
        # Without a DOCTYPE nothing in it can be expanded.
        drawing = ElementTree.fromstring(picture.decode())
    except (ElementTree.ParseError, ValueError):
        raise PictureRefused("picture-damaged") from None
    if drawing.tag != f"{{{_SVG}}}svg":
        raise PictureRefused("not-recognised")
    parts = list(drawing.iter())
    if any(_acts(part) for part in parts):
        raise PictureRefused("picture-acts")
    return _only([(part.text or "").encode() for part in parts if part.tag == f"{{{_WORDS}}}credential"])


def _acts(part: ElementTree.Element) -> bool:
    name = str(part.tag).rpartition("}")[2].lower()
    speaks = any(_link_of(value).startswith(_ACTIVE_LINKS) for value in part.attrib.values())
    return name in _ACTIVE or speaks or any(key.rpartition("}")[2].lower().startswith("on") for key in part.attrib)


def _link_of(value: str) -> str:
    """Return a value as browsers read it as an address, without tabs, line breaks and what else does not show."""
    return "".join(character for character in value if character > " " and character.isprintable()).lower()


def unbake_png(picture: bytes) -> bytes:
    """Return the one badge of a picture; raise PictureRefused where there is another number, or a part is damaged."""
    return _only([badge for kind, content in _chunks(picture) if (badge := _badge_in(kind, content)) is not None])


def _badge_in(kind: bytes, content: bytes) -> bytes | None:
    keyword, _end, rest = content.partition(b"\0")
    if kind not in {b"iTXt", b"tEXt", b"zTXt"} or keyword != _KEYWORD:
        return None
    if kind != b"iTXt" or not rest.startswith(b"\0\0\0\0"):
        raise PictureRefused("picture-packed")
    return rest[4:]


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        size = int.from_bytes(picture[at : at + 4])
        kind, content = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        if picture[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(kind + content)):
            raise PictureRefused("picture-damaged")
        yield kind, content
        at += 12 + size
    if at != len(picture):
        raise PictureRefused("added-to")


def _only(badges: list[bytes]) -> bytes:
    if len(badges) != 1:
        raise PictureRefused("two-badges" if badges else "no-badge")
    return badges[0]
