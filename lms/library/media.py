"""Media of courses in the data folder: pictures and recordings, one at a time, never a whole course of them."""

from __future__ import annotations

from functools import partial

from lms.content.model.bundle import Bundle, StoredFile
from lms.foundation.refused import Refused
from lms.foundation.storage.files import FileStore


def stored_medium(store: FileStore, sha: str) -> StoredFile:
    """Return a medium by its digest, unread; raise KeyError when it isn't there."""
    return StoredFile(store.size(sha), partial(store.get, sha), sha, partial(store.part, sha))


def unread_medium(store: FileStore, sha: str) -> StoredFile:
    """Return a medium by its digest without looking for it, as a file of no size: for whoever only needs its digest."""
    return StoredFile(0, partial(store.get, sha), sha, partial(store.part, sha))


def keep_medium(bundle: Bundle, path: str, digest: str, store: FileStore) -> bool:
    """Keep a medium of a bundle unless it's there undamaged; return False if it isn't what its digest says any more."""
    return (store.renew(digest) and store.is_whole(digest)) or store.put_pieces(bundle.files.pieces(path)) == digest


def keep_media(bundle: Bundle, store: FileStore) -> Refused | None:
    """Keep everything of a bundle that isn't Markdown; refuse what isn't any more what it was when it was checked.

    A file that is there and damaged is replaced, so that publishing a course again repairs its pictures.
    """
    for path, digest in bundle.manifest.items():
        if not path.endswith(".md") and not keep_medium(bundle, path, digest, store):
            return Refused(f"{path} was changed meanwhile. Nothing was published. Check the course and publish again.")
    return None
