"""Who opens a page of the check, and which of their own attempts it is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, url_for

from lms.accounts.access import meet
from lms.learning.check import records as check_records
from lms.learning.check.attempt import CheckAttempt
from lms.learning.check.records import OwnAttempt
from lms.learning.progress.access import meet_at_course

View = TypeVar("View", bound=Callable[..., Any])


def at_course(view: View) -> View:
    """Ask for a course's page and its visitor in one statement, before `allow` decides who may enter."""

    @wraps(view)
    def wrapped(course: str) -> Any:
        meet_at_course(course)
        return view(course=course)

    return cast(View, wrapped)


def with_attempt(view: View) -> View:
    """Ask for an attempt and its visitor in one statement, before `allow` decides who may enter."""

    @wraps(view)
    def wrapped(attempt: str, **more: Any) -> Any:
        visitor, g.own_attempt = check_records.open_attempt(g.session_mark, attempt)
        meet(visitor)
        return view(attempt=attempt, **more)

    return cast(View, wrapped)


def own_attempt() -> CheckAttempt:
    """Return somebody's own attempt, or answer 404."""
    found: OwnAttempt | None = g.own_attempt
    if found is None:
        abort(404)
    return CheckAttempt.of(found)


def open_attempt() -> CheckAttempt:
    """Return somebody's own attempt while it is open; a sent one leads to its result."""
    check_attempt = own_attempt()
    if check_attempt.result:
        abort(redirect(url_for("learning.result", attempt=check_attempt.attempt.public_id), 303))
    return check_attempt
