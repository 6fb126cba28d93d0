"""What issuing a certificate rests on: fetched once, and passed along to whatever decides and stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.accounts.records import Programme, get_programme
from lms.accounts.rules import zone_of
from lms.certification.awards.records import ValidityRule, find_validity
from lms.certification.awards.validity import Mode, Validity
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.statements.prepared import find_copy, get_copy
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


def context_of_first(programme_id: str, course: Course, settings: Settings) -> IssueContext:
    """Fetch the same for one certificate, as copies: somebody waits for the result of their check."""
    own_rule = find_copy(ValidityRule, programme_id, course.id)
    return IssueContext(get_copy(Programme, programme_id), course, own_rule, settings)


def validity_of(programme_id: str, course: Course) -> Validity:
    """Return the rule under which a programme's certificates of a version expire: its own, or the course's."""
    return _as_validity(find_validity(programme_id, course.id), course)


def _as_validity(row: ValidityRule | None, course: Course) -> Validity:
    if row is None:
        return Validity(months=course.certificate.valid_months)
    mode: Mode = row.mode  # type: ignore[assignment]
    fixed = (row.fixed_month, row.fixed_day)
    return Validity(mode, row.months, row.window_days, row.grace_days, row.minimum_months, fixed)
