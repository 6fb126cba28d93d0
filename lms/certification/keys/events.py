"""Events of signing keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class KeyCompromised:
    """An operator marked a signing key as compromised: nothing that it signed from that day on is trusted."""

    key_id: str
    kind: str
    since: date
