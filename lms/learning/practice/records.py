"""Runs of practice conversations, which only their learner can read, and counts without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation import clock, ids
from lms.foundation.db import Base, db
from lms.foundation.statements.deleting import delete_old
from lms.foundation.statements.sql import only_where
from lms.learning.practice.rules import in_tens, is_released
from lms.learning.progress.records import Enrolment

KEPT_AFTER_DEBRIEF = timedelta(days=30)
KEPT_UNFINISHED = timedelta(days=90)


class Run(Base):
    """A run of a conversation in one version; `open_for` is unique, so each conversation has one open run."""

    __tablename__ = "talk_run"
    __table_args__ = (Index("ix_talk_run_debrief_at", "debrief_at", **only_where("debrief_at IS NOT NULL")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=ids.inner_id)
    public_id: Mapped[str] = mapped_column(unique=True, default=ids.public_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), index=True)
    open_for: Mapped[str | None] = mapped_column(unique=True)
    conversation_id: Mapped[str]
    digest: Mapped[str]
    path: Mapped[str]
    revision: Mapped[int]
    tells: Mapped[bool]
    own_first: Mapped[bool]
    touched_at: Mapped[datetime]
    debrief_at: Mapped[datetime | None]

    @property
    def kept_until(self) -> datetime:
        """When the row is deleted by itself."""
        return self.debrief_at + KEPT_AFTER_DEBRIEF if self.debrief_at else self.touched_at + KEPT_UNFINISHED


class ConversationTally(Base):
    """How many people of a programme finished a conversation of one version, without names."""

    __tablename__ = "talk_tally"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    held: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)


class ConversationCoverage(Base):
    """How many people of a programme chose a reply: held back, and released with each tenth of them."""

    __tablename__ = "talk_coverage"
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    reply_index: Mapped[int] = mapped_column(primary_key=True)
    held: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Coverage:
    """Which replies learners met, in tens: how many people, and by turn and number of reply how many of them."""

    runs: int = 0
    counts: dict[tuple[str, int], int] = field(default_factory=dict)


def door_of(enrolment_id: str, conversation_id: str) -> str:
    """Return the key under which one run of a conversation is open."""
    return f"{enrolment_id} {conversation_id}"


def find_open(enrolment_id: str, conversation_id: str) -> Run | None:
    """Return the open run of a conversation."""
    return db.session.scalar(select(Run).where(Run.open_for == door_of(enrolment_id, conversation_id)))


def list_open(enrolment_id: str) -> list[str]:
    """Return the ids of the conversations that somebody has started and not finished."""
    query = select(Run.conversation_id).where(Run.enrolment_id == enrolment_id, Run.open_for.is_not(None))
    return list(db.session.scalars(query.where(Run.path != "").order_by(Run.id)))


def list_open_runs(enrolment_ids: Iterable[str]) -> list[Run]:
    """Return the conversations of some enrolments in which their learner has said something and which go on."""
    query = select(Run).where(Run.enrolment_id.in_(enrolment_ids), Run.open_for.is_not(None), Run.path != "")
    return list(db.session.scalars(query))


def find_own(public_id: str, person_id: str) -> Run | None:
    """Return a person's own run."""
    query = select(Run).join(Enrolment, Enrolment.id == Run.enrolment_id)
    return db.session.scalar(query.where(Run.public_id == public_id, Enrolment.person_id == person_id))


def list_finished(enrolment_id: str, conversation_id: str) -> list[Run]:
    """Return the runs that came to an end and are still kept, the newest first."""
    query = select(Run).where(Run.enrolment_id == enrolment_id, Run.conversation_id == conversation_id)
    return list(db.session.scalars(query.where(Run.debrief_at.is_not(None)).order_by(Run.id.desc())))


def of_person(person_id: str) -> list[tuple[str, Run]]:
    """Return all that is kept of somebody's runs, each with its course, the oldest first."""
    query = select(Enrolment.course_id, Run).join(Run, Run.enrolment_id == Enrolment.id)
    rows = db.session.execute(query.where(Enrolment.person_id == person_id).order_by(Run.id))
    return [(course_id, run) for course_id, run in rows]


def forget(run_id: str, person_id: str) -> None:
    """Delete a person's own run at once; one that is gone already stays gone."""
    run = find_own(run_id, person_id)
    if run is not None:
        db.session.delete(run)


def sweep() -> None:
    """Delete runs that were finished thirty days ago, and open ones not touched for ninety."""
    now = clock.now()
    delete_old(Run, Run.debrief_at < now - KEPT_AFTER_DEBRIEF)
    # Ids sort by time, and what was started later can't be this old: the primary key finds the few that may be.
    unfinished = (Run.id < ids.lowest_at((now - KEPT_UNFINISHED).timestamp()), Run.debrief_at.is_(None))
    delete_old(Run, *unfinished, Run.touched_at < now - KEPT_UNFINISHED)


def count_finished(programme_id: str, digest: str, conversation_id: str, choices: Iterable[tuple[str, int]]) -> None:
    """Count somebody's first finished run, without whose it was.

    Call it once for each person, so that no one of them alone brings what is held to light: that is released with
    each tenth person of a programme.
    """
    tally = db.session.get(ConversationTally, (programme_id, digest, conversation_id))
    if tally is None:
        tally = ConversationTally(
            programme_id=programme_id, digest=digest, conversation_id=conversation_id, held=0, released=0
        )
        db.session.add(tally)
    tally.held += 1
    for turn_id, index in sorted(set(choices)):
        key = (programme_id, digest, conversation_id, turn_id, index)
        row = db.session.get(ConversationCoverage, key)
        if row is None:
            names = ("programme_id", "digest", "conversation_id", "turn_id", "reply_index")
            row = ConversationCoverage(**dict(zip(names, key, strict=True)), held=0, released=0)
            db.session.add(row)
        row.held += 1
    db.session.flush()
    if is_released(tally.held):
        _release(tally)


def _release(tally: ConversationTally) -> None:
    for row in _coverage_rows(tally.programme_id, tally.digest, tally.conversation_id):
        row.held, row.released = 0, row.released + row.held
    tally.held, tally.released = 0, tally.released + tally.held


def _coverage_rows(programme_id: str, digest: str, conversation_id: str) -> list[ConversationCoverage]:
    query = select(ConversationCoverage).where(
        ConversationCoverage.programme_id == programme_id, ConversationCoverage.digest == digest
    )
    return list(db.session.scalars(query.where(ConversationCoverage.conversation_id == conversation_id)))


def released_coverage(programme_ids: Iterable[str], conversation_id: str, digest: str) -> Coverage:
    """Return which replies people of some programmes met in a version, each programme's count rounded down to tens."""
    people, counts = 0, Counter[tuple[str, int]]()
    for programme_id in programme_ids:
        tally = db.session.get(ConversationTally, (programme_id, digest, conversation_id))
        people += tally.released if tally else 0
        for row in _coverage_rows(programme_id, digest, conversation_id) if tally else ():
            counts[row.turn_id, row.reply_index] += in_tens(row.released)
    return Coverage(people, dict(counts))
