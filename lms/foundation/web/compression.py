"""Compression: responses are gzipped, and secrets in them are never compressed together with anything else."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from posixpath import normpath

from flask import Flask, Request, Response, g, request

from lms.foundation.per_app import get_or_make
from lms.foundation.web.security import from_this_site

TEXTS = {"text/html", "text/css", "text/javascript", "image/svg+xml"}
WORTH_IT = 512  # bytes: below, the gzip frame eats what it saves
FAST, SMALL = 4, 9
_HEAD, _END = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x03\0"


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    wishes = [wish.partition(";") for wish in accepted.lower().replace(" ", "").split(",")]
    return any(name == "gzip" and weight not in {"q=0", "q=0.0"} for name, _, weight in wishes)


def may_pack(incoming: Request) -> bool:
    """True when the browser takes gzip and no other site led here, which could measure what it put into the page."""
    return _takes_gzip(incoming.headers.get("Accept-Encoding", "")) and from_this_site(incoming)


def squeezed(text: bytes, level: int) -> bytes:
    """Return text as compressed blocks that stand for themselves and end on a whole byte."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def as_it_is(text: bytes) -> bytes:
    """Return a short text as one block that is not compressed, so that its length says nothing of what is around it."""
    return b"\0" + struct.pack("<HH", len(text), len(text) ^ 0xFFFF) + text


def gzipped(blocks: Iterable[bytes], plain: bytes) -> bytes:
    """Return blocks as one gzip stream of the plain text that they stand for."""
    return b"".join((_HEAD, *blocks, _END, struct.pack("<LL", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)))


def packed_around(text: bytes, secret: bytes) -> list[bytes]:
    """Return a text as compressed blocks, with a secret that stands in it left as it is."""
    if not secret:
        return [squeezed(text, FAST)]
    first, *others = (squeezed(piece, FAST) for piece in text.split(secret))
    return [first, *(block for other in others for block in (as_it_is(secret), other))]


def mark_packed(response: Response) -> Response:
    """Say on a response that its body is gzipped."""
    response.headers["Content-Encoding"] = "gzip"
    return response


def pack(response: Response) -> Response:
    """Gzip a response that is text, unless that is done, is not wished for or would not be safe."""
    headers = response.headers
    if headers.get("Content-Type", "").partition(";")[0] not in TEXTS:
        return response
    headers["Vary"] = f"{headers['Vary']}, Accept-Encoding" if "Vary" in headers else "Accept-Encoding"
    if "Content-Encoding" in headers or response.status_code == 304 or request.method == "HEAD":
        return response
    if request.endpoint == "static":
        return _pack_file(response) if _takes_gzip(request.headers.get("Accept-Encoding", "")) else response
    text = response.get_data()
    if len(text) < WORTH_IT or not may_pack(request):
        return response
    secret = g.get("token_in_page", "").encode()
    response.set_data(gzipped(packed_around(text, secret), text))
    return mark_packed(response)


class CompressedFiles(dict[tuple[str, str], bytes]):
    """Static files as they go out compressed, by path and ETag."""


def _pack_file(response: Response) -> Response:
    """Gzip a static file once for as long as it stays the same."""
    known = get_or_make(CompressedFiles)
    # One file has many addresses (/static/css/../css/site.css), and each would be kept again.
    key = (normpath(request.path), response.headers.get("ETag", ""))
    response.direct_passthrough = False
    if key not in known:
        text = response.get_data()
        known[key] = gzipped([squeezed(text, SMALL)], text)
    response.set_data(known[key])
    response.set_etag(key[1].strip('W/"'), weak=True)
    return mark_packed(response)


def install(app: Flask) -> None:
    """Let an app's text go out gzipped."""
    app.after_request(pack)
