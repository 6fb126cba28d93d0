"""How a preview is looked at: dark, quiet, right to left, or as wide as a phone; all of it is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode


@dataclass(frozen=True)
class Look:
    """The switches of a preview; `bare` leaves out the bar, as within the frame of a phone."""

    dark: bool = False
    quiet: bool = False
    rtl: bool = False
    phone: bool = False
    bare: bool = False

    @property
    def carried(self) -> dict[str, str]:
        """What the address of each page of this preview carries."""
        return {field.name: "1" for field in fields(self) if getattr(self, field.name)}

    def flipped(self, name: str) -> Look:
        """The same with one switch turned."""
        return replace(self, **{name: not getattr(self, name)})

    def address(self, path: str, **more: str) -> str:
        """The address of a page of this preview."""
        carried = {**more, **self.carried}
        return f"{path}?{urlencode(carried)}" if carried else path


def read_look(query: Mapping[str, str]) -> Look:
    """Return the switches in an address."""
    return Look(**{field.name: query.get(field.name) == "1" for field in fields(Look)})
