"""Decided here: how the display cookie reads, and what a support line says of its last check."""

from __future__ import annotations

from dataclasses import dataclass

SIZES, FACES, LIGHTS = ("smaller", "set", "larger"), ("plain", "book"), ("light", "dark", "device")


@dataclass(frozen=True)
class Display:
    """How somebody wants the screen; it names nobody."""

    size: str = "set"
    face: str = "plain"
    light: str = "device"
    quiet: bool = False

    def as_cookie(self) -> str:
        """Return the four choices as the cookie keeps them."""
        return f"{self.size}.{self.face}.{self.light}.{'quiet' if self.quiet else 'full'}"


def read_display(cookie: str) -> Display:
    """Return the choices of a cookie; what cannot be read is as designed."""
    parts = [*cookie.split("."), "", "", "", ""][:4]
    return choose_display(parts[0], parts[1], parts[2], "yes" if parts[3] == "quiet" else "no")


def choose_display(size: str, face: str, light: str, quiet: str) -> Display:
    """Return choices as a form sends them; an unknown one is as designed."""
    return Display(
        size if size in SIZES else "set",
        face if face in FACES else "plain",
        light if light in LIGHTS else "device",
        quiet == "yes",
    )
