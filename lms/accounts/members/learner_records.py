"""Learners by name, for those who see nothing else of them: a search finds nobody by an address or a staff number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select

from lms.accounts.members.records import Member, Unit
from lms.accounts.members.word_records import having_words, words_of
from lms.accounts.records import Membership, Person
from lms.foundation.db import db


@dataclass(frozen=True)
class ListedLearner:
    """A learner in a list by name."""

    person_id: str
    public_id: str
    name: str
    unit: str


def list_learners_after(
    programme_id: str, units: Sequence[str] | None, search: str, place: tuple[str, str] | None, most: int
) -> list[ListedLearner]:
    """Return learners with an open account, by name from a place on, of some units or all.

    A search finds who has, for each word of it, a word of their name that begins so.
    """
    role = exists().where(
        Membership.programme_id == Member.programme_id,
        Membership.person_id == Member.person_id,
        Membership.role == "learner",
    )
    # Not as a join, or SQLite would begin with all names of the programme and not with the few who have a word.
    unit = select(Unit.name).where(Unit.id == Member.unit_id).correlate(Member).scalar_subquery()
    query = (
        select(Person.id, Person.public_id, Person.display_name, unit)
        .select_from(Member)
        .join(Person, Person.id == Member.person_id)
        .where(*(_in_name(word) for word in words_of(search)), *having_words(programme_id, search))
        .where(Person.disabled_at.is_(None), role)
    )
    if units is not None:
        query = query.where(Member.unit_id.in_(units))
    if place:
        key, person_id = place
        beside = and_(Member.sort_key == key, Member.person_id > person_id)
        query = query.where(or_(Member.sort_key > key, beside))
    rows = db.session.execute(query.order_by(Member.sort_key, Member.person_id).limit(most))
    return [ListedLearner(person_id, public_id, name, unit or "") for person_id, public_id, name, unit in rows]


def _in_name(word: str) -> ColumnElement[bool]:
    """Return the condition that a word is in the name, which is the first of the three lines of the key."""
    return Member.search_key.like(f"%{word}%\n%\n%")
