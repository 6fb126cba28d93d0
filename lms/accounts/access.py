"""Access control: the current visitor, the decorators that open views, and posts whose session has ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, abort, current_app, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user, logout_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts import limits, records
from lms.accounts.events import DoorStayedShut
from lms.accounts.forms import SignInForm
from lms.accounts.records import Programme
from lms.accounts.rules import MAY, Visitor, lacks_factor, may, passkey_host, zone_of
from lms.accounts.session_records import find_person_of_session, find_visitor, is_renewable
from lms.foundation.audit.entries import acting_person
from lms.foundation.db import write
from lms.foundation.keys import fingerprint, secret_key
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import speak
from lms.foundation.turns import log_trouble
from lms.foundation.web.security import TOKEN_FIELD, from_this_site, settings, token_fits

log = logging.getLogger("lms.accounts")

View = TypeVar("View", bound=Callable[..., Any])

WITH_KEY = "with a key"
# A text of 256 kB, which packs to less: what a form may bring in one field, and the page that asks to sign in holds.
CARRIED_MOST = 400 * 1024
CARRIED_SECONDS = 24 * 3600
# Secrets, and what belongs to the page that was left.
NOT_CARRIED = {TOKEN_FIELD, "password", "old", "new", "carried", "code", "recovery", "proof_code", "half"}

# Whose a thing is that stands in an address, by the name of its place there: the inner id of a person.
_WHOSE: dict[str, Callable[[str], str | None]] = {}

login_manager = LoginManager()
login_manager.session_protection = None


@login_manager.request_loader
def _load(_request: object) -> Visitor | None:
    found = find_visitor(g.session_mark) if g.session_mark else None
    _greet(found)
    return found


def _greet(visitor: Visitor | None) -> None:
    """Answer in a visitor's language, and write audit rows in their name."""
    if visitor:
        speak(visitor.language)
        acting_person.set(visitor.person_id)


def meet(visitor: Visitor | None) -> None:
    """Set the current user to a visitor who came with a page's own statement, round the loader.

    Asking the loader as well costs one more statement: 0.27 ms of the 2.7 ms that a lesson page takes (SQLite).
    """
    login_manager._update_request_context_with_user(visitor)
    _greet(visitor)


def visitor() -> Visitor | None:
    """Return who is signed in, if anybody is."""
    found: Visitor = current_user._get_current_object()
    return found if found.is_authenticated else None


def loaded_visitor() -> Visitor | None:
    """Return who is signed in, if this request has asked already; `current_user` would ask the database."""
    found: Visitor | None = g.get("_login_user")
    return found if found and found.is_authenticated else None


def signed_in() -> Visitor:
    """Return who is signed in, behind a door that lets nobody else through."""
    found = visitor()
    if found is None:
        raise RuntimeError("this view is not behind @allow")
    return found


def gets_email() -> bool:
    """Decide whether whoever is signed in has an email address; only pages that speak of their emails ask."""
    return records.has_email(records.get_person(signed_in().person_id))


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def with_key(view: View) -> View:
    """Mark a view as one that programs ask with a key of their own; it looks at nobody's cookie."""
    view.access = WITH_KEY  # type: ignore[attr-defined]
    return view


def from_anywhere(view: View) -> View:
    """Mark a view that takes posts from mail programs: what may be done stands signed in its address."""
    view.from_anywhere = True  # type: ignore[attr-defined]
    return view


def belongs(argument: str, whose: Callable[[str], str | None]) -> None:
    """Say whose a thing in an address is, so that no member of staff decides about their own."""
    _WHOSE[argument] = whose


def _is_for_oneself(somebody: Visitor, action: str, arguments: Mapping[str, Any]) -> bool:
    """Decide whether staff would change something about themselves, on any page that takes a post."""
    changes = request.url_rule is not None and "POST" in (request.url_rule.methods or ())
    if MAY[action].self_only or not changes:
        return False
    return any(_WHOSE[name](value) == somebody.person_id for name, value in arguments.items() if name in _WHOSE)


def _whose_person(public_id: str) -> str | None:
    found = records.find_person(public_id)
    return found.id if found else None


belongs("person", _whose_person)


