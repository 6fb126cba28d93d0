"""The open draft in which a question can be edited."""

from __future__ import annotations

from sqlalchemy import select

from lms.authoring.drafts.records import Draft, DraftFile, DraftText
from lms.foundation.db import db


def find_open_text(programme_id: str, course_id: str, path: str) -> tuple[str, bytes] | None:
    """Return the public id of the open draft of a course that was changed last, and a text of it; None without one."""
    query = (
        select(Draft.public_id, DraftText.content)
        .join(DraftFile, DraftFile.draft_id == Draft.id)
        .join(DraftText, (DraftText.draft_id == Draft.id) & (DraftText.sha256 == DraftFile.sha256))
        .where(Draft.programme_id == programme_id, Draft.course_id == course_id, Draft.state == "open")
        .where(DraftFile.path == path)
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
    )
    row = db.session.execute(query.limit(1)).first()
    return (row.public_id, row.content) if row else None
