"""Confirming that it's you: `@step_up` asks for the password, a code or a passkey again before a post is taken.

Whatever can't be undone has this mark, below `@allow`. What was posted waits in the page that asks, and comes back with
the answer, so nothing is stored in between and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, make_response, render_template, request

from lms.accounts import records
from lms.accounts.access import signed_in
from lms.accounts.passwords import problem_with_password
from lms.accounts.records import Person
from lms.accounts.second_factor import answers, passkeys
from lms.accounts.second_factor import records as factor_records
from lms.accounts.second_factor.rules import PROOF_LASTS
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.security import TOKEN_FIELD, settings

View = TypeVar("View", bound=Callable[..., Any])

PASSWORD, CODE, ANSWER, CHALLENGE = "password", "proof_code", "passkey_answer", "passkey_challenge"
PROOFS = {PASSWORD, CODE, ANSWER, CHALLENGE}


def step_up(view: View) -> View:
    """Mark a view whose posts can't be undone: within ten minutes its person entered their password or a code again."""
    return _asking(view, sign_in_counts=False)


def step_up_unless_new(view: View) -> View:
    """Mark a view in the same way, but let a sign-in of the last ten minutes count as well."""
    return _asking(view, sign_in_counts=True)


def _asking(view: View, *, sign_in_counts: bool) -> View:
    @wraps(view)
    def guarded(**arguments: Any) -> Any:
        page = confirm_first(sign_in_counts=sign_in_counts)
        return view(**arguments) if page is None else page

    return cast(View, guarded)


def confirm_first(*, sign_in_counts: bool = False) -> Any:
    """Return the page that asks who it is, or None to go on: for views that look first for what an address names."""
    if request.method != "POST" or is_proven(sign_in_counts=sign_in_counts):
        return None
    me = records.get_person(signed_in().person_id)
    problem = _problem(me)
    if problem is not None:
        return _page(me, *problem)
    write(factor_records.mark_proven, g.session_mark)
    return None


def is_proven(*, sign_in_counts: bool = False) -> bool:
    """Decide whether this session's person showed lately who they are."""
    found = factor_records.find_proof(g.session_mark)
    if found is None:
        return False
    began_at, proven_at = found
    moments = [proven_at, began_at if sign_in_counts else None]
    return any(moment is not None and clock.now() - moment < PROOF_LASTS for moment in moments)


def _problem(me: Person) -> tuple[str, str] | None:
    """Return which field didn't prove anything and what to say; no words when nothing was entered yet."""
    if request.form.get(ANSWER):
        found = answers.who_answered(request.form[ANSWER], request.form.get(CHALLENGE, ""))
        if isinstance(found, Person):
            words = None if found.id == me.id else _("That passkey belongs to another account.")
        else:
            words = found
        return (PASSWORD, words) if words else None
    if request.form.get(CODE):
        words = answers.problem_with_code(me, request.form[CODE])
        return (CODE, words) if words else None
    if PASSWORD not in request.form:
        return PASSWORD, ""
    if not request.form[PASSWORD]:
        return PASSWORD, _("Please enter your password.")
    words = problem_with_password(me, request.form[PASSWORD])
    return (PASSWORD, words) if words else None


def _page(me: Person, field: str, words: str) -> Any:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in {*PROOFS, TOKEN_FIELD}]
    page = render_template(
        "accounts/parts/confirm.html",
        action=request.path,
        fields=fields,
        email=me.email,
        problem_field=field if words else "",
        problem=words,
        has_app=factor_records.find_app(me.id) is not None,
        has_passkey=passkeys.host_of(settings()) is not None and bool(factor_records.list_passkeys(me.id)),
    )
    return make_response(page, 422 if words else 200)
