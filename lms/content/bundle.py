"""A course as it comes in: file names and bytes, from a folder or elsewhere, and the digest that names them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

MAX_FILES = 2_000
MAX_MARKDOWN = 256 * 1024
MAX_TOTAL = 20 * 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """The files of one course by path; `refused` holds (code, path) of what was left out on the way in."""

    files: Mapping[str, bytes]
    refused: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def manifest(self) -> dict[str, str]:
        """SHA-256 in hex of every file by path, in the order of the paths."""
        return {path: hashlib.sha256(self.files[path]).hexdigest() for path in sorted(self.files)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hex over the manifest: the same for the same files, wherever they came from."""
        lines = "".join(f"{path}\0{digest}\n" for path, digest in self.manifest.items())
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def from_folder(folder: str | Path) -> Bundle:
    """Reads a folder without its dotfiles; what breaks a cap or leads outside is left unread and named in `refused`."""
    root = Path(folder).resolve()
    files: dict[str, bytes] = {}
    refused: list[tuple[str, str]] = []
    total = 0
    for path in _walk(root, refused):
        name = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(root):
            refused.append(("PATH_OUTSIDE", name))
            continue
        if not path.is_file():
            continue
        if len(files) >= MAX_FILES:
            refused.append(("TOO_MANY_FILES", name))
            break
        size = path.stat().st_size
        if name.endswith(".md") and size > MAX_MARKDOWN:
            refused.append(("FILE_TOO_LARGE", name))
            continue
        if total + size > MAX_TOTAL:
            refused.append(("COURSE_TOO_LARGE", name))
            continue
        total += size
        files[name] = path.read_bytes()
    return Bundle(files, tuple(refused))


def _walk(root: Path, refused: list[tuple[str, str]]) -> Iterator[Path]:
    """Every file in a stable order; linked folders are not entered, so that no ring of links can hold us."""
    for here, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in list(folders):
            linked = Path(here, name)
            if linked.is_symlink():
                folders.remove(name)
                refused.append(("PATH_OUTSIDE", linked.relative_to(root).as_posix()))
        yield from (Path(here, name) for name in sorted(names) if not name.startswith("."))
