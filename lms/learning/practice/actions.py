"""What learners do in practice conversations: start, reply, go back, try again from a turn."""

from __future__ import annotations

from typing import Literal

from lms.content.model.conversation import Conversation
from lms.foundation import clock, ids
from lms.foundation.db import db
from lms.learning.practice import records as practice_records
from lms.learning.practice.records import Run
from lms.learning.practice.rules import Played, cut, play
from lms.learning.progress.actions import complete_practice
from lms.learning.progress.records import get_enrolment, was_practised

MoveResult = Literal["done", "moved on", "gone"]


def begin(
    enrolment_id: str, digest: str, conversation_id: str, path: str = "", tells: bool = False, own_first: bool = False
) -> Run:
    """Start a conversation, or continue the open run."""
    known = practice_records.find_open(enrolment_id, conversation_id)
    return known or _open(enrolment_id, digest, conversation_id, path, tells, own_first)


def _open(enrolment_id: str, digest: str, conversation_id: str, path: str, tells: bool, own_first: bool) -> Run:
    run = Run(
        id=ids.inner_id(),
        public_id=ids.public_id(),
        enrolment_id=enrolment_id,
        open_for=practice_records.door_of(enrolment_id, conversation_id),
        conversation_id=conversation_id,
        digest=digest,
        path=path,
        revision=0,
        tells=tells,
        own_first=own_first,
        touched_at=clock.now(),
        debrief_at=None,
    )
    db.session.add(run)
    db.session.flush()
    return run


def say(run_id: str, conversation: Conversation, revision: int, reply: int) -> MoveResult:
    """Choose a reply at the revision that the learner saw; a run that moved on elsewhere stays as it is.

    A reply that is sent twice, because a page was reloaded, counts once.
    """
    run = db.session.get(Run, run_id)
    if run is None:
        return "gone"
    if run.revision == revision + 1 and run.path.rpartition(".")[2] == str(reply):
        return "done"
    if run.revision != revision or run.open_for is None:
        return "moved on"
    played = play(conversation, f"{run.path}.{reply}" if run.path else str(reply))
    _turn_to(run, played.path)
    if played.end:
        _finish(run, conversation, played)
    return "done"


def go_back(run_id: str, revision: int) -> MoveResult:
    """Undo the last reply."""
    run = db.session.get(Run, run_id)
    if run is None:
        return "gone"
    if run.revision != revision or run.open_for is None:
        return "moved on"
    _turn_to(run, cut(run.path, len(run.path.split(".")) - 1))
    return "done"


def restart(run_id: str) -> None:
    """Go back to the start of an open run."""
    run = db.session.get(Run, run_id)
    if run is not None and run.open_for and run.path:
        _turn_to(run, "")


def set_options(run_id: str, tells: bool | None = None, own_first: bool | None = None) -> None:
    """Set whether feedback comes with each reply, and whether one's own words come before the replies."""
    run = db.session.get(Run, run_id)
    if run is not None:
        run.tells = run.tells if tells is None else tells
        run.own_first = run.own_first if own_first is None else own_first


def try_again(run_id: str, steps: int) -> None:
    """Start a new run from a finished run's first steps, in place of an open one; the finished run stays."""
    run = db.session.get(Run, run_id)
    if run is None or run.debrief_at is None:
        return
    path = cut(run.path, steps)
    known = practice_records.find_open(run.enrolment_id, run.conversation_id)
    if known is None:
        _open(run.enrolment_id, run.digest, run.conversation_id, path, run.tells, run.own_first)
    elif (known.path, known.digest) != (path, run.digest):
        known.digest = run.digest
        _turn_to(known, path)


def _turn_to(run: Run, path: str) -> None:
    run.path, run.revision, run.touched_at = path, run.revision + 1, clock.now()


def _finish(run: Run, conversation: Conversation, played: Played) -> None:
    """Close a run at its end: complete its conversation, and count somebody's first run without a name."""
    run.open_for, run.debrief_at = None, clock.now()
    if not was_practised(run.enrolment_id, conversation.id):
        programme_id = get_enrolment(run.enrolment_id).programme_id
        choices = ((turn.id, index) for turn, index in played.steps)
        practice_records.count_finished(programme_id, run.digest, conversation.id, choices)
    if played.end:
        complete_practice(run.enrolment_id, conversation, played.end)
