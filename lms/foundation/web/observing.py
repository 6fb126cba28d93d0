"""Seen from outside: every request has an id, and is counted and logged by its route if settings say so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from flask import Flask, Request

from lms.foundation.config.settings import Settings
from lms.foundation.late import late
from lms.foundation.logs.request_ids import HEADER, begin_request
from lms.foundation.logs.setup import access_log, start_access_log
from lms.foundation.logs.slow_statements import SlowStatements
from lms.foundation.networks import read_address
from lms.foundation.per_app import provide, provided
from lms.foundation.web.page_cache import PageCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from lms.foundation.web import metrics
    from lms.foundation.web.metrics import Metrics
else:
    metrics = late("lms.foundation.web.metrics")  # 0.1 s and 1 MB (prometheus-client)

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
# Instead of a route or a method that the site doesn't know: what people can choose freely is shown nowhere.
NONE = "-"
# Where Flask's request leaves itself; its route is known once a view was found.
REQUEST = "werkzeug.request"
GIVEN = "HTTP_" + HEADER.upper().replace("-", "_")


class Observer:
    """Counts and logs requests of one app: by route, method and status, never by address or person."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = _make_metrics() if settings.metrics_key else None
        self.logs = settings.access_log
        if self.logs:
            start_access_log(settings.log_format)

    @property
    def watches(self) -> bool:
        """Whether anything is to be counted or logged."""
        return self.logs or self.metrics is not None

    def get_ready(self) -> None:
        """Make what counts before workers are forked, so that they share it."""
        if self.metrics is not None:
            self.metrics.get_ready()

    def count_refused_sign_in(self) -> None:
        """Count a sign-in that wasn't let in; not whose."""
        if self.metrics is not None:
            self.metrics.count_refused_sign_in()

    def count_slow_statement(self, process: str) -> None:
        """Count a statement of the database that took long, in a web worker or in the job process."""
        if self.metrics is not None:
            self.metrics.count_slow_statement(process)

    def lookup_counter(self, cache: str) -> Callable[[bool], None] | None:
        """Return what counts whether something was found in a cache; None where nobody asks for metrics."""
        if self.metrics is None:
            return None
        self.metrics.tell_lookups(cache)
        return partial(self.metrics.count_lookup, cache)

    def note(self, route: str, method: str, status: int, size: str, seconds: float) -> None:
        """Note a request that the app answered; the seconds are those until its answer was made."""
        self._note(route, method if method in METHODS else NONE, status, size, seconds)

    def note_refused(self, status: int) -> None:
        """Note a request that the web server answered by itself, because it couldn't be read or took too long."""
        if not self.watches:
            return
        begin_request()
        self._note(NONE, NONE, status, "", 0.0)

    def _note(self, route: str, method: str, status: int, size: str, seconds: float) -> None:
        if self.metrics is not None:
            self.metrics.count_request(route, method, status, seconds)
        if self.logs:
            ms = round(seconds * 1000, 1)
            fields = {"method": method, "route": route, "status": status, "ms": ms}
            if size:
                fields["bytes"] = int(size)
            words = f"{method} {route} {status} {ms} ms" + (f" {size} bytes" if size else "")
            access_log.info("%s", words, extra={"fields": fields})


def watch_statements(process: Literal["web", "jobs"], app: Flask | None = None) -> None:
    """Log and count slow statements of this process from now on; for what serves people, and not for commands."""
    observer = provided(Observer, app)
    if observer.metrics is not None:
        observer.metrics.tell_slow_statements(process)
    provided(SlowStatements, app).start(lambda: observer.count_slow_statement(process))


def _make_metrics() -> Metrics:
    return metrics.Metrics()


def install(app: Flask) -> None:
    """Give every request of an app its id, and note it if settings ask for that."""
    settings = provided(Settings, app)
    observer = Observer(settings)
    provide(app, observer)
    provide(app, PageCache(observer.lookup_counter("page")))
    identified = _identified(app.wsgi_app, settings)
    app.wsgi_app = _observed(identified, observer) if observer.watches else identified  # type: ignore[method-assign, assignment]


def _identified(wsgi: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Return an app whose every request has an id: that of a trusted proxy, or one of its own."""

    def identified(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get(GIVEN)
        request = begin_request(given if given and _is_trusted(settings, environ) else None)

        def start(status: str, headers: list[tuple[str, str]], *trouble: Any) -> Any:
            headers.append((HEADER, request))
            return start_response(status, headers, *trouble)

        return wsgi(environ, start)

    return identified


def _is_trusted(settings: Settings, environ: WSGIEnvironment) -> bool:
    address = read_address(environ.get("REMOTE_ADDR") or "") if settings.trusted_proxies else None
    return address is not None and any(address in network for network in settings.trusted_proxies)


def _observed(wsgi: WSGIApplication, observer: Observer) -> WSGIApplication:
    def observed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        route, status, size = NONE, 500, ""

        def start(line: str, headers: list[tuple[str, str]], *trouble: Any) -> Any:
            nonlocal route, status, size
            # Flask takes its request out of here once it has answered.
            incoming: Request | None = environ.get(REQUEST)
            rule = incoming.url_rule if incoming is not None else None
            route, status = rule.rule if rule else NONE, int(line[:3])
            size = next((value for name, value in headers if name == "Content-Length"), "")
            return start_response(line, headers, *trouble)

        try:
            return wsgi(environ, start)
        finally:
            observer.note(route, environ["REQUEST_METHOD"], status, size, time.perf_counter() - began)

    return observed
