"""A course as files: paths and bytes, from a folder or elsewhere, and their digest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from lms.content.model.pictures import without_metadata
from lms.content.model.structure import has_place, is_picture

MAX_FILES = 2_000
# Captions and transcripts, which lie beside recordings.
SPOKEN_WORDS = (".txt", ".vtt")
MAX_MARKDOWN = 256 * 1024
MAX_MEDIA = 50 * 1024 * 1024
MAX_TOTAL = 200 * 1024 * 1024
PIECE = 256 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file that's read when somebody asks for it, so that a course's media never lie in memory all at once.

    `size` is in bytes; `digest` is its SHA-256 in hex where that's known already. `part` returns some bytes from a
    place on; without it, the whole file is read at once.
    """

    size: int
    read: Callable[[], bytes]
    digest: str = ""
    part: Callable[[int, int], bytes] | None = None

    def pieces(self, most: int = PIECE) -> Iterator[bytes]:
        """Yield the file in pieces of at most so many bytes."""
        if self.part is None:
            yield self.read()
            return
        at = 0
        while piece := self.part(at, most):
            yield piece
            at += len(piece)


class Files(Mapping[str, bytes]):
    """The bytes of files by path; those of stored files are read each time somebody asks for them."""

    def __init__(self, held: Mapping[str, bytes | StoredFile]) -> None:
        self._held = dict(held)
        self._digests = {path: one.digest for path, one in held.items() if isinstance(one, StoredFile) and one.digest}

    def __getitem__(self, path: str) -> bytes:
        found = self._held[path]
        return found.read() if isinstance(found, StoredFile) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, path: object) -> bool:
        return path in self._held

    def held(self) -> Iterator[tuple[str, bytes | StoredFile]]:
        """Yield each file as it's held, unread."""
        return iter(self._held.items())

    def pieces(self, path: str, most: int = PIECE) -> Iterator[bytes]:
        """Yield a file in pieces, so that a recording is never in memory as a whole."""
        found = self._held[path]
        return found.pieces(most) if isinstance(found, StoredFile) else iter((found,))

    def beginning(self, path: str, most: int) -> bytes:
        """Return the first bytes of a file."""
        return next(self.pieces(path, most), b"")[:most]

    def size(self, path: str) -> int:
        """Return how many bytes a file has, unread."""
        found = self._held[path]
        return found.size if isinstance(found, StoredFile) else len(found)

    def digest(self, path: str) -> str:
        """Return the SHA-256 of a file in hex."""
        if path not in self._digests:
            sha = hashlib.sha256()
            for piece in self.pieces(path):
                sha.update(piece)
            self._digests[path] = sha.hexdigest()
        return self._digests[path]

    @property
    def total(self) -> int:
        """How many bytes all files have."""
        return sum(map(self.size, self._held))


@dataclass(frozen=True)
class Bundle:
    """The files of one course by path; `refused` holds (code, path) of what was left out on the way in.

    Paths are in NFC, so that a name with an accent is the same from a Mac, from Linux and in a text.
    """

    files: Files
    refused: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __init__(
        self, files: Mapping[str, bytes] | Mapping[str, bytes | StoredFile], refused: tuple[tuple[str, str], ...] = ()
    ) -> None:
        held: dict[str, bytes | StoredFile] = {}
        twice: list[tuple[str, str]] = []
        for path, content in files.held() if isinstance(files, Files) else files.items():
            name = normalize("NFC", path)
            if name in held:
                twice.append(("SAME_NAME", name))
            else:
                held[name] = content
        object.__setattr__(self, "files", Files(held))
        object.__setattr__(self, "refused", (*refused, *twice))

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def manifest(self) -> dict[str, str]:
        """SHA-256 in hex of every file by path, in the order of the paths."""
        return {path: self.files.digest(path) for path in sorted(self.files)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hex over the manifest: the same for the same files, wherever they came from."""
        lines = "".join(f"{path}\0{digest}\n" for path, digest in self.manifest.items())
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def for_publishing(bundle: Bundle) -> Bundle:
    """The same bundle, with place, date and camera removed from its pictures."""

    def tidied(path: str, held: bytes | StoredFile) -> bytes | StoredFile:
        if not (path.startswith("media/") and is_picture(path)):
            return held
        if isinstance(held, StoredFile):
            return StoredFile(held.size, lambda: without_metadata(held.read()))
        return without_metadata(held)

    return Bundle({path: tidied(path, held) for path, held in bundle.files.held()}, bundle.refused)


def from_folder(folder: str | Path) -> Bundle:
    """Reads a folder; what breaks a cap, leads outside or cannot be opened is left unread and named in `refused`.

    Names that begin with a dot belong to other programs and are passed over, unless they would be part of the
    course without it.
    """
    root = Path(folder).resolve()
    files: dict[str, bytes | StoredFile] = {}
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
        if size > size_allowed(name):
            refused.append(("FILE_TOO_LARGE", name))
            continue
        if total + size > MAX_TOTAL:
            refused.append(("COURSE_TOO_LARGE", name))
            continue
        total += size
        files[name] = path.read_bytes() if is_text(name, size) else _stored(path, size)
    return Bundle(files, tuple(refused))


def _stored(path: Path, size: int) -> StoredFile:
    def part(at: int, most: int) -> bytes:
        with path.open("rb") as file:
            file.seek(at)
            return file.read(most)

    return StoredFile(size, path.read_bytes, part=part)


def is_medium(path: str) -> bool:
    """True for a file of the course that isn't text: a picture or a recording."""
    return path.startswith("media/") and not path.endswith(".md")


def is_text(path: str, size: int) -> bool:
    """True for what a site keeps in its database: Markdown, and other texts of no more bytes than Markdown may have.

    Those are mainly the words beside recordings, so the pages of a course can be made without its media.
    """
    short = size <= MAX_MARKDOWN and (not is_medium(path) or path.endswith(SPOKEN_WORDS))
    return short or path.endswith(".md")


def size_allowed(path: str) -> int:
    """How many bytes a file may have."""
    return MAX_MARKDOWN if path.endswith(".md") else MAX_MEDIA


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
