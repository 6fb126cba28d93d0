"""The setting for files that several hosts share: a folder that all of them mount, or an S3 bucket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lms.foundation.config.setting_checks import BadSetting, check_web_address

NAME, EXAMPLE = "LMS_FILES_URL", "s3://sidelight-files?region=eu-west-2"
ENDPOINT_EXAMPLE = "s3://sidelight-files?endpoint=https://s3.example.org"
INSTALL = ".venv/bin/pip install --require-hashes --no-deps -r requirements-s3.txt"
LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class SharedFiles:
    """A folder, or a bucket with what its names start with; an S3-compatible storage has an endpoint of its own."""

    folder: str = ""
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""


def read_shared_files(env: Mapping[str, str]) -> SharedFiles | None:
    """Return where hosts share their files; None without the setting. Raise BadSetting for one that can't work."""
    value = env.get(NAME, "")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        if parts.netloc or not folder.is_absolute() or folder == Path("/"):
            raise BadSetting(NAME, value, "file:/mnt/sidelight-files", "it has to be the whole path of a folder")
        return SharedFiles(folder=str(folder))
    return _read_bucket(value)


def _read_bucket(value: str) -> SharedFiles:
    parts = urlsplit(value)
    if parts.scheme != "s3":
        raise BadSetting(NAME, value, EXAMPLE, "it has to start with s3:// or file:/")
    if "@" in parts.netloc:
        why = "the keys for it go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise BadSetting(NAME, value, EXAMPLE, why)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc):
        raise BadSetting(NAME, value, EXAMPLE, "the bucket’s name is missing, or no bucket can have it")
    more = dict(parse_qsl(parts.query))
    if set(more) - {"endpoint", "region"} or parts.fragment:
        raise BadSetting(NAME, value, ENDPOINT_EXAMPLE, "only endpoint and region can come after the bucket")
    if "endpoint" in more:
        endpoint = check_web_address(NAME, more["endpoint"], ENDPOINT_EXAMPLE)
        if endpoint.scheme == "http" and endpoint.hostname not in LOCAL:
            raise BadSetting(NAME, value, ENDPOINT_EXAMPLE, "over plain http, anyone on the network can read the files")
    if find_spec("obstore") is None:
        raise BadSetting(NAME, value, EXAMPLE, f"it needs one more package; install it with: {INSTALL}")
    return SharedFiles(
        bucket=parts.netloc,
        prefix=unquote(parts.path).strip("/"),
        endpoint=more.get("endpoint", ""),
        region=more.get("region", ""),
    )
