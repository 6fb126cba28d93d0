"""Settings for signatures: an organisation's own key, and the timestamp server that says when something was signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from lms.foundation.config.setting_checks import BadSetting, check_ca_file, check_web_address

PACKED = {".p12", ".pfx"}
LEVELS = ("T", "LTA")
URL_EXAMPLE, CA_EXAMPLE = "https://timestamp.example.org/tsr", "/etc/sidelight/timestamp-ca.pem"

Level = Literal["T", "LTA"]


@dataclass(frozen=True)
class OwnKey:
    """An organisation's own key and certificate: two files in PEM, or one in PKCS#12. Empty where there is none."""

    path: str
    certificate: str
    passphrase: str


@dataclass(frozen=True)
class Timestamps:
    """The timestamp server, the authority that its certificate must come from, and how much is added to a PDF."""

    url: str
    ca: str
    level: Level


def read_own_key(env: Mapping[str, str]) -> OwnKey:
    """Return the settings of an organisation's own key; a key in PEM and its certificate need each other."""
    path, certificate = env.get("LMS_SIGNING_KEY", ""), env.get("LMS_SIGNING_CERT", "")
    is_packed = Path(path).suffix.lower() in PACKED
    if bool(path) != bool(certificate) and not (is_packed and not certificate):
        raise BadSetting("LMS_SIGNING_CERT", certificate, "/etc/sidelight/signing.crt (with LMS_SIGNING_KEY beside it)")
    if is_packed and certificate:
        why = "a .p12 or .pfx file has the certificate in it, so leave this one out"
        raise BadSetting("LMS_SIGNING_CERT", certificate, "", why)
    return OwnKey(path, certificate, env.get("LMS_SIGNING_PASSPHRASE", ""))


def read_timestamps(env: Mapping[str, str]) -> Timestamps | None:
    """Return where timestamps come from; None where they aren't asked for."""
    url, ca = env.get("LMS_TIMESTAMP_URL", ""), env.get("LMS_TIMESTAMP_CA", "")
    level = env.get("LMS_TIMESTAMP_LEVEL", "T")
    if level not in LEVELS:
        raise BadSetting("LMS_TIMESTAMP_LEVEL", level, "T", f"it has to be one of {', '.join(LEVELS)}")
    if not url and not ca:
        return None
    parts = check_web_address("LMS_TIMESTAMP_URL", url, URL_EXAMPLE)
    if parts.fragment:
        raise BadSetting("LMS_TIMESTAMP_URL", url, URL_EXAMPLE, "there can’t be a # in it")
    if not ca:
        why = "without the authority’s certificate, anybody between here and the server could make up times"
        raise BadSetting("LMS_TIMESTAMP_CA", ca, CA_EXAMPLE, why)
    return Timestamps(url, check_ca_file("LMS_TIMESTAMP_CA", ca), cast(Level, level))
