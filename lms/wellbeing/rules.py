"""Rules of display settings: the values there are, and the format of their cookie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

SIZES, FACES, LIGHTS, SPACES = (
    ("smaller", "set", "larger"),
    ("plain", "book"),
    ("light", "dark", "device"),
    ("set", "wide"),
)
PARTS = 6


@dataclass(frozen=True)
class Display:
    """How somebody wants the screen, and where "Leave this page" stands; it names nobody."""

    size: str = "set"
    face: str = "plain"
    light: str = "device"
    quiet: bool = False
    leave: bool = False
    space: str = "set"

    def as_cookie(self) -> str:
        """Return the choices as the cookie keeps them; new ones are added at the end."""
        quiet, leave = "quiet" if self.quiet else "full", "always" if self.leave else "tagged"
        return f"{self.size}.{self.face}.{self.light}.{quiet}.{leave}.{self.space}"


@lru_cache(maxsize=256)
def read_display(cookie: str) -> Display:
    """Return the choices of a cookie; what cannot be read, or is not there yet, is as designed."""
    parts = [*cookie.split("."), *[""] * PARTS][:PARTS]
    quiet, leave = "yes" if parts[3] == "quiet" else "no", "yes" if parts[4] == "always" else "no"
    return choose_display(parts[0], parts[1], parts[2], quiet, leave, parts[5])


def choose_display(size: str, face: str, light: str, quiet: str, leave: str = "", space: str = "") -> Display:
    """Return choices as a form sends them; an unknown one is as designed."""
    return Display(
        size if size in SIZES else "set",
        face if face in FACES else "plain",
        light if light in LIGHTS else "device",
        quiet == "yes",
        leave == "yes",
        space if space in SPACES else "set",
    )
