"""Bulk actions: start one, stop it, and record the result of each item."""

from __future__ import annotations

from collections.abc import Sequence

from lms.certification.awards import actions as certification
from lms.certification.awards.records import find_award_of_enrolment, get_award
from lms.coordination.batches import records
from lms.coordination.batches.events import BatchAsked, BatchEnded, DocumentHandedOut
from lms.coordination.batches.records import Batch, BatchItem, Kind
from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce

WORK = "coordination.batch"


def ask(programme_id: str, asked_by: str, kind: Kind, enrolment_ids: Sequence[str]) -> Batch:
    """Ask for something for many certificates; asking again for the same while it goes on is asking once."""
    for known in records.list_batches(programme_id, asked_by):
        same = [item.enrolment_id for item in records.list_items(known.id)] == list(enrolment_ids)
        if known.kind == kind and known.state == "running" and same:
            return known
    batch = Batch(id=ids.inner_id(), public_id=ids.public_id(), programme_id=programme_id, asked_by=asked_by, kind=kind)
    batch.state, batch.turn, batch.made_at = "running", 0, clock.now()
    db.session.add(batch)
    db.session.flush()
    db.session.add_all(
        BatchItem(batch_id=batch.id, number=number, enrolment_id=enrolment_id)
        for number, enrolment_id in enumerate(enrolment_ids, 1)
    )
    db.session.flush()
    announce(BatchAsked(batch.id, programme_id, kind, len(enrolment_ids)))
    jobs.push(WORK, f"{batch.id} 0")
    return batch


def take_turn(batch_id: str, turn: int) -> Batch | None:
    """Begin the next step of a batch; None when it has ended, or when that step was begun by another push."""
    batch = records.find_running(batch_id)
    if batch is None or batch.turn != turn:
        return None
    batch.turn += 1
    return batch


def push_next_step(batch_id: str, turn: int) -> None:
    """Ask for the step that follows."""
    jobs.push(WORK, f"{batch_id} {turn}")


def note_outcome(batch_id: str, number: int, outcome: str, award_id: str | None) -> None:
    """Write what came of one item, unless that is written or the batch was stopped."""
    batch, item = records.find_running(batch_id), db.session.get(BatchItem, (batch_id, number))
    if batch is None or item is None or item.outcome is not None:
        return
    item.outcome, item.award_id = outcome, award_id
    if outcome == "in" and award_id:
        award = get_award(award_id)
        announce(DocumentHandedOut(award.id, award.person_id, award.programme_id, batch_id))


def issue_one(batch_id: str, number: int, enrolment_id: str, settings: Settings) -> None:
    """Issue one enrolment's certificate where it is earned, and write what came of it, in one write."""
    if records.find_running(batch_id) is None:
        return
    before = find_award_of_enrolment(enrolment_id)
    known = before.id if before else None
    award = certification.issue_if_earned(enrolment_id, settings) or before
    released = bool(award and award.waiting and certification.release(award, settings))
    outcome = "none"
    if award:
        new = released or award.id != known
        outcome = "waiting" if award.waiting else "issued" if new else "kept"
    note_outcome(batch_id, number, outcome, award.id if award else None)


def end(batch_id: str, state: str, sha256: str | None = None) -> None:
    """End a batch: done, or stopped; one that has ended stays as it is."""
    batch = records.find_running(batch_id)
    if batch is not None:
        batch.state, batch.ended_at, batch.sha256 = state, clock.now(), sha256
        announce(BatchEnded(batch.id, batch.programme_id, state))
