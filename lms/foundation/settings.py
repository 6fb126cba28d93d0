"""Settings: one frozen value read from the environment and checked at start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# One page for the whole world: no place, name or news on it, and nothing that anybody would ask about.
LEAVE_TO = "https://www.wikipedia.org/"


class BadSetting(ValueError):
    """A setting cannot be used; the message names it, what was seen and an example."""

    def __init__(self, name: str, seen: str, example: str) -> None:
        super().__init__(f"{name} is {seen!r}, which cannot be used. An example that works: {name}={example}")


@dataclass(frozen=True)
class Settings:
    """All that can be set from outside; docs/settings.md says the same in words."""

    base_url: str
    data: Path
    database_url: str
    timezone: str
    registration: str
    mail_url: str
    hold_unreviewed: bool
    allow_http: bool
    port: int
    leave_url: str = LEAVE_TO
    signing_key: str = ""
    signing_cert: str = ""
    pdf_subfilter: str = "pades"
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def secure(self) -> bool:
        """True when the site's own address is https."""
        return self.base_url.startswith("https://")

    @property
    def on_loopback(self) -> bool:
        """True when the site's own address is this machine only."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def sqlite(self) -> bool:
        """True when the database is a file."""
        return self.database_url.startswith("sqlite")


def _yes(env: Mapping[str, str], name: str, default: str) -> bool:
    value = env.get(name, default).strip().lower()
    if value not in {"yes", "no"}:
        raise BadSetting(name, value, default)
    return value == "yes"


def _base_url(env: Mapping[str, str], port: int, allow_http: bool) -> str:
    value = env.get("LMS_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise BadSetting("LMS_BASE_URL", value, "https://training.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise BadSetting("LMS_BASE_URL", value, "https://training.example.org (or set LMS_ALLOW_HTTP=yes)")
    return value


def _leave_url(env: Mapping[str, str], base_url: str) -> str:
    value = env.get("LMS_LEAVE_URL", "") or LEAVE_TO
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.hostname == urlsplit(base_url).hostname:
        raise BadSetting("LMS_LEAVE_URL", value, f"{LEAVE_TO} (a page of another site)")
    return value


def _trusted_proxies(env: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    value = env.get("LMS_TRUSTED_PROXIES", "")
    try:
        return tuple(ip_network(text.strip()) for text in value.split(",") if text.strip())
    except ValueError:
        raise BadSetting("LMS_TRUSTED_PROXIES", value, "127.0.0.1,::1") from None


def _database_url(env: Mapping[str, str], data: Path) -> str:
    value = env.get("LMS_DATABASE_URL", "") or f"sqlite:///{data / 'sidelight.db'}"
    value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("LMS_DATABASE_URL", value, "postgresql://user:password@host/sidelight")
    return value


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of an environment; raise BadSetting for the first that cannot be used."""
    env = os.environ if env is None else env
    port_text = env.get("PORT", "8000")
    if not (port_text.isascii() and port_text.isdigit()) or not 0 < int(port_text) < 65536:
        raise BadSetting("PORT", port_text, "8000")
    data = Path(env.get("LMS_DATA", "data")).resolve()
    timezone = env.get("LMS_TIMEZONE", "UTC")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSetting("LMS_TIMEZONE", timezone, "Europe/London") from None
    registration = env.get("LMS_REGISTRATION", "invited")
    if registration not in {"closed", "invited", "open"}:
        raise BadSetting("LMS_REGISTRATION", registration, "invited")
    mail_url = env.get("LMS_MAIL_URL", "file:")
    if not mail_url.startswith(("file:", "console:", "smtp://", "smtps://")):
        raise BadSetting("LMS_MAIL_URL", mail_url, "smtp://user:password@mail.example.org:587")
    allow_http = _yes(env, "LMS_ALLOW_HTTP", "no")
    subfilter = env.get("LMS_PDF_SUBFILTER", "pades")
    if subfilter not in {"pades", "pkcs7"}:
        raise BadSetting("LMS_PDF_SUBFILTER", subfilter, "pades")
    key, certificate = env.get("LMS_SIGNING_KEY", ""), env.get("LMS_SIGNING_CERT", "")
    if bool(key) != bool(certificate):
        raise BadSetting("LMS_SIGNING_CERT", certificate, "/etc/sidelight/signing.crt (with LMS_SIGNING_KEY beside it)")
    base_url = _base_url(env, int(port_text), allow_http)
    return Settings(
        base_url=base_url,
        data=data,
        database_url=_database_url(env, data),
        timezone=timezone,
        registration=registration,
        mail_url=mail_url,
        hold_unreviewed=_yes(env, "LMS_HOLD_UNREVIEWED", "yes"),
        allow_http=allow_http,
        port=int(port_text),
        signing_key=key,
        signing_cert=certificate,
        pdf_subfilter=subfilter,
        leave_url=_leave_url(env, base_url),
        trusted_proxies=_trusted_proxies(env),
    )
