"""Plans of merges: which rows move, which stay because both accounts have one alike; carrying out and taking back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, RowMapping, Table, UniqueConstraint, bindparam, delete, exists, insert, select, update

from lms.accounts.members.records import Member
from lms.accounts.members.word_records import having_words
from lms.accounts.records import Membership, Person
from lms.coordination.merging.columns import BETTER, MARKERS, OF_COURSE, OF_PERSON
from lms.coordination.merging.rules import Change, Plan, Value
from lms.foundation import clock, ids
from lms.foundation.db import Base, db, run
from lms.learning.progress.records import Enrolment, find_enrolment, list_enrolments

_LINE_MANAGER = "member.line_manager_id"
# What a programme notes of somebody and the kept account takes over where it has nothing of the kind.
_DETAILS = (("unit_id",), ("staff_number",), ("line_manager_id", "line_manager"))


def list_candidates(programme_id: str, person_id: str, search: str, most: int) -> list[Person]:
    """Return members of a programme with an open account who match a search; without one, somebody's namesakes."""
    same_name = select(Member.sort_key).where(Member.programme_id == programme_id, Member.person_id == person_id)
    found = having_words(programme_id, search)
    if not search:
        found.append(Member.sort_key == same_name.scalar_subquery())
    query = (
        select(Person)
        .join(Member, Member.person_id == Person.id)
        .where(Member.left_at.is_(None), Member.person_id != person_id)
        .where(Person.disabled_at.is_(None), *found)
        .order_by(Member.sort_key, Member.person_id)
    )
    return list(db.session.scalars(query.limit(most)))


def _column(name: str) -> Column[Any]:
    table, _, column = name.partition(".")
    return Base.metadata.tables[table].c[column]


def _unique_keys(column: Column[Any]) -> list[list[Column[Any]]]:
    """Return the keys of a table under which only one row may stand and of which a column is a part."""
    table = column.table
    assert isinstance(table, Table)
    keys: list[Iterable[Column[Any]]] = [table.primary_key]
    keys += [constraint.columns for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]
    return [list(key) for key in keys if column.name in {part.name for part in key}]


def _is_taken(column: Column[Any], value: Value, row: RowMapping) -> bool:
    """Decide whether another row stands in the way of a row that would get a value."""
    if value is None:
        return False
    for key in _unique_keys(column):
        where = [part == (value if part is column else row[part.name]) for part in key]
        if db.session.scalar(select(exists().where(*where))):
            return True
    return False


def _rows(column: Column[Any], *where: Any) -> Iterator[RowMapping]:
    """Yield rows of a table, with their primary key and what its unique keys with a column hold."""
    names = {part.name for key in [list(column.table.primary_key), *_unique_keys(column)] for part in key}
    wanted = [part for part in column.table.columns if part.name in names | {column.name}]
    yield from db.session.execute(select(*wanted).where(*where).order_by(*column.table.primary_key)).mappings()


def _key_of(table: Any, row: RowMapping) -> tuple[str, ...]:
    return tuple(row[part.name] for part in table.primary_key)


class _Draft:
    """A plan while it's made."""

    def __init__(self, kept_id: str, other_id: str) -> None:
        self.kept_id, self.other_id = kept_id, other_id
        self.enrolments: list[dict[str, Any]] = []
        self.changes: list[Change] = []
        self.staying: Counter[str] = Counter()

    def change(self, column: Column[Any], old: Value, new: Value, *keys: tuple[str, ...]) -> None:
        if keys:
            self.changes.append(Change(column.table.name, column.name, old, new, keys))

    def move(self, name: str, old: str, new: str) -> None:
        """Move the rows that name an account or a course, but for those that the other one has already."""
        column, keys = _column(name), []
        where = [column == old]
        if name == _LINE_MANAGER:
            # Nobody becomes their own line manager.
            where.append(Member.person_id.not_in([self.kept_id, self.other_id]))
        for row in _rows(column, *where):
            if _is_taken(column, new, row):
                self.staying[column.table.name] += 1
                self._take_better(column, row, new)
            else:
                keys.append(_key_of(column.table, row))
        self.change(column, old, new, *keys)

    def _take_better(self, column: Column[Any], row: RowMapping, new: str) -> None:
        """Let the kept account's row say that something was done, where only the other's says so."""
        if column.table.name not in BETTER:
            return
        name, better = BETTER[column.table.name]
        value, keys = column.table.c[name], list(column.table.primary_key)
        mine = {part.name: new if part is column else row[part.name] for part in keys}
        found = {key: db.session.scalar(select(value).where(*(part == each[part.name] for part in keys)))
                 for key, each in (("mine", mine), ("theirs", row))}  # fmt: skip
        if found == {"mine": not better, "theirs": better}:
            self.change(value, not better, better, tuple(mine.values()))

    def move_course(self, theirs: Enrolment) -> None:
        """Move what was done in a course to the kept account's own row for it, which is made if there is none."""
        mine = find_enrolment(self.kept_id, theirs.course_id, theirs.programme_id)
        mine_id = mine.id if mine else ids.inner_id()
        if mine is None:
            copied = ("programme_id", "course_id", "minor_line", "started_at")
            made = {"id": mine_id, "person_id": self.kept_id, **{name: getattr(theirs, name) for name in copied}}
            self.enrolments.append(made)
        for table, marker in MARKERS.items():
            self._move_markers(_column(f"{table}.{marker}"), theirs.id, mine_id)
        for name in OF_COURSE:
            self.move(name, theirs.id, mine_id)

    def _move_markers(self, marker: Column[Any], theirs: str, mine: str) -> None:
        """Move what only one row of a course has; where both accounts have it, the other's row has it no more."""
        for row in _rows(marker, marker.table.c.enrolment_id == theirs, marker.startswith(theirs)):
            old = row[marker.name]
            new: str | None = mine + old.removeprefix(theirs)
            standing = next(iter(_rows(marker, marker == new)), None)
            if standing is not None and marker.table.name == "award" and _comes_first(row, standing):
                self.change(marker, new, None, _key_of(marker.table, standing))
            elif standing is not None:
                new = None
            self.change(marker, old, new, _key_of(marker.table, row))

    def join_programmes(self) -> None:
        """Move what programmes note of somebody: whole where the kept account is new there, else what it lacks."""
        for theirs in db.session.scalars(select(Member).where(Member.person_id == self.other_id)).all():
            programme_id, key = theirs.programme_id, (theirs.programme_id, self.other_id)
            mine = db.session.get(Member, (programme_id, self.kept_id))
            if mine is None:
                self.change(_column("member.person_id"), self.other_id, self.kept_id, key)
                continue
            for names in _DETAILS:
                self._take_over(theirs, mine, names)
            if mine.left_at and theirs.left_at is None:
                self.change(_column("member.left_at"), mine.left_at, None, (programme_id, self.kept_id))
            if theirs.left_at is None and not self._keeps_role(programme_id):
                self.change(_column("member.left_at"), None, clock.now(), key)

    def _take_over(self, theirs: Member, mine: Member, names: tuple[str, ...]) -> None:
        if any(getattr(mine, name) for name in names):
            return
        for name in names:
            value, before = getattr(theirs, name), getattr(mine, name)
            if not value or value == self.kept_id:
                continue
            if name == "staff_number":
                # First and by itself, because a number is given once in a programme.
                self.change(_column("member.staff_number"), value, None, (theirs.programme_id, self.other_id))
            self.change(_column(f"member.{name}"), before, value, (theirs.programme_id, self.kept_id))

    def _keeps_role(self, programme_id: str) -> bool:
        """Decide whether the other account still has a role in a programme, because the kept one has it as well."""
        roles = [
            set(db.session.scalars(select(Membership.role).where(Membership.programme_id == programme_id, mine)))
            for mine in (Membership.person_id == self.kept_id, Membership.person_id == self.other_id)
        ]
        return bool(roles[0] & roles[1])


