"""Error pages: a calm page for every error, without a traceback."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from flask import Flask, g, jsonify, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from lms.foundation.logs.request_ids import begin_request, request_id
from lms.foundation.storage.elsewhere import FilesAway
from lms.foundation.text.i18n import gettext as _
from lms.foundation.turns import RETRY_AFTER_SECONDS, Busy, OnlyRead

log = logging.getLogger("lms.app")

# PostgreSQL's code for a full disk.
DISK_FULL = "53100"

ERROR_TEXTS: dict[int | str, Callable[[], tuple[str, str]]] = {
    "busy": lambda: (
        _("We’re busy just now"),
        _("Too many requests came in at once, so we couldn’t get to yours."),
    ),
    "files": lambda: (
        _("We can’t reach our files just now"),
        _("A picture, a recording or a file couldn’t be opened or saved. Everything else works."),
    ),
    "full": lambda: (
        _("We can’t save anything just now"),
        _("The site has no room left for new records. Everything can still be read."),
    ),
    "reading": lambda: (
        _("We can’t save anything just now"),
        _("Our database is read-only for the moment. Everything can still be read."),
    ),
    400: lambda: (_("We couldn’t read that"), _("What your browser sent was incomplete or damaged.")),
    403: lambda: (_("This came from another site"), _("We only accept forms that were sent from our own pages.")),
    404: lambda: (
        _("Page not found"),
        _("The address may have a typo, or your account can’t open this page."),
    ),
    405: lambda: (_("This page can’t be opened like that"), _("It was opened in a way that it doesn’t support.")),
    413: lambda: (_("That was too large"), _("You sent more than this page can accept at once.")),
    429: lambda: (
        _("Too many attempts from your network"),
        _("Somebody in your network looked up many codes that don’t exist."),
    ),
    500: lambda: (_("Something broke on our side"), _("We couldn’t show this page.")),
    503: lambda: (_("We can’t reach our records just now"), _("We couldn’t show this page.")),
}
NEXT_STEPS: dict[int | str, Callable[[], str]] = {
    "busy": lambda: _("Please wait a few seconds, then go back and send it again, or reload this page."),
    "files": lambda: _("Please try again in a minute. If it still doesn’t work, tell us the reference below."),
    "full": lambda: _("Please try again in a few minutes. If it still doesn’t work, tell us the reference below."),
    "reading": lambda: _("Please try again in a few minutes. If it still doesn’t work, tell us the reference below."),
    413: lambda: _("Please send less at once, or ask your coordinator for help."),
    429: lambda: _("Please wait ten minutes, then try again."),
    500: lambda: _("Please try again in a minute. If it still doesn’t work, tell us the reference below."),
    503: lambda: _("Please try again in a minute. If it still doesn’t work, tell us the reference below."),
}


def _error_page(status: int, kind: str = "") -> tuple[Any, int, dict[str, str]]:
    g.in_trouble = status >= 500
    title, happened = ERROR_TEXTS.get(kind or status, ERROR_TEXTS[500 if status >= 500 else 400])()
    following = NEXT_STEPS.get(kind or status, lambda: _("Go back, or start from the courses."))()
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    reference = request_id() or begin_request()
    log.log(logging.ERROR if status >= 500 else logging.INFO, "answered %s, reference %s", status, reference)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(happened=happened, next=following, reference=reference), status, headers
    values = {"title": title, "happened": happened, "next_step": following, "reference": reference}
    values["safe"] = _("Everything you’ve saved is safe.")
    if kind in {"busy", "files", "full", "reading"} and request.method == "POST":
        values["safe"] = _("Everything you saved before is safe. What you just sent isn’t saved yet.")
    links = [(_("Courses"), url_for("learning.courses")), (_("Support lines"), url_for("wellbeing.support"))]
    try:
        return render_template("errors/error.html", links=links, **values), status, headers
    except Exception:
        log.exception("the error page could not be rendered either")
        return _plain_page(values), status, headers


def _plain_page(values: dict[str, str]) -> str:
    """Say the same without any template, for when the templates themselves are what broke."""
    words = Markup(
        "<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{happened} {safe} {next_step}</p>"
    )
    return str((words + Markup("<p>{reference}</p></html>")).format(**values))


def install(app: Flask) -> None:
    """Answer every error with a calm page that shows no traceback."""

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Any:
        return error.get_response() if (error.code or 500) < 400 else _error_page(error.code or 500)

    @app.errorhandler(Busy)
    def on_busy(error: Busy) -> Any:
        log.warning("somebody was asked to come back: %s", error)
        return _error_page(503, "busy")

    @app.errorhandler(OnlyRead)
    def on_only_read(error: OnlyRead) -> Any:
        log.error("something could not be saved: %s", error)
        return _error_page(503, "reading")

    @app.errorhandler(FilesAway)
    def on_files(error: FilesAway) -> Any:
        log.error("the shared files could not be reached: %s", error)
        return _error_page(503, "files")

    @app.errorhandler(SQLAlchemyError)
    def on_database(error: SQLAlchemyError) -> Any:
        log.exception("the database did not answer as it should")
        return _error_page(503, "full" if _is_full(error) else "")

    @app.errorhandler(Exception)
    def on_anything(error: Exception) -> Any:
        log.exception("a page broke")
        return _error_page(503, "full") if _is_full(error) else _error_page(500)


def _is_full(error: Exception) -> bool:
    """Decide whether something broke because a disk, here or under the database, has no room left."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    cause = getattr(error, "orig", None)
    is_sqlite = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return is_sqlite or getattr(cause, "sqlstate", None) == DISK_FULL
