"""A served site seen from outside: metrics and logs that name nobody, a reload and a stop that lose no request."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.builders.serving import Running, serving, until

KEY = "a-key-that-nobody-guesses"
REQUESTS, CLIENTS = 200, 8
HEALTH_COUNT = 'sidelight_http_requests_total{method="GET",route="/healthz",status="2xx"}'
# Each sent in another place: an address, a code, a token, a password, a proxy's word for somebody's network, a browser.
CANARIES = ("canary.sam@example.org", "canary.sam", "CANARYCODE", "canary-token", "canary-password", "203.0.113.77")
ACCESS = {"at", "level", "source", "message", "request", "method", "route", "status", "ms", "bytes"}


@pytest.fixture(scope="module")
def running(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A served site with metrics, an access log and logs as JSON, behind a proxy."""
    folder = tmp_path_factory.mktemp("seen")
    data = Path(shutil.copytree(filled_sqlite, folder / "data"))
    logs = {"LMS_METRICS_KEY": KEY, "LMS_ACCESS_LOG": "yes", "LMS_LOG_FORMAT": "json"}
    with serving(data, folder / "log", **logs, LMS_TRUSTED_PROXIES="127.0.0.1") as site:
        yield site


def ask(
    running: Running, path: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Return status, request id and text of an answer, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    try:
        body = urllib.parse.urlencode(form) if form else None
        more = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        connection.request("POST" if form else "GET", path, body, {**more, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers["X-Request-ID"], answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def metrics(running: Running) -> dict[str, float]:
    """Return each series with its value."""
    status, _id, text = ask(running, "/metrics", {"Authorization": f"Bearer {KEY}"})
    assert status == 200
    rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def lines(running: Running) -> list[dict[str, object]]:
    """Return the log lines, all of which are JSON but for the two that `lms serve` says to its operator."""
    told = (line for line in running.said().splitlines() if not line.startswith("Sidelight "))
    return [json.loads(line) for line in told]


def test_neither_metrics_nor_logs_name_anybody_whatever_is_sent(running: Running) -> None:
    proxied = {"X-Forwarded-For": "203.0.113.77", "User-Agent": "canary.sam", "Referer": "http://a/?t=canary-token"}
    for path in (
        "/verify/CANARYCODE",
        "/invitation/canary-token",
        "/sign-in?email=canary.sam%40example.org",
        "/canary.sam",
    ):
        ask(running, path, proxied)
    page = ask(running, "/sign-in")[2]
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    form = {"form_token": token[1], "email": "canary.sam@example.org", "password": "canary-password"}
    assert ask(running, "/sign-in", proxied, form)[0] == 422
    with socket.create_connection(("127.0.0.1", running.port)) as odd:
        odd.sendall(b"canary.sam@example.org /canary-token\r\n\r\n")
        assert b" 400 " in odd.recv(100)
    found, told = metrics(running), running.said()
    for canary in CANARIES:
        assert canary not in told and canary not in str(found), canary
    assert found['sidelight_http_requests_total{method="GET",route="/verify/<code>",status="4xx"}'] >= 1
    assert found['sidelight_http_requests_total{method="-",route="-",status="4xx"}'] == 1
    assert found["sidelight_sign_ins_refused_total"] == 1
    assert found['sidelight_http_request_seconds_count{method="POST",route="/sign-in"}'] == 1
    assert found['sidelight_ready{part="database"}'] == 1 and 'sidelight_ready{part="jobs"}' in found
    assert {'sidelight_work_waiting{kind="email"}', "sidelight_data_free_bytes"} < set(found)
    access = [line for line in lines(running) if line["source"] == "lms.access"]
    assert len(access) > 5 and all(set(line) <= ACCESS for line in access)
    assert {line["route"] for line in access} >= {"/verify/<code>", "/invitation/<token>", "/sign-in", "-"}


def test_only_the_key_opens_metrics_and_only_a_proxy_gives_an_id(running: Running) -> None:
    for word in ("", "Bearer ", "Bearer a-key-that-somebody-guesses", f"Basic {KEY}"):
        assert ask(running, "/metrics", {"Authorization": word} if word else {})[0] == 404
    given = "0f8fad5b-d9cb-469f-a165-70867728950e"
    status, request_id, page = ask(running, "/nowhere", {"X-Request-ID": given})
    assert status == 404 and request_id == given and given in page
    assert given in {line.get("request") for line in lines(running)}
    for odd in ("canary.sam", "0f8fad5g", "a" * 500):
        made = ask(running, "/healthz", {"X-Request-ID": odd})[1]
        assert re.fullmatch(r"[0-9a-f]{10}", made), made


def outcome(running: Running, path: str) -> str:
    """Return what a visitor meets: a status, or that nobody was there to take the request."""
    try:
        return str(ask(running, path)[0])
    except ConnectionRefusedError:
        return "refused"
    except (OSError, http.client.HTTPException) as error:
        return f"lost: {error!r}"


def under_load(running: Running, path: str, event: threading.Event) -> Counter[str]:
    """Return what happened to 200 requests; a quarter of them in, the event is set."""
    done = Counter[str]()
    lock = threading.Lock()

    def one(_number: int) -> None:
        found = outcome(running, path)
        with lock:
            done[found] += 1
            if done.total() >= REQUESTS // 4:
                event.set()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(REQUESTS)))
    return done


def at(event: threading.Event, running: Running, number: signal.Signals) -> threading.Thread:
    """Send the site a signal once the event is there."""

    def send() -> None:
        event.wait()
        os.kill(running.process.pid, number)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def programs(running: Running) -> dict[str, int]:
    """Return the web server and the job process by their words; of two web servers, the one that came last."""
    found = {}
    for child in psutil.Process(running.process.pid).children():
        with suppress(psutil.Error):
            found["jobs" if child.cmdline()[-1:] == ["work"] else "web"] = child.pid
    return found


def test_a_reload_and_a_stop_under_load_lose_no_request(running: Running) -> None:
    before, counted = programs(running), metrics(running).get(HEALTH_COUNT, 0)
    event = threading.Event()
    thread = at(event, running, signal.SIGHUP)
    done = Counter[str]()
    until(lambda: bool(done.update(under_load(running, "/healthz", event)) or "loaded again" in running.said()), 60)
    thread.join()
    assert set(done) == {"200"}
    until(lambda: not set(before.values()) & set(programs(running).values()) and len(programs(running)) == 2, 20)
    found = metrics(running)
    assert found.get(HEALTH_COUNT) == counted + done["200"], sorted(found)

    family = running.children()
    # A form that is being sent when the site is asked to stop.
    slow = socket.create_connection(("127.0.0.1", running.port), timeout=20)
    slow.sendall(b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf=")
    time.sleep(0.2)
    event = threading.Event()
    thread = at(event, running, signal.SIGTERM)
    done = under_load(running, "/healthz", event)
    thread.join()
    assert set(done) <= {"200", "refused"} and done["200"] >= REQUESTS // 4, done
    time.sleep(2.5)
    slow.sendall(b"whole")
    assert slow.recv(100).startswith(b"HTTP/1.1 ")
    slow.close()
    assert running.process.wait(timeout=20) == 0
    assert psutil.wait_procs(family, timeout=5)[1] == []
