"""What a provider's claims say: who somebody is, what they're given, and whether they took a second step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from lms.foundation.config.single_sign_on import SingleSignOn
from lms.foundation.text.names import tidy_name

NAME_MOST, SUBJECT_MOST = 80, 255
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Providers that follow an earlier draft name no type, or that of every token.
LOGOUT_TYPES = {"logout+jwt", "application/logout+jwt", "jwt", ""}
LOGOUT_AGE, LEEWAY = timedelta(minutes=5), timedelta(minutes=1)


@dataclass(frozen=True)
class Identity:
    """Somebody as a provider knows them; `email` is empty unless it's known to be theirs."""

    issuer: str
    subject: str
    email: str
    name: str
    given: tuple[str, ...]
    second_step: bool
    session: str = ""


@dataclass(frozen=True)
class Logout:
    """That somebody signed out at a provider: of all sessions there, or of the one with a name. `token` is its id."""

    token: str
    subject: str
    session: str


def read_logout(
    header: Mapping[str, Any], claims: Mapping[str, Any], single_sign_on: SingleSignOn, now: datetime
) -> Logout | str:
    """Return what a token whose signature was verified says of a sign-out, or what keeps it from counting.

    The rules are those of OpenID Connect Back-Channel Logout 1.0, section 2.6. A token counts for five minutes.
    """
    events = claims.get("events")
    subject, session, token = (claims.get(name, "") for name in ("sub", "sid", "jti"))
    checks = {
        "its type": str(header.get("typ") or "").lower() in LOGOUT_TYPES,
        "its issuer": claims.get("iss") == single_sign_on.issuer,
        "its audience": claims.get("aud") in (single_sign_on.client_id, [single_sign_on.client_id]),
        "its time": _is_of_now(claims, now),
        "its event": isinstance(events, Mapping) and isinstance(events.get(LOGOUT_EVENT), Mapping),
        "a nonce": "nonce" not in claims,
        "its subject": bool(subject or session) and _is_short(subject) and _is_short(session),
        "its id": bool(token) and _is_short(token),
    }
    amiss = next((name for name, holds in checks.items() if not holds), None)
    return amiss or Logout(token, subject, session)


def _is_of_now(claims: Mapping[str, Any], now: datetime) -> bool:
    made, ends = claims.get("iat"), claims.get("exp")
    if not _is_moment(made) or not (ends is None or _is_moment(ends)):
        return False
    age = now.timestamp() - made
    fresh = -LEEWAY.total_seconds() <= age <= LOGOUT_AGE.total_seconds()
    return fresh and (ends is None or now.timestamp() < ends + LEEWAY.total_seconds())


def _is_moment(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= SUBJECT_MOST


def read_identity(claims: Mapping[str, Any], single_sign_on: SingleSignOn) -> Identity:
    """Return who somebody is from claims whose token was verified."""
    email = str(claims.get("email") or "")
    # Some providers write the boolean as a text.
    verified = single_sign_on.trust_emails or claims.get("email_verified") in (True, "true")
    return Identity(
        issuer=single_sign_on.issuer,
        subject=str(claims["sub"]),
        email=email if verified else "",
        name=_name_in(claims),
        given=_given(claims, single_sign_on),
        second_step=any(value in values_of(claims, claim) for claim, value in single_sign_on.second_step),
        session=str(claims.get("sid") or ""),
    )


def _name_in(claims: Mapping[str, Any]) -> str:
    parts = (claims.get("given_name"), claims.get("family_name"))
    name = claims.get("name") or " ".join(str(part) for part in parts if part)
    return " ".join(tidy_name(str(name)).split())[:NAME_MOST]


def _given(claims: Mapping[str, Any], single_sign_on: SingleSignOn) -> tuple[str, ...]:
    """Return what the claims give, as `role:trainer` or `unit:Emergency`; of several units, the first there."""
    met = [rule for rule in single_sign_on.rules if rule.value in values_of(claims, rule.claim)]
    units = [f"unit:{rule.name}" for rule in met if rule.kind == "unit"]
    roles = {f"role:{rule.name}": None for rule in met if rule.kind == "role"}
    return (*units[:1], *roles)


def values_of(claims: Mapping[str, Any], claim: str) -> set[str]:
    """Return the values of a claim, of one value or a list; `realm_access.roles` leads into a claim that has parts."""
    found: Any = claims.get(claim)
    if found is None and "." in claim:
        first, _dot, rest = claim.partition(".")
        within = claims.get(first)
        return values_of(within, rest) if isinstance(within, Mapping) else set()
    values = found if isinstance(found, list) else [found]
    return {str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool)}
