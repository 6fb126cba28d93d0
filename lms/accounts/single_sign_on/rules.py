"""What a provider's claims say: who somebody is, what they're given, and whether they took a second step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.foundation.config.single_sign_on import SingleSignOn

NAME_MOST, SUBJECT_MOST = 80, 255


@dataclass(frozen=True)
class Identity:
    """Somebody as a provider knows them; `email` is empty unless it's known to be theirs."""

    issuer: str
    subject: str
    email: str
    name: str
    given: tuple[str, ...]
    second_step: bool


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
    )


def _name_in(claims: Mapping[str, Any]) -> str:
    parts = (claims.get("given_name"), claims.get("family_name"))
    name = claims.get("name") or " ".join(str(part) for part in parts if part)
    return " ".join(str(name).split())[:NAME_MOST]


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
