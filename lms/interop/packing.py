"""Files as a zip: the same files give the same bytes, on any day and any machine."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from typing import IO

# The oldest day that a zip can hold.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_MADE_ON_UNIX = 3
_PACKED_ALREADY = (".woff2", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp3", ".mp4", ".m4a", ".ogg", ".webm")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    write_package(files, out)
    return out.getvalue()


def write_package(files: Mapping[str, bytes], to: IO[bytes]) -> None:
    """Write a zip of these files, one at a time; a manifest comes first, as readers of packages expect."""
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(files, key=lambda one: (one != "imsmanifest.xml", one)):
            entry = zipfile.ZipInfo(path, _NO_DAY)
            entry.create_system, entry.external_attr = _MADE_ON_UNIX, (stat.S_IFREG | 0o644) << 16
            stored = path.lower().endswith(_PACKED_ALREADY)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
