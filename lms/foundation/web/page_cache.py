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
_HOLE = re.compile(f"{_SIGN}([a-z]+){_SIGN}")


def hole(name: str) -> str:
    """Return the sign that keeps a place open on a kept page; `name` is small letters."""
    return f"{_SIGN}{name}{_SIGN}"


def cut(text: str) -> tuple[str, ...]:
    """Return a text in pieces, with the name of a hole between each two."""
    return tuple(_HOLE.split(text))


def filled(pieces: Sequence[str], values: Mapping[str, str]) -> str:
    """Return a text that was cut, with a value in each hole."""
    whole = list(pieces)
    whole[1::2] = [values[name] for name in whole[1::2]]
    return "".join(whole)


@dataclass(frozen=True)
class Kept:
    """A page in pieces, plain and packed; between each two stands a hole."""

    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    holes: tuple[str, ...]

    def fill(self, values: dict[str, bytes], packed: bool) -> bytes:
        """Return the page of one visitor; a secret that is put in is not compressed, nor is what is short."""
        plain = [self.plain[0]]
        for hole, piece in zip(self.holes, self.plain[1:], strict=True):
            plain += (values[hole], piece)
        whole = b"".join(plain)
        if not packed:
            return whole
        blocks = [self.packed[0]]
        for hole, piece in zip(self.holes, self.packed[1:], strict=True):
            value = values[hole]
            blocks += (as_it_is(value),) if len(value) < SHORT else packed_around(value, values["token"])
            blocks.append(piece)
        return gzipped(blocks, whole)


def _keep(page: str) -> Kept:
    pieces = cut(page)
    plain = tuple(piece.encode() for piece in pieces[::2])
    return Kept(plain, tuple(squeezed(piece, SMALL) for piece in plain), pieces[1::2])


class Shelf:
    """The pages that are kept, those asked for longest ago given up first."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, Kept] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Kept | None:
        """Return a kept page, and remember that it was asked for."""
        with self._lock:
            found = self._pages.pop(key, None)
            if found is not None:
                self._pages[key] = found
        return found

    def keep(self, key: Hashable, page: Kept) -> None:
        """Keep a page."""
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > MOST:
                del self._pages[next(iter(self._pages))]


def kept_page(
    about: tuple[Hashable, ...],
    make: Callable[[], str],
    own: Mapping[str, str] | None = None,
    path: str | None = None,
) -> Response:
    """Return a page that depends on nothing but `about` and its frame, with this visitor's token and name put in.

    `about` must hold everything that `make` puts on the page; an address with a query is never kept. What `own` names
    is safe HTML for the holes that `make` left; `path` is the page's address where that has holes too.
    """
    shelf = get_or_make(Shelf)
    frame, name = hooks().page_frame()
    key = (path or request.path, about, frame)
    found = None if request.query_string else shelf.find(key)
    if found is None:
        found = _keep(_with_holes(make, path))
        if not request.query_string:
            shelf.keep(key, found)
    values = {"token": form_token_text().encode(), "name": str(escape(name)).encode()}
    values |= {key: value.encode() for key, value in (own or {}).items()}
    packed = may_pack(request)
    response = Response(found.fill(values, packed), mimetype="text/html")
    return mark_packed(response) if packed else response


def _with_holes(make: Callable[[], str], path: str | None) -> str:
    token = form_token_text()
    g.token_in_page, g.name_in_page, g.path_in_page = hole("token"), hole("name"), path
    try:
        return make()
    finally:
        g.token_in_page = token
        del g.name_in_page, g.path_in_page
