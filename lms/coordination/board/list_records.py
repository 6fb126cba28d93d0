"""Queries of a programme's list: who matches the filters, page by page in the order of names, and in numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, and_, bindparam, case, column, exists, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from lms.accounts.members.records import Member
from lms.accounts.members.word_records import count_up_to, words_of
from lms.accounts.records import Membership, Person
from lms.certification.awards.document_records import RenderRequest
from lms.certification.awards.records import Award
from lms.coordination.board.rules import (
    HELD,
    OfferedCourse,
    Sum,
    TrainingState,
    Wanted,
    sum_of,
    turns_of,
)
from lms.coordination.board.search_records import RARE, Walk, find_words
from lms.coordination.board.status_records import TrainingStatus
from lms.foundation.db import db

# Whoever fits is counted up to here, and a search with a filter among so many who have its words.
COUNTED_MOST = 1000
_ORDER = (TrainingStatus.sort_key, TrainingStatus.person_id, TrainingStatus.course_id)
_ONE_PHASE: dict[TrainingState, str] = {"not_started": "none", "in_training": "training", "waiting": "waiting"}

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Board:
    """A programme's list on a day: its courses by id, and from them what a day makes of each certificate."""

    programme_id: str
    today: date
    courses: Mapping[str, OfferedCourse]

    def state(self) -> Any:
        """Return the SQL for somebody's status today."""
        return case(
            (TrainingStatus.phase == "none", "not_started"),
            (TrainingStatus.phase == "training", "in_training"),
            (TrainingStatus.phase == "waiting", "waiting"),
            (self._is_withdrawn(), "withdrawn"),
            (and_(self._is_open(), TrainingStatus.ready, ~TrainingStatus.on_hold), "ready"),
            (self._is_open(), "completed"),
            (TrainingStatus.valid_until < self._by_course("lapsed_before"), "expired"),
            else_="renew_by",
        )

    def shows_withdrawn(self) -> Any:
        """Return the SQL for whether a newer certificate, which was withdrawn, is shown instead of an expired one."""
        return and_(TrainingStatus.phase == "older", TrainingStatus.valid_until < self.today)

    def _is_withdrawn(self) -> Any:
        return or_(TrainingStatus.phase == "withdrawn", self.shows_withdrawn())

    def _is_open(self) -> Any:
        until = TrainingStatus.valid_until
        return or_(until.is_(None), until > self._by_course("open_until"))

    def last_open(self) -> date:
        """Return the last day until which a certificate of some course is valid that can be renewed today."""
        return max((turns_of(course, self.today).open_until for course in self.courses.values()), default=self.today)

    def _by_course(self, name: str) -> Any:
        """Return a day that differs between courses, the commonest without asking which course it is."""
        days = {course.id: getattr(turns_of(course, self.today), name) for course in self.courses.values()}
        common = max(set(days.values()), key=list(days.values()).count, default=self.today)
        others = [(TrainingStatus.course_id == id_, literal(day)) for id_, day in days.items() if day != common]
        return case(*others, else_=literal(common)) if others else literal(common)

    def certificate(self, state: str) -> Any:
        """Return the SQL for whether somebody's certificate is valid, expired or withdrawn, or "none" was issued."""
        until = TrainingStatus.valid_until
        if state == "valid":
            return and_(TrainingStatus.phase.in_(HELD), or_(until.is_(None), until >= self.today))
        if state == "expired":
            return and_(TrainingStatus.phase == "issued", until < self.today)
        if state == "withdrawn":
            return self._is_withdrawn()
        return TrainingStatus.phase.not_in((*HELD, "withdrawn"))


@dataclass(frozen=True)
class Filter:
    """The conditions of a list, and whether so few can fit that they are sorted once they are found.

    With a `walk`, people are met by the words they have.
    """

    conditions: tuple[Any, ...]
    few: bool
    walk: Walk | None = None

    def order(self, backwards: bool = False) -> list[Any]:
        """Return the order of the list; an expression keeps a database from walking all names to find a few."""
        columns = [TrainingStatus.sort_key.concat("") if self.few else TrainingStatus.sort_key, *_ORDER[1:]]
        return [column.desc() for column in columns] if backwards else columns


