"""The status of each person in each course, as facts that no clock moves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from lms.accounts.members.records import PLAIN_ORDER, Member
from lms.accounts.members.word_records import PersonWord, expected_words, keep_words
from lms.accounts.records import Membership, Person, Programme
from lms.certification.awards.observations import Observation
from lms.certification.awards.records import Award
from lms.coordination.board.sum_records import ADD_CHANGES, Facts, StatusCount, changes_of, facts_of
from lms.foundation.db import Base, db
from lms.foundation.statements.prepared import run_prepared
from lms.learning.progress.records import Enrolment
from lms.library.course_cache import private_among
from lms.library.records import CURRENT_DIGESTS

# A session, or the connection of a migration.
Store = Connection | Session

REBUILD_STEP = 500


class TrainingStatus(Base):
    """Where somebody is in one course of a programme; a learner who started none has one row without a course.

    `phase` is what happened: none, training, waiting (passed, the certificate waits for a review), issued, withdrawn,
    or older: the newest certificate was withdrawn, and one before it stands. What a day makes of it is decided when it
    is asked. `award_id` is the certificate to show; that of `withdrawn_id` is shown once the older one has expired.
    """

    __tablename__ = "training_status"
    __table_args__ = (
        Index("ix_training_status_order", "programme_id", "sort_key", "person_id", "course_id"),
        Index("ix_training_status_phase", "programme_id", "phase", "sort_key", "person_id", "course_id"),
        Index("ix_training_status_unit", "unit_id", "sort_key", "person_id", "course_id"),
        Index(
            "ix_training_status_sums",
            "programme_id",
            "course_id",
            "phase",
            "valid_until",
            "ready",
            "on_hold",
        ),
    )
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    course_id: Mapped[str] = mapped_column(primary_key=True)
    enrolment_id: Mapped[str | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    sort_key: Mapped[str] = mapped_column(PLAIN_ORDER)
    phase: Mapped[str]
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    withdrawn_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    valid_until: Mapped[date | None]
    ready: Mapped[bool]
    on_hold: Mapped[bool]


# As a table: rows go in without the session knowing them, and the same way through the connection of a migration.
_STATUS: Any = TrainingStatus.__table__
_COUNTED_BY = [_STATUS.c[name] for name in ("course_id", "phase", "valid_until", "ready", "on_hold")]


def _newest(*conditions: Any) -> Any:
    """Return a subquery for the newest award of an enrolment; inner keys are in the order in which they were made.

    It is the greatest of an expression, because SQLite would look for the greatest key among those of everybody.
    """
    query = select(func.max(Award.id.concat(""))).where(Award.enrolment_id == Enrolment.id, *conditions)
    return query.correlate(Enrolment).scalar_subquery()


def _last_rating() -> Any:
    """Return a subquery for the last rating that decides about a hold, as `observations.is_held_back` has it."""
    counts = (Observation.undone_at.is_(None), Observation.award_id.is_(None), Observation.rating != "not yet")
    confirmed = or_(~Observation.pending, Observation.rating == "harmful")
    query = select(Observation.rating).where(Observation.enrolment_id == Enrolment.id, confirmed, *counts)
    last = query.order_by(Observation.seen_on.desc(), Observation.id.desc()).limit(1)
    return last.correlate(Enrolment).scalar_subquery()


@cache
def _facts(private_courses: int | None = None) -> Any:
    """Return the query for the status of learners with an open account; a private course counts as not begun.

    It is built once, because building it takes longer than running it, and asks for `programme`, `people`, `private`.
    The one for a number of private courses asks for one person, as `person`, and for `private_0` and so on.
    """
    programme: Any = bindparam("programme")
    these: ColumnElement[bool]
    shown_to_staff: ColumnElement[bool]
    if private_courses is None:
        these = Membership.person_id.in_(bindparam("people", expanding=True))
        shown_to_staff = Enrolment.course_id.not_in(bindparam("private", expanding=True))
    else:
        these = Membership.person_id == bindparam("person")
        others = (Enrolment.course_id != bindparam(f"private_{place}") for place in range(private_courses))
        shown_to_staff = and_(true(), *others)
    # SQLite would go through all enrolments of the programme for each person, if an index on it were of use here.
    here = and_(
        Enrolment.person_id == Membership.person_id,
        Enrolment.programme_id.concat("") == Membership.programme_id,
        shown_to_staff,
    )
    of_member = (
        select(
            Membership.programme_id,
            Membership.person_id,
            Member.unit_id,
            Member.sort_key,
            Enrolment.id.label("enrolment_id"),
            Enrolment.course_id,
            _newest().label("any_id"),
            _newest(~Award.waiting).label("issued_id"),
            _newest(~Award.waiting, Award.withdrawn_at.is_(None), Award.replaced_by.is_(None)).label("good_id"),
            _last_rating().label("rating"),
        )
        .join(Person, Person.id == Membership.person_id)
        .join(Member, and_(Member.person_id == Person.id, Member.programme_id == Membership.programme_id))
        .outerjoin(Enrolment, here)
        .where(Membership.programme_id == programme, these)
        .where(Membership.role == "learner", Person.disabled_at.is_(None))
        # Keeps SQLite from asking the subqueries again wherever the outer query names one.
        .offset(0)
        .subquery()
    )
    row, issued, shown = of_member.c, aliased(Award), aliased(Award)
    was_withdrawn = issued.withdrawn_at.is_not(None)
    shown_id = case(
        (was_withdrawn, func.coalesce(row.good_id, row.issued_id)), else_=func.coalesce(row.issued_id, row.any_id)
    )
    phase = case(
        (row.enrolment_id.is_(None), "none"),
        (row.any_id.is_(None), "training"),
        (row.issued_id.is_(None), "waiting"),
        (and_(was_withdrawn, row.good_id.is_(None)), "withdrawn"),
        (was_withdrawn, "older"),
        else_="issued",
    )
    return (
        select(
            row.programme_id,
            row.person_id,
            row.unit_id,
            row.sort_key,
            func.coalesce(row.course_id, "").label("course_id"),
            row.enrolment_id,
            phase.label("phase"),
            shown.id.label("award_id"),
            case((and_(was_withdrawn, row.good_id.is_not(None)), row.issued_id)).label("withdrawn_id"),
            shown.valid_until,
            and_(~shown.waiting, shown.facts["ready_on"].as_string().is_not(None)).label("ready"),
            func.coalesce(row.rating == "harmful", False).label("on_hold"),
        )
        .outerjoin(issued, issued.id == row.issued_id)
        .outerjoin(shown, shown.id == shown_id)
    )


def expected(
    store: Store, programme_id: str, person_ids: Collection[str], private: Collection[str], *, names: bool = True
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of status that some people of a programme should have, and with `names` those of their words."""
    asked = {"programme": programme_id, "people": list(person_ids), "private": list(private)}
    rows = store.execute(_facts(), asked).mappings().all()
    words = expected_words(store, programme_id, person_ids) if names else []
    return [_as_stored(row) for row in rows], words


