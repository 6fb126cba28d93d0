"""Personal data in marking again: both scores of a check, and what staff proposed and decided."""

from __future__ import annotations

from datetime import datetime

from lms.authoring.statistics.regrading import records
from lms.foundation.personal_data import Part, Remains, Sheet, StoredData
from lms.foundation.text.i18n import gettext as _


def stored_data(_person_id: str | None = None) -> tuple[StoredData, ...]:
    """Return what is kept of checks that were marked again."""
    regrade = ["id", "public_id", "programme_id", "course_id", "question_id", "how", "digest", "state"]
    regrade += ["after_attempt", "proposed_by", "proposed_at", "decided_by", "decided_at"]
    score = [f"{name}_{when}" for when in ("before", "after") for name in ("right", "asked", "passed")]
    return (
        StoredData(
            _("Your score before and after a check was marked again, and what a coordinator decided"),
            _("So that a question that was marked unfairly can be put right, and you can see what changed."),
            _("Until you delete your account."),
            tuple(f"regraded_result.{name}" for name in ("regrade_id", "attempt_id", *score, "decision", "at")),
        ),
        StoredData(
            _("Which checks you proposed to mark again as a trainer, and what you decided as a coordinator"),
            _("So that it’s clear who decided about results."),
            _("Until you delete your account. What was decided stays without your name."),
            (*(f"regrade.{name}" for name in regrade), "regraded_result.decided_by"),
        ),
    )


def export(person_id: str) -> list[Part]:
    """Return both scores of somebody's checks, and what they proposed and decided as staff."""
    return [_own(person_id), _as_staff(person_id), _decided(person_id)]


def _own(person_id: str) -> Sheet:
    return Sheet(
        "checks-marked-again",
        _("Your checks that were marked again"),
        {
            "course": _("Course"),
            "opened": _("Opened"),
            "when": _("When"),
            "right_before": _("Right answers before"),
            "asked_before": _("Questions before"),
            "passed_before": _("Passed before"),
            "right_after": _("Right answers after"),
            "asked_after": _("Questions after"),
            "passed_after": _("Passed after"),
            "decision": _("Decision"),
        },
        tuple(
            (
                course_id,
                attempt.opened_at.isoformat(),
                row.at.isoformat(),
                str(row.right_before),
                str(row.asked_before),
                _yes_or_no(row.passed_before),
                str(row.right_after),
                str(row.asked_after),
                _yes_or_no(row.passed_after),
                row.decision,
            )
            for course_id, attempt, row in records.list_own(person_id)
        ),
    )


def _as_staff(person_id: str) -> Sheet:
    return Sheet(
        "marking-again",
        _("Checks you proposed to mark again, or decided about"),
        {
            "course": _("Course"),
            "question": _("Question"),
            "how": _("How"),
            "state": _("State"),
            "proposed": _("Proposed"),
            "by_you": _("Proposed by you"),
            "decided": _("Decided"),
            "decided_by_you": _("Decided by you"),
        },
        tuple(
            (
                row.course_id,
                row.question_id,
                row.how,
                row.state,
                row.proposed_at.isoformat(),
                _yes_or_no(row.proposed_by == person_id),
                _moment(row.decided_at),
                _yes_or_no(row.decided_by == person_id),
            )
            for row in records.list_by(person_id)
        ),
    )


def _decided(person_id: str) -> Sheet:
    """Return how many passes somebody decided about; whose they are is theirs."""
    return Sheet(
        "passes-decided",
        _("Passes you decided about"),
        {"passes": _("Passes")},
        ((str(records.count_decided_by(person_id)),),),
    )


def _moment(value: datetime | None) -> str:
    return value.isoformat() if value else ""


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def erase(person_id: str, remains: Remains) -> None:
    """Delete both scores of somebody's checks, and take them out of what they did as staff."""
    records.remove_person(person_id)
