"""Kept pages: made once for all who would get the same, with holes for what is each visitor's own."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from flask import Response, current_app, g, request
from markupsafe import escape

from lms.foundation.gate import form_token_text
from lms.foundation.packing import SMALL, as_it_is, gzipped, mark_packed, may_pack, squeezed

MOST = 300
# Signs that stand in no text: what is between them names what belongs there.
_HOLE = re.compile("\ufdd0(token|name)\ufdd1")
TOKEN, NAME = "\ufdd0token\ufdd1", "\ufdd0name\ufdd1"


@dataclass(frozen=True)
class Kept:
    """A page in pieces, plain and packed; between each two stands a hole."""

    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    holes: tuple[str, ...]

    def fill(self, values: dict[str, bytes], packed: bool) -> bytes:
        """Return the page of one visitor; what is put in is not compressed."""
        plain = [self.plain[0]]
        for hole, piece in zip(self.holes, self.plain[1:], strict=True):
            plain += (values[hole], piece)
        whole = b"".join(plain)
        if not packed:
            return whole
        blocks = [self.packed[0]]
        for hole, piece in zip(self.holes, self.packed[1:], strict=True):
            blocks += (as_it_is(values[hole]), piece)
        return gzipped(blocks, whole)


def _cut(page: str) -> Kept:
    pieces = _HOLE.split(page)
    plain = tuple(piece.encode() for piece in pieces[::2])
    return Kept(plain, tuple(squeezed(piece, SMALL) for piece in plain), tuple(pieces[1::2]))


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


def kept_page(about: tuple[Hashable, ...], make: Callable[[], str]) -> Response:
    """Return a page that depends on nothing but `about` and its frame, with this visitor's token and name put in.

    `about` must hold everything that `make` puts on the page; an address with a query is never kept.
    """
    shelf: Shelf = current_app.extensions.setdefault("lms_kept", Shelf())
    frame, name = current_app.extensions["lms_frame"]()
    key = (request.path, about, frame)
    found = None if request.query_string else shelf.find(key)
    if found is None:
        found = _cut(_with_holes(make))
        if not request.query_string:
            shelf.keep(key, found)
    values = {"token": form_token_text().encode(), "name": str(escape(name)).encode()}
    packed = may_pack(request)
    response = Response(found.fill(values, packed), mimetype="text/html")
    return mark_packed(response) if packed else response


def _with_holes(make: Callable[[], str]) -> str:
    token = form_token_text()
    g.token_in_page, g.name_in_page = TOKEN, NAME
    try:
        return make()
    finally:
        g.token_in_page = token
        del g.name_in_page
