"""What people see of certificates: their own, and anybody's by its code."""

from __future__ import annotations

import math
from collections.abc import Hashable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from lms.accounts.access import allow, public, signed_in
from lms.accounts.records import get_person, get_programme
from lms.certification import actions, credentials, history, pages, records, renewed
from lms.certification.codes import grouped, normalise_code
from lms.certification.forms import NameForm
from lms.certification.pdf_preview import preview
from lms.certification.records import Award
from lms.certification.reissue import can_be_made_anew
from lms.certification.rendering import render_in_child
from lms.certification.rules import State
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.gate import network_today, settings
from lms.foundation.keeping import kept_page
from lms.foundation.keys import secret_key
from lms.foundation.words import day, moment, ngettext
from lms.foundation.words import gettext as _

rooms = Blueprint("certification", __name__)


@rooms.get("/certificates")
@allow("hold certificates")
def certificates() -> Any:
    """Show one's own certificates."""
    awards = records.list_awards_of_person(signed_in().person_id)
    return render_template(
        "certification/certificates.html", here="certificates", cycles=history.cycles_of(awards, settings())
    )


def own_award(code: str) -> Award:
    """Return one's own award under a code, or answer that there is no such page."""
    award = records.find_award(normalise_code(code) or "")
    if award is None or award.person_id != signed_in().person_id:
        abort(404)
    return award


