"""Looking up codes, comparing names, bulk look-ups and API keys, each within limits."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from lms.certification.awards import records, rules
from lms.certification.awards.events import (
    ApiKeyEnded,
    ApiKeyMade,
)
from lms.certification.verification.records import ApiKey, Entry, find_api_key, find_api_key_by_label, find_entry
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.keys import fingerprint
from lms.foundation.refused import Refused
from lms.foundation.web import throttle

LOOK_UP_WINDOW, LOOK_UP_MISSES = timedelta(minutes=10), 30
LIST_MISSES_A_NETWORK, LIST_MISSES_A_KEY = 500, 3000
LIST_WINDOW, LISTS_A_NETWORK, LISTS_A_KEY, FILES_A_NETWORK = timedelta(hours=1), 10, 60, 30
NAME_WINDOW, NAME_TRIES = timedelta(hours=1), 10


def look_up(code: str, network: str) -> Entry | None:
    """Return what the register has under a code; None when a network had too many that nobody has."""
    entry = find_entry(code, f"code:{network}")
    too_many = throttle.reached(entry.misses, entry.misses_since, LOOK_UP_MISSES, LOOK_UP_WINDOW)
    return None if too_many else entry


def note_unknown_code(network: str) -> None:
    """Count a code that nobody has."""
    throttle.count_miss(f"code:{network}", LOOK_UP_WINDOW)


def compare_name(code: str, typed: str, seal_key: bytes, network: str) -> bool | timedelta:
    """Say whether a typed name is the one on a certificate; how long to wait when a network asked too often.

    The limit is per code and network, so that nobody closes a certificate for everybody else.

    Where the holder has deleted their account, the seal that they left behind is asked instead.
    """
    key = f"name:{code}:{network}"
    wait = throttle.wait_for(key, NAME_TRIES, NAME_WINDOW)
    if wait is not None:
        return wait
    throttle.count_miss(key, NAME_WINDOW)
    award = records.find_award(code)
    if award is None:
        return False
    if award.name_seal and rules.plain_name(typed):
        return hmac.compare_digest(award.name_seal, rules.seal_of_name(seal_key, code, typed))
    return rules.name_fits(typed, award.name)


def count_list(key: str, most: int) -> timedelta | None:
    """Count one list or file under a key; when it had its share of the hour, return how long it waits instead."""
    wait = throttle.wait_for(key, most, LIST_WINDOW)
    if wait is None:
        throttle.count_miss(key, LIST_WINDOW)
    return wait


def wait_for_list(key: str, most: int, misses_most: int) -> timedelta | None:
    """Count one list under a key; return how long it waits instead when the key had its share of lists or misses.

    A share of misses bounds how fast codes can be tried, not how many certificates can be verified.
    """
    wait = throttle.wait_for_any({f"{key}:misses": misses_most, key: most}, LIST_WINDOW)
    if wait is None:
        throttle.count_miss(key, LIST_WINDOW)
    return wait


def note_list_misses(key: str, times: int) -> None:
    """Count the codes of a list that nobody has."""
    throttle.count_misses(f"{key}:misses", LIST_WINDOW, times)


def make_key(label: str) -> str | Refused:
    """Make a key to ask the register with, and return it for the only time."""
    if find_api_key_by_label(label):
        return Refused(f"There is a key “{label}” already, in use or ended. Please choose another name for this one.")
    secret = secrets.token_urlsafe(32)
    db.session.add(ApiKey(label=label, key_sha256=fingerprint(secret), made_at=clock.now()))
    db.session.flush()
    announce(ApiKeyMade(label))
    return secret


def end_key(label: str) -> Refused | None:
    """End a key; the next question with it is turned away."""
    key = find_api_key_by_label(label)
    if key is None or key.ended_at:
        return Refused(f"No key “{label}” is in use. Nothing was changed.")
    key.ended_at = clock.now()
    announce(ApiKeyEnded(label))
    return None


def find_key(secret: str) -> ApiKey | None:
    """Return the key in use that somebody sent."""
    return find_api_key(fingerprint(secret)) if secret else None
