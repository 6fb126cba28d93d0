"""Who signs badges: the names of keys, and the document in which a site lists every key that ever signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

DID_KEY = "did:key:"
MULTIKEY = "https://w3id.org/security/multikey/v1"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# What a multikey begins with when it is an Ed25519 public key.
_ED25519 = b"\xed\x01"


@dataclass(frozen=True)
class Issuer:
    """Who signs: an identifier, and the name of the key under it."""

    id: str
    key: str

    @property
    def multikey(self) -> str:
        """The public key itself."""
        return self.key.partition("#")[2]


def issuer_of(base_url: str, public: bytes) -> Issuer:
    """Return the issuer at an address: did:web where it has a domain and https, did:key elsewhere."""
    key = multikey(public)
    name = _did_web(base_url) if has_domain(base_url) else f"{DID_KEY}{key}"
    return Issuer(name, f"{name}#{key}")


def has_domain(base_url: str) -> bool:
    """Return whether others can look a site's keys up at its address."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not _is_number(host)


def _did_web(base_url: str) -> str:
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='.-')}"


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def multikey(public: bytes) -> str:
    """Return 32 public bytes in the way keys are written in identifiers."""
    return "z" + to_base58(_ED25519 + public)


def from_multikey(key: str) -> bytes:
    """Return the 32 public bytes that such a key holds; raise ValueError for what is not one."""
    content = from_base58(key, 34)
    if not content.startswith(_ED25519):
        raise ValueError(key)
    return content[len(_ED25519) :]


def did_document(base_url: str, multikeys: Mapping[str, date | None]) -> dict[str, Any]:
    """Return what did:web answers: every key that ever signed here, so that early badges stay verifiable.

    A compromised key is listed with its day (`revoked`), but not under `assertionMethod`. Verifiers elsewhere then
    accept nothing from it, because they don't have our records of what was signed before.
    """
    own = _did_web(base_url)
    methods = [
        {"id": f"{own}#{key}", "type": "Multikey", "controller": own, "publicKeyMultibase": key}
        | ({"revoked": f"{day.isoformat()}T00:00:00Z"} if day else {})
        for key, day in multikeys.items()
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", MULTIKEY],
        "id": own,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods if "revoked" not in method],
    }


def to_base58(content: bytes) -> str:
    """Return bytes in base 58, Bitcoin's alphabet."""
    number, digits = int.from_bytes(content), ""
    while number:
        number, rest = divmod(number, 58)
        digits = _BASE58[rest] + digits
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + digits


def from_base58(text: str, length: int = 64) -> bytes:
    """Return so many bytes, those of a signature unless told; raise ValueError for what does not hold them."""
    if not text.startswith("z") or len(text) > 90:
        raise ValueError(text)
    number = 0
    for digit in text[1:]:
        number = number * 58 + _BASE58.index(digit)
    try:
        return number.to_bytes(length)
    except OverflowError:
        raise ValueError(text) from None