def filter_of(board: Board, wanted: Wanted, sums: Sequence[Sum] | None = None) -> Filter:
    """Return the conditions for what was asked for; private courses are left out whatever is asked.

    Where the programme's list in numbers is known, it says whether few people have a status.
    """
    found: list[Any] = []
    private = [course.id for course in board.courses.values() if course.private]
    known = sum_of(sums, wanted) if sums is not None and wanted.states else None
    few = known is not None and known <= RARE
    if known == 0 or (wanted.search.strip() and not words_of(wanted.search)):
        # No row is of no programme: with a condition that is never true, SQLite would go through everybody.
        return Filter((TrainingStatus.programme_id == "",), few=True)
    if private:
        found.append(TrainingStatus.course_id.not_in(private))
    if wanted.states:
        found += _phases(board, wanted.states, few)
        # As a case of its own, or PostgreSQL would expect one person in 200 to fit, and look at everybody at once.
        found.append(case((board.state().in_(wanted.states), literal(True)), else_=literal(False)))
    if wanted.courses:
        found.append(TrainingStatus.course_id.in_(wanted.courses))
    if wanted.certificate:
        found.append(board.certificate(wanted.certificate))
        rare = _rare_certificate(board, wanted.certificate)
        found, few = [*found, *rare], few or bool(rare)
    if wanted.units:
        found.append(TrainingStatus.unit_id.in_(wanted.units))
    if wanted.role:
        here = (Membership.programme_id == board.programme_id, Membership.role == wanted.role)
        found.append(TrainingStatus.person_id.in_(select(Membership.person_id).where(*here)))
        few = few or (db.session.scalar(select(count_up_to(RARE + 1, Membership, here))) or 0) <= RARE
    among = sum(one.count for one in sums or ())
    words = find_words(board.programme_id, wanted.search, among, few=few)
    if not words.walk:
        found.append(TrainingStatus.programme_id == board.programme_id)
    return Filter((*found, *words.conditions), few or words.few, words.walk)


def _phases(board: Board, states: Sequence[TrainingState], few: bool) -> list[Any]:
    """Return conditions that an index knows: the one phase that some states have in common, or all that lead to few."""
    phases = {phase for state in states for phase in ((_ONE_PHASE[state],) if state in _ONE_PHASE else HELD)}
    if len(phases) == 1:
        return [TrainingStatus.phase == phases.pop()]
    if not few:
        return []
    found: list[Any] = [TrainingStatus.course_id.in_(["", *board.courses])]
    if set(states) == {"withdrawn"}:
        return [*found, TrainingStatus.phase.in_(("withdrawn", "older"))]
    if set(states) <= {"renew_by", "expired"}:
        found.append(TrainingStatus.valid_until <= board.last_open())
    return [*found, TrainingStatus.phase.in_({*phases, "withdrawn"})]


def _rare_certificate(board: Board, state: str) -> list[Any]:
    """Return conditions that an index knows, where so few certificates are withdrawn or expired."""
    if state not in {"withdrawn", "expired"}:
        return []
    found: list[Any] = [TrainingStatus.course_id.in_(["", *board.courses])]
    if state == "withdrawn":
        found.append(TrainingStatus.phase.in_(("withdrawn", "older")))
    else:
        found += [TrainingStatus.phase == "issued", TrainingStatus.valid_until < board.today]
    here = (TrainingStatus.programme_id == board.programme_id, *found)
    return found if (db.session.scalar(select(count_up_to(RARE + 1, TrainingStatus, here))) or 0) <= RARE else []


