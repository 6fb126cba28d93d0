"""Ask a server over HTTP: one request and one answer, limited in time and size, and no redirects."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import Future
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

# A server that gives a byte now and then would never run into the first; the second is for everything together.
SECONDS_SILENT, SECONDS_MOST, BYTES_MOST = 4.0, 8.0, 300_000
OK = 200
# The HTTP status of an answer, and its first bytes.
Answer: TypeAlias = tuple[int, bytes]


class NoStamp(Exception):
    """A server gave no usable answer; the message tells the people who run the site why."""


def ask(what: str, url: str, ca: str, request: bytes | None = None, kind: str = "") -> bytes:
    """Return what a server answers: to a GET, or to a POST of a request of a kind; redirects aren't followed.

    With https its certificate has to be one that this machine trusts, or one of the authorities in the file `ca`.
    """
    try:
        connection, parts = _connection(url, ca), urlsplit(url)
    except (OSError, HTTPException, ValueError) as trouble:
        raise NoStamp(f"the address of {what} can’t be used ({type(trouble).__name__})") from None
    answered: Future[Answer] = Future()
    # A thread of its own, because nothing else can end the wait for a name server that doesn't answer.
    Thread(target=_exchange, args=(answered, connection, parts, request, kind), daemon=True).start()
    try:
        status, content = answered.result(timeout=SECONDS_MOST)
    except (OSError, HTTPException, ValueError) as trouble:
        # A host or a path that can't be sent as it is written is a ValueError.
        raise NoStamp(f"{what} didn’t answer ({type(trouble).__name__})") from None
    finally:
        answered.cancel()
        _hang_up(connection)
    if status != OK:
        raise NoStamp(f"{what} answered with HTTP {status}")
    if len(content) > BYTES_MOST:
        raise NoStamp(f"the answer of {what} is too large to be read")
    return content


def _exchange(
    answered: Future[Answer], connection: HTTPConnection, parts: SplitResult, request: bytes | None, kind: str
) -> None:
    """Send a request and hand over what comes back, unless nobody waits for it any more."""
    try:
        connection.connect()
        if answered.cancelled():
            return
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST" if request else "GET", path, request, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        found = answer.status, answer.read(BYTES_MOST + 1)
        if answered.set_running_or_notify_cancel():
            answered.set_result(found)
    except Exception as trouble:
        # The one who asked handles it. After hanging up, it is only an effect of that.
        if answered.set_running_or_notify_cancel():
            answered.set_exception(trouble)
    finally:
        connection.close()


def _connection(url: str, ca: str) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme != "https":
        return HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS_SILENT)
    trust = ssl.create_default_context()
    trust.load_verify_locations(cafile=ca)
    return HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS_SILENT, context=trust)


def _hang_up(connection: HTTPConnection) -> None:
    """End a connection that another thread waits for."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
