"""Verification pages: look up a code, what is behind it, and a badge that its holder opened to everybody."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from lms.accounts.access import public
from lms.certification.awards.codes import grouped, normalise_code
from lms.certification.awards.forms import NameForm
from lms.certification.awards.rules import State
from lms.certification.awards.texts import wording
from lms.certification.badges import records as badge_records
from lms.certification.badges.views import KINDS
from lms.certification.blueprint import blueprint
from lms.certification.verification import actions as verification_actions
from lms.certification.verification import pages
from lms.certification.verification.actions import compare_name, note_unknown_code
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.keys import secret_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext
from lms.foundation.web.page_cache import cached_page, slot
from lms.foundation.web.security import network_today, settings


@blueprint.get("/verify")
@public
def look_up() -> Any:
    """Ask for a code, and lead to what it says."""
    typed = request.args.get("code", "")
    code = normalise_code(typed)
    if code:
        return redirect(url_for("certification.verify", code=code), 303)
    problem = None
    if typed.strip():
        problem = _unreadable()
    elif "code" in request.args:
        problem = _("Enter the code from the certificate. We haven’t looked anything up yet.")
    page = render_template("certification/look_up.html", here="verify", problem=problem, typed=typed[:60])
    return make_response(page, 422 if problem else 200)


def _unreadable() -> str:
    return _("A code has four groups of four letters and numbers. Please check this one and enter it again.")


def _not_read(code: str) -> Response:
    """Say that what was asked cannot be read as a code, which is not the same as a code that nobody has."""
    if _wants_json():
        answer = {"code": code[:40], "state": "unreadable", "heading": _("We can’t read this as a code")}
        return _by_accept(make_response(jsonify({**answer, "text": _unreadable()}), 404))
    page = render_template("certification/look_up.html", here="verify", problem=_unreadable(), typed=code[:60])
    return _by_accept(make_response(page, 404))


def _wants_json() -> bool:
    wanted = _prefers(request.headers.get("Accept", ""))
    return wanted == "application/json" or request.args.get("format") == "json"


@blueprint.get("/v")
@blueprint.get("/V")
@public
def short_address() -> Any:
    """Redirect the short address printed on certificates to the page that asks for a code."""
    return redirect(url_for("certification.look_up"), 303)


@blueprint.get("/v/<code>")
@blueprint.get("/V/<code>")
@public
def scan(code: str) -> Any:
    """Redirect the address in a QR code to the certificate's verification page."""
    return redirect(url_for("certification.verify", code=normalise_code(code) or code[:40]), 303)


@blueprint.route("/verify/<code>", methods=["GET", "POST"])
@public
def verify(code: str) -> Any:
    """Say what stands behind a code, to anybody; the name only when it is typed, or its holder shows it."""
    mark, read = network_today(), normalise_code(code)
    if read is None:
        return _not_read(code)
    entry = verification_actions.look_up(read, mark)
    if entry is None:
        abort(429)
    award = entry.award if entry.award and not entry.award.waiting else None
    state: State = award.state(entry.day_of(settings().timezone)) if award else "unknown"
    if award is None:
        write(note_unknown_code, mark)
    if _wants_json():
        zone = entry.zone_of(settings().timezone)
        said = wording.as_json(state, award, _shown(code), entry.programme if award else None, zone)
        return _by_accept(make_response(jsonify(said), 200 if award else 404))
    if award is None:
        return _by_accept(make_response(pages.unknown_page(read, entry, NameForm()), 404))
    if request.method == "GET" and code == award.code:
        return _by_accept(
            cached_page(
                pages.frame_key(award, state, entry),
                lambda: pages.frame(award, state, entry, NameForm()),
                pages.own_words(award, state, entry, clock.now()),
                request.path.replace(code, slot("code")),
            )
        )
    form = NameForm(request.form)
    match = wait = None
    if request.method == "POST" and state in pages.SHOWS_DETAILS and form.validate():
        key = secret_key(settings().data)
        answer = write(compare_name, award.code, form.name.data or "", key, mark)
        match, wait = (answer, None) if isinstance(answer, bool) else (None, answer)
    too_often = _names_again(wait) if wait is not None else None
    page = pages.page(award, state, entry, form, match=match, too_often=too_often)
    return _by_accept(make_response(page, 422 if form.errors else 200))


@blueprint.get("/badges/<code>")
@public
def open_badge(code: str) -> Any:
    """Give a badge to everybody, as long as its holder lets it be given; say so when they closed it again."""
    mark = network_today()
    entry = verification_actions.look_up(normalise_code(code) or "", mark)
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


@lru_cache(maxsize=256)
def _prefers(accepted: str) -> str | None:
    """Return the type that a reader would like best."""
    return parse_accept_header(accepted, MIMEAccept).best


def _by_accept(response: Response) -> Response:
    response.headers["Vary"] = "Accept"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _names_again(wait: timedelta) -> str:
    """Say when a network may compare names with a certificate again."""
    return ngettext(
        "Your network has compared many names with this certificate. You can try again in %(num)s minute, "
        "or ask the person who showed it to you.",
        "Your network has compared many names with this certificate. You can try again in %(num)s minutes, "
        "or ask the person who showed it to you.",
        max(1, math.ceil(wait.total_seconds() / 60)),
    )


def _shown(code: str) -> str:
    normal = normalise_code(code)
    return grouped(normal) if normal else code[:40]


@blueprint.get("/about-the-certificate")
@public
def about() -> Any:
    """Say what a certificate says, and what it does not."""
    return render_template("certification/about.html")