def find_place(board: Board, key: str) -> Place | None:
    """Return where in the order of names a row stands, by the key that stands in addresses."""
    public_id, _slash, course_id = key.partition("/")
    query = select(*_ORDER).join(Person, Person.id == TrainingStatus.person_id)
    these = (TrainingStatus.programme_id == board.programme_id, TrainingStatus.course_id == course_id)
    row = db.session.execute(query.where(Person.public_id == public_id, *these)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def list_page(
    board: Board, found: Filter, most: int, after: Place | None = None, before: Place | None = None
) -> list[Any]:
    """Return the rows that fit, so many after or before a place, in the order of names.

    If few can fit, rows of the first page say how many do, as `fitting`, because all of them were found to sort them.
    """
    # What a row shows is looked up once it is known which rows are shown, and not for each that is sorted.
    places = _places(found, after, before)
    if counted := found.few and not (found.walk or after or before):
        places = places.add_columns(func.count().over().label("fitting"))
    keys = places.limit(most).subquery()
    here = TrainingStatus.programme_id == board.programme_id
    same = (TrainingStatus.person_id == keys.c.person_id, TrainingStatus.course_id == keys.c.course_id)
    query = _rows().join(keys, and_(here, *same))
    query = query.order_by(*Filter((), few=True).order(backwards=before is not None))
    if counted:
        query = query.add_columns(keys.c.fitting)
    rows = db.session.execute(query, {"today": board.today}).all()
    return list(reversed(rows)) if before else list(rows)


def _places(found: Filter, after: Place | None = None, before: Place | None = None) -> Any:
    """Return the query for the places of the rows that fit and their enrolments, in the order of the list."""
    place, backwards = before or after, before is not None
    if not found.walk:
        # The last column isn't in the index of the order, or SQLite would read all of that to find a few.
        chosen = select(*_ORDER, TrainingStatus.enrolment_id).where(*found.conditions)
        if place:
            chosen = chosen.where(_beyond(_ORDER, place, backwards))
        return chosen.order_by(*found.order(backwards))
    queries = found.walk.queries(found.conditions)
    if place:
        queries = [query.where(_beyond(query.selected_columns, place, backwards)) for query in queries]
    # Each word's people come in this order, so that a database merges them, and stops when the page is full.
    names: list[Any] = [column(name) for name in ("sort_key", "person_id", "course_id")]
    return union_all(*queries).order_by(*((name.desc() for name in names) if backwards else names))


def _beyond(columns: Iterable[Any], place: Place, backwards: bool) -> Any:
    """Return the condition that a row comes after a place in the list, or before it."""
    order = list(columns)[:3]
    if backwards:
        return and_(order[0] <= place[0], tuple_(*order) < tuple_(*place))
    return and_(order[0] >= place[0], tuple_(*order) > tuple_(*place))


def list_all(board: Board, found: Filter, step: int) -> Iterator[list[Any]]:
    """Yield all rows that fit, some hundred at a time."""
    after: Place | None = None
    while rows := list_page(board, found, step, after):
        yield rows
        if len(rows) < step:
            return
        after = (rows[-1].sort_key, rows[-1].person_id, rows[-1].course_id)


def list_rows_of(board: Board, *, person_id: str | None = None, codes: Collection[str] = ()) -> list[Any]:
    """Return the rows of one person, or those that show one of some certificates."""
    found = filter_of(board, Wanted())
    query = _rows().where(*found.conditions)
    if person_id:
        query = query.where(TrainingStatus.person_id == person_id)
    else:
        of_award = select(Award.id).where(Award.code.in_(codes))
        query = query.where(or_(TrainingStatus.award_id.in_(of_award), TrainingStatus.withdrawn_id.in_(of_award)))
    return list(db.session.execute(query.order_by(*Filter((), few=True).order()), {"today": board.today}).all())


@cache
def _rows() -> Any:
    """Return the query for all that a row shows, in one statement; made once, because making it takes a while."""
    other, shown, newer = aliased(TrainingStatus), aliased(Award), aliased(Award)
    hides_older = and_(TrainingStatus.phase == "older", TrainingStatus.valid_until < bindparam("today", type_=Date()))
    namesake = exists().where(
        other.programme_id == TrainingStatus.programme_id,
        other.sort_key == TrainingStatus.sort_key,
        other.person_id != TrainingStatus.person_id,
    )
    shown_id = case((hides_older, TrainingStatus.withdrawn_id), else_=TrainingStatus.award_id)
    return (
        select(
            *_ORDER,
            TrainingStatus.enrolment_id,
            TrainingStatus.phase,
            TrainingStatus.valid_until.label("until"),
            TrainingStatus.ready,
            TrainingStatus.on_hold,
            TrainingStatus.unit_id,
            Member.staff_number,
            Person.public_id,
            Person.display_name,
            Person.email,
            Person.joined_as,
            case((Person.pronouns_shown, Person.pronouns)).label("pronouns"),
            namesake.label("namesake"),
            shown.code,
            shown.name.label("printed"),
            shown.passed_on,
            shown.valid_until,
            shown.waiting,
            shown.name_waits_since,
            shown.withdrawn_at,
            shown.replaced_by,
            shown.cycle,
            RenderRequest.letters,
            case((~hides_older, newer.code)).label("withdrawn_code"),
        )
        .join(Person, Person.id == TrainingStatus.person_id)
        .join(Member, and_(Member.person_id == Person.id, Member.programme_id == TrainingStatus.programme_id))
        .outerjoin(shown, shown.id == shown_id)
        .outerjoin(newer, newer.id == TrainingStatus.withdrawn_id)
        .outerjoin(RenderRequest, and_(RenderRequest.award_id == shown.id, RenderRequest.done_at.is_(None)))
    )


def list_enrolments(found: Filter, most: int) -> list[str]:
    """Return the courses begun by those who fit, in the order of names, up to so many."""
    started = replace(found, conditions=(*found.conditions, TrainingStatus.enrolment_id.is_not(None)))
    return [row.enrolment_id for row in db.session.execute(_places(started).limit(most))]


def list_picked(board: Board, keys: Collection[str]) -> list[str]:
    """Return the enrolments behind the keys of rows, in the order of names."""
    people = {key.partition("/")[0] for key in keys}
    query = select(TrainingStatus.enrolment_id, Person.public_id, TrainingStatus.course_id)
    query = query.join(Person, Person.id == TrainingStatus.person_id).where(Person.public_id.in_(people))
    query = query.where(*filter_of(board, Wanted()).conditions)
    query = query.order_by(*Filter((), few=True).order())
    rows = db.session.execute(query)
    return [row[0] for row in rows if row[0] and f"{row[1]}/{row[2]}" in keys]


def count_found(found: Filter, fitting: int | None = None) -> tuple[int, bool]:
    """Return how many rows fit, up to `COUNTED_MOST`, and whether there are or may be more.

    `fitting` is that number, if `list_page` has counted it already.
    """
    if fitting is not None:
        return min(fitting, COUNTED_MOST), fitting > COUNTED_MOST
    if found.walk:
        return found.walk.count(found.conditions, COUNTED_MOST)
    count = db.session.scalar(select(count_up_to(COUNTED_MOST + 1, TrainingStatus, found.conditions))) or 0
    return min(count, COUNTED_MOST), count > COUNTED_MOST
