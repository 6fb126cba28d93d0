"""Personal data in bulk actions: those that somebody started, and those that include their certificates."""

from __future__ import annotations

from lms.coordination.batches import records
from lms.coordination.board import status_records
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _


def stored_data() -> tuple[StoredData, ...]:
    """Return what is kept of work for many certificates at once."""
    batch = ["id", "public_id", "programme_id", "asked_by", "kind", "state", "turn", "made_at", "ended_at", "sha256"]
    item = ["batch_id", "number", "enrolment_id", "award_id", "outcome"]
    status = ["programme_id", "person_id", "course_id", "enrolment_id", "unit_id", "sort_key", "phase", "award_id"]
    status += ["withdrawn_id", "valid_until", "ready", "on_hold"]
    return (
        StoredData(
            _("Bulk actions on certificates: which coordinator started them, when, and the result of each"),
            _("So that the work continues after an interruption, and nothing is done twice."),
            _("Thirty days; a file of certificates is deleted after one day."),
            (*(f"batch.{name}" for name in batch), *(f"batch_item.{name}" for name in item)),
        ),
        StoredData(
            _("Your status in each course, and the words of your name, email address and staff number"),
            _(
                "So that your programme’s coordinators find you in their list. Nothing in it is new: it repeats what "
                "your account, courses and certificates say."
            ),
            _("As long as you’re a learner in the programme."),
            (
                *(f"training_status.{name}" for name in status),
                *(f"person_word.{name}" for name in ("programme_id", "word", "person_id")),
            ),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return what somebody asked for, and where their own certificates were among those of others."""
    rows = [(batch, "") for batch in records.list_asked_by(person_id)]
    rows += [(batch, item.outcome or "") for batch, item in records.list_about(person_id)]
    return [
        Sheet(
            "many-at-once",
            _("Bulk actions on certificates"),
            {
                "when": _("When"),
                "what": _("What"),
                "by_you": _("By you"),
                "outcome": _("Result for you"),
                "state": _("Status"),
                "ended": _("Ended"),
            },
            tuple(
                (
                    batch.made_at.isoformat(),
                    batch.kind,
                    _("Yes") if batch.asked_by == person_id else _("No"),
                    outcome,
                    batch.state,
                    batch.ended_at.isoformat() if batch.ended_at else "",
                )
                for batch, outcome in rows
            ),
        )
    ]


def erase(person_id: str, remains: Remains) -> None:
    """Take somebody out of what was asked for many, and what they asked for themselves away."""
    status_records.remove_person(person_id)
    records.remove_person(person_id)
    records.forget([batch.id for batch in records.list_asked_by(person_id)])
