"""Personal data in drafts: which ones somebody started, and which files they changed when."""

from __future__ import annotations

from lms.authoring.drafts import records
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of the people who write drafts."""
    draft = ["id", "public_id", "programme_id", "course_id", "title", "base_digest", "created_by", "created_at"]
    draft += ["changed_at", "revision", "state"]
    revision = ["draft_id", "number", "person_id", "at", "what", "path", "new_path", "changes"]
    return (
        StoredData(
            _("Drafts of courses: who started them, and who changed which file when"),
            _("So that trainers who write together know who changed what, and can undo it."),
            _(
                "As long as the draft, and 30 days after it’s discarded. If you delete your account, the text stays "
                "and your name is taken out."
            ),
            (*(f"draft.{name}" for name in draft), *(f"draft_revision.{name}" for name in revision)),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return the drafts that somebody started, and every change they made."""
    return [
        Sheet(
            "course-drafts",
            _("Drafts of courses that you started"),
            {
                "started": _("Started"),
                "title": _("Title"),
                "course": _("Course"),
                "changed": _("Last changed"),
                "state": _("Status"),
            },
            tuple(
                (row.created_at.isoformat(), row.title, row.course_id, row.changed_at.isoformat(), row.state)
                for row in records.list_started_by(person_id)
            ),
        ),
        Sheet(
            "draft-changes",
            _("Your changes to drafts of courses"),
            {
                "when": _("When"),
                "title": _("Title"),
                "what": _("What"),
                "file": _("File"),
                "new_file": _("New file name"),
            },
            tuple(
                (row.at.isoformat(), title, row.what, row.path, row.new_path or "")
                for row, title in records.list_changes_by(person_id)
            ),
        ),
    ]


def erase(person_id: str, remains: Remains) -> None:
    """Take somebody's name out of drafts; the text belongs to the programme."""
    records.remove_person(person_id)
