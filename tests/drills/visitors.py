"""Visitors of a served site: they take checks over real connections, and send again what got no answer."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.bench.load import Reply, Script, Unexpected, _length, request
from tests.bench.walk import Learner, token_script, whole_check

# How long somebody goes on sending again before they give up, and how long they wait in between.
PATIENCE, PAUSE = 60.0, 0.25


@dataclass
class Heard:
    """All that visitors met, from whichever thread."""

    done: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    again: int = 0
    asked_back: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def slowest(self) -> float:
        """The longest that anybody waited for an answer, however often they sent."""
        return max(self.waits, default=0.0)

    def percentile(self, of_hundred: int) -> float:
        """Return the seconds within which so many of a hundred answers came."""
        return statistics.quantiles(self.waits, n=100, method="inclusive")[of_hundred - 1] if self.waits[1:] else 0.0


class Visitor:
    """One browser. What gets no answer or a 503 is sent again, as somebody does who reloads the page."""

    def __init__(
        self, port: int, heard: Heard, patience: float = PATIENCE, leave: threading.Event | None = None
    ) -> None:
        self.port, self.heard, self.patience = port, heard, patience
        self._leave = leave or threading.Event()
        self.socket: socket.socket | None = None

    def play(self, name: str, script: Script) -> bool:
        """Play a script to its end; note its name when all of it was acknowledged."""
        try:
            sent = next(script)
            while True:
                sent = script.send(self.ask(sent))
        except StopIteration:
            with self.heard.lock:
                self.heard.done.append(name)
            return True
        except (Unexpected, TimeoutError) as trouble:
            with self.heard.lock:
                self.heard.failures.append(f"{name}: {trouble}")
            return False
        finally:
            self.close()

    def ask(self, sent: bytes) -> Reply:
        """Return the answer to a request; raise TimeoutError when there was none in time."""
        began = time.monotonic()
        while True:
            reply = self.ask_once(sent)
            if reply is not None and reply.status != 503:
                break
            with self.heard.lock:
                self.heard.again += 1
                self.heard.asked_back += reply is not None
            if time.monotonic() - began > self.patience:
                raise TimeoutError(f"no answer but {reply.status if reply else 'a lost connection'}")
            if self._leave.wait(PAUSE):
                raise TimeoutError("left before there was an answer")
        with self.heard.lock:
            self.heard.waits.append(time.monotonic() - began)
        return reply

    def ask_once(self, sent: bytes, seconds: float = 30.0) -> Reply | None:
        """Return the answer to a request that is sent once; None where the connection ended before it came."""
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), seconds)
            self.socket.sendall(sent)
            reply = read_reply(self.socket)
        except OSError:
            self.close()
            return None
        if reply is None or b"\r\nconnection: close" in reply.head.lower():
            self.close()
        return reply

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.close()
        self.socket = None


def read_reply(connection: socket.socket) -> Reply | None:
    """Read one answer; None where the connection ended before all of it was there."""
    seen = b""
    while True:
        head, found, rest = seen.partition(b"\r\n\r\n")
        if found and len(rest) >= _length(head):
            return Reply(int(head[9:12]), head, rest)
        piece = connection.recv(1 << 16)
        if not piece:
            return None
        seen += piece


def whole_check_of(course_id: str, right: dict[str, object], cookie: str) -> Script:
    """Open the course, take the check with the right answers and read the result."""
    tokens: list[str] = []
    yield from token_script(f"/courses/{course_id}", cookie, tokens)
    yield from whole_check(course_id, right, iter([Learner(cookie, tokens[0], passes=True)]))


def get(path: str, cookie: str = "") -> bytes:
    """Return the bytes of a request for a page."""
    return request("GET", path, cookie)


class Crowd:
    """Visitors that play side by side, each in a thread, until everything is played or they are stopped."""

    def __init__(self, port: int, scripts: Iterable[tuple[str, Callable[[], Script]]], clients: int) -> None:
        self.port, self.heard = port, Heard()
        self._waiting = list(scripts)[::-1]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _client in range(clients)]

    def _next(self) -> tuple[str, Callable[[], Script]] | None:
        with self.heard.lock:
            return self._waiting.pop() if self._waiting and not self._stop.is_set() else None

    def _run(self) -> None:
        visitor = Visitor(self.port, self.heard, leave=self._stop)
        while found := self._next():
            visitor.play(found[0], found[1]())

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    @property
    def left(self) -> int:
        """How many scripts nobody plays yet."""
        return len(self._waiting)

    @property
    def plays(self) -> bool:
        """Whether somebody still plays."""
        return any(thread.is_alive() for thread in self._threads)

    def leave(self) -> None:
        """Let everybody give up, because the site won't come back."""
        self._stop.set()

    def finish(self, seconds: float = 120.0) -> None:
        """Wait until all is played."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self.finish(PATIENCE + 30)


class Readers:
    """Somebody who reads pages all the while, each over a connection of its own; `seen` has the status and seconds."""

    def __init__(self, port: int, paths: Sequence[str], cookie: str = "", pause: float = 0.1) -> None:
        self.port, self.paths, self.cookie, self.pause = port, paths, cookie, pause
        self.seen: list[tuple[float, int, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        turn = 0
        while not self._stop.wait(self.pause):
            visitor, began = Visitor(self.port, Heard()), time.monotonic()
            reply = visitor.ask_once(get(self.paths[turn % len(self.paths)], self.cookie))
            visitor.close()
            self.seen.append((began, reply.status if reply else 0, time.monotonic() - began))
            turn += 1

    @property
    def slowest(self) -> float:
        """The longest that a page took."""
        return max((seconds for _began, _status, seconds in self.seen), default=0.0)

    def statuses(self) -> set[int]:
        """Return every status that was seen; 0 where there was no answer."""
        return {status for _began, status, _seconds in self.seen}

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join(35)
