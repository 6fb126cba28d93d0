"""Actions of renewal: set a programme's rule, start a renewal, and issue the next certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.certification.awards import observations as award_observations
from lms.certification.awards import records, rules
from lms.certification.awards import validity as award_validity
from lms.certification.awards.actions import issue_first, name_to_print, put_name, store_award, waived_of
from lms.certification.awards.attestation import Attestation, FirstCompletion
from lms.certification.awards.events import ValiditySet
from lms.certification.awards.issue_context import Earning, IssueContext, get_earning, issue_context, validity_of
from lms.certification.awards.records import Award, ValidityRule
from lms.certification.awards.validity import Validity
from lms.content.model.changes import is_newer_edition
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress import renewal_rules
from lms.learning.progress.actions import start_renewal as begin
from lms.learning.progress.attempt_records import list_results
from lms.learning.progress.records import progress_of
from lms.learning.progress.renewal_records import end_renewal, find_pass, find_renewal
from lms.learning.progress.renewal_rules import RenewalScope, renewal_scope
from lms.learning.progress.rules import Progress, everything_is_done
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

Kind = Literal["renewal", "edition", "notice", "under way"]


@dataclass(frozen=True)
class RenewalStatus:
    """How a current certificate can be renewed, or that its course has a newer version.

    `next_until` is the last day of the certificate that renewing today would give, which is `held` where it would wait
    for a review.
    """

    kind: Kind
    course: Course
    scope: RenewalScope
    practice: int
    minutes: int
    until: date | None
    next_until: date | None
    held: bool


def set_validity(programme_id: str, course_id: str, rule: Validity) -> None:
    """Set how long a course's certificates stand from now on; those that were issued keep the day printed on them."""
    month, day = rule.fixed
    row = records.find_validity(programme_id, course_id) or ValidityRule(programme_id=programme_id, course_id=course_id)
    row.mode, row.months, row.window_days = rule.mode, rule.months, rule.window_days
    row.grace_days, row.minimum_months, row.fixed_month, row.fixed_day = (
        rule.grace_days,
        rule.minimum_months,
        month,
        day,
    )
    db.session.add(row)
    db.session.flush()
    announce(ValiditySet(programme_id, course_id))


def rule_of(award: Award) -> Validity:
    """Return the rule under which a certificate is renewed."""
    return validity_of(award.programme_id, get_course(award.digest))


def _context_of(award: Award, settings: Settings) -> IssueContext:
    return issue_context(award.programme_id, get_course(award.digest), settings)


def renewal_status(award: Award, settings: Settings) -> RenewalStatus | None:
    """Return how a current certificate can be renewed; nothing for any other, or where only a patch came since."""
    if not _can_be_followed(award):
        return None
    current_version = get_course(award.digest)
    newest = get_course(find_newest_digest(award.course_id) or award.digest)
    context = issue_context(award.programme_id, newest, settings)
    if find_renewal(award.enrolment_id):
        kind: Kind = "under way"
    elif award_validity.can_be_renewed(context.rule_for(current_version), award.valid_until, context.today):
        kind = "renewal"
    elif newest.minor_line != current_version.minor_line:
        kind = "edition" if is_newer_edition(current_version, newest) else "notice"
    else:
        return None
    scope, progress = renewal_scope(current_version, newest), progress_of(award.enrolment_id)
    return RenewalStatus(
        kind,
        newest,
        scope,
        renewal_rules.practice_asked(newest, scope, progress),
        renewal_rules.minutes_of(newest, scope, progress),
        award.valid_until,
        _next_end(award, context),
        context.is_held,
    )


def _next_end(award: Award, context: IssueContext) -> date | None:
    """Return the last day of the certificate that a renewal today gives."""
    first = records.first_pass_of(award.enrolment_id) or award.passed_on
    return award_validity.next_end(context.rule, award.valid_until, context.today, first)


def _can_be_followed(award: Award) -> bool:
    return award.current_for is not None and not award.waiting and award.withdrawn_at is None


def start_renewal(award_id: str, settings: Settings) -> Refused | None:
    """Begin to renew a certificate on the newest version of its course, in its window or for a new edition."""
    award = records.get_award(award_id)
    status = renewal_status(award, settings)
    if status is None or status.kind == "notice":
        return Refused(_("This certificate can’t be renewed yet. Nothing was changed."))
    begin(award.enrolment_id, get_course(award.digest), status.course)
    return None


def issue_or_renew_if_earned(enrolment_id: str, settings: Settings) -> Award | None:
    """Issue an enrolment's first certificate, or the one that renews its current one, once what it asks for is met."""
    earning = get_earning(enrolment_id)
    if not earning.has_award:
        return issue_first(earning, settings)
    current = records.find_award_of_enrolment(enrolment_id)
    return _renew_if_earned(current, earning, settings) if current and _can_be_followed(current) else None


def _renew_if_earned(current: Award, earning: Earning, settings: Settings) -> Award | None:
    progress = earning.progress
    earned = _by_renewal_check(current, progress) or _by_whole_check(current, progress, settings)
    if earned is None:
        return None
    course, attestation = earned
    context = issue_context(current.programme_id, course, settings)
    ratings = [row.rating for row in award_observations.list_open(current.enrolment_id)]
    award = current.successor("renewed")
    put_name(award, name_to_print(earning.holder))
    store_award(
        award,
        context,
        rules.Earned(context.today, _next_end(current, context), context.is_held),
        rules.carry_readiness(current.attestation, attestation, ratings),
        before=current,
    )
    end_renewal(current.enrolment_id)
    return award


def _by_renewal_check(current: Award, progress: Progress) -> tuple[Course, Attestation] | None:
    """Return the version and attestation of a renewal that is under way, once all that it asks for is met."""
    renewal = find_renewal(current.enrolment_id)
    found = find_pass(renewal.id) if renewal else None
    if renewal is None or found is None:
        return None
    attempt, result = found
    course = get_course(attempt.digest)
    scope = renewal_scope(get_course(renewal.since), course)
    if not all(item.met for item in renewal_rules.renewal_requirements(course, scope, progress, passed=True)):
        return None
    waived = waived_of(current.enrolment_id, progress)
    return course, rules.attest_renewal(course, scope, progress, result.asked, waived, _first_completion(current))


def _by_whole_check(current: Award, progress: Progress, settings: Settings) -> tuple[Course, Attestation] | None:
    """Return the version and attestation of a whole check that was passed in the window, which renews as well."""
    context = _context_of(current, settings)
    for attempt, result in list_results(current.enrolment_id):
        day = clock.day_of(result.at, context.zone)
        in_time = day > current.passed_on and award_validity.can_be_renewed(context.rule, current.valid_until, day)
        if result.passed and attempt.renewal_id is None and in_time:
            course = get_course(attempt.digest)
            if not everything_is_done(course, progress):
                return None
            first = _first_completion(current)
            return course, rules.attest_whole_check(course, progress, current.version, result.asked, first)
    return None


def _first_completion(current: Award) -> FirstCompletion:
    return current.attestation.as_first(current.version, current.passed_on)
