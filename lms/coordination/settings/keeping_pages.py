"""What a shorter time to keep something would delete at the next run, in words, before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.accounts.members.records import count_old_details
from lms.accounts.programmes.keeping import DETAILS, KEEPS, months_kept
from lms.accounts.records import Programme
from lms.foundation import clock
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import ngettext
from lms.learning.personal_data.old_answer_records import count_answers


@dataclass(frozen=True)
class SecondLook:
    """What goes at the next run if times are saved, and a mark of those times that comes back with the form."""

    mark: str
    goes: list[str]


def look_first(programme: Programme, wanted: Mapping[str, str], settings: Settings) -> SecondLook | None:
    """Return what goes if a programme keeps something for a shorter time than now; None if no time is shorter."""
    goes = []
    for key in KEEPS:
        now, then = (months_kept(facts, key, settings) for facts in (programme.facts, {**programme.facts, **wanted}))
        if then is not None and (now is None or then < now):
            goes.append(_in_words(key, programme.id, then, settings))
    return SecondLook(", ".join(f"{key}={wanted[key]}" for key in KEEPS if key in wanted), goes) if goes else None


def _in_words(key: str, programme_id: str, months: int, settings: Settings) -> str:
    before = clock.months_ago(months, settings.timezone)
    if key == DETAILS:
        people = count_old_details(programme_id, before)
        return ngettext(
            "The unit, staff number and line manager of %(num)s person who left",
            "The unit, staff number and line manager of %(num)s people who left",
            people,
        )
    answers, checks = count_answers(before, programme_id)
    in_checks = ngettext("%(num)s check", "%(num)s checks", checks)
    return ngettext("%(num)s answer in %(checks)s", "%(num)s answers in %(checks)s", answers, checks=in_checks)
