"""The list of public keys for those who verify without this site."""

from __future__ import annotations

from lms.certification.keys.records import list_keys
from lms.foundation.config.settings import Settings


def key_rows(settings: Settings) -> list[dict[str, str]]:
    """Return every public key that ever signed here, for anybody who verifies without this site.

    A key that no longer signs has its last day, and a compromised one the day from which it isn't trusted.
    """
    return [
        {
            "id": key.id,
            "signs": key.kind,
            "public": key.public,
            "since": key.since.date().isoformat(),
            **key.dates.as_row(),
            "site": settings.base_url,
        }
        for key in list_keys()
    ]
