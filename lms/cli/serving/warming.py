"""What is read and opened once before web workers are forked, so that they share it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Flask
from sqlalchemy.orm import configure_mappers

from lms.certification.verification.records import find_newest_code
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.per_app import provided
from lms.foundation.statements.prepared import close_own
from lms.foundation.storage.elsewhere import FilesAway
from lms.foundation.web.observing import Observer
from lms.library import course_cache
from lms.library.records import list_current_digests

# A sign-in that there is not, so that the question for one is ready too.
NOBODY = "0" * 43


def load_templates(app: Flask) -> None:
    """Load the templates of pages, and put the tables together; it asks the database for nothing."""
    # Emails have environments of their own (foundation/mail/templates.py), which are loaded already.
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("mail/")):
        app.jinja_env.get_template(name)
    configure_mappers()


def warm_up(app: Flask) -> None:
    """Read current courses and open the first pages, and leave no connection open behind.

    What is there by then is shared by all workers; frozen, it is not even touched when they look for garbage.
    """
    with _no_connection_left(app):
        digests = list_current_digests()
    with app.app_context():
        take_over_courses = course_cache.read_aside(digests)
    take_over_courses()
    with _no_connection_left(app):
        code = find_newest_code() or ""
        pages = ["/", "/sign-in", f"/verify/{code}".rstrip("/"), *_pages_of(digests[:1])]
    for page in pages:
        _open(app, page)
    provided(Observer, app).get_ready()
    # Without looking for garbage first: there is none to speak of.
    gc.freeze()


@contextmanager
def _no_connection_left(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()
        close_own()
        db.engine.dispose()


def _pages_of(digests: list[str]) -> Iterator[str]:
    # A course whose pictures can't be reached now is read when somebody opens it.
    with suppress(FilesAway):
        for course in map(course_cache.get_course, digests):
            yield f"/courses/{course.id}"
            yield f"/courses/{course.id}/lessons/{course.lessons[0].id}"


def _open(app: Flask, path: str) -> None:
    """Open a page as a visitor would, past what counts and logs requests.

    Much is made when a first page asks for it: compiled statements, sorted routes, a page's frame. Workers would each
    make it on memory of their own, 6 MB in each.
    """
    cookie = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={NOBODY}"}
    with app.test_request_context(path, base_url=provided(Settings, app).base_url, headers=cookie) as asked:
        environ = asked.request.environ
    with _no_connection_left(app):
        for _part in Flask.wsgi_app(app, environ, lambda _status, _headers, _trouble=None: lambda _data: None):
            pass
