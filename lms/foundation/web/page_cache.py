"""Page cache: pages rendered once for everybody who gets the same, with slots for each visitor's own parts."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, g, request
from markupsafe import escape

from lms.foundation.hooks import hooks
from lms.foundation.per_app import get_or_make
from lms.foundation.web.compression import SMALL, as_it_is, gzipped, mark_packed, may_pack, packed_around, squeezed
from lms.foundation.web.security import form_token_text

MOST = 200
SHORT = 200  # bytes: what is longer is worth its own compression
# A sign that nobody can guess, and that stays as it is in an address and in HTML.
_SIGN = secrets.token_hex(8)
_SLOT = re.compile(f"{_SIGN}([a-z]+){_SIGN}")


def slot(name: str) -> str:
    """Return the sign that keeps a place open on a cached page; `name` is small letters."""
    return f"{_SIGN}{name}{_SIGN}"


def cut(text: str) -> tuple[str, ...]:
    """Return a text in pieces, with the name of a slot between each two."""
    return tuple(_SLOT.split(text))


def filled(pieces: Sequence[str], values: Mapping[str, str]) -> str:
    """Return a text that was cut, with a value in each slot."""
    whole = list(pieces)
    whole[1::2] = [values[name] for name in whole[1::2]]
    return "".join(whole)


@dataclass(frozen=True)
class Piece:
    """Safe HTML for a slot, compressed once because many pages show the same; it holds no secret."""

    plain: bytes
    packed: bytes

    def __html__(self) -> str:
        """Return the HTML, where a template shows it."""
        return self.plain.decode()


def piece(html: str) -> Piece:
    """Return safe HTML as a piece for a slot."""
    plain = html.encode()
    return Piece(plain, squeezed(plain, SMALL))


@dataclass(frozen=True)
class CachedPage:
    """A page in pieces, plain and packed; between each two stands a slot."""

    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    slots: tuple[str, ...]

    def fill(self, values: Mapping[str, bytes | Piece], token: bytes | None) -> bytes:
        """Return the page of one visitor, packed when their token is given.

        The token is never compressed, nor is what is short.
        """
        plain, packed = [self.plain[0]], [self.packed[0]]
        for name, plain_after, packed_after in zip(self.slots, self.plain[1:], self.packed[1:], strict=True):
            value = values[name]
            if isinstance(value, Piece):
                plain.append(value.plain)
                packed.append(value.packed)
            else:
                plain.append(value)
                if token is not None:
                    packed += (as_it_is(value),) if len(value) < SHORT else packed_around(value, token)
            plain.append(plain_after)
            packed.append(packed_after)
        whole = b"".join(plain)
        return whole if token is None else gzipped(packed, whole)


def _keep(page: str) -> CachedPage:
    pieces = cut(page)
    plain = tuple(piece.encode() for piece in pieces[::2])
    return CachedPage(plain, tuple(squeezed(piece, SMALL) for piece in plain), pieces[1::2])


class PageCache:
    """The cached pages; those asked for longest ago are given up first."""

    def __init__(self, count: Callable[[bool], None] | None = None) -> None:
        self._count = count
        self._pages: dict[Hashable, CachedPage] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> CachedPage | None:
        """Return a cached page, and remember that it was asked for."""
        with self._lock:
            found = self._pages.pop(key, None)
            if found is not None:
                self._pages[key] = found
        if self._count is not None:
            self._count(found is not None)
        return found

    def keep(self, key: Hashable, page: CachedPage) -> None:
        """Keep a page."""
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > MOST:
                del self._pages[next(iter(self._pages))]


def cached_page(
    about: tuple[Hashable, ...],
    make: Callable[[], str],
    own: Mapping[str, str | Piece] | None = None,
    path: str | None = None,
) -> Response:
    """Return a page that depends on nothing but `about` and its frame, with this visitor's token and name put in.

    `about` must hold everything that `make` puts on the page; an address with a query is never cached. What `own` names
    is safe HTML for the slots that `make` left; `path` is the page's address where that has slots too.
    """
    cache = get_or_make(PageCache)
    frame, name = hooks().page_frame()
    key = (path or request.path, about, frame)
    found = None if request.query_string else cache.find(key)
    if found is None:
        found = _keep(_with_slots(make, path))
        if not request.query_string:
            cache.keep(key, found)
    token = form_token_text().encode()
    values: dict[str, bytes | Piece] = {"token": token, "name": str(escape(name)).encode()}
    for slot_name, value in (own or {}).items():
        values[slot_name] = value.encode() if isinstance(value, str) else value
    packed = may_pack(request)
    response = Response(found.fill(values, token if packed else None), mimetype="text/html")
    return mark_packed(response) if packed else response


def _with_slots(make: Callable[[], str], path: str | None) -> str:
    token = form_token_text()
    g.token_in_page, g.name_in_page, g.path_in_page = slot("token"), slot("name"), path
    try:
        return make()
    finally:
        g.token_in_page = token
        del g.name_in_page, g.path_in_page
