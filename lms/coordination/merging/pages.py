"""What people read of merges: who made one, why one is refused, and which accounts were merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms.accounts.merges.records import AccountMerge, list_merged_into
from lms.accounts.records import Person, Programme, get_person, roles_of
from lms.accounts.rules import zone_of
from lms.coordination.merging.rules import Reason
from lms.foundation import clock
from lms.foundation.clock import day_of
from lms.foundation.config.settings import Settings
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _


def who_merged(programme: Programme, person_id: str | None) -> str:
    """Return who did something, with the role in which they did it."""
    by = get_person(person_id) if person_id else None
    if by is None:
        return _("Somebody who runs this site")
    if "coordinator" in roles_of(by.id).get(programme.id, ()):
        return _("%(name)s, who coordinates %(programme)s,", name=by.display_name, programme=programme.name)
    return _("%(name)s, who runs this site,", name=by.display_name)


def reason_words(reason: Reason, kept: Person, other: Person) -> str:
    """Return why a merge isn't made or undone, and what to do."""
    return {
        "same account": _("This is the same account twice. Please choose the other one."),
        "own account": _(
            "One of these accounts is yours. Please ask another coordinator, or the people who run this site, "
            "to merge them."
        ),
        "kept is closed": _(
            "The account %(account)s is closed. Please ask the people who run this site to look at it first. "
            "If it was merged into another one, that merge has to be undone before.",
            account=kept.email,
        ),
        "other is closed": _(
            "The account %(account)s is closed, so it can’t be merged. Somebody may have merged it already. "
            "If not, the people who run this site can open it first.",
            account=other.email,
        ),
        "asks for an operator": _(
            "One of these accounts is in another programme as well, or runs this site. Please ask the people "
            "who run this site: they can do it."
        ),
        "runs the site": _(
            "%(account)s runs this site, and that doesn’t move. Please keep that account, and merge the other "
            "one into it.",
            account=other.email,
        ),
        "not confirmed": _(
            "%(other)s has a role above learner, and %(kept)s isn’t a confirmed address yet. Please keep the "
            "other account, or ask them to confirm the address first.",
            other=other.email,
            kept=kept.email,
        ),
        "undone": _("This merge was undone. Each account has what it had before."),
        "time is over": _("The 30 days in which this could be undone are over. The accounts stay merged."),
    }[reason]


def merged_rows(person: Person, programme: Programme, settings: Settings) -> list[dict[str, Any]]:
    """Return the accounts that were merged into somebody's in a programme."""
    zone = zone_of(programme.facts, settings.timezone)
    return [
        {
            "other": get_person(merge.other_id).public_id,
            "email": get_person(merge.other_id).email,
            "open": merge.moved is not None and clock.now() < merge.until,
            **days_of(merge, zone),
        }
        for merge in list_merged_into(person.id)
        if merge.programme_id == programme.id
    ]


def days_of(merge: AccountMerge, zone: str) -> dict[str, str]:
    """Return when a merge was made, and the last day on which it can be undone."""
    return {"on": day(day_of(merge.merged_at, zone)), "until": day(day_of(merge.until, zone))}


def found_rows(people: Sequence[Person]) -> list[dict[str, Any]]:
    """Return people to choose the second account from."""
    return [{"id": person.public_id, "name": person.display_name, "email": person.email} for person in people]
