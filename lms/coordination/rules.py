"""Decided here: the one training state of a person in a course."""

from __future__ import annotations

from typing import Literal

from lms.certification.awards.validity import Stage

TrainingState = Literal["not_started", "in_training", "waiting", "completed", "renew_by", "withdrawn"]
STATES: tuple[TrainingState, ...] = ("not_started", "in_training", "waiting", "completed", "renew_by", "withdrawn")


def training_state(
    *, begun: bool, stage: Stage | None, waiting: bool = False, withdrawn: bool = False
) -> TrainingState:
    """Return which state a coordinator sees; `stage` is that of the certificate, where one stands.

    Who passed and waits for the course's review is not in training any more; whose certificate was withdrawn has not
    completed the course.
    """
    if waiting:
        return "waiting"
    if withdrawn:
        return "withdrawn"
    if stage is None:
        return "in_training" if begun else "not_started"
    return "completed" if stage in {"current", "without end"} else "renew_by"