def refresh(
    store: Store, programme_id: str, person_ids: Collection[str], private: Collection[str], *, names: bool = True
) -> None:
    """Write the status of some people of a programme again, from what is stored of them; `names` with their words."""
    cleared = store.execute(_of(_STATUS, programme_id, person_ids).returning(*_COUNTED_BY))
    before = [facts_of(*row) for row in cleared]
    rows, _words = expected(store, programme_id, person_ids, private, names=False)
    changes = changes_of(programme_id, before, [_as_counted(row) for row in rows])
    for statement, added in ((_ADD, rows), (ADD_CHANGES, changes)):
        if added:
            store.execute(statement, added)
    if names:
        keep_words(store, programme_id, person_ids)


def _of(table: Any, programme_id: str, person_ids: Collection[str]) -> Any:
    """Return the statement that deletes the rows of some people of a programme."""
    return delete(table).where(table.c.programme_id == programme_id, table.c.person_id.in_(person_ids))


_ADD = insert(_STATUS)
# What a check or a certificate changes. Only two indexes hold any of it, so the pages of the others aren't read.
_OFTEN = ("phase", "award_id", "withdrawn_id", "valid_until", "ready", "on_hold")
_KEY = [column == bindparam(f"key_{column.name}") for column in _STATUS.primary_key]
_CHANGE = update(_STATUS).where(*_KEY).values({name: bindparam(f"new_{name}") for name in _OFTEN})
_REMOVE = delete(_STATUS).where(*_KEY)
_MINE = and_(_STATUS.c.programme_id == bindparam("programme"), _STATUS.c.person_id == bindparam("person"))
_DIGESTS = CURRENT_DIGESTS.subquery()
# Somebody's status, and the versions by which courses are private, in each row and also where there's no status.
_OF_ONE = select(*_DIGESTS.c, *_STATUS.c).select_from(_DIGESTS.outerjoin(_STATUS, _MINE))


