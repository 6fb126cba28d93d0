"""What is done for renewing: a programme's rule is set, and somebody goes on to the newest version of a course."""

from __future__ import annotations

from lms.certification import cycles, records
from lms.certification.actions import Refused, validity_of
from lms.certification.cycles import Validity
from lms.certification.events import ValiditySet
from lms.certification.records import Award, ValidityRule
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.events import announce
from lms.foundation.settings import Settings
from lms.foundation.words import gettext as _
from lms.learning.actions import go_on_with_newest
from lms.library.records import find_newest_digest
from lms.library.shelf import get_course


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


def can_renew(award: Award, settings: Settings) -> bool:
    """Decide whether a pass today would renew a certificate."""
    if award.current_for is None or award.waiting or award.withdrawn_at:
        return False
    rule = validity_of(award.programme_id, get_course(award.digest))
    return cycles.can_be_renewed(rule, award.valid_until, clock.today(settings.timezone))


def begin_renewal(award_id: str, settings: Settings) -> Refused | None:
    """Bring somebody to the newest version of the course: lessons that did not change stay finished."""
    award = records.get_award(award_id)
    if not can_renew(award, settings):
        return Refused(_("This certificate cannot be renewed yet. Nothing was changed."))
    newest = find_newest_digest(award.course_id)
    if newest is not None and newest != award.digest:
        go_on_with_newest(award.enrolment_id, get_course(award.digest), get_course(newest))
    return None
