"""The files of a draft as a bundle, like that of a folder or a published version."""

from __future__ import annotations

from lms.authoring.drafts import records
from lms.authoring.drafts.records import Draft
from lms.content.model.bundle import Bundle, StoredFile
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library.media import stored_medium


def bundle_of(draft: Draft) -> Bundle:
    """Return the files of a draft as they are now; a medium whose bytes are gone is empty, as the check then says."""
    texts = records.list_texts(draft.id)
    files = records.list_files(draft.id)
    return Bundle({path: texts[sha] if sha in texts else _medium(sha) for path, sha in files.items()})


def _medium(sha: str) -> StoredFile | bytes:
    try:
        return stored_medium(provided(FileStore), sha)
    except KeyError:
        return b""
