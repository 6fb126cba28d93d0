"""A check of the lists of people: whether a sample of them is listed as their courses and certificates say."""

from __future__ import annotations

from lms.accounts.records import get_programme
from lms.coordination.board.actions import compare
from lms.coordination.board.comparison_records import sample
from lms.foundation.checkup.findings import Finding, some_of
from lms.foundation.text.i18n import ngettext

SAMPLE = 200


def look() -> list[Finding]:
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
