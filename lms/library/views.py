"""What people see of the library: the media of published courses."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from flask import abort, make_response

from lms.accounts.access import public
from lms.content.model.pictures import ENDINGS, kind_of
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library.blueprint import blueprint


@blueprint.get("/media/<digest>/<name>")
@public
def media(digest: str, name: str) -> Any:
    """Give a picture of a course; its address holds its digest, so it may be kept for ever."""
    try:
        content = provided(FileStore).get(digest)
    except KeyError:
        abort(404)
    kind = kind_of(content)
    if kind is None or PurePosixPath(name).suffix.lower() not in ENDINGS:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
