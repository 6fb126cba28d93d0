"""A badge that its holder opened to everybody."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, render_template

from lms.accounts.access import public
from lms.certification.awards.codes import normalise_code
from lms.certification.badges import records as badge_records
from lms.certification.badges.views import KINDS
from lms.certification.blueprint import blueprint
from lms.certification.verification.actions import look_up, note_unknown_code
from lms.foundation.db import write
from lms.foundation.web.security import network_today, settings


@blueprint.get("/badges/<code>")
@public
def open_badge(code: str) -> Any:
    """Give a badge to everybody, as long as its holder lets it be given; say so when they closed it again."""
    mark = network_today()
    entry = look_up(normalise_code(code) or "", mark)
    if entry is None:
        abort(429)
    award = entry.award
    if award is None:
        write(note_unknown_code, mark)
    if award is None or award.waiting or award.badge_open is None:
        abort(404)
    found = badge_records.find_credential(award.id)
    is_genuine = award.state(entry.day_of(settings().timezone)) in {"valid", "expired"}
    if not (award.badge_open and is_genuine and found and found.content):
        page = render_template("certification/open_badge.html", here="verify", code=award.code, by_holder=is_genuine)
        response = make_response(page, 410)
    else:
        response = make_response(found.content)
        response.headers["Content-Type"] = KINDS["json"]
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
