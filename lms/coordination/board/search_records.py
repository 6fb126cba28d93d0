"""A search for people by words: the conditions that find them, starting with the rarest word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, false, func, literal, select

from lms.coordination.board.rules import TERMS_MOST
from lms.coordination.board.status_records import PersonWord, TrainingStatus, words_of
from lms.foundation.db import Base, db

# Up to so many people, a status, a role or the rarest word of a search is rare: they are looked up one by one, and
# else met on the way through all names.
RARE = 2000
# In a large programme a word is rare that one in so many people have. Those who have it may all come late in the
# alphabet, and the way there is long.
RARE_SHARE = 8
# A count has no order, so it may begin with a word that is more common.
RARE_TO_COUNT, RARE_SHARE_TO_COUNT = 10_000, 4
# Comes after every other character.
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Words:
    """The conditions of a search for a page in the order of names, and the same for a count, which has no order."""

    conditions: tuple[Any, ...]
    counted: tuple[Any, ...]
    few: bool = False


def find_words(programme_id: str, search: str, among: int = 0) -> Words:
    """Return the conditions for the words of a search, each the beginning of a word of somebody's.

    The rarest word says where to begin: with those who have it, or with everybody in turn where each word is common.
    `among` is how many people there are, if that is known.
    """
    terms = sorted(words_of(search), key=len, reverse=True)[:TERMS_MOST]
    if not terms:
        return Words((), ()) if not search.strip() else Words((false(),), (false(),), few=True)
    matches = {
        term: (PersonWord.programme_id == programme_id, PersonWord.word >= term, PersonWord.word < term + _LAST)
        for term in terms
    }
    rare = max(RARE, among // RARE_SHARE)
    most = max(RARE_TO_COUNT, among // RARE_SHARE_TO_COUNT) if len(terms) > 1 else rare
    counts = db.session.execute(select(*(count_up_to(most + 1, PersonWord, matches[term]) for term in terms))).one()
    rarest, fewest = min(zip(terms, counts, strict=True), key=lambda pair: pair[1])
    by_word = {term: exists().where(PersonWord.person_id == TrainingStatus.person_id, *matches[term]) for term in terms}
    in_turn = tuple(by_word.values())
    begun_with = TrainingStatus.person_id.in_(select(PersonWord.person_id).where(*matches[rarest]))
    from_rarest = (begun_with, *(by_word[term] for term in terms if term != rarest))
    if fewest <= rare:
        return Words(from_rarest, from_rarest, few=True)
    return Words(in_turn, from_rarest if fewest <= most else in_turn)


def count_up_to(most: int, table: type[Base], conditions: Sequence[Any]) -> Any:
    """Return a subquery for how many rows there are, which stops at so many."""
    some = select(literal(1)).select_from(table).where(*conditions).limit(most).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
