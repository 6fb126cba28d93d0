"""Checks of single settings: an error names the setting, its value and an example that works."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from difflib import get_close_matches
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import idna

MAIL_EXAMPLE = "smtp://user:password@mail.example.org:587"
DATABASE_EXAMPLE = "postgresql://user:password@db.example.org/sidelight"
FROM_EXAMPLE = "Harbour peer support <peer-support@example.org>"
LOCAL_MOST = 64
LOCAL = re.compile(r"[^\s@<>,;:\"()\[\].]+(\.[^\s@<>,;:\"()\[\].]+)*")
HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


class BadSetting(ValueError):
    """A setting cannot be used; the message names it, what was seen and an example, and never a password."""

    def __init__(self, name: str, seen: str, example: str, why: str = "") -> None:
        because = f": {why}" if why else ""
        if re.search("KEY|SECRET|PASS|TOKEN", name) and name != "LMS_SIGNING_KEY":
            seen = "***"
        shown = seen if name == "LMS_MAIL_FROM" else masked(seen)
        super().__init__(f"{name} is {shown!r}, which we can’t use{because}. An example that works: {name}={example}")


def masked(value: str) -> str:
    """Return a value as it may be shown: whatever could be a password or a key in an address is left out."""
    start, colon, rest = value.partition(":")
    if not colon or not re.fullmatch(r"\s*[A-Za-z][A-Za-z0-9+.-]*", start):
        return "***@" + value.rpartition("@")[2] if "@" in value else value
    slashes = "//" if rest.startswith("//") else ""
    rest = rest.removeprefix("//")
    if "@" in rest:
        rest = "***@" + rest.rpartition("@")[2]
    elif slashes and not re.fullmatch(r"(\[[^\]]*\]|[^:/?#]*)(:\d{0,5})?([/?#].*)?\s*", rest):
        rest = rest.partition(":")[0] + ":***"
    rest = re.sub(r"(?<=[?&])([^=&]*pass[^=&]*|[^=&]*secret[^=&]*|[^=&]*key[^=&]*)=[^&]*", r"\1=***", rest)
    return f"{start}:{slashes}{rest}"


def check_spaces(name: str, value: str) -> None:
    """Refuse a value with a space before or after it, or with a character that cannot be seen."""
    example = masked(value.strip()) or "…"
    if value != value.strip():
        raise BadSetting(name, value, example, "it has a space before or after it")
    if any(ord(sign) < 32 or ord(sign) == 127 or sign in "\u200b\u200e\u200f\u2060\ufeff" for sign in value):
        raise BadSetting(name, value, "…", "it has an invisible character in it")


def check_names(values: Mapping[str, str], known: set[str]) -> list[str]:
    """Refuse a name that is nearly one of the settings; return those that are nothing of this site's."""
    strange = sorted(name for name in values if name.startswith("LMS_") and name not in known)
    for name in strange:
        near = get_close_matches(name, known, 1, 0.8)
        if near:
            raise BadSetting(name, values[name], "…", f"there is no such setting (did you mean {near[0]}?)")
    return strange


def in_ascii(host: str) -> str:
    """Return a host name as the network knows it, other letters in IDNA; empty when there is no such name."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _can_be_a_host(host: str) -> bool:
    """Return whether a text in ASCII is a name, or a whole IPv4 address: `1.2.3` would lead to another machine."""
    if host.rstrip(".").rpartition(".")[2].isdigit():
        return is_address(host)
    return HOST.fullmatch(host) is not None


def is_address(host: str) -> bool:
    """Return whether a text is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _parts(name: str, value: str, example: str) -> SplitResult:
    """Return the parts of an address whose port and host can be read."""
    try:
        parts = urlsplit(value)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadSetting(name, value, example, "its host or port isn’t valid") from None
    if parts.scheme and not value.startswith(f"{parts.scheme}:"):
        raise BadSetting(name, value, example, f"write {parts.scheme}: in lower case")
    if port == 0:
        raise BadSetting(name, value, example, "its port is 0")
    if parts.netloc.endswith(":"):
        raise BadSetting(name, value, example, "the port is missing")
    if host and ":" not in host and not _can_be_a_host(in_ascii(host)):
        raise BadSetting(name, value, example, "its host isn’t a host name or an IP address")
    return parts


def check_web_address(name: str, value: str, example: str) -> SplitResult:
    """Return the parts of a web address that has a host and nobody's name or password in it."""
    parts = _parts(name, value, example)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSetting(name, value, example)
    if "@" in parts.netloc:
        raise BadSetting(name, value, example, "leave out the user name and password")
    if any(sign.isspace() for sign in value):
        raise BadSetting(name, value, example, "it has a space in it")
    return parts


