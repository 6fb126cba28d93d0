"""The served site answers everybody in time, whatever slow, odd or idle connections there are beside."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from html import unescape
from pathlib import Path

import psutil
import pytest

from lms.cli.serving.supervising import LOADING
from tests.builders.drafts import add_draft
from tests.builders.learning import COURSE
from tests.builders.web import ALWAYS
from tests.conftest import PASSWORD
from tests.content.small_course import bundle
from tests.drills.connections import WAYS, ask, connect, get, p95, read_answer, slow_clients, status_of
from tests.journeys.served import Served, serve


@pytest.fixture(scope="module")
def served(filled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site as `lms serve` runs it."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(filled_sqlite, data)
    with serve(data) as running:
        yield running


@pytest.mark.parametrize(
    "header",
    [
        "SCRIPT_NAME: /sign",
        "SCRIPT_NAME: //evil.example",
        "Script-Name: /sign",
        "PATH_INFO: /evil.example",
        "X-Forwarded-Prefix: /evil.example",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "REMOTE_USER: cora@example.org",
    ],
)
def test_no_header_of_a_proxy_changes_what_the_next_visitor_gets(served: Served, header: str) -> None:
    assert status_of(ask(served.port, get("/sign-in", header))) == 200
    for _ in range(4):
        answer = ask(served.port, get("/sign-in"))
        assert status_of(answer) == 200
        assert "evil" not in answer and 'href="/static/css/site.css' in answer


ODD = {
    "no request at all": ("stuff\r\n\r\n", 400),
    "a header without a colon": (get("/", "X-Odd"), 400),
    "a header's name with a space": (get("/", "X Odd: 1"), 400),
    "two lengths": (get("/", "Content-Length: 1", "Content-Length: 2"), 400),
    "a length that is no number": (get("/", "Content-Length: one"), 400),
    "a version of long ago": ("GET / HTTP/0.9\r\n\r\n", 400),
    "a long address": (get("/" + "a" * 5000), 414),
    "an endless address": ("GET /" + "a" * 40_000, 414),
    "a long header": (get("/", "X-Long: " + "a" * 9000), 431),
    "many headers": (get("/", *(f"X-{number}: 1" for number in range(150))), 431),
    "headers without an end": ("GET / HTTP/1.1\r\n" + "X-More: 1\r\n" * 4000, 431),
    "a body of unknown length": (get("/account", "Transfer-Encoding: chunked").replace("GET", "POST"), 411),
    "an expectation that nobody meets": (get("/", "Expect: tea"), 417),
}


@pytest.mark.parametrize("name", ODD)
def test_what_the_server_itself_refuses_is_protected_and_calm(served: Served, name: str) -> None:
    text, status = ODD[name]
    answer = ask(served.port, text)
    assert status_of(answer) == status, answer[:300]
    head, _, page = answer.partition("\r\n\r\n")
    for header, value in {**ALWAYS, "Cache-Control": "no-store"}.items():
        assert f"{header}: {value}" in head, header
    assert "Content-Security-Policy: default-src 'none'" in head
    assert "<title>" in page and "aaaa" not in page and "X-Odd" not in page


def test_a_request_in_pieces_and_several_at_once_are_answered_in_their_order(served: Served) -> None:
    with connect(served.port) as client:
        for piece in get("/healthz").encode().partition(b"Ho"):
            client.sendall(piece)
            time.sleep(0.05)
        assert b'"alive"' in read_answer(client)
        client.sendall((get("/healthz") + get("/nowhere") + get("/healthz", "Connection: close")[:30]).encode())
        got = b""
        while got.count(b"HTTP/1.1 ") < 2 or not got.endswith(b"</html>"):
            got += client.recv(65536)
        assert [status_of(part) for part in re.findall(rb"HTTP/1.1 \d+ ", got)] == [200, 404]
        client.sendall(get("/healthz", "Connection: close").encode()[30:])
        assert b'"alive"' in read_answer(client)
        assert client.recv(10) == b""


def sign_in(served: Served, body_in_pieces: bool = False, name: str = "sam") -> str:
    page = ask(served.port, get("/sign-in"))
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    body = f"form_token={token[1]}&email={name}%40example.org&password={PASSWORD}".encode()
    head = get("/sign-in", "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    head = head.replace("GET", "POST")
    with connect(served.port) as client:
        client.sendall(head.encode())
        for piece in (body[:20], body[20:]) if body_in_pieces else (body,):
            time.sleep(0.1 * body_in_pieces)
            client.sendall(piece)
        answer = read_answer(client).decode()
    cookie = re.search(r"Set-Cookie: ([^;]+)", answer)
    assert cookie is not None, answer
    return cookie[1]


def test_a_post_whose_body_comes_in_pieces_is_read_whole(served: Served) -> None:
    assert sign_in(served, body_in_pieces=True)


def test_a_client_that_asks_first_is_told_to_go_on(served: Served) -> None:
    with connect(served.port) as client:
        head = get("/verify/file", "Expect: 100-continue", "Content-Length: 9", "Content-Type: text/plain")
        client.sendall(head.replace("GET", "POST").encode())
        assert b"100 Continue" in client.recv(100)
        client.sendall(b"something")
        answer = b"HTTP/1.1 100 Continue\r\n\r\n"
        while answer.startswith(b"HTTP/1.1 100"):
            answer = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n") or read_answer(client)
        assert status_of(answer) == 400


def test_a_post_that_is_far_too_large_is_told_so_without_being_read(served: Served) -> None:
    with connect(served.port) as client:
        client.sendall(get("/verify/file", "Content-Length: 99000000").replace("GET", "POST").encode())
        client.sendall(b"a" * 100_000)
        answer = read_answer(client).decode()
    assert status_of(answer) == 413 and "too large" in answer


def most_memory() -> int:
    """Return the most that any web worker had in memory since this was asked last, in MB."""
    found = []
    for process in psutil.Process().children(recursive=True):
        # One that has just ended has no command any more.
        if process.status() == psutil.STATUS_ZOMBIE or LOADING not in process.cmdline():
            continue
        folder = Path("/proc", str(process.pid))
        peak = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
        (folder / "clear_refs").write_text("5")
        found.append(int(peak[1]) // 1024 if peak else 0)
    return max(found)


@pytest.mark.parametrize("ticket", ["", "of a page"])
def test_a_recording_of_32_mb_comes_in_without_taking_memory(served: Served, ticket: str) -> None:
    cookie = "Cookie: " + sign_in(served, name="tara")
    path = f"/programmes/harbour/drafts/{add_draft(served.site, bundle())}/recordings"
    page = ask(served.port, get(path, cookie))
    token, action = (re.search(what, page) for what in ('form_token" value="([^"]+)"', 'action="([^"]+)" data-upload'))
    assert token is not None and action is not None
    edge, size = "a-line-that-nothing-else-has", 32 * 1024 * 1024
    field = f'--{edge}\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token[1]}\r\n'
    file = f'--{edge}\r\nContent-Disposition: form-data; name="recording"; filename="dana.wav"\r\n\r\nRIFF____WAVE'
    before, after = (field + file).encode(), f"\r\n--{edge}--\r\n".encode()
    length = f"Content-Length: {len(before) + size + len(after)}"
    form = f"Content-Type: multipart/form-data; boundary={edge}"
    head = get(unescape(action[1]) if ticket else path, cookie, length, form)
    had = most_memory()
    with connect(served.port) as client, suppress(ConnectionError):
        client.sendall(head.replace("GET", "POST").encode() + before)
        for _megabyte in range(32 if ticket else 1):
            client.sendall(b"s" * 1024 * 1024)
        client.sendall(after)
        answer = read_answer(client).decode()
    assert status_of(answer) == (200 if ticket else 400) and ("(media/dana.wav)" in answer) == bool(ticket)
    assert most_memory() < had + 16, "in MB"


@pytest.mark.parametrize("way", ["all of them", *(pytest.param(way, marks=pytest.mark.slow) for way in WAYS)])
def test_two_hundred_slow_connections_keep_pages_within_three_times_their_time(served: Served, way: str) -> None:
    before = min(p95(served.port, COURSE) for _ in range(2))
    with slow_clients(served.port, [WAYS[way]] if way in WAYS else list(WAYS.values())):
        # Other tests share the processors too, and sometimes take both for a second.
        rounds = (p95(served.port, COURSE) for _ in range(8))
        during = next((took for took in rounds if took < 3 * max(before, 5)), None)
    # Two hundred threads of this test share the processors with the site.
    assert during is not None, f"{before:.1f} ms became more than three times as many in each of eight rounds"


def test_more_idle_connections_than_the_site_takes_keep_nobody_out(served: Served) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connect(served.port)) for _ in range(1300)]
        for _ in range(20):
            assert status_of(ask(served.port, get(COURSE))) == 200
        assert len(idle) == 1300


def test_a_head_that_does_not_come_to_its_end_is_ended(served: Served) -> None:
    # While nothing else is open, because a full site ends connections like these sooner and without a word.
    with connect(served.port) as client, connect(served.port) as silent:
        client.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        assert status_of(read_answer(client)) == 408
        assert silent.recv(10) == b""
        assert time.monotonic() - began < 13


def test_while_nothing_can_be_saved_pages_are_read(served: Served) -> None:
    cookie = sign_in(served)
    page = ask(served.port, get("/account", f"Cookie: {cookie}"))
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    body = f"form_token={token[1]}&display_name=Sam&certificate_name=Sam+Osei".encode()
    head = get("/account", f"Cookie: {cookie}", f"Content-Length: {len(body)}", "Origin: http://127.0.0.1")
    post = head.replace("GET", "POST").replace(
        "\r\n\r\n", "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    holder = sqlite3.connect(served.site.settings.data / "sidelight.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with ThreadPoolExecutor(24) as pool:
            saving = [pool.submit(ask, served.port, post, body) for _ in range(24)]
            time.sleep(0.5)
            for _ in range(10):
                began = time.monotonic()
                assert status_of(ask(served.port, get(COURSE, f"Cookie: {cookie}"))) == 200
                assert time.monotonic() - began < 1.5
            answers = [done.result() for done in saving]
    finally:
        holder.rollback()
        holder.close()
    assert {status_of(answer) for answer in answers} == {503}
    assert all("Retry-After: 5" in answer for answer in answers)
    assert status_of(ask(served.port, post, body)) == 303
