"""Personal data in publishing: who asked for a draft to be published, and who decided it."""

from __future__ import annotations

from lms.authoring.publishing import records
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of the people who publish courses."""
    names = ["draft_id", "programme_id", "course_id", "version", "revision", "state", "asked_by", "asked_at"]
    names += ["decided_by", "decided_at", "publish_at", "note"]
    return (
        StoredData(
            _("Published drafts: who published or approved them, and when"),
            _("So that a programme knows who decided what its learners read."),
            _("As long as the draft. If you delete your account, your name is taken out."),
            tuple(f"publication.{name}" for name in names),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return which drafts somebody published, asked to be published, or decided about."""
    headings = {
        "when": _("When"),
        "course": _("Course"),
        "version": _("Version"),
        "state": _("Status"),
        "decided": _("Decided"),
        "publish": _("To be published"),
        "note": _("Note"),
    }
    rows = tuple(
        (
            row.asked_at.isoformat(),
            row.course_id,
            row.version,
            row.state,
            row.decided_at.isoformat() if row.decided_at else "",
            row.publish_at.isoformat() if row.publish_at else "",
            row.note or "",
        )
        for row in records.list_publications_by(person_id)
    )
    return [Sheet("published-drafts", _("Drafts that you published or decided about"), headings, rows)]


def erase(person_id: str, remains: Remains) -> None:
    """Take somebody's name out of what was published; the course stays."""
    records.remove_person(person_id)