@rooms.get("/certificates/<code>")
@allow("hold certificates")
def certificate(code: str) -> Any:
    """Show one's own certificate, its PDF once it is there, and what others see."""
    award = own_award(code)
    state = actions.state_of(award, settings())
    mark, state_text, sentence = history.words_of(award, settings())
    size = records.document_is_stored(award.id)
    programme = get_programme(award.programme_id)
    another = get_person(award.person_id).certificate_name
    after = award.replaced_by or award.renewed_by or award.raised_to
    newer = records.get_award(after) if after else None
    return render_template(
        "certification/certificate.html",
        here="certificates",
        award={
            "code": award.code,
            "title": award.title,
            "version": award.version,
            "awarded_on": award.passed_on,
            "valid_until": award.valid_until,
            "name": award.name,
            "state": state,
            "mark": mark,
            "state_text": state_text,
            "sentence": sentence,
            "waiting": award.waiting,
        },
        ready=size is not None,
        show_picture=size is not None and state in {"valid", "expired"},
        letters=records.find_letters(award.id),
        delayed=records.pdf_is_delayed(award.id),
        has_badge=credentials.has_badge(award.id),
        size_kb=-(-(size or 0) // 1024),
        attests=pages.fields(award),
        does_not_attest=award.facts["does_not_attest"],
        verify_url=pages.verify_address(settings(), award.code),
        show_name=award.name_shown,
        badge_open=bool(award.badge_open),
        badge_url=pages.badge_address(settings(), award.code),
        programme_name=programme.name,
        contact=programme.facts.get("contact") or programme.facts.get("lead"),
        another_name=another if another and another != award.name and can_be_made_anew(award) else None,
        name_asked=records.find_name_request(award.id) is not None,
        news=history.news_words(award, settings()),
        course_id=award.course_id,
        renewed=award.renewed_by is not None,
        raised=award.raised_to is not None,
        level=pages.level_words(award.facts),
        newer_url=newer and url_for("certification.certificate", code=newer.code),
        notices=[_("Saved.")] if request.args.get("saved") else [],
    )


@rooms.get("/certificates/<code>/pdf")
@allow("hold certificates")
def document(code: str) -> Any:
    """Give the kept PDF, byte for byte; when it is not made yet, make it now."""
    award = own_award(code)
    found = records.find_document(award.id)
    if found is None and award.name and not award.waiting:
        render_in_child(award.code, settings())
        found = records.find_document(award.id)
    if found is None:
        return redirect(url_for("certification.certificate", code=award.code), 303)
    response = make_response(found.content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="sidelight-{award.code}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["ETag"] = f'"{found.sha256}"'
    return response


@rooms.get("/certificates/<code>/picture")
@allow("hold certificates")
def picture(code: str) -> Any:
    """Return the first page of the stored PDF as an image, for the certificate's page."""
    award = own_award(code)
    found = records.find_document(award.id)
    if found is None:
        abort(404)
    response = make_response(preview(found.content))
    response.headers["Content-Type"] = "image/webp"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@rooms.post("/certificates/<code>/show-name")
@allow("hold certificates")
def show_name(code: str) -> Any:
    """Switch the name on the certificate's page on or off."""
    award = own_award(code)
    write(actions.show_name, award.id, request.form.get("show") == "yes")
    return redirect(url_for("certification.certificate", code=award.code, saved="yes"), 303)


@rooms.get("/verify")
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
        told = {"code": code[:40], "state": "unreadable", "heading": _("We can’t read this as a code")}
        return _by_accept(make_response(jsonify({**told, "text": _unreadable()}), 404))
    page = render_template("certification/look_up.html", here="verify", problem=_unreadable(), typed=code[:60])
    return _by_accept(make_response(page, 404))


def _wants_json() -> bool:
    wanted = _prefers(request.headers.get("Accept", ""))
    return wanted == "application/json" or request.args.get("format") == "json"


@rooms.get("/v")
@rooms.get("/V")
@public
def short_address() -> Any:
    """Redirect the short address printed on certificates to the page that asks for a code."""
    return redirect(url_for("certification.look_up"), 303)


@rooms.get("/v/<code>")
@rooms.get("/V/<code>")
@public
def scan(code: str) -> Any:
    """Redirect the address in a QR code to the certificate's verification page."""
    return redirect(url_for("certification.verify", code=normalise_code(code) or code[:40]), 303)


@rooms.route("/verify/<code>", methods=["GET", "POST"])
@public
def verify(code: str) -> Any:
    """Say what stands behind a code, to anybody; the name only when it is typed, or its holder shows it."""
    mark, read = network_today(), normalise_code(code)
    if read is None:
        return _not_read(code)
    entry = actions.look_up(read, mark)
    if entry is None:
        abort(429)
    programme = entry.programme
    award = entry.award if entry.award and not entry.award.waiting else None
    state: State = award.state(entry.day_of(settings().timezone)) if award else "unknown"
    if award is None:
        write(actions.note_unknown_code, mark)
    if _wants_json():
        told = pages.as_json(state, award, _shown(code), programme if award else None)
        return _by_accept(make_response(jsonify(told), 200 if award else 404))
    if award and request.method == "GET":
        minute = clock.now().replace(second=0)
        about = (*_shown_of(award), state, programme, minute)
        return _by_accept(kept_page(about, lambda: _verify_page(award, state, code, programme, NameForm())))
    form = NameForm(request.form)
    match = wait = None
    if request.method == "POST" and award and state in {"valid", "expired"} and form.validate():
        key = secret_key(settings().data)
        answer = write(actions.compare_name, award.code, form.name.data or "", key, mark)
        match, wait = (answer, None) if isinstance(answer, bool) else (None, answer)
    page = _verify_page(award, state, code, programme, form, match, wait)
    return _by_accept(make_response(page, 404 if award is None else 422 if form.errors else 200))


@lru_cache(maxsize=256)
def _prefers(accepted: str) -> str | None:
    """Return the type that a reader would like best."""
    return parse_accept_header(accepted, MIMEAccept).best


def _by_accept(response: Response) -> Response:
    response.headers["Vary"] = "Accept"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _verify_page(
    award: Award | None,
    state: State,
    code: str,
    programme: str,
    form: NameForm,
    match: bool | None = None,
    wait: timedelta | None = None,
) -> str:
    return render_template(
        "certification/verify.html",
        here="verify",
        state=state,
        form=form,
        too_often=_names_again(wait) if wait is not None else None,
        match=match,
        **_told(award, state, code, programme),
    )


def _names_again(wait: timedelta) -> str:
    """Say when a network may compare names with a certificate again."""
    return ngettext(
        "Your network has compared many names with this certificate. You can try again in %(num)s minute, "
        "or ask the person who showed it to you.",
        "Your network has compared many names with this certificate. You can try again in %(num)s minutes, "
        "or ask the person who showed it to you.",
        max(1, math.ceil(wait.total_seconds() / 60)),
    )


def _shown_of(award: Award) -> tuple[Hashable, ...]:
    """Return what of an award its page shows, so that a page which is kept is made anew when that changes."""
    name = (award.name, award.name_seal, award.name_shown)
    return award.code, award.valid_until, award.renewed_by, *name


def _shown(code: str) -> str:
    normal = normalise_code(code)
    return grouped(normal) if normal else code[:40]


def _told(award: Award | None, state: State, code: str, programme: str) -> dict[str, Any]:
    heading, lead = pages.verdict(state, award)
    rows: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    if award:
        rows = [
            (_("Course"), award.title),
            (_("Version"), award.version),
            (_("Programme"), programme),
            (_("Renewed") if renewed.is_renewed(award.facts) else _("Completed"), day(award.passed_on)),
        ]
        if award.valid_until:
            until = {"valid": _("Valid until"), "expired": _("Was valid until")}
            rows.append((until.get(state, _("Originally valid until")), day(award.valid_until)))
        asked = pages.fields(award) if state in {"valid", "expired"} else []
    return {
        "heading": heading,
        "lead": lead,
        "rows": rows,
        "asked": asked,
        "attests": pages.clauses(award.facts) if award else (),
        "does_not_attest": award.facts["does_not_attest"] if award else "",
        "name": award.name if award and award.name_shown and state in {"valid", "expired"} else None,
        "nameless": bool(award and not award.name and not award.name_seal),
        "code": normalise_code(code) or code[:40],
        "checked_at": moment(clock.now(), settings().timezone),
        "keys": " ".join(key.hex() for key in credentials.list_badge_keys()),
        "paper": pages.paper_of(award) if award else None,
        "json_url": url_for("certification.verify", code=normalise_code(code) or code[:40], format="json"),
    }


@rooms.get("/about-the-certificate")
@public
def about() -> Any:
    """Say what a certificate says, and what it does not."""
    return render_template("certification/about.html")
