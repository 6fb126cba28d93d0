"""What people and programmes see of badges: one's own, the lists of withdrawn ones, and the keys that sign."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, jsonify, make_response, request

from lms.accounts.access import allow, public
from lms.certification import credentials
from lms.certification.baking import baked
from lms.certification.issuers import did_document, has_domain
from lms.certification.views import own_award, rooms
from lms.foundation.gate import settings

KINDS = {"json": "application/vc+json", "svg": "image/svg+xml", "png": "image/png"}


@rooms.get("/.well-known/did.json")
@public
def issuer() -> Any:
    """List every key that ever signed a badge here, where did:web looks for it."""
    if not has_domain(settings().base_url):
        abort(404)
    keys = [key.public for key in credentials.list_keys() if key.kind == "badge"]
    return _open(jsonify(did_document(settings().base_url, keys)))


@rooms.get("/credentials/keys")
@public
def keys() -> Any:
    """List every public key that ever signed a document or a badge here."""
    rows = [
        {"id": key.id, "signs": key.kind, "public": key.public, "since": key.since.date().isoformat()}
        for key in credentials.list_keys()
    ]
    return _open(jsonify(rows))


@rooms.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> Any:
    """Give a signed list of withdrawn badges, whose places say nothing of whose they are."""
    found = credentials.find_status_list(number)
    if found is None or not found.content:
        abort(404)
    response = make_response(found.content)
    response.headers["Content-Type"] = KINDS["json"]
    return _open(response)


def _open(response: Response) -> Response:
    """Let any site read what is for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@rooms.get("/certificates/<code>/badge")
@allow("hold certificates")
def badge(code: str) -> Any:
    """Give one's own badge: bare, or baked into a drawing or a picture."""
    award = own_award(code)
    found = credentials.find_credential(award.id)
    kind = request.args.get("as", "json")
    if found is None or not found.content or kind not in KINDS:
        abort(404)
    response = make_response(baked(kind, found.content, current_app.extensions["lms_designs"]))
    response.headers["Content-Type"] = KINDS[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="sidelight-{award.code}-badge.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
