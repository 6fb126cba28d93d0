"""Connections that take their time: how they are held open, and the drill of 200 of them beside people who read."""

from __future__ import annotations

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.builders.learning import COURSE
from tests.drills.ground import ground
from tests.drills.report import Outcome, Scale

SLOW, TIMES_AS_LONG = 200, 3.0


def connect(port: int, timeout: float = 20) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def read_answer(client: socket.socket) -> bytes:
    """Read one answer, as long as its head says it is."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = client.recv(65536)
        if not more:
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        more = client.recv(65536)
        if not more:
            break
        body += more
    return head + b"\r\n\r\n" + body


def ask(port: int, text: str, body: bytes = b"") -> str:
    with connect(port) as client:
        client.sendall(text.encode("latin-1") + body)
        return read_answer(client).decode("utf-8", "replace")


def get(path: str, *headers: str, host: str = "127.0.0.1") -> str:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""])


def status_of(answer: str | bytes) -> int:
    text = answer if isinstance(answer, str) else answer.decode("latin-1")
    return int(text.split(" ", 2)[1]) if text else 0


def p95(port: int, path: str, seconds: float = 1.5) -> float:
    """Return the time within which 19 of 20 pages came, each over a connection of its own, in milliseconds."""
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until or len(times) < 20:
        began = time.perf_counter()
        assert status_of(ask(port, get(path, "Connection: close"))) == 200
        times.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(times, n=20)[-1]


Way = Callable[[socket.socket, threading.Event], None]


def trickle_head(client: socket.socket, done: threading.Event) -> None:
    for byte in get("/", "X-Slow: " + "a" * 1000).encode():
        client.sendall(bytes([byte]))
        if done.wait(0.1):
            return


def trickle_body(client: socket.socket, done: threading.Event) -> None:
    head = get("/verify/file", "Content-Length: 50000", "Content-Type: application/x-www-form-urlencoded")
    client.sendall(head.replace("GET", "POST").encode())
    while not done.wait(0.1):
        client.sendall(b"a")


def say_nothing(_client: socket.socket, done: threading.Event) -> None:
    done.wait()


def rest_after_a_page(client: socket.socket, done: threading.Event) -> None:
    client.sendall(get("/healthz").encode())
    read_answer(client)
    done.wait()


def read_nothing(client: socket.socket, done: threading.Event) -> None:
    for _ in range(8):
        client.sendall(get(COURSE).encode())
    done.wait()


WAYS: dict[str, Way] = {
    way.__name__: way for way in (trickle_head, trickle_body, say_nothing, rest_after_a_page, read_nothing)
}


@contextmanager
def slow_clients(port: int, ways: list[Way], number: int = SLOW) -> Iterator[None]:
    """Keep many connections going that take their time, for a few seconds."""
    done = threading.Event()

    def run(way: Way, client: socket.socket) -> None:
        # The site may end the connection, which is what it should do.
        with suppress(OSError):
            way(client, done)

    with ExitStack() as stack:
        threads = []
        for index in range(number):
            client = stack.enter_context(connect(port))
            threads.append(threading.Thread(target=run, args=(ways[index % len(ways)], client)))
            threads[-1].start()
        time.sleep(0.5)
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join()


def slow_connections(folder: Path, database: str, fault: str, scale: Scale) -> Outcome:
    """Keep 200 slow connections of all kinds and of each open while people read; judge times on a quiet machine."""
    outcome = Outcome(slowest_of="19 of 20 pages")
    with ground(folder, database, fault) as site, site.served() as running:
        before, slowest = min(p95(running.port, COURSE) for _round in range(2)), 0.0
        kinds = {"all": list(WAYS.values()), **{name: [way] for name, way in WAYS.items()}}
        for name, ways in list(kinds.items())[: scale.times]:
            try:
                with slow_clients(running.port, ways, scale.people):
                    rounds = (p95(running.port, COURSE, scale.seconds) for _round in range(4))
                    took = next((took for took in rounds if took < TIMES_AS_LONG * max(before, 5)), None)
                    took = took or p95(running.port, COURSE, scale.seconds)
            except (AssertionError, OSError) as error:
                outcome.amiss.append(f"beside {scale.people} that {name.replace('_', ' ')}: {error or 'no answer'}")
                continue
            slowest = max(slowest, took)
            if scale.quiet and took >= TIMES_AS_LONG * max(before, 5):
                outcome.amiss.append(f"beside {name.replace('_', ' ')}, pages took {took / before:.0f} times as long")
        running.children()
    outcome.slowest = slowest / 1000
    outcome.notes.append(f"19 of 20 pages within {before:.1f} ms alone, {slowest:.1f} ms beside them")
    outcome.done = f"{scale.people} slow connections, of {min(scale.times, len(kinds))} kinds"
    return outcome
