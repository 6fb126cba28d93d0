"""The pages of `lms author`: the preview of one folder, for this machine alone and without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, make_response, request

from lms.accounts.access import public
from lms.app import create_app
from lms.authoring.preview.looks import read_look
from lms.authoring.preview.pages import Preview, of_preview
from lms.authoring.preview.places import page_of
from lms.cli.authoring.watching import Folder
from lms.content.model.pictures import kind_of
from lms.foundation.config.settings import read_settings
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import whole_number
from lms.foundation.web.security import FRAMED

HOST = "127.0.0.1"
# Shorter than the time after which anything between a page and this machine would give up.
PATIENCE_SECONDS = 20
_OPEN = ("static", "library.media", "author.preview", "author.changes")


def make_app(folder: Folder, data: Path, port: int) -> Flask:
    """Return an app with the preview of a folder and nothing else of a site; it writes to `data` alone."""
    app = create_app(read_settings({"LMS_DATA": str(data), "LMS_BASE_URL": f"http://{HOST}:{port}"}))
    hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    @app.before_request
    def only_the_preview() -> None:
        # Another site on this machine has the same cookies; and a page on the web could name this address.
        g.session_mark = None
        if request.endpoint not in _OPEN or request.host not in hosts:
            abort(404)

    app.register_blueprint(_pages(folder))
    app.view_functions["library.media"] = public(lambda digest, name: _picture(folder, digest))
    return app


def _pages(folder: Folder) -> Blueprint:
    pages = Blueprint("author", __name__)
    pages.context_processor(of_preview)

    @pages.get("/preview")
    @pages.get("/preview/<what>")
    @pages.get("/preview/<what>/<id>")
    @public
    def preview(what: str = "course", id: str = "") -> Any:
        state = folder.state
        shown = Preview(
            course=state.reading.so_far,
            base="/preview",
            look=read_look(request.args),
            says=_("Preview of %(folder)s. It follows each time you save.", folder=folder.path.name),
            findings=state.reading.findings,
            paths=list(state.bundle.files),
            follows=f"/changes?seen={state.number}",
        )
        page = page_of(shown, what, id, request.args)
        if page is None:
            abort(404)
        response = make_response(page)
        response.headers.update(FRAMED)
        return response

    @pages.get("/changes")
    @public
    def changes() -> Any:
        seen = whole_number(request.args.get("seen", ""), 0)
        return jsonify(number=folder.wait(seen, PATIENCE_SECONDS))

    return pages


def _picture(folder: Folder, digest: str) -> Response:
    """Give a picture of the folder, as long as it has the bytes that the page was made for."""
    bundle = folder.state.bundle
    path = next((path for path, found in bundle.manifest.items() if found == digest), None)
    content = bundle.files[path] if path else b""
    kind = kind_of(content)
    if kind is None:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
