"""A search for people by words: where it starts, so that a page of any number of people is full after few rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, case, exists, func, literal, select, true, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lms.accounts.members.word_records import LISTED_MOST, TERMS_MOST, PersonWord, begins, count_up_to, words_of
from lms.coordination.board.status_records import TrainingStatus
from lms.foundation.db import db

# Up to so many people, a status, a role or the rarest term of a search is rare: they are looked up one by one, and
# else met on the way through all names.
RARE = 2000
# In a large programme a term is rare that one in so many people have. Those who have it may all come late in the
# alphabet, and the way there is long.
RARE_SHARE = 8
# A term that begins so few different words is searched as these words: the people of each are stored in the order of
# names. An address is a word of its own, so a term that begins many addresses is not.
WHOLE_WORDS_MOST = 12
# How many people have a word is counted up to here, to find the rarest.
COMPARED_MOST = 10_000


class WithoutIndex(FunctionElement[str]):
    """A column that SQLite is to compare without an index on it: it has no statistics, and would choose a poor one."""

    inherit_cache = True
    name = "without_index"
    type = String()


@compiles(WithoutIndex)
def _as_it_is(element: WithoutIndex, compiler: Any, **rest: Any) -> str:
    return str(compiler.process(element.clauses, **rest))


@compiles(WithoutIndex, "sqlite")
def _with_plus(element: WithoutIndex, compiler: Any, **rest: Any) -> str:
    return f"+{_as_it_is(element, compiler, **rest)}"


_WORD: Any = PersonWord.__table__
# The rows of the words that a search begins with.
_WALKED: Any = _WORD.alias("walked").c


@dataclass(frozen=True)
class Walk:
    """People in the order of names by the whole words they have, with the conditions that they also meet."""

    programme_id: str
    words: tuple[str, ...]
    conditions: tuple[Any, ...]

    def queries(self, conditions: Sequence[Any]) -> list[Any]:
        """Return a query for each word that finds the places of people; who has two of them is found by the first."""
        columns = (
            _WALKED.sort_key.label("sort_key"),
            _WALKED.person_id.label("person_id"),
            TrainingStatus.course_id.label("course_id"),
            TrainingStatus.enrolment_id.label("enrolment_id"),
        )
        return [query.where(*conditions, *self.conditions) for query in self._queries(*columns)]

    def count(self, conditions: Sequence[Any], most: int) -> tuple[int, bool]:
        """Return how many of the first so many rows on the walk meet the conditions, and whether it goes on."""
        fits = case((and_(true(), *conditions, *self.conditions), 1), else_=0).label("fits")
        some = union_all(*self._queries(fits)).limit(most + 1).subquery()
        met, fit = db.session.execute(select(func.count(), func.coalesce(func.sum(some.c.fits), 0))).one()
        return min(fit, most), met > most

    def _queries(self, *columns: Any) -> list[Any]:
        same = and_(
            # Not the sort keys too, which agree: PostgreSQL would expect next to no rows, and read all statuses.
            TrainingStatus.person_id == _WALKED.person_id,
            # Or SQLite would go through everybody's statuses.
            WithoutIndex(TrainingStatus.programme_id) == _WALKED.programme_id,
        )
        return [
            select(*columns)
            .join_from(_WALKED.programme_id.table, TrainingStatus, same)
            .where(_WALKED.programme_id == self.programme_id, _WALKED.word == word)
            .where(~_has(self.programme_id, self.words[:number]) if number else true())
            for number, word in enumerate(self.words)
        ]


@dataclass(frozen=True)
class Words:
    """The conditions of a search, and whether so few can meet them that they are sorted once they are found.

    With a `walk` there are no others.
    """

    conditions: tuple[Any, ...] = ()
    few: bool = False
    walk: Walk | None = None


@dataclass(frozen=True)
class _Term:
    """What somebody typed: how many people have a word that begins so, and all such words if they are few."""

    text: str
    people: int
    words: tuple[str, ...]

    def match(self, programme_id: str) -> tuple[Any, Any, Any]:
        """Return the conditions for words that begin so."""
        return (PersonWord.programme_id == programme_id, *begins(PersonWord, self.text))


def find_words(programme_id: str, search: str, among: int = 0, *, few: bool = False) -> Words:
    """Return how to find those who have, for each word of a search, a word that begins with it.

    The rarest word says where to begin: with its people in the order of names, with all its people if they are few, or
    with everybody in turn. `among` is how many people there are, if that is known, and with `few` something else finds
    the few who are asked. A search without words asks nothing.
    """
    terms = sorted(words_of(search), key=len, reverse=True)[:TERMS_MOST]
    if not terms:
        return Words()
    # If something else finds few people, they're asked one by one, unless as few have the rarest word.
    most = LISTED_MOST if few else max(COMPARED_MOST, among // RARE_SHARE)
    found = _count(programme_id, [_Term(term, 0, ()) for term in terms], most)
    first = min(found, key=lambda term: term.people)
    if not first.words and first.people > RARE:
        first = min((term for term in found if term.words), key=lambda term: term.people, default=first)
    others = [term for term in found if term is not first]
    if first.words and not few:
        has = (_has(programme_id, term.words) if term.words else _begins(programme_id, term) for term in others)
        return Words(walk=Walk(programme_id, first.words, tuple(has)))
    in_turn = [_begins(programme_id, term, TrainingStatus) for term in others]
    if first.people <= (LISTED_MOST if few else max(RARE, among // RARE_SHARE)):
        begun_with = select(PersonWord.person_id).where(*first.match(programme_id))
        return Words((TrainingStatus.person_id.in_(begun_with), *in_turn), few=True)
    return Words((_begins(programme_id, first, TrainingStatus), *in_turn))


def _count(programme_id: str, terms: Sequence[_Term], most: int) -> list[_Term]:
    """Return the terms with how many people have each, up to so many, and with their words; in one statement."""
    parts = []
    for number, term in enumerate(terms):
        matches = here, _from, until = term.match(programme_id)
        first = select(func.min(PersonWord.word).label("word"), literal(1).label("place")).where(*matches)
        found = first.cte(f"found_{number}", recursive=True)
        following = select(func.min(PersonWord.word)).where(here, PersonWord.word > found.c.word, until)
        step = select(following.scalar_subquery(), found.c.place + 1)
        found = found.union_all(step.where(found.c.word.is_not(None), found.c.place <= WHOLE_WORDS_MOST))
        people = count_up_to(most + 1, PersonWord, matches)
        parts.append(select(literal(number), found.c.word, people).where(found.c.word.is_not(None)))
    counted: dict[int, tuple[int, list[str]]] = {}
    for number, word, people in db.session.execute(union_all(*parts)):
        counted.setdefault(number, (people, []))[1].append(word)
    return [
        _Term(term.text, people, tuple(words) if len(words) <= WHOLE_WORDS_MOST else ())
        for number, term in enumerate(terms)
        for people, words in [counted.get(number, (0, []))]
    ]


def _has(programme_id: str, words: Sequence[str]) -> Any:
    """Return the condition that somebody met on a walk has one of some words; all the columns of a key are given."""
    same = (PersonWord.sort_key == _WALKED.sort_key, PersonWord.person_id == _WALKED.person_id)
    return exists().where(PersonWord.programme_id == programme_id, PersonWord.word.in_(words), *same)


def _begins(programme_id: str, term: _Term, met: Any = _WALKED) -> Any:
    """Return the condition that somebody who is met has a word that begins with a term."""
    # Or SQLite would go through all people with such a word for each who is met.
    here = WithoutIndex(PersonWord.programme_id) == programme_id
    return exists().where(PersonWord.person_id == met.person_id, here, *term.match(programme_id)[1:])
