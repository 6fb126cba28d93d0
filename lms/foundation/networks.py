"""Network addresses: one form for each address, however a server or proxy writes it."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# An IPv4 address as a translator hands it on (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")
LONGEST = 100
# Reading an address costs a tenth of a kept page, and most visitors ask for several pages.
REMEMBERED = 256


@lru_cache(REMEMBERED)
def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address without its port, zone and quotes, IPv4 within IPv6 as IPv4; None when it isn't one."""
    text = text[:LONGEST].strip().strip('"')
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::\d+)?", text)
    if bracketed:
        text = bracketed[1]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address in TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address
    return address


@lru_cache(REMEMBERED)
def network_of(text: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) that an address belongs to; what is no address is a network of its own."""
    address = read_address(text)
    if address is None:
        return text[:LONGEST]
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))
