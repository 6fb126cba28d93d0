"""Ask a server over HTTP: one request and one answer, limited in time and size, and no redirects."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

# A server that gives a byte now and then would never run into the first; the second ends whatever is still going on.
SECONDS_SILENT, SECONDS_MOST, BYTES_MOST = 4.0, 8.0, 300_000
OK = 200


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
    end = Timer(SECONDS_MOST, _hang_up, [connection])
    end.daemon = True
    end.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST" if request else "GET", path, request, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        content = answer.read(BYTES_MOST + 1)
    except (OSError, HTTPException, ValueError) as trouble:
        # A host or a path that can't be sent as it is written is a ValueError.
        raise NoStamp(f"{what} didn’t answer ({type(trouble).__name__})") from None
    finally:
        end.cancel()
        connection.close()
    if answer.status != OK:
        raise NoStamp(f"{what} answered with HTTP {answer.status}")
    if len(content) > BYTES_MOST:
        raise NoStamp(f"the answer of {what} is too large to be read")
    return content


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
