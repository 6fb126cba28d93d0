"""Serves the corpus over loopback: each page and its twin, and the files that they load."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.conformance.corpus_pages import CLEAN, DEFECT, PLAIN, Variant

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:04.000\nSit down beside the person.\n"
FETCHED = (
    "<p>Ask what they need. Wait for the answer. Stay with what they say, even if you would do something else in their "
    "place. Most of all, leave them the choice of what comes next, and tell them that they can stop.</p>"
)
TEXTS = {
    "/captions.vtt": ("text/vtt", CAPTIONS),
    "/nothing.vtt": ("text/vtt", "WEBVTT\n"),
    "/chapters.vtt": ("text/vtt", CAPTIONS.replace("Sit down beside the person.", "Part one")),
    "/text.html": ("text/html", FETCHED),
    "/count.js": ("text/javascript", "window.counted = 0;"),
    "/plain.html": ("text/html", PLAIN.page(CLEAN)),
}


@cache
def picture(frames: int) -> bytes:
    """Return a GIF with this number of frames, without an end if there are several."""
    images = [Image.new("RGB", (60, 40), (40 + 90 * number, 110, 90)) for number in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=400, loop=0)
    return out.getvalue()


@cache
def tone() -> bytes:
    """Return six seconds of a quiet tone, as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes(120 + 16 * (number // 10 % 2) for number in range(48000)))
    return out.getvalue()


class CorpusHandler(BaseHTTPRequestHandler):
    """Answers with the pages of the corpus."""

    def __init__(self, variants: Mapping[str, Variant], *what: Any) -> None:
        self.variants = variants
        super().__init__(*what)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take whatever a page sends."""
        self._answer(204, "text/plain", b"")

    def do_GET(self) -> None:
        """Answer with a page, a file or 404."""
        address = urlsplit(self.path)
        name, _dot, side = address.path.removeprefix("/").removesuffix(".html").rpartition(".")
        if name in self.variants:
            variant, at = self.variants[name], CLEAN if side == "clean" else DEFECT
            status = 404 if variant.key("kind", at) == "not-found" else 200
            text = variant.page(at, sent="sent=" in address.query)
            self._answer(status, "text/html", text.encode(), variant.headers(at))
        elif address.path in TEXTS:
            kind, text = TEXTS[address.path]
            self._answer(200, kind, text.encode())
        elif address.path.endswith(".gif"):
            cookie = [("Set-Cookie", "seen=9f; Path=/; Max-Age=31536000")] if "counted" in address.path else []
            self._answer(200, "image/gif", picture(2 if "moving" in address.path else 1), cookie)
        elif address.path == "/tone.wav":
            self._answer(200, "audio/wav", tone())
        else:
            self._answer(404, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind if kind.startswith(("image", "audio")) else f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers or []:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class CorpusServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, *_what: Any) -> None:
        """Print nothing when a browser closes its connection."""


@contextmanager
def serve_corpus(variants: Mapping[str, Variant]) -> Iterator[str]:
    """Serve these variants and give the address."""
    server = CorpusServer(("127.0.0.1", 0), partial(CorpusHandler, variants))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
