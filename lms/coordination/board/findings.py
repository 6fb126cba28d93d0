"""Checks of the lists of people: a sample against courses and certificates, and all numbers against the lists."""

from __future__ import annotations

from lms.accounts.records import get_programme, list_programmes
from lms.coordination.board.actions import compare, count_miscounted
from lms.coordination.board.comparison_records import sample
from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import ngettext

SAMPLE = 200


def look() -> list[Finding]:
    """Look at lists of people, and at the numbers above them."""
    return [*_look_at_people(), *_look_at_numbers()]


def _look_at_numbers() -> list[Finding]:
    """Compare the numbers above every list with the whole of it."""
    differing = [programme.slug for programme in list_programmes() if count_miscounted(programme.id)]
    if not differing:
        return [Finding("people.numbers", _("The numbers above the lists of people match the lists."))]
    words = _(
        "In these programmes, the numbers above the list of people don’t match the list: %(where)s.",
        where=some_of(differing),
    )
    return [Finding("people.numbers", words, "lms people status --rebuild")]


def _look_at_people() -> list[Finding]:
    """Compare some random people; those who aren't in the sample aren't looked at."""
    people, differing = 0, {}
    for programme_id, person_ids in sample(SAMPLE).items():
        people += len(person_ids)
        if here := compare(programme_id, person_ids):
            differing[get_programme(programme_id).slug] = len(here)
    if not differing:
        words = ngettext(
            "The lists of people show the right status: %(num)s person compared.",
            "The lists of people show the right status: %(num)s people compared, chosen at random.",
            people,
        )
        return [Finding("people.status", words)]
    where = some_of([f"{slug} ({count})" for slug, count in differing.items()])
    words = ngettext(
        "For %(num)s of the %(people)s people compared, the lists of people show a different status from what courses "
        "and certificates say: %(where)s.",
        "For %(num)s of the %(people)s people compared, the lists of people show a different status from what courses "
        "and certificates say: %(where)s.",
        sum(differing.values()),
        people=people,
        where=where,
    )
    return [Finding("people.status", words, "lms people status --rebuild")]
