"""What people and programmes see of badges: one's own, the lists of withdrawn ones, and the keys that sign."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, request, url_for

from lms.accounts.access import allow, public
from lms.certification.awards import actions
from lms.certification.awards.access import own_award
from lms.certification.badges import records as badge_records
from lms.certification.badges.baking import baked
from lms.certification.blueprint import blueprint
from lms.certification.keys.did import did_document, has_domain
from lms.certification.keys.listing import key_rows
from lms.certification.keys.records import list_keys
from lms.foundation.config.shipped import shipped
from lms.foundation.db import write
from lms.foundation.web.security import settings

KINDS = {"json": "application/vc+json", "svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/.well-known/did.json")
@public
def issuer() -> Any:
    """List every key that ever signed a badge here, where did:web looks for it."""
    if not has_domain(settings().base_url):
        abort(404)
    keys = {key.public: key.compromised_from for key in list_keys() if key.kind == "badge"}
    return _open(jsonify(did_document(settings().base_url, keys)))


@blueprint.get("/credentials/keys")
@public
def keys() -> Any:
    """List every public key that ever signed a document or a badge here."""
    return _open(jsonify(key_rows(settings())))


@blueprint.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> Any:
    """Give a signed list of badges that ended for good, whose indexes say nothing of whose they are."""
    found = _find_list(number)
    return _signed_list(found.content if found else None)


@blueprint.get("/credentials/status/<int:number>/suspension")
@public
def suspension_list(number: int) -> Any:
    """Give a signed list of badges that were withdrawn and can be reinstated."""
    found = _find_list(number)
    return _signed_list(found.suspension if found else None)


def _find_list(number: int) -> badge_records.StatusList | None:
    return badge_records.find_status_list(number) if number <= badge_records.LISTS_MOST else None


def _signed_list(content: bytes | None) -> Response:
    if not content:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = KINDS["json"]
    return _open(response)


def _open(response: Response) -> Response:
    """Let any site read what is for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/certificates/<code>/badge")
@allow("hold certificates")
def badge(code: str) -> Any:
    """Give one's own badge: bare, or baked into a drawing or a picture."""
    award = own_award(code)
    found = badge_records.find_credential(award.id)
    kind = request.args.get("as", "json")
    if found is None or not found.content or kind not in KINDS:
        abort(404)
    response = make_response(baked(kind, found.content, shipped("certificates")))
    response.headers["Content-Type"] = KINDS[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="sidelight-{award.code}-badge.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/certificates/<code>/open-badge")
@allow("hold certificates")
def set_badge_open(code: str) -> Any:
    """Open the address of one's own badge to everybody, or close it."""
    award = own_award(code)
    write(actions.open_badge, award.id, request.form.get("open") == "yes")
    return redirect(url_for("certification.certificate", code=award.code, saved="yes"), 303)
