"""What people and programs get when they verify many codes at once."""

from __future__ import annotations

import hmac
import math
from datetime import timedelta
from typing import Any

from flask import Response, jsonify, make_response, render_template, request, url_for

from lms.accounts.access import public, with_key
from lms.certification.blueprint import blueprint
from lms.certification.verification import bulk
from lms.certification.verification.actions import (
    LIST_MISSES_A_KEY,
    LIST_MISSES_A_NETWORK,
    LISTS_A_KEY,
    LISTS_A_NETWORK,
    find_key,
    note_list_misses,
    wait_for_list,
)
from lms.foundation.db import write
from lms.foundation.keys import seal, secret_key
from lms.foundation.text.csv_files import read_text
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.security import network_today, settings


@blueprint.route("/verify/list", methods=["GET", "POST"])
@public
def verify_list() -> Any:
    """Verify up to 500 codes at once, pasted or as a CSV file; nothing of the list is kept."""
    if request.method == "GET":
        return render_template("certification/verify_list.html", here="verify", rows=None, text="", problem=None)
    text = _sent_text()
    codes = bulk.read_codes(text)
    problem = _trouble_with(codes)
    status = 422
    if problem is None:
        wait = _wait_for(text)
        if wait is not None:
            problem, status = come_back(wait), 429
    if problem is not None:
        page = render_template(
            "certification/verify_list.html",
            here="verify",
            rows=None,
            text=text,
            problem=problem,
            most=bulk.MOST_CODES,
        )
        return make_response(page, status)
    rows = bulk.answer(codes, settings())
    unknown = bulk.count_unknown(rows)
    if unknown and not _was_answered(text):
        write(note_list_misses, _network_key(), unknown)
    if request.form.get("as") == "csv":
        response = make_response(bulk.as_csv(rows))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = 'attachment; filename="verified.csv"'
        return response
    return render_template(
        "certification/verify_list.html", here="verify", rows=rows, text=text, problem=None, seal=_seal_of(text)
    )


def _network_key() -> str:
    return f"list:{network_today()}"


def _seal_of(text: str) -> str:
    """Return the mark of a list that was answered for this network today: its CSV is not counted again."""
    return seal(secret_key(settings().data), "answered list", network_today(), " ".join(text.split()))


def _was_answered(text: str) -> bool:
    return hmac.compare_digest(request.form.get("seal", "").encode(), _seal_of(text).encode())


def _wait_for(text: str) -> timedelta | None:
    """Return how long a list waits; one that was answered a moment ago does not."""
    if _was_answered(text):
        return None
    wait: timedelta | None = write(wait_for_list, _network_key(), LISTS_A_NETWORK, LIST_MISSES_A_NETWORK)
    return wait


def _sent_text() -> str:
    upload = request.files.get("file")
    sent = upload.read() if upload else b""
    return read_text(sent) if sent.strip() else request.form.get("codes", "")


def _trouble_with(codes: list[str]) -> str | None:
    if not codes:
        return _("Enter at least one code, or choose a file with codes in it.")
    if len(codes) > bulk.MOST_CODES:
        return _(
            "This list has %(seen)s codes, and we can take %(most)s at once. Please send it in parts.",
            seen=len(codes),
            most=bulk.MOST_CODES,
        )
    return None


def come_back(wait: timedelta) -> str:
    """Say that a network sent its share of lists and files, and when it may again."""
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    return ngettext(
        "We’ve had a lot of requests from your network, so we haven’t checked this one. Please send it again in "
        "%(num)s minute.",
        "We’ve had a lot of requests from your network, so we haven’t checked this one. Please send it again in "
        "%(num)s minutes.",
        minutes,
    )


@blueprint.post("/api/verify")
@with_key
def verify_by_program() -> Any:
    """Answer a JSON list of codes, `{"codes": [...]}`, one row for each, to a program with a key."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    key = find_key(secret.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        return _no(401, "This needs a key: Authorization: Bearer KEY. Ask the people who run this site for one.")
    sent = _json_sent()
    codes = sent.get("codes") if isinstance(sent, dict) else None
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        return _no(422, 'Please send JSON of this shape: {"codes": ["7QK4 M2XD 9RTP C6HV"]}.')
    if len(codes) > bulk.MOST_CODES:
        return _no(422, f"You can send at most {bulk.MOST_CODES} codes at once, and you sent {len(codes)}.")
    counted = f"key:{key.id}"
    wait = write(wait_for_list, counted, LISTS_A_KEY, LIST_MISSES_A_KEY)
    if wait is not None:
        response = _no(429, "This key has reached its limit for now. We haven’t checked these codes.")
        response.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
        return response
    rows = bulk.answer(codes, settings())
    if unknown := bulk.count_unknown(rows):
        write(note_list_misses, counted, unknown)
    return jsonify(rows=bulk.as_json(rows))


def _json_sent() -> Any:
    """Return what a program sent as JSON, or nothing where it cannot be read, however deep it is nested."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _no(status: int, message: str) -> Response:
    response = jsonify(happened=message, more=url_for("certification.about", _external=False))
    response.status_code = status
    return response
