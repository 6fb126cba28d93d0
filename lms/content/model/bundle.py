"""A course as files: paths and bytes, from a folder or elsewhere, and their digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from unicodedata import normalize

from lms.content.model.pictures import without_metadata
from lms.content.model.structure import has_place, is_picture

MAX_FILES = 2_000
MAX_MARKDOWN = 256 * 1024
MAX_TOTAL = 20 * 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """The files of one course by path; `refused` holds (code, path) of what was left out on the way in.

    Paths are in NFC, so that a name with an accent is the same from a Mac, from Linux and in a text.
    """

    files: Mapping[str, bytes]
    refused: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        files: dict[str, bytes] = {}
        twice: list[tuple[str, str]] = []
        for path, content in self.files.items():
            name = normalize("NFC", path)
            if name in files:
                twice.append(("SAME_NAME", name))
            else:
                files[name] = content
        object.__setattr__(self, "files", MappingProxyType(files))
        object.__setattr__(self, "refused", (*self.refused, *twice))

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


def for_publishing(bundle: Bundle) -> Bundle:
    """The same bundle, with place, date and camera removed from its pictures."""
    return Bundle(
        {
            path: without_metadata(content) if path.startswith("media/") and is_picture(path) else content
            for path, content in bundle.files.items()
        },
        bundle.refused,
    )


def from_folder(folder: str | Path) -> Bundle:
    """Reads a folder; what breaks a cap, leads outside or cannot be opened is left unread and named in `refused`.

    Names that begin with a dot belong to other programs and are passed over, unless they would be part of the
    course without it.
    """
    root = Path(folder).resolve()
    files: dict[str, bytes] = {}
    refused: list[tuple[str, str]] = []
    total = 0
    for path in _walk(root, refused):
        name = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(root):
            refused.append(("PATH_OUTSIDE", name))
            continue
        if not (path.is_file() and os.access(path, os.R_OK)):
            refused.append(("UNREADABLE_FILE", name))
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

    def tell(trouble: OSError) -> None:
        refused.append(("UNREADABLE_FILE", Path(trouble.filename).relative_to(root).as_posix()))

    for here, folders, names in os.walk(root, followlinks=False, onerror=tell):
        inside = Path(here).relative_to(root)
        for name in (*folders, *names):
            if is_hidden_part(inside.as_posix(), name, folder=name in folders):
                refused.append(("HIDDEN_FILE", (inside / name).as_posix()))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in list(folders):
            linked = Path(here, name)
            if linked.is_symlink():
                folders.remove(name)
                refused.append(("PATH_OUTSIDE", linked.relative_to(root).as_posix()))
        yield from (Path(here, name) for name in sorted(names) if not name.startswith("."))


def is_hidden_part(inside: str, name: str, *, folder: bool) -> bool:
    """True for a name that a dot alone keeps out of the course; what a Mac leaves beside files is none."""
    if not name.startswith(".") or name.startswith("._") or name == ".DS_Store":
        return False
    return has_place((PurePosixPath(inside) / name[1:]).as_posix(), folder=folder)
