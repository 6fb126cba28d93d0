"""What people see of the library: the media of published courses."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from flask import Response, abort, make_response, send_file

from lms.accounts.access import public
from lms.content.model.pictures import ENDINGS, kind_of
from lms.content.model.recordings import CAPTIONS, LOOKED_AT, TYPES, type_of
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library.blueprint import blueprint


@blueprint.get("/media/<digest>/<name>")
@public
def media(digest: str, name: str) -> Any:
    """Give a picture, a recording or captions of a course; the address holds a digest, so it may be kept for ever."""
    ending = PurePosixPath(name).suffix.lower()
    try:
        if ending in TYPES or ending == CAPTIONS:
            return _recording(provided(FileStore).path(digest), name)
        content = provided(FileStore).get(digest)
    except KeyError:
        abort(404)
    kind = kind_of(content)
    if kind is None or ending not in ENDINGS:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = kind
    return _for_ever(response)


def _recording(path: Path, name: str) -> Response:
    """Send a recording from the disk in pieces, or the part of it that a player asks for."""
    with path.open("rb") as file:
        kind = type_of(name, file.read(LOOKED_AT))
    if kind is None:
        abort(404)
    return _for_ever(send_file(path, mimetype=kind, conditional=True, etag=path.name))


def _for_ever(response: Response) -> Response:
    """What lies under its own digest never changes; opened by itself, it may do nothing."""
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
