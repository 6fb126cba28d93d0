"""Decided here: the one training state of a person in a course."""

from __future__ import annotations

from typing import Literal

from lms.certification.cycles import Stage

TrainingState = Literal["not_started", "in_training", "completed", "renew_by"]
STATES: tuple[TrainingState, ...] = ("not_started", "in_training", "completed", "renew_by")


def training_state(*, begun: bool, stage: Stage | None) -> TrainingState:
    """Return which of the four states a coordinator sees; `stage` is that of the certificate, where one stands."""
    if stage is None:
        return "in_training" if begun else "not_started"
    return "completed" if stage in {"current", "without end"} else "renew_by"
