"""Web security: who may post from where, and the headers that every response carries."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from flask import Flask, Request, current_app, g, request, url_for
from markupsafe import Markup

from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.keys import network_mark, seal, secret_key
from lms.foundation.networks import read_address
from lms.foundation.per_app import get_or_make, provided
from lms.foundation.web.fields import whole_number

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN_FIELD = "form_token"
ANONYMOUS_TOKEN_SECONDS = 24 * 3600
# A page on which somebody may send a large file can be open for so long.
LARGE_SECONDS = 7 * 24 * 3600
_LARGE = re.compile(rb"post /\S*\?large=([0-9]{1,12})\.([0-9a-f]{64}) http/")

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
    "media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# For a page that another page of this site may show inside itself, as an editor shows a preview.
FRAMED = {
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


def editor_policy(nonce: str) -> str:
    """Return the policy of the editor's page: styles that bear the nonce, and a frame of this site, are let in."""
    return POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'") + "; frame-src 'self'"


# What a page sets for itself stands; of the rest nothing else sets any, so they are added without looking first.
UNLESS_SET = (("Content-Security-Policy", POLICY), ("Cache-Control", "no-store"), ("X-Frame-Options", "DENY"))
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def settings() -> Settings:
    """Return the settings of the running app."""
    return provided(Settings)


def _key() -> bytes:
    return secret_key(settings().data)


def _signed_in_token(session_mark: str) -> str:
    return seal(_key(), "form", session_mark)


def _anonymous_token(at: int) -> str:
    return f"{at}.{seal(_key(), 'anonymous form', str(at))}"


def form_token_text() -> str:
    """Return the token of this page's forms, the same in all of them."""
    if "token_in_page" not in g:
        mark = getattr(g, "session_mark", None)
        g.token_in_page = _signed_in_token(mark) if mark else _anonymous_token(int(time.time()))
    found: str = g.token_in_page
    return found


def form_token() -> Markup:
    """Return the hidden field that every form that posts must carry."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, form_token_text())


def token_fits(value: str) -> bool:
    """True when a form token was made for this visitor, or for nobody within the last day."""
    mark = getattr(g, "session_mark", None)
    if not value.isascii():
        return False
    if mark:
        return hmac.compare_digest(value, _signed_in_token(mark))
    at = whole_number(value.partition(".")[0], -1, digits=12)
    fresh = 0 <= time.time() - at < ANONYMOUS_TOKEN_SECONDS
    return fresh and hmac.compare_digest(value, _anonymous_token(at))


def for_large_files(page: str) -> str:
    """Return an address to which a form may send a large file.

    A web server has to read a post before it can be known who sent it. Of one with more than a few MB it reads only
    those whose address was on a page of somebody who may send them, so that nobody else fills the disk.
    """
    at = str(int(time.time()))
    return f"{page}?large={at}.{seal(_key(), 'large files', at)}"


def lets_in_large(head: bytes, data: Path) -> bool:
    """True for the head of a request, in lower case, whose address is one of those, and not too old."""
    found = _LARGE.match(head)
    if found is None or not 0 <= time.time() - int(found[1]) < LARGE_SECONDS:
        return False
    return hmac.compare_digest(found[2].decode(), seal(secret_key(data), "large files", found[1].decode()))


def from_this_site(incoming: Request) -> bool:
    """True when the browser says that the request came from one of our own pages, or says nothing at all."""
    fetched_from = incoming.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in {"same-origin", "none"}
    origin = incoming.headers.get("Origin")
    # "null" is what a sandboxed frame of another site sends; our own pages send their origin.
    if origin is None:
        return True
    return origin == f"{incoming.scheme}://{incoming.host}" or origin == _origin_of(settings().base_url)


@lru_cache(maxsize=8)
def _origin_of(address: str) -> str:
    """Return an address as browsers send it in `Origin`: in small letters, without the usual port of its scheme."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = parts.port in {None, 443 if parts.scheme == "https" else 80}
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


def network() -> str:
    """Return the address this request came from; a proxy that LMS_TRUSTED_PROXIES names says whom it speaks for."""
    peer = request.remote_addr or "0.0.0.0"  # noqa: S104 - a word for "unknown", nothing listens here
    said = request.headers.get("X-Forwarded-For", "").split(",")
    while said and is_trusted_proxy(peer):
        speaks_for = read_address(said.pop())
        if speaks_for is None:
            break
        peer = str(speaks_for)
    return peer


def is_trusted_proxy(peer: str) -> bool:
    """True when an address is one of the proxies that LMS_TRUSTED_PROXIES names."""
    trusted = settings().trusted_proxies
    address = read_address(peer) if trusted else None
    return address is not None and any(address in network for network in trusted)


def network_today() -> str:
    """Return the mark under which today's tries from this visitor's network are counted."""
    return network_mark(_key(), network(), clock.today("UTC"))


def local_path(target: str | None, otherwise: str) -> str:
    """Return a target that is a path of this site, else the other one; nothing of a foreign address survives."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target):
        return otherwise
    adapter = current_app.url_map.bind("localhost")
    if not adapter.test(parts.path, method="GET"):
        return otherwise
    return parts.path + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=256)
def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


class StaticAddresses(dict[str, str]):
    """The addresses of static files with their digests, by path."""


def static(path: str) -> str:
    """Return the address of a static file with its digest, so that it may be kept for ever."""
    known = get_or_make(StaticAddresses)
    if path not in known:
        folder = Path(str(current_app.static_folder))
        # Not by `url_for`, which looks at the request: what is kept for all depends on no visitor.
        known[path] = f"{current_app.static_url_path}/{quote(path)}?v={_digest_of(folder / path)}"
    return known[path]


@lru_cache(maxsize=4096)
def _address(_root: str, endpoint: str, values: tuple[tuple[str, str | int | None], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]


def address(endpoint: str, **values: str | int | None) -> str:
    """Return the address of a view; a page has some thirty, and the same values give the same one."""
    return _address(request.root_path, endpoint, tuple(values.items()))


def protecting_headers(secure: bool) -> list[tuple[str, str]]:
    """Return the headers of an answer that sets none of them itself."""
    return [*UNLESS_SET, *ALWAYS, *([HSTS] if secure else [])]


def _protected(wsgi: WSGIApplication, always: list[tuple[str, str]]) -> WSGIApplication:
    """Return an app whose every response carries the protecting headers: pages, files and what broke.

    The site is at the root of its address (`LMS_BASE_URL` has no path), so nothing that a request or the server in
    front says of another place gets in.
    """

    def protected(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *trouble: Any) -> Any:
            names = {name.lower() for name, _ in headers}
            given = [row for row in UNLESS_SET if row[0].lower() not in names]
            return start_response(status, [*headers, *given, *always], *trouble)

        environ["SCRIPT_NAME"] = ""
        return wsgi(environ, start)

    return protected


def install(app: Flask) -> None:
    """Give an app its headers and template words."""
    of_https = [HSTS] if provided(Settings, app).secure else []
    app.wsgi_app = _protected(app.wsgi_app, [*ALWAYS, *of_https])  # type: ignore[method-assign, assignment]
    app.jinja_env.globals.update(for_large_files=for_large_files, form_token=form_token, static=static, url_for=address)
