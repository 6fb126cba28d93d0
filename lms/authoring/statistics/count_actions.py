"""Counting checks that were sent, in portions, by the job process: sending a check does nothing for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.authoring.statistics import count_records
from lms.authoring.statistics.count_records import (
    REST,
    REST_OF_RIGHT,
    REST_SQUARED,
    RIGHT,
    Counting,
    SentCheck,
    TextKey,
)
from lms.authoring.statistics.item_rules import chosen_keys, rest_scores, right_key, text_sha
from lms.content.model.course import Course
from lms.content.questions import grade
from lms.foundation.db import write
from lms.library.course_cache import get_course
from lms.library.rules import rank

AT_ONCE, PORTIONS = 100, 40


@dataclass(frozen=True)
class Bank:
    """The questions of a version as counting needs them: its course, and the digest of each text."""

    course: Course
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Chosen:
    """What one person's answer adds to the counters of a text."""

    enrolment_id: str
    key: TextKey
    since: int
    right_key: str | None
    counts: Mapping[str, int]


def sweep() -> None:
    """Count what was sent since, some thousand checks at most; the next sweep goes on.

    Marking happens before the write, which adds up alone.
    """
    banks: dict[str, Bank | None] = {}
    for _portion in range(PORTIONS):
        waiting = count_records.list_uncounted(AT_ONCE)
        if not waiting:
            return
        answers = count_records.answers_of([check.attempt_id for check in waiting])
        seen = _seen_before(waiting, banks)
        found = {check.attempt_id: list(_chosen(check, answers, banks)) for check in waiting}
        write(count_portion, found, seen)
        if len(waiting) < AT_ONCE:
            return


def _bank_of(digest: str, banks: dict[str, Bank | None]) -> Bank | None:
    """Return a version that can be counted: one that can be read, of a course that isn't private."""
    if digest not in banks:
        try:
            course = get_course(digest)
        except LookupError:
            banks[digest] = None
        else:
            texts = {question.id: text_sha(question) for question in course.questions}
            banks[digest] = None if course.private else Bank(course, texts)
    return banks[digest]


def _seen_before(waiting: list[SentCheck], banks: dict[str, Bank | None]) -> set[tuple[str, TextKey]]:
    """Return which texts these people answered in checks that are counted already."""
    seen = set()
    for known in count_records.counted_before({check.enrolment_id for check in waiting}):
        if bank := _bank_of(known.digest, banks):
            where = known.programme_id, known.course_id
            seen |= {(known.enrolment_id, (*where, name, bank.texts[name])) for name in known.drawn}
    return seen


def _chosen(
    check: SentCheck, answers: Mapping[str, Mapping[str, Any]], banks: dict[str, Bank | None]
) -> Iterator[Chosen]:
    """Yield what a check adds; nothing once its answers are deleted."""
    bank, given = _bank_of(check.digest, banks), answers.get(check.attempt_id)
    if bank is None or given is None:
        return
    questions = [bank.course.question_by_id[name] for name in check.drawn]
    right = [grade(question, given.get(question.id)).right for question in questions]
    for question, is_right, rest in zip(questions, right, rest_scores(right), strict=True):
        counts = dict.fromkeys(chosen_keys(question, given.get(question.id)), 1)
        counts |= {RIGHT: int(is_right), REST: rest, REST_SQUARED: rest**2, REST_OF_RIGHT: rest * is_right}
        key = (check.programme_id, check.course_id, question.id, bank.texts[question.id])
        yield Chosen(check.enrolment_id, key, rank(bank.course.version), right_key(question), counts)


def count_portion(found: Mapping[str, list[Chosen]], seen: set[tuple[str, TextKey]]) -> None:
    """Add up what some checks add, by check, unless they were counted meanwhile.

    Each person counts once for each text of a question, by the first answer: later ones come after its feedback.
    """
    waiting = sorted(count_records.still_uncounted(found))
    counting = Counting(chosen.key[:2] for attempt_id in waiting for chosen in found[attempt_id])
    done = set(seen)
    for attempt_id in waiting:
        for chosen in found[attempt_id]:
            if (chosen.enrolment_id, chosen.key) not in done:
                done.add((chosen.enrolment_id, chosen.key))
                counting.add(chosen.key, chosen.since, chosen.right_key, chosen.counts)
    count_records.mark_counted(waiting)
