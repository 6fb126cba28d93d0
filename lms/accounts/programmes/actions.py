"""What changes a programme's settings, in the browser and in a terminal alike, and what follows for its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.accounts import actions as accounts
from lms.accounts.events import AccountDisabled, AccountEnabled, MembershipEnded, MembershipGiven
from lms.accounts.programmes.facts import HOLDS, settings_of
from lms.accounts.programmes.lack_records import follow_coordinators, list_coordinated
from lms.accounts.records import Programme, find_programme


@dataclass(frozen=True)
class SettingsChanged:
    """Nothing was written, because somebody else changed one of these settings since the form was opened."""

    now: Mapping[str, str]


def change_settings(
    slug: str, seen: Mapping[str, str] | None, wanted: Mapping[str, str]
) -> Programme | SettingsChanged:
    """Set some settings of a programme that were checked, unless they are no longer as a form was opened with.

    `seen` is None in a terminal, where nobody looked before; there a programme that doesn't exist yet is made.
    """
    programme = find_programme(slug)
    if programme is not None and seen is not None:
        now = settings_of(programme)
        if any(now[key] != seen.get(key, "") for key in wanted):
            return SettingsChanged(now)
    hold = wanted.get("hold_unreviewed")
    return accounts.set_programme(
        slug,
        wanted.get("name") or None,
        {key: value for key, value in wanted.items() if key not in {"name", "hold_unreviewed"}},
        next((value for value, word in HOLDS.items() if word == hold), None),
        touch_hold=hold is not None,
    )


def follow_role(event: MembershipGiven | MembershipEnded) -> None:
    """Note whether a programme has a coordinator when somebody gets or loses that role."""
    if event.role == "coordinator":
        follow_coordinators([event.programme_id])


def follow_account(event: AccountDisabled | AccountEnabled) -> None:
    """Note whether programmes have a coordinator when an account of one is closed or opened."""
    follow_coordinators(list_coordinated(event.person_id))
