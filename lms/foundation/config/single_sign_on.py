"""Settings of single sign-on: which provider people come from, and what its claims give them here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from lms.foundation.config.reference import SSO_NAMES
from lms.foundation.config.setting_checks import BadSetting, check_web_address

ISSUER_EXAMPLE = "https://id.example.org/realms/harbour"
MAPPING_EXAMPLE = "groups=/Emergency -> unit:Emergency; groups=/Trainers -> role:trainer"
LABEL, LABEL_MOST = "Single sign-on", 60
HOURS_MOST = 12
# Those that a provider can give; who runs the site is decided here alone.
ROLES = ("learner", "trainer", "observer", "coordinator", "employer")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EXTRA = ("authlib", "requests")
INSTALL = ".venv/bin/pip install --require-hashes --no-deps -r requirements-sso.txt"


@dataclass(frozen=True)
class Rule:
    """A value of a claim, and what it gives: a unit or a role of the programme."""

    claim: str
    value: str
    kind: str
    name: str


@dataclass(frozen=True)
class SingleSignOn:
    """A provider of OpenID Connect; docs/single-sign-on.md says the same in words."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = "openid email profile"
    label: str = LABEL
    programme: str = ""
    accounts: bool = False
    only: bool = True
    trust_emails: bool = False
    lasts: timedelta = timedelta(hours=4)
    rules: tuple[Rule, ...] = ()
    second_step: tuple[tuple[str, str], ...] = ()


def read_single_sign_on(env: Mapping[str, str]) -> SingleSignOn | None:
    """Return the provider that the environment names, or None; raise BadSetting for what can't be used."""
    issuer = env.get("LMS_SSO_ISSUER", "")
    if not issuer:
        left = sorted(name for name in SSO_NAMES if env.get(name))
        if left:
            raise BadSetting("LMS_SSO_ISSUER", "", ISSUER_EXAMPLE, f"{left[0]} is set, but no provider")
        return None
    _check_issuer(issuer)
    programme = env.get("LMS_SSO_PROGRAMME", "")
    rules = _rules(env)
    if rules and not programme:
        raise BadSetting("LMS_SSO_PROGRAMME", "", "harbour", "LMS_SSO_MAPPING needs a programme")
    return SingleSignOn(
        issuer=issuer,
        client_id=_needed(env, "LMS_SSO_CLIENT_ID", "sidelight"),
        client_secret=_secret(env),
        scopes=_scopes(env),
        label=_label(env),
        programme=programme,
        accounts=_yes(env, "LMS_SSO_ACCOUNTS", "no"),
        only=_yes(env, "LMS_SSO_ONLY", "yes"),
        trust_emails=_yes(env, "LMS_SSO_TRUST_EMAILS", "no"),
        lasts=_lasts(env),
        rules=rules,
        second_step=_second_step(env),
    )


def _check_issuer(issuer: str) -> None:
    name = "LMS_SSO_ISSUER"
    parts = check_web_address(name, issuer, ISSUER_EXAMPLE)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSetting(name, issuer, ISSUER_EXAMPLE, "it has to start with https")
    if parts.query or parts.fragment or "/.well-known/" in issuer:
        raise BadSetting(name, issuer, ISSUER_EXAMPLE, "leave out /.well-known and what follows")
    if any(find_spec(package) is None for package in EXTRA):
        why = f"single sign-on needs some more packages; install them with: {INSTALL}"
        raise BadSetting(name, issuer, ISSUER_EXAMPLE, why)


def _needed(env: Mapping[str, str], name: str, example: str) -> str:
    if not env.get(name):
        raise BadSetting(name, "", example, "LMS_SSO_ISSUER needs it")
    return env[name]


def _secret(env: Mapping[str, str]) -> str:
    value, path = env.get("LMS_SSO_CLIENT_SECRET", ""), env.get("LMS_SSO_CLIENT_SECRET_FILE", "")
    example = "/run/secrets/sso"
    if bool(value) == bool(path):
        why = "set either this or LMS_SSO_CLIENT_SECRET, and not both"
        raise BadSetting("LMS_SSO_CLIENT_SECRET_FILE", path, example, why)
    if path:
        try:
            value = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError):
            raise BadSetting("LMS_SSO_CLIENT_SECRET_FILE", path, example, "the file can’t be read") from None
    if not value or not value.isprintable():
        why = "there’s no secret of one line in it"
        raise BadSetting("LMS_SSO_CLIENT_SECRET_FILE", path, example, why)
    return value


def _scopes(env: Mapping[str, str]) -> str:
    value = env.get("LMS_SSO_SCOPES", "") or "openid email profile"
    if "openid" not in value.split():
        raise BadSetting("LMS_SSO_SCOPES", value, "openid email profile", "openid has to be one of them")
    return value


def _label(env: Mapping[str, str]) -> str:
    value = env.get("LMS_SSO_LABEL", "") or LABEL
    if len(value) > LABEL_MOST:
        raise BadSetting("LMS_SSO_LABEL", value, "Harbour account", f"it can have {LABEL_MOST} characters at most")
    return value


def _lasts(env: Mapping[str, str]) -> timedelta:
    text = env.get("LMS_SSO_HOURS", "4")
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= HOURS_MOST:
        raise BadSetting("LMS_SSO_HOURS", text, "4", f"it has to be a number from 1 to {HOURS_MOST}")
    return timedelta(hours=int(text))


def _yes(env: Mapping[str, str], name: str, default: str) -> bool:
    value = env.get(name, default).strip().lower()
    if value not in {"yes", "no"}:
        raise BadSetting(name, value, default)
    return value == "yes"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _rules(env: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return the mapping of claims; roles above learner only where LMS_SSO_STAFF_ROLES says so."""
    name, staff_too = "LMS_SSO_MAPPING", _yes(env, "LMS_SSO_STAFF_ROLES", "no")
    found = []
    for part in _parts(env.get(name, "")):
        read = re.fullmatch(r"(\S[^=]*?)\s*=\s*(\S.*?)\s*->\s*(unit|role):\s*(\S.*)", part)
        if read is None:
            raise BadSetting(name, part, MAPPING_EXAMPLE, "each part is claim=value -> unit:Name or role:name")
        rule = Rule(*read.groups())
        if rule.kind == "role" and rule.name not in ROLES:
            raise BadSetting(name, part, MAPPING_EXAMPLE, f"a role is one of {', '.join(ROLES)}")
        if rule.kind == "role" and rule.name != "learner" and not staff_too:
            why = "roles above learner need LMS_SSO_STAFF_ROLES=yes"
            raise BadSetting(name, part, MAPPING_EXAMPLE, why)
        found.append(rule)
    return tuple(found)


def _second_step(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return which values of `amr` or `acr` say that the provider asked for a second step."""
    name, found = "LMS_SSO_SECOND_STEP", []
    for part in _parts(env.get(name, "")):
        read = re.fullmatch(r"(amr|acr)\s*=\s*(\S+)", part)
        if read is None:
            raise BadSetting(name, part, "amr=mfa; acr=2", "each part is amr=value or acr=value")
        found.append((read[1], read[2]))
    return tuple(found)
