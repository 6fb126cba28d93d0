"""Words by which people are found: those of a member's name, address and staff number, in a programme or everywhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, exists, false, func, insert, literal, select, union_all
from sqlalchemy.orm import Mapped, aliased, mapped_column

from lms.accounts.members.records import PLAIN_ORDER, Member
from lms.foundation.db import Base, db
from lms.foundation.text.collation import search_key

# A search looks at so many words, the longest first.
TERMS_MOST = 6
WORD_MOST = 60
# Up to so many people of a programme who have a word are looked up by it; more are found by going through all names.
LISTED_MOST = 100
# How many people have a word is counted up to here, to find the rarest.
COMPARED_MOST = 2000
# Scripts that put no space between words, so a word may begin at every character.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff]")
# Comes after every other character.
LAST = "\U0010ffff"


class PersonWord(Base):
    """A word of somebody's name, address or staff number in a programme, for members of every role and former ones.

    The key holds their place in the order of names, so that the people of a word are stored in that order.
    """

    __tablename__ = "person_word"
    __table_args__ = (
        Index("ix_person_word_person", "person_id", "word", "programme_id"),
        Index("ix_person_word_everywhere", "word", "person_id"),
    )
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    word: Mapped[str] = mapped_column(PLAIN_ORDER, primary_key=True)
    sort_key: Mapped[str] = mapped_column(PLAIN_ORDER, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)


# As a table: rows go in without the session knowing them.
_WORD: Any = PersonWord.__table__


def words_of(text: str) -> set[str]:
    """Return the words of a text as a search compares them: small letters, no accents, cut at everything else."""
    words = {word[:WORD_MOST] for word in re.findall(r"\w+", search_key(text).replace("_", " "))}
    return words | {word[place:] for word in words if _UNSPACED.search(word) for place in range(len(word))}


def expected_words(store: Any, programme_id: str, person_ids: Collection[str]) -> list[dict[str, str]]:
    """Return the rows that some members of a programme should have."""
    query = select(Member.person_id, Member.search_key, Member.sort_key)
    these = (Member.programme_id == programme_id, Member.person_id.in_(person_ids))
    return [
        {"programme_id": programme_id, "person_id": person_id, "word": word, "sort_key": sort}
        for person_id, search, sort in store.execute(query.where(*these).order_by(Member.person_id))
        for word in sorted(words_of(search))
    ]


def keep_words(store: Any, programme_id: str, person_ids: Collection[str]) -> None:
    """Write the words of some members of a programme again."""
    these = (PersonWord.programme_id == programme_id, PersonWord.person_id.in_(person_ids))
    store.execute(delete(PersonWord).where(*these).execution_options(synchronize_session=False))
    rows = expected_words(store, programme_id, person_ids)
    if rows:
        store.execute(insert(_WORD), rows)


def having_words(programme_id: str, search: str) -> list[ColumnElement[bool]]:
    """Return what a row of a member of a programme has to meet: for each word, they have one that begins with it.

    If few people have the rarest word, they're looked up by it; if many have every word, a list by name is soon full.
    A part with other characters, such as an address, must also be there as it was typed. Without a search, it's the
    programme alone.
    """
    here = Member.programme_id == programme_id
    if not search.strip():
        return [here]
    terms = _rarest_first(search, LISTED_MOST, PersonWord.programme_id == programme_id)
    if not terms:
        return [false()]
    found = [_has(Member, term, programme_id) for term, _count in terms]
    if terms[0][1] <= LISTED_MOST:
        begun_with = select(PersonWord.person_id).where(PersonWord.programme_id == programme_id)
        found[0] = Member.person_id.in_(begun_with.where(*begins(PersonWord, terms[0][0])))
        # As an expression, or SQLite would go through all names of the programme to find these few.
        here = Member.programme_id.concat("") == programme_id
    return [here, *found, *_as_typed(search)]


def find_everywhere(search: str, most: int) -> list[str]:
    """Return some people of the site, by inner id, who have for each word of a search one that begins with it.

    They're those whom the database finds first, not the first by name: to sort everybody called Maria, it would have to
    read each of them.
    """
    terms = _rarest_first(search, COMPARED_MOST)
    if not terms:
        return []
    query = select(PersonWord.person_id).where(*begins(PersonWord, terms[0][0])).distinct()
    query = query.where(*(_has(PersonWord, term) for term, _count in terms[1:]))
    if as_typed := _as_typed(search):
        query = query.where(exists().where(Member.person_id == PersonWord.person_id, *as_typed))
    return list(db.session.scalars(query.limit(most)))


def count_up_to(most: int, table: type[Base], conditions: Sequence[Any]) -> Any:
    """Return a subquery for how many rows there are, which stops at so many."""
    some = select(literal(1)).select_from(table).where(*conditions).limit(most).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _rarest_first(search: str, most: int, *here: ColumnElement[bool]) -> list[tuple[str, int]]:
    """Return the words of a search with how many rows begin with each, counted up to one more than `most`."""
    terms = sorted(words_of(search), key=len, reverse=True)[:TERMS_MOST]
    if not terms:
        return []
    counts = []
    for place, term in enumerate(terms):
        counts.append(select(literal(place), count_up_to(most + 1, PersonWord, (*here, *begins(PersonWord, term)))))
    found = sorted((count, place) for place, count in db.session.execute(union_all(*counts)))
    return [(terms[place], count) for count, place in found]


def _as_typed(search: str) -> list[ColumnElement[bool]]:
    parts = (part for part in search_key(search).split() if not re.fullmatch(r"\w+", part) or "_" in part)
    return [Member.search_key.contains(part, autoescape=True) for part in parts]


def begins(table: Any, term: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for words of a table that begin with a term, which an index of words can answer."""
    return (table.word >= term, table.word < term + LAST)


def _has(met: Any, term: str, programme_id: str | None = None) -> ColumnElement[bool]:
    """Return the condition that a person has a word that begins with a term, in one programme or any."""
    other = aliased(PersonWord)
    query = select(literal(1)).where(other.person_id == met.person_id, *begins(other, term))
    if programme_id is not None:
        # As an expression, or SQLite would go through all people with such a word for each who is met.
        query = query.where(other.programme_id.concat("") == programme_id)
    return query.correlate(met).exists()
