"""Designs of certificates: their folders and fonts, which characters those print, and what a design may read."""

from __future__ import annotations

import os
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import TemplateError

from lms.certification.pdf.fonts.characters import NONE, Characters, characters_of, is_whole
from lms.foundation.config.settings import Settings
from lms.foundation.text.graphemes import whole_letters
from lms.foundation.text.names import is_selector

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
FONTS = "fonts"
LIST_OF_FONTS = "faces.toml"
USUAL = "warm"
# The use of fonts that are loaded only for a paper that needs them.
ON_DEMAND = "script"
# A script of the standard's for a mix of others.
_MIXES = {"Jpan": ("Hani", "Hira", "Kana"), "Kore": ("Hang", "Hani"), "Hans": ("Hani",), "Hant": ("Bopo", "Hani")}


class DesignError(Exception):
    """A design cannot be used; the message names its file, and the line where there is one."""


class UnprintableText(Exception):
    """The design's fonts lack some characters, and a box is never printed in their place."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"no font of this design prints: {' '.join(characters)}")
        self.characters = characters


# Signs that are drawn under or around numbers, although Unicode counts them among those that nobody sees.
_DRAWN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


@dataclass(frozen=True)
class Face:
    """A font of a design: what it is for and the scripts it is meant for; no path if its file is lost or damaged.

    `family` is its name in designs, and names and titles are set in what is `bold`. `forms` are the regional forms of
    its han characters. `package` is the extra that it comes with. `named` are its scripts as they are listed.
    """

    file: str
    use: str
    scripts: frozenset[str]
    path: Path | None
    changed: int = 0
    forms: str = ""
    family: str = ""
    bold: bool = False
    package: str = ""
    named: tuple[str, ...] = ()

    @cached_property
    def characters(self) -> Characters:
        """Return the characters it holds, which are read from the file when they are first asked for."""
        return characters_of(self.path, self.changed) if self.path else NONE


@dataclass(frozen=True)
class Design:
    """A design's own folder, the folder of fonts that all designs share, and that of the fonts this site added."""

    folder: Path
    fonts: Path
    paper: str = "certificate"
    added: Path | None = None

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
            for fonts in filter(None, (self.fonts, self.added)):
                shared = (fonts / path.name).resolve()
                if shared.is_relative_to(fonts) and shared.is_file():
                    return shared
        raise DesignError(f"{path.name}: this file isn’t in the design’s folder.")

    def text(self, name: str) -> str:
        """Return the text of one of its files."""
        return self.file(self.folder / name).read_text("utf-8")

    def stamp(self) -> Stamp:
        """Return what changes when any file of the design or of the shared fonts does."""
        return tuple(file for folder in (self.folder, self.fonts, self.added) if folder for file in _files_in(folder))


def _files_in(folder: str | Path) -> list[tuple[str, int, int]]:
    """Return each file below a folder except licences, with its time and size, in order; called for every PDF."""
    found: list[tuple[str, int, int]] = []
    if not os.path.isdir(folder):
        return found
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                found += _files_in(entry.path)
            elif entry.is_file() and not entry.name.endswith(".txt"):
                seen = entry.stat()
                found.append((entry.path, seen.st_mtime_ns, seen.st_size))
    return found


def design_in(folder: Path, fonts: Path | None = None, paper: str = "certificate", added: Path | None = None) -> Design:
    """Return the design of a paper in a folder; its fonts lie beside it unless they are named."""
    folder = folder.resolve()
    return Design(folder, (fonts or folder.parent / FONTS).resolve(), paper, added.resolve() if added else None)


def added_fonts(settings: Settings) -> Path:
    """Return the folder of the fonts that this site added to the shipped ones."""
    return settings.data / FONTS


def missing_glyphs(name: str, design: Design) -> tuple[str, ...]:
    """Return the whole letters of a name, each once, of which this design has no glyph for some part."""
    printing = [face for face in faces(design) if face.use != "code"]

    def lacks(sign: str) -> bool:
        return not needs_no_glyph(sign) and not any(ord(sign) in face.characters for face in printing)

    return tuple(letter for letter in dict.fromkeys(whole_letters(name)) if any(lacks(sign) for sign in letter))


def faces(design: Design) -> tuple[Face, ...]:
    """Return the fonts that a design names, or those that all share; read again only when a file changes."""
    return _faces(design, design.stamp())


def needs_no_glyph(character: str) -> bool:
    """Return whether a character only spaces, joins or directs others."""
    if character in _DRAWN:
        return False
    return character.isspace() or is_selector(character) or unicodedata.category(character) in ("Cc", "Cf")


@lru_cache(maxsize=16)
def _faces(design: Design, stamp: Stamp) -> tuple[Face, ...]:
    listed = read_toml(design, "design.toml").get("fonts") or read_toml(design, f"{FONTS}/{LIST_OF_FONTS}")["fonts"]
    return tuple(_face(design, entry) for entry in listed)


def _face(design: Design, entry: dict[str, Any]) -> Face:
    try:
        path: Path | None = design.file(design.folder / entry["file"])
    except DesignError:
        path = None
    if path and not is_whole(path):
        path = None
    changed = path.stat().st_mtime_ns if path else 0
    more = {key: entry[key] for key in ("forms", "family", "bold", "package") if key in entry}
    return Face(
        entry["file"], entry["use"], _scripts(entry["scripts"]), path, changed, named=tuple(entry["scripts"]), **more
    )


def _scripts(named: list[str]) -> frozenset[str]:
    return frozenset(part for script in named for part in _MIXES.get(script, (script,)))


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
            return design_in(folder, shipped / FONTS, added=added_fonts(settings))
    return design_in(shipped / USUAL, shipped / FONTS, added=added_fonts(settings))


def list_designs(settings: Settings, shipped: Path) -> list[str]:
    """Return the names of the designs there are, the site's own and those that are shipped."""
    found = [*shipped.glob("*/design.toml"), *(settings.data / "certificates").glob("*/design.toml")]
    return sorted({path.parent.name for path in found})


@contextmanager
def naming_lines(design: Design) -> Iterator[None]:
    """Turn a mistake in a design's template into a DesignError that names the line."""
    try:
        yield
    except TemplateError as trouble:
        line = getattr(trouble, "lineno", None) or _line_in_page()
        raise DesignError(f"{design.page}, line {line}: {trouble.message or trouble}") from trouble


def _line_in_page() -> int:
    """Return the line of the template at which the present exception was raised."""
    step, line = sys.exc_info()[2], 1
    while step:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
