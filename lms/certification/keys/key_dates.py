"""The dates of a signing key, and what they mean for something that it signed. Days are in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True)
class KeyDates:
    """The last day on which a key signed, and the day from which somebody else may have it."""

    until: date | None = None
    compromised_from: date | None = None

    def doubt(self, said_at: datetime | None, stamped_at: datetime | None = None) -> str:
        """Return why something that the key signed can't be trusted without our records: a key of `REFUSALS`, or "".

        `said_at` is the moment that the signer wrote. Whoever has the key can write any moment, so once a key is
        compromised, only `stamped_at`, from a timestamp server, proves that something was signed before that.
        """
        moment = stamped_at or said_at
        day = moment.astimezone(UTC).date() if moment else None
        if self.compromised_from is not None:
            if day is not None and day >= self.compromised_from:
                return "key-compromised"
            return "" if stamped_at else "key-unsure"
        if self.until is not None and (day is None or day > self.until):
            return "key-ended"
        return ""

    def as_row(self) -> dict[str, str]:
        """Return the dates that are set, in the form of /credentials/keys."""
        days = {"until": self.until, "compromised_from": self.compromised_from}
        return {name: day.isoformat() for name, day in days.items() if day}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> KeyDates:
        """Return the dates in a row of /credentials/keys; older lists have none. Raise ValueError if one is no day."""
        until, compromised_from = (row.get(name) for name in ("until", "compromised_from"))
        return cls(*(date.fromisoformat(day) if day else None for day in (until, compromised_from)))
