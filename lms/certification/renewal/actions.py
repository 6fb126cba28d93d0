"""Actions of renewal: set a programme's rule, start a renewal, and issue the next certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lms.certification.awards import observations as award_observations
from lms.certification.awards import records, rules
from lms.certification.awards import validity as award_validity
from lms.certification.awards.actions import is_held, keep_award, today_in, validity_of, waived_of, zone_in
from lms.certification.awards.attestation import Attestation, FirstCompletion
from lms.certification.awards.events import ValiditySet
from lms.certification.awards.records import Award, ValidityRule
from lms.certification.awards.validity import Stage, Validity
from lms.content.model.changes import is_newer_edition
from lms.content.model.course import Course
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.refused import Refused
from lms.foundation.text.i18n import gettext as _
from lms.learning.progress import renewal_rules
from lms.learning.progress.actions import begin_renewal as begin
from lms.learning.progress.actions import end_renewal
from lms.learning.progress.records import get_enrolment, list_results, progress_of
from lms.learning.progress.renewal_records import find_pass, find_renewal
from lms.learning.progress.renewal_rules import RenewalScope, renewal_scope
from lms.learning.progress.rules import Progress, everything_is_done
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest

Kind = Literal["renewal", "edition", "notice", "under way"]


@dataclass(frozen=True)
class News:
    """What there is to say to somebody whose certificate stands: it can be renewed, or its course has gone on.

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


def stage_of(award: Award, settings: Settings) -> Stage:
    """Return where in its cycle a certificate stands today."""
    return award_validity.stage_of(rule_of(award), award.valid_until, today_in(award.programme_id, settings))


def news_of(award: Award, settings: Settings) -> News | None:
    """Return what there is to say of a certificate that stands; of any other, and of a mere patch, there is nothing."""
    if not _stands(award):
        return None
    known = get_course(award.digest)
    newest = get_course(find_newest_digest(award.course_id) or award.digest)
    today, rule = today_in(award.programme_id, settings), rule_of(award)
    if find_renewal(award.enrolment_id):
        kind: Kind = "under way"
    elif award_validity.can_be_renewed(rule, award.valid_until, today):
        kind = "renewal"
    elif newest.minor_line != known.minor_line:
        kind = "edition" if is_newer_edition(known, newest) else "notice"
    else:
        return None
    scope, progress = renewal_scope(known, newest), progress_of(award.enrolment_id)
    first = records.first_pass_of(award.enrolment_id) or award.passed_on
    return News(
        kind,
        newest,
        scope,
        renewal_rules.practice_asked(newest, scope, progress),
        renewal_rules.minutes_of(newest, scope, progress),
        award.valid_until,
        award_validity.next_end(validity_of(award.programme_id, newest), award.valid_until, today, first),
        is_held(award.programme_id, newest.digest, settings),
    )


def _stands(award: Award) -> bool:
    return award.current_for is not None and not award.waiting and award.withdrawn_at is None


def begin_renewal(award_id: str, settings: Settings) -> Refused | None:
    """Begin to renew a certificate on the newest version of its course, in its window or for a new edition."""
    award = records.get_award(award_id)
    news = news_of(award, settings)
    if news is None or news.kind == "notice":
        return Refused(_("This certificate can’t be renewed yet. Nothing was changed."))
    newest = find_newest_digest(award.course_id) or award.digest
    begin(award.enrolment_id, get_course(award.digest), get_course(newest))
    return None


def renew_if_earned(enrolment_id: str, settings: Settings) -> Award | None:
    """Issue the certificate that follows the one that stands, once what renewing asks for is there."""
    standing = records.find_award_of_enrolment(enrolment_id)
    if standing is None or not _stands(standing):
        return None
    progress = progress_of(enrolment_id)
    came = _by_the_shorter_way(standing, progress) or _by_the_whole_check(standing, progress, settings)
    if came is None:
        return None
    course, attestation = came
    today = today_in(standing.programme_id, settings)
    first = records.first_pass_of(enrolment_id) or standing.passed_on
    until = award_validity.next_end(validity_of(standing.programme_id, course), standing.valid_until, today, first)
    earned = rules.Earned(today, until, is_held(standing.programme_id, course.digest, settings))
    ratings = [row.rating for row in award_observations.list_open(enrolment_id)]
    attestation = rules.carry_readiness(standing.attestation, attestation, ratings)
    award = keep_award(get_enrolment(enrolment_id), course, earned, attestation, before=standing)
    end_renewal(enrolment_id)
    return award


def _by_the_shorter_way(standing: Award, progress: Progress) -> tuple[Course, Attestation] | None:
    """Return the version and attestation of a renewal that is under way, once all that it asks for is there."""
    renewal = find_renewal(standing.enrolment_id)
    found = find_pass(renewal.id) if renewal else None
    if renewal is None or found is None:
        return None
    attempt, result = found
    course = get_course(attempt.digest)
    scope = renewal_scope(get_course(renewal.since), course)
    if not all(item.met for item in renewal_rules.what_renewing_asks(course, scope, progress, passed=True)):
        return None
    waived = waived_of(standing.enrolment_id)
    return course, rules.attest_renewal(course, scope, progress, result.asked, waived, _first_completion(standing))


def _by_the_whole_check(standing: Award, progress: Progress, settings: Settings) -> tuple[Course, Attestation] | None:
    """Return the version and attestation of a whole check that was passed in the window, which renews as well."""
    rule, zone = rule_of(standing), zone_in(standing.programme_id, settings)
    for attempt, result in list_results(standing.enrolment_id):
        day = clock.day_of(result.at, zone)
        in_time = day > standing.passed_on and award_validity.can_be_renewed(rule, standing.valid_until, day)
        if result.passed and attempt.renewal_id is None and in_time:
            course = get_course(attempt.digest)
            if not everything_is_done(course, progress):
                return None
            first = _first_completion(standing)
            return course, rules.attest_whole_check(course, progress, standing.version, result.asked, first)
    return None


def _first_completion(standing: Award) -> FirstCompletion:
    return standing.attestation.as_first(standing.version, standing.passed_on)
