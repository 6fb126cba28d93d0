"""The route ledger as values: every door with its mark and who gets in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LEDGER = Path(__file__).with_name("ledger.txt")


@dataclass(frozen=True)
class Door:
    """One method of one path."""

    method: str
    path: str
    mark: str
    who: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def read_ledger() -> list[Door]:
    """Return the doors as the ledger lists them."""
    doors = []
    for line in LEDGER.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            address, mark, who = (part.strip() for part in line.split("|"))
            method, path = address.split()
            doors.append(Door(method, path, mark, who))
    return doors
