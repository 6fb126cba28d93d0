"""A provider of OpenID Connect over HTTP on this machine: it discovers, authorises, exchanges codes and signs."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from lms.foundation import clock

CLIENT, SECRET = "sidelight", "a secret with ü and / in it"
CALLBACK = "http://127.0.0.1:8000/sign-in/single-sign-on/answer"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
EVERY_ALGORITHM = JWSRegistry(algorithms=["RS256", "ES256", "HS256", "none"])


class Provider(ThreadingHTTPServer):
    """A provider whose user, keys and tokens a test chooses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}/realms/harbour"
        self.user: dict[str, Any] | None = None
        self.userinfo: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.tamper: Callable[[Provider, dict[str, Any]], str] = Provider.mint
        self.rotate("RS256")

    def rotate(self, algorithm: str) -> None:
        """Sign with another key from now on, and publish that one alone, beside one for encryption."""
        self.algorithm, self.key = algorithm, make_key(algorithm)
        self.published: list[Key] = [self.key]

    def mint(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """Return a signed token."""
        signer = key or self.key
        found = {"alg": self.algorithm, "kid": self.key.kid, **header}
        return jwt.encode(found, claims, signer, registry=EVERY_ALGORITHM)

    def logout_claims(self, **more: Any) -> dict[str, Any]:
        """Return what a token says of somebody who signed out just now."""
        now = int(clock.now().timestamp())
        about = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": token_urlsafe(8)}
        return {**about, "events": {LOGOUT_EVENT: {}}, **more}

    def description(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
            **self.about,
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Return where a browser goes after its person signed in, or was refused."""
        assert query["client_id"] == CLIENT and query["redirect_uri"] == CALLBACK
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        back = {"state": query["state"], "iss": self.issuer}
        if self.user is None:
            return f"{CALLBACK}?{urlencode({**back, 'error': 'access_denied'})}"
        code = token_urlsafe()
        self.codes[code] = query
        return f"{CALLBACK}?{urlencode({**back, 'code': code})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code, once, to whoever has the secret and the verifier."""
        query = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if query is None or shown != query["code_challenge"] or form.get("client_secret") != SECRET:
            return None
        now = int(clock.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        token = self.tamper(self, {**claims, **(self.user or {})})
        return {"access_token": "of the provider", "token_type": "Bearer", "expires_in": 300, "id_token": token}


class Handler(BaseHTTPRequestHandler):
    """Answers as a provider."""

    server: Provider

    def log_message(self, *_about: Any) -> None:
        """Say nothing."""

    def _say(self, found: Any, status: int = 200) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        what = parts.path.rpartition("/")[2]
        self.server.asked.append(what)
        if what == "authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.server.authorize(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        keys = [{**key.as_dict(private=False), "use": "sig"} for key in self.server.published]
        keys.append({"kty": "unheard-of", "kid": "strange"})
        answers = {
            "openid-configuration": self.server.description(),
            "keys": {"keys": keys},
            "userinfo": self.server.userinfo or {"sub": (self.server.user or {}).get("sub")},
        }
        self._say(answers.get(what, {}), 200 if what in answers else 404)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        found = self.server.exchange({name: values[0] for name, values in parse_qs(sent).items()})
        self._say(found or {"error": "invalid_grant"}, 200 if found else 400)


def make_key(algorithm: str) -> Key:
    """Return a new key for an algorithm, with an id of its own."""
    about = {"kid": token_urlsafe(8)}
    if algorithm.startswith("ES"):
        return ECKey.generate_key("P-256", about)
    return RSAKey.generate_key(2048, about)


def unsigned(claims: dict[str, Any]) -> str:
    """Return a token that nobody signed."""
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


@contextmanager
def provider_running() -> Iterator[Provider]:
    """Run a provider."""
    with Provider() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
