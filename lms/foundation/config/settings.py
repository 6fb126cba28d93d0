"""Settings: one frozen value read from the environment and checked at start."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lms.foundation.config.reference import ELSEWHERE, NAMES
from lms.foundation.config.setting_checks import (
    DATABASE_EXAMPLE,
    BadSetting,
    check_ca_file,
    check_database_url,
    check_folder,
    check_mail_from,
    check_mail_url,
    check_names,
    check_spaces,
    check_web_address,
    in_ascii,
)
from lms.foundation.config.shared_files import SharedFiles, read_shared_files
from lms.foundation.config.signing import Timestamps, read_own_key, read_timestamps
from lms.foundation.config.single_sign_on import SingleSignOn, read_single_sign_on

__all__ = ["LEAVE_TO", "LOOPBACK", "BadSetting", "Settings", "read_log_format", "read_settings"]

log = logging.getLogger("lms.settings")
MAPPED_BITS = 96
LOG_FORMATS = ("text", "json")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# One page for the whole world: no place, name or news on it, and nothing that anybody would ask about.
LEAVE_TO = "https://www.wikipedia.org/"


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
    signing_passphrase: str = ""
    pdf_subfilter: str = "pades"
    timestamps: Timestamps | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    mail_from: str = ""
    mail_ca: str = ""
    mail_allow_plain: bool = False
    access_log: bool = False
    log_format: str = "text"
    metrics_key: str = ""
    second_factor_days: int | None = 14
    keep_answers_months: int | None = 24
    keep_closed_accounts_months: int | None = 12
    keep_emails_days: int = 30
    single_sign_on: SingleSignOn | None = None
    shared_files: SharedFiles | None = None
    reports_database_url: str = ""

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
    name, example = "LMS_BASE_URL", "https://training.example.org"
    value = env.get(name, f"http://127.0.0.1:{port}")
    parts = check_web_address(name, value, example)
    if parts.path.strip("/") or "?" in value or "#" in value:
        raise BadSetting(name, value, example, "there can’t be anything after the host and port")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise BadSetting(name, value, f"{example} (or set LMS_ALLOW_HTTP=yes)")
    # Browsers and mail programs know a host by its ASCII form.
    host, colon, port_text = parts.netloc.partition(":")
    return value.rstrip("/") if value.isascii() else f"{parts.scheme}://{in_ascii(host)}{colon}{port_text}"


def _leave_url(env: Mapping[str, str], base_url: str) -> str:
    value = env.get("LMS_LEAVE_URL", "") or LEAVE_TO
    parts = check_web_address("LMS_LEAVE_URL", value, LEAVE_TO)
    if parts.hostname == urlsplit(base_url).hostname:
        raise BadSetting("LMS_LEAVE_URL", value, LEAVE_TO, "it has to be a page on another site")
    return value


def _trusted_proxies(env: Mapping[str, str]) -> tuple[IPv4Network | IPv6Network, ...]:
    value = env.get("LMS_TRUSTED_PROXIES", "")
    try:
        found = tuple(_as_read(ip_network(text.strip())) for text in value.split(",") if text.strip())
    except ValueError:
        raise BadSetting("LMS_TRUSTED_PROXIES", value, "127.0.0.1,::1") from None
    if any(network.prefixlen == 0 for network in found):
        why = "if it covers every address, visitors can pretend to have any address they like"
        raise BadSetting("LMS_TRUSTED_PROXIES", value, "127.0.0.1,::1", why)
    return found


def _as_read(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """Return a network in the form in which addresses are read: IPv4 within IPv6 as IPv4."""
    first = network.network_address
    if not isinstance(first, IPv6Address) or first.ipv4_mapped is None or network.prefixlen < MAPPED_BITS:
        return network
    return IPv4Network((first.ipv4_mapped, network.prefixlen - MAPPED_BITS))


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = env.get(name, default)
    if value not in choices:
        raise BadSetting(name, value, default, f"it has to be one of {', '.join(choices)}")
    return value


def _metrics_key(env: Mapping[str, str]) -> str:
    value = env.get("LMS_METRICS_KEY", "")
    if value and not re.fullmatch(r"[!-~]{16,200}", value):
        why = "it needs at least 16 characters, all ASCII and no spaces"
        raise BadSetting("LMS_METRICS_KEY", value, "what `openssl rand -hex 24` prints", why)
    return value


def read_log_format(env: Mapping[str, str] | None = None) -> str:
    """Return how log lines are written before all settings are known; what can't be used is said by them."""
    return "json" if (os.environ if env is None else env).get("LMS_LOG_FORMAT") == "json" else "text"


def _port(env: Mapping[str, str]) -> int:
    text = env.get("PORT", "8000")
    if not re.fullmatch(r"0{0,9}[1-9][0-9]{0,4}", text) or int(text) > 65535:
        raise BadSetting("PORT", text, "8000")
    return int(text)


