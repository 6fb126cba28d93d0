"""Designs of certificates: their folders and fonts, which characters those print, and what a design may read."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from lms.foundation.config.settings import Settings
from lms.foundation.text.graphemes import whole_letters

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
FONTS = "fonts"
LIST_OF_FONTS = "faces.toml"
USUAL = "warm"
# A script of the standard's for a mix of others.
_MIXES = {"Jpan": ("Hani", "Hira", "Kana")}


class DesignError(Exception):
    """A design cannot be used; the message names its file, and the line where there is one."""


class UnprintableText(Exception):
    """The design's fonts lack some characters, and a box is never printed in their place."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"no font of this design prints: {' '.join(characters)}")
        self.characters = characters


@dataclass(frozen=True)
class Face:
    """A font of a design: what it is for, the scripts it is meant for, the characters it holds."""

    use: str
    scripts: frozenset[str]
    characters: frozenset[int]


@dataclass(frozen=True)
class Design:
    """A design's own folder, and the folder of fonts that all designs share."""

    folder: Path
    fonts: Path
    paper: str = "certificate"

    @property
    def page(self) -> str:
        """Return the name of the file that holds its page."""
        return f"{self.paper}.html"

    @property
    def style(self) -> str:
        """Return the name of the file that holds its style."""
        return f"{self.paper}.css"

    def file(self, path: Path) -> Path:
        """Return the true path of a file that the design asks for; raise DesignError when that is not its own.

        What is not in its folder of fonts is looked for among those that all share.
        """
        true_path = path.resolve()
        if true_path.is_relative_to(self.folder) and true_path.is_file():
            return true_path
        if path.parent == self.folder / FONTS:
            shared = (self.fonts / path.name).resolve()
            if shared.is_relative_to(self.fonts) and shared.is_file():
                return shared
        raise DesignError(f"{path.name}: this file isn’t in the design’s folder.")

    def text(self, name: str) -> str:
        """Return the text of one of its files."""
        return self.file(self.folder / name).read_text("utf-8")

    def stamp(self) -> Stamp:
        """Return what changes when any file of the design or of the shared fonts does."""
        return (*_files_in(self.folder), *_files_in(self.fonts))


def _files_in(folder: str | Path) -> list[tuple[str, int, int]]:
    """Return each file below a folder with its time and size, in an order of their own; asked for with every paper."""
    found: list[tuple[str, int, int]] = []
    if not os.path.isdir(folder):
        return found
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                found += _files_in(entry.path)
            elif entry.is_file():
                seen = entry.stat()
                found.append((entry.path, seen.st_mtime_ns, seen.st_size))
    return found


def design_in(folder: Path, fonts: Path | None = None, paper: str = "certificate") -> Design:
    """Return the design of a paper in a folder; its fonts lie beside it unless they are named."""
    folder = folder.resolve()
    return Design(folder, (fonts or folder.parent / FONTS).resolve(), paper)


def missing_glyphs(name: str, design: Design) -> tuple[str, ...]:
    """Return the whole letters of a name, each once, of which this design has no glyph for some part."""
    printing = [face.characters for face in faces(design) if face.use != "code"]

    def lacks(sign: str) -> bool:
        return not any(ord(sign) in held for held in printing) and not _needs_no_glyph(sign)

    return tuple(letter for letter in dict.fromkeys(whole_letters(name)) if any(lacks(sign) for sign in letter))


def faces(design: Design) -> tuple[Face, ...]:
    """Return the fonts that a design names, or those that all share; read again only when a file changes."""
    return _faces(design, design.stamp())


def _needs_no_glyph(character: str) -> bool:
    """Return whether a character only spaces, joins or directs others."""
    variation_selector = "\ufe00" <= character <= "\ufe0f"
    return character.isspace() or variation_selector or unicodedata.category(character) in ("Cc", "Cf")


@lru_cache(maxsize=16)
def _faces(design: Design, stamp: Stamp) -> tuple[Face, ...]:
    listed = read_toml(design, "design.toml").get("fonts") or read_toml(design, f"{FONTS}/{LIST_OF_FONTS}")["fonts"]
    return tuple(
        Face(entry["use"], _scripts(entry["scripts"]), _characters(design.file(design.folder / entry["file"])))
        for entry in listed
    )


def _scripts(named: list[str]) -> frozenset[str]:
    return frozenset(part for script in named for part in _MIXES.get(script, (script,)))


@lru_cache(maxsize=64)
def _characters_of(font: Path, changed: int) -> frozenset[int]:
    # Imported here because web workers know designs but seldom look into their fonts: 11 ms and 0.7 MB.
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _characters(font: Path) -> frozenset[int]:
    """Return the code points that a font file holds glyphs for."""
    return _characters_of(font, font.stat().st_mtime_ns)


def read_toml(design: Design, name: str) -> dict[str, Any]:
    """Return one of a design's TOML files; raise DesignError with the line that cannot be read."""
    try:
        return tomllib.loads(design.text(name))
    except tomllib.TOMLDecodeError as trouble:
        raise DesignError(f"{name}: {trouble}") from None


def design_named(name: str, settings: Settings, shipped: Path) -> Design:
    """Return a design: the site's own in its data folder before the one that is shipped."""
    for folder in (settings.data / "certificates" / name, shipped / name):
        if (folder / "design.toml").is_file():
            return design_in(folder, shipped / FONTS)
    return design_in(shipped / USUAL, shipped / FONTS)


def list_designs(settings: Settings, shipped: Path) -> list[str]:
    """Return the names of the designs there are, the site's own and those that are shipped."""
    found = [*shipped.glob("*/design.toml"), *(settings.data / "certificates").glob("*/design.toml")]
    return sorted({path.parent.name for path in found})
