"""The web server: gunicorn's threads, behind a loop that reads whole requests so that no thread waits for a client."""

from __future__ import annotations

import errno
import select
import selectors
import socket
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from html import escape
from typing import Any

from flask import Flask
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from lms.foundation.config.settings import Settings
from lms.foundation.per_app import provided
from lms.foundation.turns import PATIENCE_SECONDS, RETRY_AFTER_SECONDS, queued_since
from lms.foundation.web.connections import (
    CLOSING,
    HEAD_SECONDS,
    IDLE,
    READING,
    ClientSocket,
    Connection,
)
from lms.foundation.web.observing import Observer
from lms.foundation.web.security import lets_in_large, protecting_headers

SMALL_BODY, BODIES_MOST = 64 * 1024, 32 * 1024 * 1024  # all bodies that are not small together, in one process
LARGE_AT_ONCE = 4  # large files that come in at once, in one process
SEND_BUFFER = 256 * 1024
CLOSING_SECONDS, SWEEP_SECONDS = 2.0, 0.25

PARSE_ERRORS: tuple[tuple[type[Exception], int], ...] = (
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ExpectationFailed, 417),
    (errors.UnsupportedTransferCoding, 501),
    (errors.ForbiddenProxyRequest, 403),
    (errors.ConfigurationProblem, 500),
    (errors.InvalidResponseHeader, 500),
    (errors.InvalidResponseHeaderName, 500),
    (errors.ParseException, 400),
)
WORDS = {
    400: ("Bad Request", "This request couldn’t be read."),
    403: ("Forbidden", "This request isn’t allowed."),
    408: ("Request Timeout", "The request took too long to arrive. Please send it again."),
    411: ("Length Required", "The request didn’t say how long it is."),
    414: ("URI Too Long", "The address is too long."),
    417: ("Expectation Failed", "The request asks for something that this site doesn’t do."),
    431: ("Request Header Fields Too Large", "The request’s headers are too long."),
    500: ("Internal Server Error", "Something broke on our side. Please try again in a minute."),
    501: ("Not Implemented", "The request is written in a way that this site doesn’t read."),
    503: ("Service Unavailable", "We’re busy just now. Please try again in a few seconds."),
}


