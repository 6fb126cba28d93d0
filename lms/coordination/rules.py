"""Decided here: the one training state of a person in a course."""

from __future__ import annotations

from datetime import date
from typing import Literal

from lms.certification.rules import renewal_is_near

TrainingState = Literal["not_started", "in_training", "completed", "renew_by"]
STATES: tuple[TrainingState, ...] = ("not_started", "in_training", "completed", "renew_by")


def training_state(*, begun: bool, awarded_on: date | None, valid_until: date | None, today: date) -> TrainingState:
    """Return which of the four states a coordinator sees."""
    if awarded_on is None:
        return "in_training" if begun else "not_started"
    return "renew_by" if renewal_is_near(valid_until, today) else "completed"