def check_mail_url(name: str, value: str) -> str:
    """Return where mail goes: a folder, the console, or a server with a host; with a user comes a password."""
    if value == "console:":
        return value
    if value.startswith("file:"):
        parts = urlsplit(value)
        if parts.netloc or parts.query or parts.fragment or (parts.path and not parts.path.startswith("/")):
            raise BadSetting(name, value, "file:/var/lib/sidelight/mail", "a folder starts with one slash")
        return value
    if not re.match(r"smtps?://", value, re.I):
        raise BadSetting(name, value, MAIL_EXAMPLE)
    if re.search(r"[#?]", value) or value.count("@") > 1 or value.partition("://")[2].rstrip("/").count("/"):
        why = "in a user name or password write # as %23, / as %2F, ? as %3F, @ as %40 and : as %3A"
        raise BadSetting(name, value, MAIL_EXAMPLE, why)
    parts = _parts(name, value, MAIL_EXAMPLE)
    if not parts.hostname:
        raise BadSetting(name, value, MAIL_EXAMPLE, "the host is missing")
    if "@" in parts.netloc and not (parts.username and parts.password):
        raise BadSetting(name, value, MAIL_EXAMPLE, "give both a user name and a password, or neither")
    if re.search(r"%(?![0-9A-Fa-f]{2})", parts.netloc):
        raise BadSetting(name, value, MAIL_EXAMPLE, "write % as %25")
    sign_in = unquote(parts.username or "") + unquote(parts.password or "")
    if not sign_in.isascii() or not all(sign.isprintable() for sign in sign_in):
        raise BadSetting(name, value, MAIL_EXAMPLE, "the user name and password can only have ASCII characters")
    return value


def _is_local_part(text: str) -> bool:
    return text.isascii() and len(text) <= LOCAL_MOST and LOCAL.fullmatch(text) is not None


def check_mail_from(name: str, value: str) -> str:
    """Return a sender: one address with or without a name, its domain in ASCII."""
    shown, address = parseaddr(value)
    local, _at, domain = address.rpartition("@")
    try:
        plain = in_ascii(domain).lower()
        sender = Address(shown, local, plain)
    except (ValueError, IndexError):
        raise BadSetting(name, value, FROM_EXAMPLE) from None
    rest = value.replace(shown, "", 1).replace(address, "", 1).strip(' "<>')
    if rest or not _is_local_part(local) or not HOST.fullmatch(plain):
        raise BadSetting(name, value, FROM_EXAMPLE)
    return str(sender)


def check_ca_file(name: str, value: str) -> str:
    """Return a file of certificates in PEM that can be read."""
    try:
        ssl.create_default_context(cafile=value)
    except (OSError, ssl.SSLError) as error:
        why = "it has no certificates in it" if isinstance(error, ssl.SSLError) else (error.strerror or "unreadable")
        raise BadSetting(name, value, "/etc/ssl/certs/mail-ca.pem", why) from None
    return value


def check_database_url(name: str, value: str) -> str:
    """Return the address of a database as SQLAlchemy takes it."""
    value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
    if value.startswith("sqlite:///"):
        path = value.removeprefix("sqlite:///")
        if not path or path.startswith(":memory:") or re.search(r"[?#]", path) or path.endswith("/"):
            raise BadSetting(
                name, value, "sqlite:////srv/sidelight/sidelight.db", "it has to be a file, with nothing after its name"
            )
        return value
    if not value.startswith("postgresql+psycopg://"):
        raise BadSetting(name, value, DATABASE_EXAMPLE)
    if "#" in value or value.count("@") > 1:
        raise BadSetting(name, value, DATABASE_EXAMPLE, "in a user name or password write # as %23 and @ as %40")
    if not _parts(name, value, DATABASE_EXAMPLE).path.strip("/"):
        raise BadSetting(name, value, DATABASE_EXAMPLE, "the name of the database is missing")
    return value


def check_folder(name: str, value: str) -> Path:
    """Return a folder, made absolute; refuse an empty name and a file."""
    folder = Path(value)
    if value.startswith("~"):
        raise BadSetting(name, value, "/srv/sidelight", "write the whole path, because we don’t expand ~")
    if not value or "://" in value or (folder.exists() and not folder.is_dir()):
        raise BadSetting(name, value, "/srv/sidelight", "it has to be a folder")
    return folder.resolve()
