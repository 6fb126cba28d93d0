"""Marking checks again: a trainer proposes, a coordinator decides, and the job process does it in portions."""

from __future__ import annotations

from lms.authoring.statistics.regrading import records
from lms.authoring.statistics.regrading.events import CheckRegraded, PassKept, RegradeDecided, RegradeProposed
from lms.authoring.statistics.regrading.reckoning import Mend, reckon
from lms.authoring.statistics.regrading.records import DONE, KEPT, TAKEN, WAITING, Regrade, RegradedResult, SentCheck
from lms.authoring.statistics.regrading.rules import How, Score
from lms.foundation import clock, ids
from lms.foundation.background import jobs
from lms.foundation.db import db, write
from lms.foundation.events import announce
from lms.learning.progress.attempt_records import Attempt, Result
from lms.learning.progress.events import CoursePassed
from lms.learning.progress.records import get_enrolment
from lms.library.course_cache import get_course

WORK = "authoring.regrade"
AT_ONCE = 100


def propose(programme_id: str, course_id: str, question_id: str, how: How, digest: str, by: str) -> str:
    """Propose to mark earlier checks again, and return the proposal's public id; asked twice, it is there once.

    What was declined, or applied before more checks were sent, is proposed again.
    """
    row = records.find_same(programme_id, course_id, question_id, how, digest)
    if row and row.state in ("proposed", "running"):
        return row.public_id
    if row is None:
        row = Regrade(id=ids.inner_id(), public_id=ids.public_id(), programme_id=programme_id, course_id=course_id)
        row.question_id, row.how, row.digest = question_id, how, digest
        db.session.add(row)
    row.state, row.after_attempt = "proposed", ""
    row.proposed_by, row.proposed_at, row.decided_by, row.decided_at = by, clock.now(), None, None
    db.session.flush()
    announce(RegradeProposed(programme_id, row.id, course_id))
    return row.public_id


def decide(regrade_id: str, apply: bool, by: str) -> bool:
    """Apply or decline a proposal; return False, with nothing changed, when somebody decided before."""
    row = records.get_regrade(regrade_id)
    if row.state != "proposed":
        return False
    row.state = "running" if apply else "declined"
    row.decided_by, row.decided_at = by, clock.now()
    announce(RegradeDecided(row.programme_id, row.id, apply))
    if apply:
        jobs.push(WORK, row.id)
    return True


def sweep() -> None:
    """Go on with all proposals that are being applied."""
    for regrade_id in records.list_running():
        work(regrade_id)


def work(regrade_id: str) -> None:
    """Mark again what a proposal concerns, in portions; a repeated or interrupted run does nothing twice."""
    while True:
        regrade = records.get_regrade(regrade_id)
        if regrade.state != "running":
            return
        mend = Mend(regrade.question_id, regrade.how == "key", get_course(regrade.digest))
        where = (regrade.programme_id, regrade.course_id, regrade.question_id, regrade.after_attempt)
        portion = records.list_with_question(*where, AT_ONCE)
        changed = [(check, now) for check, now, move in reckon(portion, mend) if move != "unknown" and now != check.was]
        last = portion[-1].attempt_id if len(portion) == AT_ONCE else None
        write(_store_portion, regrade_id, regrade.after_attempt, last, changed)


def _store_portion(regrade_id: str, seen: str, last: str | None, changed: list[tuple[SentCheck, Score]]) -> None:
    """Store one portion, unless another worker was faster."""
    regrade = records.get_regrade(regrade_id)
    if regrade.state != "running" or regrade.after_attempt != seen:
        return
    for check, now in changed:
        _store(regrade, check, now)
    regrade.after_attempt = last or seen
    regrade.state = "running" if last else "applied"


def _store(regrade: Regrade, check: SentCheck, now: Score) -> None:
    lost = check.was.passed and not now.passed
    row = RegradedResult(regrade_id=regrade.id, attempt_id=check.attempt_id, at=clock.now())
    row.right_before, row.asked_before, row.passed_before = check.was.right, check.was.asked, check.was.passed
    row.right_after, row.asked_after, row.passed_after = now.right, now.asked, now.passed
    row.decision = WAITING if lost else DONE
    db.session.add(row)
    if not lost:
        _set_result(row)
        if now.passed and not check.was.passed:
            _give_pass(regrade, check)
    db.session.flush()


def _give_pass(regrade: Regrade, check: SentCheck) -> None:
    """Let a pass follow what follows from passing; to somebody who passed with another check nothing new happens."""
    if records.passed_elsewhere(db.session.get_one(Attempt, check.attempt_id)):
        return
    where = (check.person_id, regrade.programme_id, check.enrolment_id, check.attempt_id)
    announce(CoursePassed(*where))
    announce(CheckRegraded(*where, passed=True))


def _set_result(row: RegradedResult) -> None:
    result = db.session.get_one(Result, row.attempt_id)
    result.right, result.asked, result.passed = row.right_after, row.asked_after, row.passed_after
    result.regraded_at = clock.now()


def keep_pass(regrade_id: str, attempt: str, by: str) -> None:
    """Let somebody keep the pass that marking again would take; decided already, it stays as it was decided."""
    row = records.find_waiting(regrade_id, attempt)
    if row:
        _keep(row, by)


def keep_all(regrade_id: str, by: str) -> int:
    """Let everybody keep their pass about whom nothing is decided yet, but the one who decides; return how many."""
    kept = [loss for loss in records.list_losses(regrade_id) if loss.person_id != by]
    for loss in kept:
        row = records.find_regraded(regrade_id, loss.attempt_id)
        assert row is not None
        _keep(row, by)
    return len(kept)


def _keep(row: RegradedResult, by: str) -> None:
    row.decision, row.decided_by = KEPT, by
    announce(PassKept(*_where(row)))


def take_pass(regrade_id: str, attempt: str, by: str) -> None:
    """Let the new score count for somebody, so that their check isn't passed any more; a certificate stays as it is."""
    row = records.find_waiting(regrade_id, attempt)
    if row is None:
        return
    row.decision, row.decided_by = TAKEN, by
    _set_result(row)
    db.session.flush()
    announce(CheckRegraded(*_where(row), passed=False))


def _where(row: RegradedResult) -> tuple[str, str, str, str]:
    attempt = db.session.get_one(Attempt, row.attempt_id)
    enrolment = get_enrolment(attempt.enrolment_id)
    return enrolment.person_id, enrolment.programme_id, enrolment.id, attempt.id
