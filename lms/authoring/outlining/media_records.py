"""Which pictures and recordings of drafts are needed: by a draft, by a change that can be undone, or published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, String, cast, select

from lms.accounts.records import Programme
from lms.authoring.drafts.outline_rules import is_text
from lms.authoring.drafts.records import DISCARDED_KEPT, DraftFile, DraftRevision
from lms.foundation import clock
from lms.foundation.db import db
from lms.library.records import Bundle

# How long the history can bring back a medium that no draft has any more; older changes are looked at for some weeks,
# in which the job process runs at least once.
MEDIA_KEPT = DISCARDED_KEPT
LOOKED_AT = timedelta(days=60)
_WITH_MEDIA = cast(DraftRevision.changes, String).contains('"media/')


def list_in_drafts(draft_ids: Collection[str]) -> set[str]:
    """Return the digests of all media that some drafts have or had."""
    files = select(DraftFile.path, DraftFile.sha256).where(DraftFile.draft_id.in_(draft_ids))
    has = {sha256 for path, sha256 in db.session.execute(files) if not is_text(path)}
    return has | _in_changes(DraftRevision.draft_id.in_(draft_ids))


def list_replaced() -> set[str]:
    """Return the digests of media in changes that are too old to bring one back."""
    now = clock.now()
    return _in_changes(DraftRevision.at < now - MEDIA_KEPT, DraftRevision.at > now - MEDIA_KEPT - LOOKED_AT)


def list_unneeded(digests: Collection[str], gone: Collection[str] = ()) -> set[str]:
    """Return which of some digests nothing needs: no version, no logo, and no draft but those that are `gone`."""
    left = set(digests)
    files = select(DraftFile.sha256).where(DraftFile.sha256.in_(left), DraftFile.draft_id.not_in(gone))
    left -= set(db.session.scalars(files))
    left -= _in_changes(DraftRevision.at >= clock.now() - MEDIA_KEPT, DraftRevision.draft_id.not_in(gone))
    if left:
        left -= {str(facts.get("logo")) for facts in db.session.scalars(select(Programme.facts))}
        for manifest in db.session.scalars(select(Bundle.manifest).execution_options(yield_per=20)):
            left -= set(manifest.values())
    return left


def _in_changes(*where: ColumnElement[bool]) -> set[str]:
    query = select(DraftRevision.changes).where(_WITH_MEDIA, *where)
    changed = (item for changes in db.session.scalars(query) for item in changes.items())
    return {sha256 for path, both in changed if not is_text(path) for sha256 in both if sha256}
