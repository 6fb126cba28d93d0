"""Baking: a badge put inside a picture, so that picture and credential travel together."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG_NAMES = b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'


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
    return picture[:head] + _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + badge) + picture[head:]


def baked(kind: str, badge: bytes, folder: Path) -> bytes:
    """Return a badge as it is handed out: bare JSON, or inside the drawing or the picture of a folder."""
    if kind == "svg":
        return bake_svg((folder / "badge.svg").read_bytes(), badge)
    if kind == "png":
        return bake_png((folder / "badge.png").read_bytes(), badge)
    return badge


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
