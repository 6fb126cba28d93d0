"""Opening the site's signing keys, and remembering their public halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms.certification.keys.did import multikey
from lms.certification.keys.records import list_keys, note_keys
from lms.foundation.config.settings import Settings
from lms.foundation.db import write

if TYPE_CHECKING:
    from lms.certification.keys.keyring import Ring


def keys_of(settings: Settings, *, fresh: bool = False) -> Ring:
    """Return the site's signing keys, whose public halves are remembered for ever from now on.

    Raise KeyTrouble for one that is missing although it signed before, unless fresh ones are asked for.
    """
    # Imported here because web workers sign nothing: 31 ms and 2 MB.
    from lms.certification.keys.keyring import open_ring

    stored = list_keys()
    ring = open_ring(settings, set() if fresh else {key.kind for key in stored})
    badge = multikey(ring.badge_public)
    found = ((ring.certificate_id, "document", ring.certificate_pem), (badge, "badge", badge))
    if not {key_id for key_id, _kind, _public in found} <= {key.id for key in stored}:
        write(note_keys, found)
    return ring
