"""The files of a draft or of a published version as a bundle, like that of a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lms.authoring.drafts import records
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import Draft
from lms.content.model.bundle import Bundle, StoredFile
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import records as library
from lms.library.media import keep_medium, stored_medium


def bundle_of(draft: Draft) -> Bundle:
    """Return the files of a draft as they are now; a medium whose bytes are gone is empty, as the check then says."""
    return _bundle(records.list_files(draft.id), records.list_texts(draft.id))


def published_bundle(digest: str) -> Bundle | None:
    """Return the files of a published version; None for a digest that nobody published."""
    found = library.find_bundle(digest)
    if found is None:
        return None
    return _bundle(found.manifest, library.list_texts(list(found.manifest.values())))


def digest_of(manifest: Mapping[str, str]) -> str:
    """Return the digest of a bundle by those of its files, without their bytes; the same as `Bundle.digest`."""
    lines = "".join(f"{path}\0{sha}\n" for path, sha in sorted(manifest.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def store_media(bundle: Bundle) -> None:
    """Put the pictures and recordings of a bundle into the file store one at a time, outside any write.

    Those that are there and damaged are replaced.
    """
    store = provided(FileStore)
    for path in bundle.files:
        if not is_text(path):
            keep_medium(bundle, path, bundle.files.digest(path), store)


def _bundle(manifest: Mapping[str, str], texts: Mapping[str, bytes]) -> Bundle:
    return Bundle({path: texts[sha] if sha in texts else _medium(sha) for path, sha in manifest.items()})


def _medium(sha: str) -> StoredFile | bytes:
    try:
        return stored_medium(provided(FileStore), sha)
    except KeyError:
        return b""
