"""Decided here: whether a certificate is due, until when it is valid, its state, and whether a name matches."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from lms.certification.awards.attestation import Attestation, FirstCompletion, Renewal, Scope
from lms.content.model.course import Course
from lms.learning.progress.renewal_rules import RenewalScope, practice_asked
from lms.learning.progress.rules import Progress, minutes_done, practice_needed

State = Literal["valid", "expired", "revoked", "replaced", "unknown", "waiting"]
Rating = Literal["harmful", "not yet", "basic", "skilled"]
RATINGS: tuple[Rating, ...] = ("harmful", "not yet", "basic", "skilled")
# What shows that somebody can do it; the other two are kept, and count for nothing.
SHOWN: frozenset[str] = frozenset({"basic", "skilled"})
OBSERVER_ROLES = ("trainer", "observer", "coordinator", "supervisor")
UNDO_REASONS = ("somebody else", "another day", "another word", "not agreed", "not confirmed", "other")
OBSERVATIONS_MOST = 10
# A day before this one is a slip of the keyboard: no course of this kind is so old.
EARLIEST_PRACTICE = date(2000, 1, 1)
# After this one, readiness comes back by itself once later practice goes well.
HARM_SEEN = "harm observed"
REASONS = ("issued in error", "requirement not met", HARM_SEEN, "holder asked", "programme decision", "other")
# Accents, points of Hebrew, Arabic and Syriac, and selectors: people write the same name with and without them.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a"
    "\u08ca-\u08ff\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True)
class Earned:
    """A certificate that is due: the day of passing, its last day, and whether it waits for a review."""

    passed_on: date
    valid_until: date | None
    waiting: bool


def is_ready(needed: int, ratings: Sequence[str]) -> bool:
    """Decide whether enough practice was observed, the earliest rating first.

    What could have done harm, seen last, holds the second level back until it is seen to go well again.
    """
    shown = sum(rating in SHOWN for rating in ratings)
    return 0 < needed <= shown and not held_back(ratings)


def held_back(ratings: Sequence[str]) -> bool:
    """Decide whether something that could have done harm was observed, and nothing good since; the earliest is first.

    "Not yet" is not good practice, so it lifts no hold.
    """
    return [rating for rating in ratings if rating != "not yet"][-1:] == ["harmful"]


def state_of(*, waiting: bool, withdrawn: bool, replaced: bool, valid_until: date | None, today: date) -> State:
    """Return the one state a certificate is in."""
    if waiting:
        return "waiting"
    if withdrawn:
        return "revoked"
    if replaced:
        return "replaced"
    if valid_until and today > valid_until:
        return "expired"
    return "valid"


def attest_course(course: Course, progress: Progress, waived: Collection[str]) -> Attestation:
    """Return what a first certificate of this version attests, given the ids of what was waived.

    The minutes are those of what was done. Only what was needed counts: where enough was played, nothing that was
    recorded in place of it is on the certificate.
    """
    lessons = course.lesson_by_id.keys() if course.criteria.lessons_required else frozenset()
    otherwise = progress.lessons_otherwise & lessons
    played = (progress.practised - progress.practised_otherwise) & course.conversation_by_id.keys()
    recorded = progress.practised_otherwise & course.conversation_by_id.keys()
    missing = max(0, practice_needed(course) - len(played))
    recognised = min(missing, len(recorded.difference(waived)))
    return Attestation(
        minutes=minutes_done(course, progress),
        score=course.criteria.score,
        safety=any(question.critical for question in course.questions),
        practice=practice_needed(course),
        lessons=len(lessons),
        lessons_known=len(lessons & progress.lessons_known),
        lessons_otherwise=len(otherwise.difference(waived)),
        lessons_waived=len(otherwise.intersection(waived)),
        practice_otherwise=recognised,
        practice_waived=missing - recognised,
        does_not_attest=course.certificate.does_not_attest,
        design=course.certificate.design,
        language=course.language,
    )


def attest_renewal(
    course: Course,
    renewal_scope: RenewalScope,
    progress: Progress,
    asked: int,
    waived: Collection[str],
    first: FirstCompletion,
) -> Attestation:
    """Return what a renewal on what changed, or across the course, attests; `asked` is how many questions it had."""
    changed = {lesson.id for lesson in renewal_scope.changes.lessons}
    otherwise = changed & progress.lessons_otherwise
    known = changed & progress.lessons_known
    conversations = {conversation.id for conversation in renewal_scope.changes.conversations}
    practice = practice_asked(course, renewal_scope, progress)
    recorded = practice - min(practice, len(conversations & (progress.practised - progress.practised_otherwise)))
    by_waiver = min(recorded, len(conversations & progress.practised_otherwise & set(waived)))
    scope: Scope = "course" if renewal_scope.across else "changes"
    return replace(
        attest_course(course, progress, waived),
        renewal=Renewal(scope, renewal_scope.since, len(changed - otherwise - progress.lessons_known), asked, first),
        lessons=0,
        lessons_known=len(known),
        lessons_otherwise=len(otherwise.difference(waived)),
        lessons_waived=len(otherwise.intersection(waived)),
        practice=practice,
        practice_otherwise=recorded - by_waiver,
        practice_waived=by_waiver,
    )


def attest_whole_check(
    course: Course, progress: Progress, since: str, asked: int, first: FirstCompletion
) -> Attestation:
    """Return what a renewal by the whole check attests, which asks for no lessons and no practice again."""
    return replace(
        attest_course(course, progress, ()),
        renewal=Renewal("whole", since, 0, asked, first),
        lessons=0,
        lessons_otherwise=0,
        lessons_waived=0,
        practice=0,
        practice_otherwise=0,
        practice_waived=0,
    )


def carry_readiness(before: Attestation, after: Attestation, ratings: Sequence[str]) -> Attestation:
    """Return a renewal's attestation with the level of the certificate before it, and the practice behind that.

    Where practice was observed since that could have done harm, it carries neither: readiness has to be shown again.
    """
    if held_back(ratings):
        return after
    return replace(after, observations=before.observations, ready_on=before.ready_on)


def plain_name(name: str) -> str:
    """Return a name without case, accents and spaces, as names are compared.

    Marks that are vowels stay, as in Hindi, Thai or Khmer: without them the names of two people would be one.
    """
    if name.isascii():
        return "".join(filter(str.isalnum, name.lower()))
    return "".join(sign for sign in _taken_apart(name) if sign.isalnum() or _is_vowel_mark(sign))


def _is_vowel_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Mc") and not _LEFT_OUT.match(sign)


def _taken_apart(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())


def name_fits(typed: str, name: str) -> bool:
    """Decide whether a typed name is the one on a certificate."""
    plain = plain_name(typed)
    return bool(plain) and (typed == name or plain == plain_name(name))


def names_the_same(typed: str, name: str) -> bool:
    """Decide whether a typed name is somebody's own, in any order of its words and whatever is written beside it.

    "Dr Sam Osei", "osei, sam" and "Sam Osei (RN)" all name Sam Osei. A name of one word is met only by itself, as many
    people share one; titles in brackets or after a comma are left out of that too.
    """
    words, said = _words_of(name), _words_of(typed)
    alone = re.sub(r"\(.*?\)|\[.*?\]|,.*", " ", typed)
    return bool(words) and (name_fits(alone, name) or name_fits(typed, name) or (len(words) > 1 and words <= said))


def _words_of(name: str) -> set[str]:
    parted = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in name)
    return {word for part in parted.split() if (word := plain_name(part))}


def seal_of_name(key: bytes, code: str, name: str) -> str:
    """Return a mark of the name on a certificate, from which nobody can read it and with which names are compared."""
    # As names were compared when the first seals were made: nobody can make one anew.
    letters = "".join(filter(str.isalnum, _taken_apart(name)))
    return hmac.new(key, f"{code}\0{letters}".encode(), hashlib.sha256).hexdigest()
