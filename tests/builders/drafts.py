"""Drafts as the tests need them: with the files of a bundle, started from a version or from nothing."""

from __future__ import annotations

import hashlib

from lms.accounts.records import find_programme
from lms.authoring.drafts.records import Draft, DraftFile, DraftText
from lms.content.model.bundle import Bundle
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from tests.conftest import Site


def add_draft(
    site: Site, bundle: Bundle, course_id: str = "small-course", base: str | None = None, slug: str = "harbour"
) -> str:
    """Store a draft with these files in a programme; return its public id."""

    def store() -> str:
        programme, now = find_programme(slug), clock.now()
        assert programme is not None
        draft = Draft(
            programme_id=programme.id, course_id=course_id, title="A small course", base_digest=base,
            created_by=None, created_at=now, changed_at=now, revision=1, state="open",
        )  # fmt: skip
        db.session.add(draft)
        db.session.flush()
        for path, content in bundle.files.items():
            sha = hashlib.sha256(content).hexdigest()
            db.session.add(DraftFile(draft_id=draft.id, path=path, sha256=sha, changed_revision=1))
            if path.endswith(".md"):
                db.session.merge(DraftText(draft_id=draft.id, sha256=sha, content=content))
            else:
                provided(FileStore).put(content)
        db.session.flush()
        return draft.public_id

    made: str = site.do(store)
    return made
