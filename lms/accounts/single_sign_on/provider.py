"""The provider: its addresses and keys, the exchange of a code, and the check of what it signed (OpenID Connect)."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from lms.accounts.single_sign_on.rules import SUBJECT_MOST, Logout, read_logout
from lms.foundation import clock
from lms.foundation.config.single_sign_on import SingleSignOn

# Signatures with a key that only the provider has: no "none", and nothing that's made with the client's secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
KEY_KINDS = {"RSA", "EC"}
KEPT, ASKED_AGAIN = timedelta(hours=1), timedelta(seconds=30)
SECONDS, LEEWAY_SECONDS = 5, 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class NoAnswer:
    """An expected "no": nobody can be signed in with what came back. `why` is for the log and has no secret in it."""

    why: str


@dataclass(frozen=True)
class Look:
    """What a provider says when it's looked at; `why` says why it can't be used, and is empty when it can.

    `apart` is by how much its clock is ahead of ours.
    """

    why: str
    keys: int = 0
    apart: timedelta | None = None
    tells_of_logout: bool = False


class _NotUsable(ValueError):
    """Why an answer can't be used, in words without anything that it says."""


class Provider:
    """A provider as this process knows it: its addresses for an hour, its keys until it signs with another one."""

    def __init__(self, single_sign_on: SingleSignOn, redirect_uri: str) -> None:
        self._settings = single_sign_on
        self._redirect_uri = redirect_uri
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, state: str, nonce: str, verifier: str) -> str | NoAnswer:
        """Return where a browser goes to sign in, with what ties the answer to this browser."""
        try:
            with self._session() as session:
                url, _state = session.create_authorization_url(
                    self._about()["authorization_endpoint"],
                    state=state,
                    nonce=nonce,
                    code_challenge=create_s256_code_challenge(verifier),
                    code_challenge_method="S256",
                )
            return str(url)
        except (requests.RequestException, ValueError) as error:
            return NoAnswer(f"the provider can’t be asked: {_in_short(error)}")

    def claims(self, code: str, nonce: str, verifier: str, answering_issuer: str | None) -> dict[str, Any] | NoAnswer:
        """Exchange a code, check what the provider signed, and return its claims."""
        try:
            about = self._about()
            must_name = about.get("authorization_response_iss_parameter_supported") is True
            if (answering_issuer or must_name) and answering_issuer != self._settings.issuer:
                return NoAnswer("the answer names another issuer")
            with self._session() as session:
                token = session.fetch_token(
                    about["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code"
                )
                claims = self._verified(token, nonce)
                if not claims.get("email") and about.get("userinfo_endpoint"):
                    claims = self._with_userinfo(session, about["userinfo_endpoint"], claims)
            return claims
        except (requests.RequestException, AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
            return NoAnswer(f"the answer can’t be used: {_in_short(error)}")

    def logout(self, token: str) -> Logout | NoAnswer:
        """Return the sign-out that a token of the provider is about, once its signature and claims were checked."""
        try:
            read = self._signed(token)
            said = read_logout(read.header, read.claims, self._settings, clock.now())
        except (requests.RequestException, JoseError, ValueError, TypeError, KeyError) as error:
            return NoAnswer(_in_short(error))
        return NoAnswer(f"it isn’t what it has to be: {said}") if isinstance(said, str) else said

    def look(self) -> Look:
        """Ask for the description and the keys anew, and return what is found."""
        try:
            asked = clock.now()
            description, there = _get_dated(self._described_at())
            self._check(description)
            published = _get(str(description["jwks_uri"]))["keys"]
            # One by one, so that a key that can't be read is one less.
            keys = sum(_is_readable(key) for key in published)
        except (requests.RequestException, JoseError, ValueError, TypeError, KeyError) as error:
            return Look(_in_short(error))
        apart = there - asked if there else None
        return Look("", keys, apart, description.get("backchannel_logout_supported") is True)

    def _described_at(self) -> str:
        return f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"

    def _session(self) -> Any:
        about = self._about()
        methods = about.get("token_endpoint_auth_methods_supported", ())
        session = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            token_endpoint_auth_method="client_secret_post" if "client_secret_post" in methods else None,
            scope=self._settings.scopes,
            redirect_uri=self._redirect_uri,
            default_timeout=SECONDS,
        )
        # An answer is taken from the address that was asked, never from where that one points.
        session.max_redirects = 0
        return session

    def _about(self) -> dict[str, Any]:
        """Return the provider's own description, whose issuer has to be the one in the settings."""
        with self._lock:
            now = clock.now()
            if self._metadata is None or not timedelta(0) <= now - self._metadata[0] < KEPT:
                found = _get(self._described_at())
                self._check(found)
                self._metadata = (now, found)
            return self._metadata[1]

    def _check(self, found: Mapping[str, Any]) -> None:
        if found.get("issuer") != self._settings.issuer:
            raise _NotUsable("its description names another issuer")
        safe = urlsplit(self._settings.issuer).scheme
        names = [*ENDPOINTS, *(name for name in ("userinfo_endpoint",) if found.get(name))]
        if any(urlsplit(str(found.get(name))).scheme not in {"https", safe} for name in names):
            raise _NotUsable("its description lacks an address, or has one without https")

    def _key_set(self, kid: str | None) -> KeySet:
        """Return the provider's keys, asked for again when a token names one that isn't there: keys change."""
        address = str(self._about()["jwks_uri"])
        with self._lock:
            now, keys = clock.now(), self._keys
            known = keys is not None and (kid is None or any(key.kid == kid for key in keys[1].keys))
            fresh = keys is not None and timedelta(0) <= now - keys[0] < (KEPT if known else ASKED_AGAIN)
            if keys is None or not fresh:
                keys = self._keys = (now, _usable(_get(address)))
            return keys[1]

    def _verified(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token; raise whatever is not as it has to be."""
        read = self._signed(token["id_token"])
        about = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": token.get("access_token")}
        expected = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        claims = CodeIDToken(read.claims, read.header, expected, about)
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= SUBJECT_MOST:
            raise _NotUsable("its subject isn’t a text")
        return dict(claims)

    def _signed(self, token: str) -> jwt.Token:
        """Return a token that the provider signed."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        return jwt.decode(token, lambda sent: self._key_for(sent.headers()), registry=registry)

    def _key_for(self, header: Mapping[str, Any]) -> KeySet:
        return self._key_set(header.get("kid"))

    def _with_userinfo(self, session: Any, address: str, claims: dict[str, Any]) -> dict[str, Any]:
        """Return claims with what the provider tells of the same person only when it's asked."""
        answer = session.get(address)
        answer.raise_for_status()
        more = answer.json()
        if more.get("sub") != claims["sub"]:
            raise _NotUsable("its userinfo is of somebody else")
        return {**more, **claims}


def _get(address: str) -> dict[str, Any]:
    return _get_dated(address)[0]


def _get_dated(address: str) -> tuple[dict[str, Any], datetime | None]:
    """Return what an address answers, and the time that it has there."""
    answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if answer.is_redirect or not isinstance(found, dict):
        raise _NotUsable("it answers something else")
    date = answer.headers.get("Date")
    return found, parsedate_to_datetime(date).astimezone(UTC) if date else None


def _usable(found: Mapping[str, Any]) -> KeySet:
    """Return the keys that can sign, of all that a provider publishes."""
    return KeySet.import_key_set({"keys": [key for key in found["keys"] if _can_sign(key)]})


def _can_sign(key: Mapping[str, Any]) -> bool:
    return key.get("kty") in KEY_KINDS and key.get("use") != "enc"


def _is_readable(key: Mapping[str, Any]) -> bool:
    try:
        return _can_sign(key) and bool(KeySet.import_key_set({"keys": [dict(key)]}).keys)
    except (JoseError, ValueError, TypeError):
        return False


def _in_short(error: Exception) -> str:
    """Return an error without what it quotes: its kind, and the short code that libraries give it."""
    said = str(error) if isinstance(error, _NotUsable) else str(getattr(error, "error", "") or "")
    return f"{type(error).__name__} {re.sub(r'[^a-z_ ’]', '', said)[:80]}".strip(" _")
