"""Drafts as the tests need them: with the files of a bundle, started from a version or from nothing."""

from __future__ import annotations

import hashlib

from lms.accounts.records import find_programme
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import Draft, DraftFile, DraftText
from lms.content.model.bundle import Bundle
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.per_app import provided
from lms.foundation.storage.files import FileStore
from lms.library import actions as library
from lms.library.media import keep_media
from tests.builders.content import course_of
from tests.conftest import Site
from tests.content.small_course import FILES, bundle
from tests.inspector import Page

DRAFTS = "/programmes/harbour/drafts"
COURSES = "/programmes/harbour/writing/courses"
LESSON = "1-begin/1-hello.md"
TURNED = FILES[LESSON].replace("Dana looks up.", "Dana turns.")


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
            if is_text(path):
                db.session.merge(DraftText(draft_id=draft.id, sha256=sha, content=content))
            else:
                provided(FileStore).put(content)
        db.session.flush()
        return draft.public_id

    made: str = site.do(store)
    return made


def publish_small(site: Site, owner: str | None = "harbour", **files: str | None) -> str:
    """Publish the small course for a programme; return its digest."""
    made = bundle(**files)
    course = course_of(made, "small-course")
    with site.inside():
        programme = find_programme(owner) if owner else None
        keep_media(made, provided(FileStore))
    site.do(library.publish, made, course)
    site.do(library.set_owner, "small-course", programme.id if programme else None)
    return made.digest


def look(site: Site, draft: str, version: str, who: str = "tara") -> Page:
    """Choose a version on the publish page; return the page that asks once more."""
    path = f"{DRAFTS}/{draft}/publish"
    return site.visitor(who).get(path).form_with("Continue").submit("Continue", version=version)
