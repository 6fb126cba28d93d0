"""Connections of the web server: what a client sent so far, how much of it is still to come, and until when.

A large file waits in a file without a name, so that it takes no memory; everything else waits in memory.
"""

from __future__ import annotations

import errno
import re
import socket
import tempfile
import time
from collections.abc import Callable
from typing import IO, Any

from gunicorn.workers.gthread import TConn

HEAD_SECONDS, HEAD_MOST = 10.0, 32 * 1024
# The largest post that a page takes, with what a form puts around it. Of longer ones only the head is read.
BODY_MOST = 6 * 1024 * 1024
BODY_SECONDS, BODY_RATE = 20.0, 64 * 1024  # so many seconds, and one more for each so many bytes
# A whole course as a ZIP file, from those whose page let them send one; a slow line may take a while for it.
LARGE_MOST, LARGE_RATE = 202 * 1024 * 1024, 32 * 1024
SEND_SECONDS, SEND_RATE = 20.0, 16 * 1024
# What is read at once: more would be memory that the system gives and takes back with each request.
HEAD_BLOCK, BLOCK = 16 * 1024, 64 * 1024

READING, IDLE, CLOSING = "reading", "idle", "closing"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*(?=\r\n|$)")


class ClientSocket(socket.socket):
    """A connection from which threads get nothing that was not read before, and to which they send within a limit."""

    large: IO[bytes] | None = None

    def receive(self, most: int) -> bytes:
        """Return what has arrived, for the loop alone."""
        return super().recv(most)

    def recv(self, size: int, _flags: int = 0) -> bytes:
        """Return more of a large body; else the end of what was sent, because a thread has the whole request."""
        return self.large.read(size) if self.large else b""

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything, or give the connection up when the other side does not take it."""
        try:
            sent = super().send(data, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        if sent == len(data):
            return
        self.settimeout(SEND_SECONDS + len(data) / SEND_RATE)
        try:
            super().sendall(memoryview(data)[sent:], flags)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client took too long to read") from None

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file in blocks, each within the limit."""
        file.seek(offset)
        sent = 0
        while count is None or sent < count:
            block = file.read(BLOCK if count is None else min(BLOCK, count - sent))
            if not block:
                break
            self.sendall(block)
            sent += len(block)
        return sent


class Connection(TConn):
    """One client: what it sent so far, and until when the next of it must come."""

    def __init__(
        self, cfg: Any, sock: socket.socket, client: Any, server: Any, lets_in: Callable[[bytes], bool]
    ) -> None:
        own = ClientSocket(sock.family, sock.type, sock.proto, sock.detach())
        super().__init__(cfg, own, client, server)
        self.inbox = bytearray()
        self.phase, self.deadline = READING, time.monotonic() + HEAD_SECONDS
        self.lets_in = lets_in
        self.queued_since: float | None = None
        self.needed = self.filed = 0
        self.head_end = -1
        self.registered = self.posts = self.continued = False

    def begin_request(self, seconds: float, phase: str) -> None:
        """Wait for a request that is not there yet."""
        self.phase, self.deadline = phase, time.monotonic() + seconds
        self.head_end, self.needed, self.continued = -1, 0, False
        self.forget_large()

    @property
    def large(self) -> IO[bytes] | None:
        """The file in which a large body waits."""
        return self.sock.large

    def wanted(self) -> int:
        """Return how many bytes to read at once; of a large body no more than there are, because a file has no rest."""
        if self.head_end < 0:
            return HEAD_BLOCK
        return min(BLOCK, self.needed - self.head_end - self.filed) if self.large else BLOCK

    def take(self, data: bytes) -> None:
        """Put what arrived where it waits; raise OSError when the disk is full."""
        if self.large:
            self.filed += self.large.write(data)
        else:
            self.inbox += data

    def forget_large(self) -> None:
        """Let go of the file with a large body."""
        if self.large:
            self.large.close()
        self.sock.large, self.filed = None, 0

    def close(self, graceful: bool = False) -> None:
        """Close the connection and the file."""
        self.forget_large()
        super().close(graceful)

    def look(self) -> int | None:
        """Return 0 when a thread can have the request, the status to refuse it with, or None while more must come."""
        if self.head_end < 0:
            end = self.inbox.find(b"\r\n\r\n")
            if end < 0:
                return (431 if b"\r\n" in self.inbox else 414) if len(self.inbox) > HEAD_MOST else None
            return self._read_head(bytes(self.inbox[:end]).lower(), end + 4)
        return self._when_whole()

    def _when_whole(self) -> int | None:
        if len(self.inbox) + self.filed < self.needed:
            return None
        if self.large:
            self.large.seek(0)
        return 0

    def _read_head(self, head: bytes, end: int) -> int | None:
        """Find out how much body follows; what else is amiss with a head is for gunicorn's parser to say."""
        self.head_end = self.needed = end
        self.posts = not head.startswith((b"get ", b"head "))
        if b"\r\ntransfer-encoding:" in head:
            return 411
        lengths = _LENGTH.findall(head)
        length = int(lengths[0]) if len(lengths) == 1 else 0
        if length <= BODY_MOST:
            self.needed += length
            self.deadline += BODY_SECONDS + length / BODY_RATE if length else 0
        elif length <= LARGE_MOST and self.lets_in(head):
            self.needed += length
            self.deadline += BODY_SECONDS + length / LARGE_RATE
            # It's open until the request is answered, whatever becomes of it.
            self.sock.large = tempfile.TemporaryFile()  # noqa: SIM115
            rest = bytes(self.inbox[end:])
            del self.inbox[end:]
            self.take(rest)
        if self._when_whole() == 0:
            return 0
        if b"\r\nexpect: 100-continue" in head and not self.continued:
            self.continued = True
            self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None
