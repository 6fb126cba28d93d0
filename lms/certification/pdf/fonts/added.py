"""Fonts that a site adds for Korean and Chinese: from the package of an extra, from a folder or from a wheel.

The package brings fonts of variable weight. Certificates take one weight, so each is made regular once: about 15 s of
CPU time and 350 MB of memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from fontTools.varLib.instancer import instantiateVariableFont

PACKAGE = "justmytype_intl_cjk"
REGULAR = 400


class NoFonts(Exception):
    """No fonts were found; the message says where we looked."""


def package_folder() -> Path | None:
    """Return where the package of the extra is installed, or None."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def add_fonts(source: Path, names: list[str], folder: Path) -> Iterator[str]:
    """Write each font of these names that a folder or wheel has into a folder, at regular weight, and give its name.

    Raise NoFonts when there are none. A font that is written is whole: it replaces an earlier one in one step.
    """
    with _files_in(source) as files:
        wanted = {name: content for name in names if (content := _find(files, name))}
        if not wanted:
            raise NoFonts(str(source))
        folder.mkdir(parents=True, exist_ok=True)
        for name, read in wanted.items():
            fresh = folder / f".{name}.part"
            fresh.write_bytes(_as_regular(read(), name))
            fresh.replace(folder / name)
            yield name


def _find(files: dict[str, Callable[[], bytes]], name: str) -> Callable[[], bytes] | None:
    """Return a function that reads a font such as NotoSansKR_400Regular.ttf, by that name or another usual one."""
    family = name.partition("_")[0]
    alike = (name, f"{family}-Regular.ttf", f"{family}[wght].ttf", f"{family}-VariableFont_wght.ttf")
    return next((files[each] for each in alike if each in files), None)


@contextmanager
def _files_in(source: Path) -> Iterator[dict[str, Callable[[], bytes]]]:
    """Yield each file of a folder or wheel: its name without folders, and a function that reads it."""
    try:
        if source.is_dir():
            yield {path.name: path.read_bytes for path in sorted(source.rglob("*.ttf"))}
            return
        with zipfile.ZipFile(source) as wheel:
            yield {Path(name).name: partial(wheel.read, name) for name in sorted(wheel.namelist())}
    except (OSError, zipfile.BadZipFile):
        raise NoFonts(str(source)) from None


def _as_regular(content: bytes, name: str) -> bytes:
    """Return a font at regular weight; raise NoFonts for a file that isn't one."""
    try:
        font = TTFont(BytesIO(content))
        if "fvar" in font:
            font = instantiateVariableFont(font, {"wght": REGULAR}, inplace=True)
    except (TTLibError, ValueError) as damage:
        raise NoFonts(f"{name}: {damage}") from None
    done = BytesIO()
    font.save(done)
    return done.getvalue()
