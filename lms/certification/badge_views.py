"""What people and programmes see of badges: one's own, the lists of withdrawn ones, and the keys that sign."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, jsonify, make_response, redirect, render_template, request, url_for

from lms.accounts.access import allow, public
from lms.certification import actions, credentials, inquiries
from lms.certification.baking import baked
from lms.certification.codes import normalise_code
from lms.certification.issuers import did_document, has_domain
from lms.certification.views import own_award, rooms
from lms.foundation.db import write
from lms.foundation.gate import network_today, settings

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
    return _open(jsonify(inquiries.key_rows(settings())))


@rooms.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> Any:
    """Give a signed list of badges that ended for good, whose indexes say nothing of whose they are."""
    found = _find_list(number)
    return _signed_list(found.content if found else None)


@rooms.get("/credentials/status/<int:number>/suspension")
@public
def suspension_list(number: int) -> Any:
    """Give a signed list of badges that were withdrawn and can be reinstated."""
    found = _find_list(number)
    return _signed_list(found.suspension if found else None)


def _find_list(number: int) -> credentials.StatusList | None:
    return credentials.find_status_list(number) if number <= credentials.LISTS_MOST else None


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


@rooms.get("/badges/<code>")
@public
def open_badge(code: str) -> Any:
    """Give a badge to everybody, as long as its holder lets it be given; say so when they closed it again."""
    mark = network_today()
    entry = actions.look_up(normalise_code(code) or "", mark)
    if entry is None:
        abort(429)
    award = entry.award
    if award is None:
        write(actions.note_unknown_code, mark)
    if award is None or award.waiting or award.badge_open is None:
        abort(404)
    found = credentials.find_credential(award.id)
    stands = award.state(entry.day_of(settings().timezone)) in {"valid", "expired"}
    if not (award.badge_open and stands and found and found.content):
        page = render_template("certification/open_badge.html", here="verify", code=award.code, by_holder=stands)
        response = make_response(page, 410)
    else:
        response = make_response(found.content)
        response.headers["Content-Type"] = KINDS["json"]
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@rooms.post("/certificates/<code>/open-badge")
@allow("hold certificates")
def keep_badge_open(code: str) -> Any:
    """Open the address of one's own badge to everybody, or close it."""
    award = own_award(code)
    write(actions.open_badge, award.id, request.form.get("open") == "yes")
    return redirect(url_for("certification.certificate", code=award.code, saved="yes"), 303)