def allow(action: str) -> Callable[[View], View]:
    """Mark a view as open to those who MAY do something; others meet the sign-in page or a 404.

    Whatever staff would record, confirm, change or undo for themselves is refused here, for every view.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            somebody = visitor()
            if somebody is None:
                return login_manager.unauthorized()
            programme = None
            if "programme" in arguments:
                programme = records.find_programme(arguments["programme"])
                if programme is None:
                    abort(404)
                g.programme = programme
            if not may(somebody, action, programme.id if programme else None):
                abort(404)
            if not MAY[action].self_only and lacks_factor(somebody, settings().second_factor_days):
                return _set_up_first()
            if _is_for_oneself(somebody, action, arguments):
                return make_response(render_template("errors/not_for_oneself.html"), 403)
            return view(**arguments)

        guarded.access = action  # type: ignore[attr-defined]
        return cast(View, guarded)

    return mark


def _set_up_first() -> Any:
    """Send staff without a second factor to set one up; what they post waits in the page that says so."""
    if request.method != "POST":
        return redirect(url_for("accounts.two_step"), 303)
    page = render_template("accounts/parts/set_up_first.html", action=request.path, fields=_posted_fields())
    return make_response(page, 403)


def this_programme() -> Programme:
    """Return the programme in the address of this page."""
    found: Programme = g.programme
    return found


def this_zone() -> str:
    """Return the time zone of the programme in the address of this page."""
    return zone_of(this_programme().facts, settings().timezone)


def session_cookie() -> str:
    """Return the name of the session cookie, which only https may set under its stricter name."""
    return "__Host-session" if settings().secure else "session"


def leave_browser(response: Response) -> Response:
    """Take the session cookie and what was kept of pages out of a browser whose sign-in has ended."""
    logout_user()
    response.delete_cookie(session_cookie(), path="/", secure=settings().secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def recognise() -> None:
    """Read the cookie before a request; nothing is asked of the database yet."""
    token = request.cookies.get(session_cookie(), "")
    g.session_mark = fingerprint(token) if token else None
    if "\0" in request.path:
        abort(404)
    acting_person.set(None)
    speak(None)
    if not token:
        meet(None)


def check_post() -> Any:
    """Let a post through only when it comes from one of our pages; otherwise say calmly what to do."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "access", "") == WITH_KEY or getattr(view, "from_anywhere", False):
        return None
    if not from_this_site(request):
        abort(403)
    if token_fits(request.form.get(TOKEN_FIELD, "")):
        return None
    if _wants_json():
        return jsonify(saved=False), 400
    if visitor() is None and getattr(view, "access", "public") != "public":
        return _ask_to_sign_in()
    return carry_on_page(request.path, _posted_fields()), 400


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _posted_fields() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(settings().data).hex(), salt="carried")


@login_manager.unauthorized_handler
def _ask_to_sign_in() -> Any:
    if _wants_json():
        return jsonify(saved=False, sign_in=True), 401
    if request.method != "POST":
        # Whoever came by single sign-on is vouched for again by the provider, as a rule without a page in between.
        vouched = settings().single_sign_on and g.session_mark and is_renewable(g.session_mark)
        page = "accounts.single_sign_on" if vouched else "accounts.sign_in"
        return redirect(url_for(page, next=request.full_path.rstrip("?")), 303)
    carried = None
    person_id = find_person_of_session(g.session_mark) if g.session_mark else None
    if person_id:
        carried = _serializer().dumps([person_id, request.path, _posted_fields()])
        carried = str(carried) if len(carried) <= CARRIED_MOST else None
    page = render_template(
        "accounts/sign_in.html",
        form=SignInForm(),
        carried=carried,
        registration=settings().registration,
        passkeys=passkey_host(settings().base_url) is not None,
        notices=[_("You were signed out before you sent this page.")],
    )
    return make_response(page, 401)


def sign_in_again() -> Any:
    """Return the page that keeps a post until its person is signed in again; None when no sign-in had ended."""
    had_one = request.method == "POST" and g.session_mark and visitor() is None
    return _ask_to_sign_in() if had_one and find_person_of_session(g.session_mark) else None


def carried_for(person_id: str, carried: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the address and fields of a post that waited for the same person to sign in, and nobody else."""
    try:
        owner, path, fields = _serializer().loads(carried, max_age=CARRIED_SECONDS)
    except (BadData, ValueError):
        return None
    return (path, [(name, value) for name, value in fields]) if owner == person_id else None


def carry_on_page(action: str, fields: list[tuple[str, str]]) -> str:
    """Return the page that posts kept fields again, once somebody asks it to."""
    return render_template("accounts/carry_on.html", action=action, fields=fields)


def note_refusal(response: Response) -> Response:
    """Write down that somebody who is signed in was refused a staff page."""
    if response.status_code not in {403, 404} or request.endpoint is None:
        return response
    action = getattr(current_app.view_functions[request.endpoint], "access", "public")
    somebody = visitor() if action in MAY and not MAY[action].self_only else None
    if somebody is not None:
        programme: Programme | None = g.get("programme")
        refusal = DoorStayedShut(request.endpoint, action, response.status_code, programme.id if programme else None)
        try:
            write(limits.count_refusal, somebody.person_id, refusal)
        except SQLAlchemyError as trouble:
            # The refusal holds whether or not it can be written down.
            log_trouble(log, "a refusal could not be written", trouble)
    return response