class Worker(ThreadWorker):
    """Reads requests in its loop, answers them in threads, and keeps one thread from those that post."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Connection, None] = {}
        self.posts: deque[Connection] = deque()
        self.posting = 0
        self.swept_at = 0.0

    def init_process(self) -> None:
        """Let answers of usual size fit into the system's buffers, so that nobody's slow reading holds a thread."""
        for listener in self.sockets:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        super().init_process()

    # --- Reading ----------------------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Take a connection; when there are as many as there may be, the one that waits longest makes room."""
        if self.nr_conns >= self.worker_connections - 1 and self.waiting:
            self.drop(next(iter(self.waiting)))
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE} and self.waiting:
                self.drop(next(iter(self.waiting)))
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE}:
                raise
            return
        self.nr_conns += 1
        self.read(Connection(self.cfg, sock, client, listener.getsockname(), self.lets_in))

    def lets_in(self, head: bytes) -> bool:
        """Return whether a request may bring a large file; before anybody has looked at it, its address says so."""
        return isinstance(self.wsgi, Flask) and lets_in_large(head, provided(Settings, self.wsgi).data)

    def read(self, conn: Connection) -> None:
        """Take what a client sent; hand its request to a thread once all of it is there."""
        try:
            data = conn.sock.receive(conn.wanted())
        except BlockingIOError:
            self.wait(conn)
            return
        except OSError:
            data = b""
        if not data:
            self.drop(conn)
        elif conn.phase != CLOSING:
            if conn.phase == IDLE:
                conn.begin_request(HEAD_SECONDS, READING)
            self.keep(conn, data)

    def keep(self, conn: Connection, data: bytes) -> None:
        """Keep what came, and decide what becomes of it."""
        try:
            conn.take(data)
        except OSError:
            self.log.error("a large file could not be written to the folder for temporary files", exc_info=True)
            self.refuse(conn, 503)
            return
        self.consider(conn)

    def consider(self, conn: Connection) -> None:
        """Decide what becomes of a request as far as it came."""
        try:
            status = conn.look()
        except OSError:
            self.drop(conn)
            return
        if status is None and conn.needed > SMALL_BODY and self.is_full(conn):
            status = 503
        if status is None:
            self.wait(conn)
        elif status:
            self.refuse(conn, status)
        else:
            self.stop_waiting(conn)
            self.hand_over(conn)

    def is_full(self, conn: Connection) -> bool:
        """Return whether there is no room for what one client sends: in memory, or among the large files."""
        if conn.large:
            return sum(other.large is not None for other in self.waiting if other is not conn) >= LARGE_AT_ONCE
        return sum(len(other.inbox) for other in self.waiting if other.needed > SMALL_BODY) > BODIES_MOST

    def wait(self, conn: Connection) -> None:
        """Wait for more of a client."""
        self.waiting[conn] = None
        if not conn.registered:
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_readable, conn))
            conn.registered = True

    def on_readable(self, conn: Connection, _sock: Any) -> None:
        """Go on reading."""
        self.read(conn)

    def stop_waiting(self, conn: Connection) -> None:
        """Take a connection out of the loop."""
        self.waiting.pop(conn, None)
        if conn.registered:
            self.poller.unregister(conn.sock)
            conn.registered = False

    # --- Answering --------------------------------------------------------------------------------------------

    def hand_over(self, conn: Connection) -> None:
        """Give a request to a thread; posts, which may wait for the database, leave one thread for reading."""
        if conn.posts and self.posting >= max(1, self.cfg.threads - 1):
            conn.queued_since = time.monotonic()
            conn.deadline = conn.queued_since + PATIENCE_SECONDS
            self.posts.append(conn)
            return
        self.posting += conn.posts
        conn.init()
        conn.parser.unreader.unread(bytes(conn.inbox))
        conn.inbox.clear()
        self.enqueue_req(conn)

    def handle(self, conn: Connection) -> Any:
        """Answer a request, in a thread."""
        queued_since.set(conn.queued_since)
        conn.queued_since = None
        return super().handle(conn)

    def finish_request(self, conn: Connection, future: Future[Any]) -> None:
        """Wait for a client's next request, or close its connection."""
        if conn.posts:
            self.posting -= 1
            if self.posts:
                self.hand_over(self.posts.popleft())
        if future.cancelled() or future.exception() or not future.result():
            self.close_slowly(conn)
            return
        conn.sock.setblocking(False)
        conn.inbox += conn.parser.unreader.take_buffered()
        conn.begin_request(HEAD_SECONDS if conn.inbox else self.cfg.keepalive, READING if conn.inbox else IDLE)
        if conn.inbox:
            self.consider(conn)
        else:
            self.wait(conn)

    def refuse(self, conn: Connection, status: int) -> None:
        """Answer from the loop, without a thread."""
        self.note_refused(status)
        try:
            conn.sock.setblocking(False)
            conn.sock.send(self.page(status))
        except OSError:
            self.drop(conn)
        else:
            self.close_slowly(conn)

    def page(self, status: int) -> bytes:
        """Return a whole answer that needs no app: plain words, and the headers that protect every page."""
        reason, words = WORDS[status]
        body = f"<!doctype html><html lang=en><title>{escape(words)}</title><h1>{escape(words)}</h1></html>".encode()
        site = provided(Settings, self.wsgi) if isinstance(self.wsgi, Flask) else None
        headers = [("Connection", "close"), ("Content-Type", "text/html; charset=utf-8")]
        headers += [("Content-Length", str(len(body))), *protecting_headers(bool(site and site.secure))]
        if status == 503:
            headers.append(("Retry-After", str(RETRY_AFTER_SECONDS)))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1") + body

    def note_refused(self, status: int) -> None:
        """Count and log an answer that the app didn't make, if settings ask for that."""
        if isinstance(self.wsgi, Flask):
            provided(Observer, self.wsgi).note_refused(status)

    def handle_error(self, req: Any, client: ClientSocket, addr: Any, exc: Exception) -> None:
        """Answer what could not be read, or what broke outside the app, in a thread."""
        status = next((status for kind, status in PARSE_ERRORS if isinstance(exc, kind)), 500)
        if status == 500:
            self.log.error("a request broke outside the app", exc_info=exc)
        else:
            self.log.info("a request could not be read: %s", type(exc).__name__)
        self.note_refused(status)
        try:
            client.sendall(self.page(status))
        except OSError:
            self.log.debug("the client had gone before we could answer %s", status)

    # --- Closing ----------------------------------------------------------------------------------------------

    def close_slowly(self, conn: Connection) -> None:
        """Say that nothing more comes, and let the client read to the end before the connection is gone."""
        self.stop_waiting(conn)
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(conn)
            return
        conn.inbox.clear()
        conn.forget_large()
        conn.phase, conn.deadline = CLOSING, time.monotonic() + CLOSING_SECONDS
        self.wait(conn)

    def drop(self, conn: Connection) -> None:
        """Close a connection now."""
        self.stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """End what took too long; gunicorn's loop asks for it each time round."""
        now = time.monotonic()
        if now - self.swept_at < SWEEP_SECONDS:
            return
        self.swept_at = now
        for conn in [conn for conn in self.waiting if conn.deadline < now]:
            if conn.phase == READING and conn.inbox:
                self.refuse(conn, 408)
            else:
                self.drop(conn)
        while self.posts and self.posts[0].deadline < now:
            self.refuse(self.posts.popleft(), 503)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or cease to take connections; as the worker stops, take those that wait already, and close the door.

        Left open, it would take connections that nobody answers, for as long as the last request lasts.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """Let connections without a request end soon, as the worker stops; one that is being sent has its time."""
        for conn in self.waiting:
            if conn.phase != READING or not conn.inbox:
                conn.deadline = min(conn.deadline, deadline)