def _second_factor_days(env: Mapping[str, str]) -> int | None:
    """Return after how many days staff need a second factor; None for never."""
    text = env.get("LMS_SECOND_FACTOR_DAYS", "14")
    if text == "never":
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise BadSetting("LMS_SECOND_FACTOR_DAYS", text, "14", "it has to be a number of days, or never")
    return int(text)


def _months(env: Mapping[str, str], name: str, default: str) -> int | None:
    """Return for how many months something is kept; None for as long as its person has an account."""
    text = env.get(name, default)
    if text == "always":
        return None
    if not re.fullmatch(r"0{0,2}[1-9][0-9]{0,2}", text):
        raise BadSetting(name, text, default, "it has to be a number of months from 1 to 999, or always")
    return int(text)


def _keep_emails_days(env: Mapping[str, str]) -> int:
    """Return for how many days an email is kept; fewer than eight would delete some that still wait to be sent."""
    text, least = env.get("LMS_KEEP_EMAILS_DAYS", "30"), 8
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) < least:
        raise BadSetting("LMS_KEEP_EMAILS_DAYS", text, "30", f"it has to be a number of days from {least} to 999")
    return int(text)


def _timezone(env: Mapping[str, str]) -> str:
    name = env.get("LMS_TIMEZONE", "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSetting("LMS_TIMEZONE", name, "Europe/London") from None
    return name


def _reports_database_url(env: Mapping[str, str], database_url: str) -> str:
    """Return the address of a replica for reports; nothing where there's none."""
    name, value = "LMS_REPORTS_DATABASE_URL", env.get("LMS_REPORTS_DATABASE_URL", "")
    if not value:
        return ""
    if value.startswith("sqlite") or database_url.startswith("sqlite"):
        why = "only PostgreSQL has replicas, so both this and LMS_DATABASE_URL have to be on PostgreSQL"
        raise BadSetting(name, value, DATABASE_EXAMPLE, why)
    return check_database_url(name, value)


def _check_all(env: Mapping[str, str]) -> None:
    """Refuse what no setting can be: a space or an unseen character in a value, and a name that is nearly one."""
    for name in sorted(NAMES & set(env)):
        check_spaces(name, env[name])
    for name in check_names(env, NAMES | ELSEWHERE):
        log.warning("%s is not a setting, so it does nothing. docs/settings.md lists them all.", name)


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of an environment; raise BadSetting for the first that cannot be used."""
    env = os.environ if env is None else env
    _check_all(env)
    port, data = _port(env), check_folder("LMS_DATA", env.get("LMS_DATA", "data"))
    allow_http = _yes(env, "LMS_ALLOW_HTTP", "no")
    own_key = read_own_key(env)
    base_url = _base_url(env, port, allow_http)
    mail_from, mail_ca = env.get("LMS_MAIL_FROM", ""), env.get("LMS_MAIL_CA", "")
    database_url = env.get("LMS_DATABASE_URL", "") or f"sqlite:///{data / 'sidelight.db'}"
    return Settings(
        base_url=base_url,
        data=data,
        database_url=check_database_url("LMS_DATABASE_URL", database_url),
        timezone=_timezone(env),
        registration=_one_of(env, "LMS_REGISTRATION", ("closed", "invited", "open"), "invited"),
        mail_url=check_mail_url("LMS_MAIL_URL", env.get("LMS_MAIL_URL", "file:")),
        hold_unreviewed=_yes(env, "LMS_HOLD_UNREVIEWED", "yes"),
        allow_http=allow_http,
        port=port,
        signing_key=own_key.path,
        signing_cert=own_key.certificate,
        signing_passphrase=own_key.passphrase,
        pdf_subfilter=_one_of(env, "LMS_PDF_SUBFILTER", ("pades", "pkcs7"), "pades"),
        timestamps=read_timestamps(env),
        leave_url=_leave_url(env, base_url),
        trusted_proxies=_trusted_proxies(env),
        mail_from=check_mail_from("LMS_MAIL_FROM", mail_from) if mail_from else "",
        mail_ca=check_ca_file("LMS_MAIL_CA", mail_ca) if mail_ca else "",
        mail_allow_plain=_yes(env, "LMS_MAIL_ALLOW_PLAIN", "no"),
        access_log=_yes(env, "LMS_ACCESS_LOG", "no"),
        log_format=_one_of(env, "LMS_LOG_FORMAT", LOG_FORMATS, "text"),
        metrics_key=_metrics_key(env),
        second_factor_days=_second_factor_days(env),
        keep_answers_months=_months(env, "LMS_KEEP_ANSWERS_MONTHS", "24"),
        keep_closed_accounts_months=_months(env, "LMS_KEEP_CLOSED_ACCOUNTS_MONTHS", "12"),
        keep_emails_days=_keep_emails_days(env),
        single_sign_on=read_single_sign_on(env),
        shared_files=read_shared_files(env),
        reports_database_url=_reports_database_url(env, database_url),
    )
