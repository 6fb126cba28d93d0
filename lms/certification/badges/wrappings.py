"""Badges wrapped in a presentation, a list of one or a graph. The wrapping can't have content of its own."""

from __future__ import annotations

import json
from typing import Any

from lms.certification.badges.open_badge import BadgeRefused, read_json
from lms.certification.badges.status_list import CREDENTIALS, Json

INSIDE = ("verifiableCredential", "@graph")
# A compact JWT starts with the base64 of `{"`; VC 2.0 also puts one into the id of an enveloped credential.
_JWT, _ENVELOPED = b"eyJ", {"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"}
_CONTEXTS: tuple[Any, ...] = (None, CREDENTIALS, [CREDENTIALS])
_TYPES: tuple[Any, ...] = (None, "VerifiablePresentation", ["VerifiablePresentation"])
_LAYERS_MOST = 3


def unwrapped(text: bytes) -> bytes:
    """Return the text of the one badge in a text, without its wrapping; raise BadgeRefused for any other content."""
    if text.lstrip().startswith(_JWT):
        raise BadgeRefused("badge-jwt")
    inner: Any = read_json(text)
    if isinstance(inner, dict) and not _is_wrapping(inner):
        return text
    for _layer in range(_LAYERS_MOST):
        inner = _take_out(inner)
        if isinstance(inner, dict) and not _is_wrapping(inner):
            return json.dumps(inner).encode("utf-8", "surrogatepass")
    raise BadgeRefused("badge-wrapped")


def _is_wrapping(document: Json) -> bool:
    kind = document.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if any(isinstance(each, str) and each in _ENVELOPED for each in kinds):
        raise BadgeRefused("badge-jwt")
    return any(name in document for name in INSIDE)


def _take_out(outer: Any) -> Any:
    """Return what a wrapping contains, after checking that nothing else in it has content."""
    if isinstance(outer, list):
        if len(outer) != 1:
            raise BadgeRefused("badge-wrapped" if outer else "badge-unreadable")
        return outer[0]
    if not isinstance(outer, dict):
        raise BadgeRefused("badge-unreadable")
    names = set(outer) - {"@context", "type"}
    bare = outer.get("@context") in _CONTEXTS and outer.get("type") in _TYPES
    if len(names) != 1 or not bare:
        raise BadgeRefused("badge-wrapped")
    return outer[names.pop()]
