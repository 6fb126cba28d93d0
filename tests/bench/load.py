"""A small load generator: scripts of requests over kept-alive connections of this machine, in processes of their own.

A script is a generator that yields the bytes of a request and is given the reply; the time from a script's first
request to its end counts as one act. It costs some 30 µs a request, a tenth of what a bare page costs its server.
"""

from __future__ import annotations

import multiprocessing
import random
import selectors
import socket
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

LONGEST_WAIT, MOST_ERRORS = 20.0, 20


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, empty when there is none."""
        wanted = name.lower().encode() + b":"
        for line in self.head.split(b"\r\n")[1:]:
            if line.lower().startswith(wanted):
                return line[len(wanted) :].strip().decode()
        return ""


class Unexpected(Exception):
    """A reply was not what the script asked for."""


Script = Generator[bytes, Reply, None]


@dataclass(frozen=True)
class Timing:
    """What a round of load showed: acts a second, and the milliseconds that half and nearly all of them took."""

    rate: float
    p50: float
    p95: float
    count: int
    errors: tuple[str, ...]


def request(method: str, path: str, cookie: str = "", form: str | None = None) -> bytes:
    """Return the bytes of a request as a browser on this machine would send it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html", "Accept-Encoding: gzip, deflate, br"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form.encode())}"]
    return "\r\n".join([*lines, "", form or ""]).encode()


def read_page(path: str, cookie: str = "") -> Script:
    """Get one page and nothing else."""
    reply = yield request("GET", path, cookie)
    if reply.status != 200:
        raise Unexpected(f"GET {path}: {reply.status}")


def read_any(paths: Sequence[str], cookie: str = "") -> Script:
    """Get one of several pages, whichever comes up."""
    return read_page(random.choice(paths), cookie)


class Client:
    """One connection that plays its script over and over."""

    def __init__(self, port: int, make: Callable[[], Script]) -> None:
        self.port, self.make = port, make
        self.socket = self._connect()
        self.seen = b""

    def _connect(self) -> socket.socket:
        found = socket.create_connection(("127.0.0.1", self.port), LONGEST_WAIT)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found

    def begin(self) -> None:
        """Send the first request of a new act."""
        self.script = self.make()
        first = next(self.script)
        self.began = time.perf_counter()
        self.socket.sendall(first)

    def hear(self) -> bool:
        """Take what has come; return True when that ended an act."""
        piece = self.socket.recv(1 << 17)
        if not piece:
            raise Unexpected("the server closed a connection before it had answered")
        self.seen += piece
        head, found, rest = self.seen.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return False
        self.seen = b""
        closes = b"\r\nconnection: close" in head.lower()
        try:
            following = self.script.send(Reply(int(head[9:12]), head, rest))
        except StopIteration:
            if closes:
                self.again()
            return True
        if closes:
            self.again()
        self.socket.sendall(following)
        return False

    def again(self) -> None:
        """Leave what is under way and open a new connection."""
        self.socket.close()
        self.seen = b""
        self.socket = self._connect()


def _length(head: bytes) -> int:
    found = head.lower().find(b"\r\ncontent-length:")
    return int(head[found + 17 :].split(b"\r\n", 1)[0]) if found >= 0 else 0


class Crowd:
    """Clients that play side by side in one process until the time is over, or once each when there is none."""

    def __init__(self, port: int, scripts: list[Callable[[], Script]], seconds: float) -> None:
        self.seconds = seconds
        self.took: list[float] = []
        self.errors: list[str] = []
        self.clients = []
        for make in scripts:
            self.clients.append(Client(port, make))
            time.sleep(0.004)  # as visitors come: all at once would crowd at whichever worker wakes first

    def play(self, start: float) -> None:
        """Begin all at the same moment, and go on until the last has its answer."""
        with selectors.DefaultSelector() as listening:
            time.sleep(max(0.0, start - time.time()))
            self.until = time.perf_counter() + self.seconds
            for client in self.clients:
                client.begin()
                listening.register(client.socket, selectors.EVENT_READ, client)
            while listening.get_map():
                ready = listening.select(LONGEST_WAIT)
                if not ready:
                    self.errors.append(f"{len(listening.get_map())} clients had no answer in {LONGEST_WAIT:.0f} s")
                    break
                for key, _ in ready:
                    listening.unregister(key.fileobj)
                    if self._goes_on(key.data):
                        listening.register(key.data.socket, selectors.EVENT_READ, key.data)
        for client in self.clients:
            client.socket.close()

    def _goes_on(self, client: Client) -> bool:
        """Let a client hear its answer; return whether it has asked for more."""
        try:
            if not client.hear():
                return True
            self.took.append(time.perf_counter() - client.began)
        except (Unexpected, OSError) as trouble:
            self.errors.append(str(trouble))
            client.again()
        if time.perf_counter() >= self.until or len(self.errors) > MOST_ERRORS:
            return False
        client.begin()
        return True


def _shares(scripts: list[Callable[[], Script]]) -> Iterator[list[Callable[[], Script]]]:
    processes = 1 if len(scripts) == 1 else 2
    for first in range(processes):
        yield scripts[first::processes]


def load(port: int, scripts: list[Callable[[], Script]], seconds: float) -> Timing:
    """Play one script a client for some seconds, all begun at the same moment; no seconds means once each."""
    fork = multiprocessing.get_context("fork")
    start = time.time() + 0.25
    told = fork.SimpleQueue()
    shares = list(_shares(scripts))

    def play(share: list[Callable[[], Script]]) -> None:
        crowd = Crowd(port, share, seconds)
        crowd.play(start)
        told.put((crowd.took, crowd.errors))

    processes = [fork.Process(target=play, args=(share,), daemon=True) for share in shares]
    for process in processes:
        process.start()
    heard = [told.get() for _ in processes]
    ended = time.time()
    for process in processes:
        process.join(5)
    took = sorted(time for times, _ in heard for time in times)
    errors = tuple(error for _, errors in heard for error in errors)
    parts = quantiles(took, n=20, method="inclusive") if len(took) > 1 else [*(took or [0.0]) * 19]
    return Timing(len(took) / (ended - start), parts[9] * 1000, parts[18] * 1000, len(took), errors)


def best(rounds: list[Timing]) -> Timing:
    """Return the quickest of several rounds, with the errors of all of them: other work of the machine only slows."""
    quickest = max(rounds, key=lambda timing: timing.rate)
    errors = tuple(error for timing in rounds for error in timing.errors)
    return Timing(quickest.rate, quickest.p50, quickest.p95, quickest.count, errors)


def play_once(port: int, script: Script) -> None:
    """Play one script to its end, here and now."""
    client = Client(port, lambda: script)
    try:
        client.begin()
        while not client.hear():
            pass
    finally:
        client.socket.close()
