"""What issuing a certificate rests on: fetched once, and passed along to whatever decides and stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import and_, bindparam, select

from lms.accounts.records import Person, Programme, get_programme
from lms.accounts.rules import zone_of
from lms.certification.awards.records import HAS_CURRENT, ValidityRule, find_validity
from lms.certification.awards.validity import Mode, Validity
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import copy_of
from lms.foundation.statements.prepared import run_prepared
from lms.learning.progress.attempt_records import FIRST_PASS
from lms.learning.progress.records import PROGRESS, Enrolment, as_progress
from lms.learning.progress.rules import Progress
from lms.library.records import list_reviews
from lms.library.rules import missing_reviews, needed_reviews


@dataclass(frozen=True)
class IssueContext:
    """A programme and a version of a course, whose criteria decide, with the programme's own validity rule, if any."""

    programme: Programme
    course: Course
    own_rule: ValidityRule | None
    settings: Settings

    @property
    def zone(self) -> str:
        """The time zone whose calendar decides on which day something happened in the programme."""
        return zone_of(self.programme.facts, self.settings.timezone)

    @property
    def today(self) -> date:
        """What day it is in the programme."""
        return clock.today(self.zone)

    @property
    def rule(self) -> Validity:
        """The rule under which certificates of this version expire: the programme's, or the course's."""
        return self.rule_for(self.course)

    def rule_for(self, course: Course) -> Validity:
        """Return that rule for another version of the same course."""
        return _as_validity(self.own_rule, course)

    @property
    def is_held(self) -> bool:
        """Whether certificates of this version wait for its review in the programme."""
        hold = self.programme.hold_unreviewed
        if not (self.settings.hold_unreviewed if hold is None else hold):
            return False
        recorded = {review.role for review in list_reviews(self.course.id, self.course.digest)}
        return bool(missing_reviews(needed_reviews(self.course), recorded))


def issue_context(programme_id: str, course: Course, settings: Settings) -> IssueContext:
    """Fetch what issuing a certificate of a version in a programme rests on."""
    return IssueContext(get_programme(programme_id), course, find_validity(programme_id, course.id), settings)


def validity_of(programme_id: str, course: Course) -> Validity:
    """Return the rule under which a programme's certificates of a version expire: its own, or the course's."""
    return _as_validity(find_validity(programme_id, course.id), course)


def _as_validity(row: ValidityRule | None, course: Course) -> Validity:
    if row is None:
        return Validity(months=course.certificate.valid_months)
    mode: Mode = row.mode  # type: ignore[assignment]
    fixed = (row.fixed_month, row.fixed_day)
    return Validity(mode, row.months, row.window_days, row.grace_days, row.minimum_months, fixed)


_enrolment, _programme, _person, _rule = (each.__table__ for each in (Enrolment, Programme, Person, ValidityRule))
_OWN_RULE = and_(_rule.c.programme_id == _enrolment.c.programme_id, _rule.c.course_id == _enrolment.c.course_id)
# All that decides about a first certificate, in one statement, because a learner waits for it.
_EARNING = (
    select(
        *_enrolment.c,
        *_programme.c,
        *_rule.c,
        _person.c.certificate_name,
        _person.c.display_name,
        HAS_CURRENT.scalar_subquery(),
        FIRST_PASS.scalar_subquery(),
        *PROGRESS,
    )
    .select_from(_enrolment)
    .join(_programme, _programme.c.id == _enrolment.c.programme_id)
    .join(_person, _person.c.id == _enrolment.c.person_id)
    .outerjoin(_rule, _OWN_RULE)
    .where(_enrolment.c.id == bindparam("enrolment"))
)


@dataclass(frozen=True)
class Earning:
    """An enrolment with its programme, the programme's own validity rule and its holder, of whom only names are known.

    The rows are copies. `passed` is the version on which somebody first passed the whole check.
    """

    enrolment: Enrolment
    programme: Programme
    own_rule: ValidityRule | None
    holder: Person
    has_award: bool
    passed: str | None
    progress: Progress


def get_earning(enrolment_id: str) -> Earning:
    """Return what decides about the first certificate of an enrolment, inside the present write."""
    [row] = run_prepared(_EARNING, {"enrolment": enrolment_id})
    parts = iter(row)
    enrolment, programme, own_rule = (
        dict(zip(table.c.keys(), islice(parts, len(table.c)), strict=True)) for table in (_enrolment, _programme, _rule)
    )
    names = {"certificate_name": next(parts), "display_name": next(parts)}
    has_award, passed, *progress = parts
    return Earning(
        copy_of(Enrolment, enrolment),
        copy_of(Programme, programme),
        copy_of(ValidityRule, own_rule) if own_rule["programme_id"] else None,
        copy_of(Person, names),
        has_award is not None,
        passed,
        as_progress(progress),
    )