def _comes_first(row: RowMapping, standing: RowMapping) -> bool:
    """Decide whether one certificate is current rather than another: one that is valid, and then the newer one."""
    awards = Base.metadata.tables["award"].c

    def rank(award_id: str) -> tuple[bool, str]:
        counts = (awards.id == award_id, ~awards.waiting, awards.withdrawn_at.is_(None))
        return bool(db.session.scalar(select(exists().where(*counts)))), award_id

    return rank(row["id"]) > rank(standing["id"])


def plan_merge(kept_id: str, other_id: str) -> Plan:
    """Return what merging an account into another one would do; nothing is written."""
    draft = _Draft(kept_id, other_id)
    for enrolment in list_enrolments(other_id):
        draft.move_course(enrolment)
    for name in OF_PERSON:
        draft.move(name, other_id, kept_id)
    draft.join_programmes()
    return Plan(tuple(draft.enrolments), tuple(draft.changes), draft.staying)


def carry_out(plan: Plan) -> None:
    """Do what a plan says; call it inside the write in which the plan was made."""
    db.session.flush()
    for row in plan.enrolments:
        run(insert(Enrolment.__table__), row)  # type: ignore[arg-type]
    for change in plan.changes:
        _set(_column(f"{change.table}.{change.column}"), change.old, change.new, change.keys)
    db.session.expire_all()


def take_back(changes: list[Change]) -> None:
    """Give every row back what it had, unless it's gone or was changed since."""
    db.session.flush()
    for change in reversed(changes):
        column = _column(f"{change.table}.{change.column}")
        names = [part.name for part in column.table.primary_key]
        keys = [tuple(change.new if name == column.name else part for name, part in zip(names, key, strict=True))
                for key in change.keys]  # fmt: skip
        if _unique_keys(column):
            keys = [key for key in keys if _can_have(column, change, dict(zip(names, key, strict=True)))]
        _set(column, change.new, change.old, keys)
    db.session.expire_all()


def _can_have(column: Column[Any], change: Change, key: Mapping[str, Any]) -> bool:
    """Decide whether a row is as the merge left it, and no other row has taken its former place."""
    here = [column.table.c[name] == value for name, value in key.items()]
    row = next(iter(_rows(column, column.is_not_distinct_from(change.new), *here)), None)
    return row is not None and not _is_taken(column, change.old, row)


def _set(column: Column[Any], old: Value, new: Value, keys: Iterable[tuple[Any, ...]]) -> None:
    """Give rows another value in one column, where they have the value before."""
    parts = list(column.table.primary_key)
    rows = [{f"key_{place}": part for place, part in enumerate(key)} for key in keys]
    where = [part == bindparam(f"key_{place}", type_=part.type) for place, part in enumerate(parts)]
    if rows:
        run(update(column.table).where(*where, column.is_not_distinct_from(old)).values({column.name: new}), rows)


def drop_empty(enrolment_ids: Iterable[str]) -> None:
    """Delete courses that a merge started for the kept account and in which nothing stands any more."""
    for enrolment_id in enrolment_ids:
        columns = (_column(name) for name in OF_COURSE)
        if not any(db.session.scalar(select(exists().where(column == enrolment_id))) for column in columns):
            db.session.execute(delete(Enrolment).where(Enrolment.id == enrolment_id))
    db.session.flush()
