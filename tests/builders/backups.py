"""Running `lms backup` and `lms restore`, and archives that are not as they should be."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lms.cli import main
from tests.builders.commands import Run

Members = dict[str, bytes]


def at(data: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return `lms …` for a data folder and a database, which is a file in it unless an address is given."""
    monkeypatch.setenv("LMS_DATA", str(data))
    monkeypatch.delenv("LMS_DATABASE_URL", raising=False)
    if not url.startswith("sqlite"):
        monkeypatch.setenv("LMS_DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def members_of(archive: Path) -> Members:
    """Return the members of an archive in order."""
    with tarfile.open(archive) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def packed(members: Members, **odd: Any) -> bytes:
    """Return an archive of these members; `odd` changes what the tar says of the first one."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in odd.items():
                setattr(info, key, value)
            odd = {}
            tar.addfile(info, None if info.issym() else io.BytesIO(content))
    return gzip.compress(out.getvalue(), 1)


def with_manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Members], bytes]:
    """Return what packs an archive anew with its manifest changed."""

    def pack(members: Members) -> bytes:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        return packed({**members, "manifest.json": json.dumps(manifest).encode()})

    return pack
