"""Actions that keep the status of people: after what concerns one of them, and after a course became private."""

from __future__ import annotations

from collections.abc import Sequence

from lms.coordination.board import comparison_records
from lms.coordination.board import status_records as records
from lms.coordination.board.sum_records import ADD_CHANGES, as_changes
from lms.foundation.db import db, run
from lms.library.course_cache import private_courses


def refresh_status(person_id: str, programme_id: str) -> None:
    """Write somebody's status in a programme again, after what happened to a course or certificate of theirs."""
    records.refresh_one(programme_id, person_id)


def refresh_person(person_id: str) -> None:
    """Write somebody's status again everywhere, after a change of name, address, account or membership."""
    private = private_courses()
    for programme_id in records.list_programmes_of(person_id):
        records.refresh(db.session(), programme_id, [person_id], private)


def follow_privacy(course_id: str) -> None:
    """After a course was published: list it no longer if it became private, or list it if it isn't private any more."""
    private = private_courses()
    if records.is_listed(course_id) != (course_id in private):
        return
    for programme_id, person_ids in records.list_enrolled(course_id).items():
        for start in range(0, len(person_ids), records.REBUILD_STEP):
            some = person_ids[start : start + records.REBUILD_STEP]
            records.refresh(db.session(), programme_id, some, private, names=False)


def leave_unit(unit_id: str) -> None:
    """Let nobody's status name a unit that goes."""
    records.leave_unit(unit_id)


def compare(programme_id: str, person_ids: Sequence[str]) -> list[str]:
    """Return which of some people a programme's list shows otherwise than what is stored of them says."""
    return comparison_records.list_differing(db.session(), programme_id, person_ids, private_courses())


def rebuild_some(programme_id: str, person_ids: Sequence[str]) -> list[str]:
    """Write the status of those of some people again who are listed otherwise than they should be; return them."""
    differing = compare(programme_id, person_ids)
    if differing:
        records.refresh(db.session(), programme_id, differing, private_courses())
    return differing


def count_miscounted(programme_id: str) -> int:
    """Return how many of the sums above a programme's list differ from the statuses in it."""
    return len(comparison_records.list_miscounted(db.session(), programme_id))


def count_again(programme_id: str) -> int:
    """Correct the sums above a programme's list that differ from the statuses in it; return how many those were."""
    missing = comparison_records.list_miscounted(db.session(), programme_id)
    if missing:
        run(ADD_CHANGES, as_changes(programme_id, missing))
    return len(missing)


def rebuild() -> int:
    """Write everybody's status again from what is stored of them; return how many people that were."""
    return records.rebuild(db.session(), private_courses())
