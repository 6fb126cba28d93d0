"""The exact shape of the badges that this site builds, checked before anything of a badge is interpreted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], bool]

MOST_EVIDENCE = 20


class OtherShape(Exception):
    """A badge has another shape; `unknown` says that the first difference is a member that ours never have."""

    def __init__(self, *, unknown: bool) -> None:
        super().__init__("unknown member" if unknown else "other shape")
        self.unknown = unknown


def _matches(pattern: str) -> Check:
    whole = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and whole.fullmatch(value) is not None


def _is(expected: Any) -> Check:
    return lambda value: type(value) is type(expected) and value == expected


def _text(value: Any) -> bool:
    """Any text that can be encoded, which a lone surrogate cannot."""
    return isinstance(value, str) and (value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value))


_WRITTEN_AS_MOMENT = _matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def _moment(value: Any) -> bool:
    """A moment in whole seconds with its offset, as XML Schema writes it."""
    if not _WRITTEN_AS_MOMENT(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_ADDRESS = _matches(r"https?://[^\s\"<>\\^`{|}]+")
_PROFILE = {
    "id": _matches(r"did:(web|key):[A-Za-z0-9.%#_-]+"),
    "type": _is(["Profile"]),
    "name": _text,
    "url": _ADDRESS,
}
_NAMED = {
    "type": _is("IdentityObject"),
    "hashed": _is(False),
    "identityHash": _text,
    "identityType": _is("name"),
}
_ACHIEVEMENT = {
    "id": _matches(r"urn:sidelight:[A-Za-z0-9._-]+:[0-9a-f]+"),
    "type": _is(["Achievement"]),
    "name": _text,
    "version": _text,
    "description": _text,
    "criteria": {"narrative": _text},
    "inLanguage": _matches(r"[A-Za-z0-9-]+"),
}
_EVIDENCE = {"type": _is(["Evidence"]), "name": _text, "narrative": _text}
_BADGE: Mapping[str, Any] = {
    "@context": lambda value: isinstance(value, list),
    "id": _matches(r"urn:uuid:[0-9a-f-]{36}|urn:sidelight:specimen:[0-9A-Z]+"),
    "type": _is(["VerifiableCredential", "OpenBadgeCredential"]),
    "name": _text,
    "issuer": _PROFILE,
    "validFrom": _moment,
    "credentialSubject": {
        "type": _is(["AchievementSubject"]),
        "identifier": [_NAMED],
        "achievement": _ACHIEVEMENT,
    },
    "evidence": lambda value: isinstance(value, list) and len(value) <= MOST_EVIDENCE,
    # What it says is checked by whoever knows the addresses of our lists.
    "credentialStatus": lambda value: isinstance(value, dict | list),
}


def check_shape(badge: Mapping[str, Any]) -> None:
    """Raise OtherShape unless a badge, without its proof, has the members and types of those that we build.

    Signed statements do not show in which shape they were written: `"name": ["Sam"]` or an `id` that names a blank
    node says the same to a processor and something else to a reader. One shape leaves no room for that, nor for
    graphs that are slow to put into order.
    """
    bare = {name: value for name, value in badge.items() if name != "validUntil"}
    _check(bare, _BADGE)
    if "validUntil" in badge and not _moment(badge["validUntil"]):
        raise OtherShape(unknown=False)
    for each in badge["evidence"]:
        _check(each, _EVIDENCE)


def _check(value: Any, expected: Any) -> None:
    if isinstance(expected, Mapping):
        if not isinstance(value, dict):
            raise OtherShape(unknown=False)
        if set(value) != set(expected):
            raise OtherShape(unknown=bool(set(value) - set(expected)))
        for name, part in expected.items():
            _check(value[name], part)
    elif isinstance(expected, list):
        if not isinstance(value, list) or len(value) != len(expected):
            raise OtherShape(unknown=False)
        for each, part in zip(value, expected, strict=True):
            _check(each, part)
    elif not expected(value):
        raise OtherShape(unknown=False)