def refresh_one(programme_id: str, person_id: str) -> None:
    """Write what changed of somebody's status in a programme, inside the present write: as `refresh` without names."""
    these = {"programme": programme_id, "person": person_id}
    found = run_prepared(_OF_ONE, these)
    private = private_among(found[0][0] or "")
    before = [dict(zip(_STATUS.c.keys(), row, strict=True)) for _digests, *row in found if row[0]]
    query = _facts(len(private))
    asked = {f"private_{place}": course_id for place, course_id in enumerate(sorted(private))}
    names = query.selected_columns.keys()
    rows = [_as_stored(dict(zip(names, row, strict=True))) for row in run_prepared(query, these | asked)]
    _write_changes({row["course_id"]: row for row in before}, {row["course_id"]: row for row in rows})
    if changes := changes_of(programme_id, [_as_counted(row) for row in before], [_as_counted(row) for row in rows]):
        run_prepared(ADD_CHANGES, changes)


def _write_changes(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> None:
    """Write how somebody's rows differ from those before, each by its course."""
    changed, moved = [], set()
    for course_id in before.keys() & after.keys():
        differing = {name for name, value in after[course_id].items() if value != before[course_id][name]}
        if differing - set(_OFTEN):
            moved.add(course_id)
        elif differing:
            new = {f"new_{name}": after[course_id][name] for name in _OFTEN}
            changed.append(_key_of(after[course_id]) | new)
    gone = [_key_of(row) for course_id, row in before.items() if course_id not in after or course_id in moved]
    added = [row for course_id, row in after.items() if course_id not in before or course_id in moved]
    for statement, given in ((_REMOVE, gone), (_CHANGE, changed), (_ADD, added)):
        if given:
            run_prepared(statement, given)


def _key_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"key_{column.name}": row[column.name] for column in _STATUS.primary_key}


def _as_counted(row: Mapping[str, Any]) -> Facts:
    return facts_of(*(row[each.name] for each in _COUNTED_BY))


def _as_stored(facts: Any) -> dict[str, Any]:
    return {**facts, "ready": bool(facts["ready"])}


def rebuild(store: Store, private: Collection[str]) -> int:
    """Write the status of everybody again, some hundred people at a time; return how many people that were."""
    for table in (TrainingStatus, PersonWord, StatusCount):
        store.execute(delete(table))
    done = 0
    for programme_id in store.execute(select(Programme.id).order_by(Programme.id)).scalars().all():
        for person_ids in _members(store, programme_id):
            refresh(store, programme_id, person_ids, private)
            done += len(person_ids)
    return done


def _members(store: Store, programme_id: str) -> Iterator[list[str]]:
    """Yield the people who are or were in a programme, some hundred at a time."""
    query = select(Member.person_id).where(Member.programme_id == programme_id)
    last = ""
    while found := list(
        store.execute(query.where(Member.person_id > last).order_by(Member.person_id).limit(REBUILD_STEP)).scalars()
    ):
        yield found
        last = found[-1]


def list_programmes_of(person_id: str) -> list[str]:
    """Return the programmes in which somebody is or was, or has a status."""
    member = select(Member.programme_id).where(Member.person_id == person_id)
    listed = select(TrainingStatus.programme_id).where(TrainingStatus.person_id == person_id)
    return list(db.session.scalars(member.union(listed)))


def list_enrolled(course_id: str) -> dict[str, list[str]]:
    """Return who started a course, by programme."""
    found: dict[str, list[str]] = {}
    query = select(Enrolment.programme_id, Enrolment.person_id).where(Enrolment.course_id == course_id)
    for programme_id, person_id in db.session.execute(query):
        found.setdefault(programme_id, []).append(person_id)
    return found


def is_listed(course_id: str) -> bool:
    """Return whether anybody's status shows a course."""
    return db.session.scalar(select(exists().where(TrainingStatus.course_id == course_id))) or False


def leave_unit(unit_id: str) -> None:
    """Take a unit out of everybody's status."""
    db.session.execute(update(TrainingStatus).where(TrainingStatus.unit_id == unit_id).values(unit_id=None))


def remove_person(person_id: str) -> None:
    """Delete every status and word of somebody, who is counted no longer."""
    mine = delete(_STATUS).where(_STATUS.c.person_id == person_id)
    before: dict[str, list[Facts]] = {}
    for programme_id, *row in db.session.execute(mine.returning(_STATUS.c.programme_id, *_COUNTED_BY)):
        before.setdefault(programme_id, []).append(facts_of(*row))
    if changes := [row for programme_id, facts in before.items() for row in changes_of(programme_id, facts, [])]:
        db.session.execute(ADD_CHANGES, changes)
    db.session.execute(delete(PersonWord).where(PersonWord.person_id == person_id))
