"""Until when a key can be relied on, and what that means for something that it signed. Days are those of UTC."""

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
        """Return why something signed by the key isn't relied on without our records: a key of `REFUSALS`, or nothing.

        `said_at` is the moment that the signer wrote. Whoever has the key can write any, so once a key is compromised
        only `stamped_at`, the time of another server, proves that something was signed before.
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
        """Return the dates that there are, as /credentials/keys has them."""
        days = {"until": self.until, "compromised_from": self.compromised_from}
        return {name: day.isoformat() for name, day in days.items() if day}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> KeyDates:
        """Return the dates of a row; none in older lists. Raise ValueError for what isn't a day."""
        until, compromised_from = (row.get(name) for name in ("until", "compromised_from"))
        return cls(*(date.fromisoformat(day) if day else None for day in (until, compromised_from)))
