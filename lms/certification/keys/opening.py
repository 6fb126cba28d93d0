"""Opening the site's signing keys, and remembering their public halves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from lms.certification.keys.did import multikey
from lms.certification.keys.records import OWN_KINDS, list_keys, note_keys
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import write
from lms.foundation.late import late

if TYPE_CHECKING:
    from lms.certification.keys import key_files, keyring
else:
    key_files = late("lms.certification.keys.key_files")  # 31 ms and 2 MB, because web workers sign nothing
    keyring = late("lms.certification.keys.keyring")  # the same

# By how much the clocks of two machines of a site may differ.
CLOCKS_APART = timedelta(minutes=5)


def keys_of(settings: Settings, *, fresh: bool = False) -> keyring.Ring:
    """Return the site's signing keys, and record their public halves for good.

    Raise KeyTrouble for one that is missing although it signed before, unless fresh ones are asked for. Raise KeyRests
    for one that is marked as compromised, or whose first moment is still ahead by this machine's clock.
    """
    stored = {key.id: key for key in list_keys()}
    in_use = {key.kind for key in stored.values()}.intersection(OWN_KINDS)
    ring = keyring.open_ring(settings, set() if fresh else in_use)
    badge = multikey(ring.badge_public)
    found = ((ring.certificate_id, "document", ring.certificate_pem), (badge, "badge", badge))
    known = [stored[key_id] for key_id, _kind, _public in found if key_id in stored]
    for key in known:
        if key.compromised_from:
            raise key_files.KeyRests(
                f"The {key.kind} key that signs is marked as compromised from {key.compromised_from}, so nothing is "
                "signed with it. Make new keys: lms certificates new-keys --yes"
            )
        if key.since > clock.now() + CLOCKS_APART:
            raise key_files.KeyRests(clock_words(f"the {key.kind} key", f"{key.since:%Y-%m-%d %H:%M} UTC"))
    replaced = [key for key in known if key.until]
    if replaced and not fresh and not settings.sqlite:
        # Another host has the newer key. If this one came back into use, the two would replace each other in turns.
        raise key_files.KeyRests(
            f"The {replaced[0].kind} key in {settings.data / 'keys'} was replaced on another server, so nothing is "
            "signed with it. Copy the folder keys from there and restart the site."
        )
    if len(known) < len(found) or replaced:
        write(note_keys, found)
    return ring


def check_dates(ring: keyring.Ring) -> None:
    """Raise KeyRests when the document key's certificate isn't valid now: readers would call its signature void."""
    now, start, end = clock.now(), ring.certificate.not_valid_before_utc, ring.certificate.not_valid_after_utc
    if now < start:
        raise key_files.KeyRests(clock_words("the certificate of the document key", f"{start:%Y-%m-%d %H:%M} UTC"))
    if now > end:
        raise key_files.KeyRests(
            f"The certificate of the document key ended on {end:%Y-%m-%d}, so no PDF is signed with it. Put the next "
            "one in place (LMS_SIGNING_KEY, LMS_SIGNING_CERT) and restart the site; the PDFs that wait are then made."
        )


def clock_words(what: str, start: str) -> str:
    """Return the message that this machine's clock is earlier than a key's first moment, and what to do."""
    return (
        f"This machine’s clock says {clock.now():%Y-%m-%d %H:%M} UTC, but {what} can’t be used before {start}. Nothing "
        "was signed. Correct the clock (NTP). The certificates that are waiting are then made automatically."
    )


def key_ids(ring: keyring.Ring) -> tuple[str, str]:
    """Return the ids of the two keys of a ring, as they are listed."""
    return ring.certificate_id, multikey(ring.badge_public)
