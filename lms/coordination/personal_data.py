"""Personal data in bulk actions and imports: those that somebody started, and those that include them."""

from __future__ import annotations

from lms.accounts.records import get_person
from lms.coordination.batches import records
from lms.coordination.board import status_records
from lms.coordination.roster import records as roster_records
from lms.coordination.roster.rules import DRAFT_KEPT, IMPORT_KEPT
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.periods import in_words

_IMPORT = (
    *("id", "public_id", "programme_id", "asked_by", "left_out"),
    *("new_units", "state", "turn", "made_at", "ended_at"),
)
_ROW = (
    *("import_id", "number", "email", "name", "role", "unit", "unit_id"),
    *("staff_number", "line_manager", "problems", "result", "done"),
)


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of work for many certificates at once."""
    batch = ["id", "public_id", "programme_id", "asked_by", "kind", "state", "turn", "made_at", "ended_at", "sha256"]
    item = ["batch_id", "number", "enrolment_id", "award_id", "outcome"]
    status = ["programme_id", "person_id", "course_id", "enrolment_id", "unit_id", "sort_key", "phase", "award_id"]
    status += ["withdrawn_id", "valid_until", "ready", "on_hold"]
    return (
        StoredData(
            _("Bulk actions on certificates: which coordinator started them, when, and the result of each"),
            _("So that the work continues after an interruption, and nothing is done twice."),
            _(
                "%(days)s. A file of certificates is deleted after %(file)s.",
                days=in_words(records.BATCH_KEPT),
                file=in_words(records.FILE_KEPT),
            ),
            (*(f"batch.{name}" for name in batch), *(f"batch_item.{name}" for name in item)),
        ),
        StoredData(
            _("Your status in each course, and the words in your name, email address and staff number"),
            _(
                "So that your programme’s coordinators find you in their list, and whoever runs the site finds your "
                "account. Nothing in it is new: it repeats what your account, courses and certificates say."
            ),
            _("Your status as long as you’re a learner in the programme, and the words until you delete your account."),
            (
                *(f"training_status.{name}" for name in status),
                *(f"person_word.{name}" for name in ("programme_id", "word", "sort_key", "person_id")),
            ),
        ),
        StoredData(
            _("Files of people to invite: which coordinator imported them, and the rows with your address"),
            _("So that a coordinator sees what happened with each row, and an import continues after an interruption."),
            _(
                "%(days)s after the import, or %(draft)s if nobody starts it.",
                days=in_words(IMPORT_KEPT),
                draft=in_words(DRAFT_KEPT),
            ),
            (*(f"roster_import.{name}" for name in _IMPORT), *(f"roster_row.{name}" for name in _ROW)),
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
        ),
        *_of_imports(person_id),
    ]


def _of_imports(person_id: str) -> list[Part]:
    """Return the files that somebody sent, and the rows of others' files in which their address stands."""
    sent = roster_records.list_asked_by(person_id)
    about = roster_records.list_about(get_person(person_id).email)
    return [
        Sheet(
            "imports",
            _("Files of people that you imported"),
            {
                "when": _("When"),
                "state": _("Status"),
                "ended": _("Ended"),
                "left_out": _("Columns left out"),
                "units": _("New units"),
            },
            tuple(
                (
                    row.made_at.isoformat(),
                    row.state,
                    row.ended_at.isoformat() if row.ended_at else "",
                    ", ".join(row.left_out),
                    ", ".join(row.new_units),
                )
                for row in sent
            ),
        ),
        Sheet(
            "imported-rows",
            _("Rows about you in imported files"),
            {
                "when": _("When"),
                "row": _("Row"),
                "address": _("Email address or sign-in name"),
                "name": _("Name"),
                "role": _("Role"),
                "unit": _("Unit"),
                "staff_number": _("Staff number"),
                "line_manager": _("Line manager"),
                "problems": _("Problems"),
                "result": _("Result"),
                "done": _("Done"),
            },
            tuple(
                (
                    this.made_at.isoformat(),
                    str(row.number),
                    row.email,
                    row.name,
                    row.role,
                    row.unit,
                    row.staff_number,
                    row.line_manager,
                    "; ".join(" ".join(problem) for problem in row.problems),
                    row.result,
                    _("Yes") if row.done else _("No"),
                )
                for this, row in about
            ),
        ),
    ]


def erase(person_id: str, remains: Remains) -> None:
    """Take somebody out of what was asked for many, and what they asked for themselves away."""
    status_records.remove_person(person_id)
    records.remove_person(person_id)
    records.forget([batch.id for batch in records.list_asked_by(person_id)])
    roster_records.forget_address(get_person(person_id).email)
    roster_records.forget([row.id for row in roster_records.list_asked_by(person_id)])
