"""Sealing the audit trail with the key that all hosts of a site have, and with no other."""

from __future__ import annotations

import logging
from functools import lru_cache

from lms.foundation.audit.seals import seal_entries
from lms.foundation.background.jobs import Jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.hosts.key_marks import list_marks
from lms.foundation.keys import AUDIT, find_audit_key, seal
from lms.foundation.per_app import provided

log = logging.getLogger("lms.audit")


def seal_if_ours(settings: Settings) -> int:
    """Seal what isn't sealed yet and return how many entries were; none while this host has another key than the site.

    That happens after `lms hosts adopt-keys` on another host. Another host seals them, or they wait until this one has
    the site's key.
    """
    with provided(Jobs).only_one("audit", "seal") as ours:
        return _seal_if_ours(settings) if ours else 0


def _seal_if_ours(settings: Settings) -> int:
    mark = None if settings.sqlite else list_marks().get(AUDIT)
    db.session.rollback()
    if mark is not None:
        key = find_audit_key(settings.data)
        if key is None or seal(key, "fingerprint") != mark:
            _say_once(mark)
            return 0
    return seal_entries(settings.data)


@lru_cache(maxsize=1)
def _say_once(_mark: str) -> None:
    log.error(
        "this server can't seal the audit trail, because its audit key isn't the site's. Servers with the site's key "
        "still do. Copy LMS_DATA/keys from one of them, and restart this one"
    )
