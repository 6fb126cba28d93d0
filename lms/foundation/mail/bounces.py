"""Reading emails that came back: the delivery status notifications of RFC 3464."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from lms.foundation.mail.trouble import FULL, RETURNED, UNKNOWN

MOST_BYTES = 10_000_000
STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")


@dataclass(frozen=True)
class Bounce:
    """An address that an email didn't reach for good, and the kind of trouble."""

    address: str
    kind: str


def read_bounces(content: bytes) -> list[Bounce] | None:
    """Return the addresses that a message says weren't reached for good; None for a message of another sort.

    A report of a delay, or of a success, names nobody.
    """
    message = message_from_bytes(content, policy=policy.compat32)
    reports = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    if not reports:
        return None
    found: dict[str, Bounce] = {}
    for report in reports:
        for block in _blocks_of(report):
            bounce = _bounce_of(block)
            if bounce is not None:
                found[bounce.address] = bounce
    return list(found.values())


def _blocks_of(report: Message) -> list[Message]:
    """Return the groups of fields of a report: the first is about the message, each other about a recipient."""
    parts = report.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []


def _bounce_of(block: Message) -> Bounce | None:
    if str(block.get("Action", "")).split(";")[0].strip().lower() != "failed":
        return None
    # What was written to comes first: a mail server may have passed it on to an address that nobody here knows.
    address = _address(str(block.get("Original-Recipient", ""))) or _address(str(block.get("Final-Recipient", "")))
    return Bounce(address, _kind(str(block.get("Status", "")))) if address else None


def _address(field: str) -> str:
    """Return the address of a field such as "rfc822; <bea@example.org>", or nothing."""
    kind, semicolon, rest = field.partition(";")
    address = rest.strip().strip("<>").strip()
    is_one = semicolon and kind.strip().lower() in {"rfc822", "utf-8"} and re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address)
    return address.lower() if is_one else ""


def _kind(status: str) -> str:
    match = STATUS.match(status)
    subject, detail = (match[2], match[3]) if match else ("", "")
    if (subject, detail) == ("2", "2"):
        return FULL
    return UNKNOWN if subject == "1" or (subject, detail) == ("2", "1") else RETURNED
