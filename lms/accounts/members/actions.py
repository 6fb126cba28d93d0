"""What follows for the rows of members when a role, a name or an address changes."""

from __future__ import annotations

from lms.accounts.events import MembershipEnded, MembershipGiven, NamesChanged
from lms.accounts.members import records


def follow_role(event: MembershipGiven | MembershipEnded) -> None:
    """Keep somebody's row when they get or lose a role."""
    records.keep_member(event.person_id, event.programme_id)


def follow_name(event: NamesChanged) -> None:
    """Keep the keys of somebody's rows when their name changes."""
    records.keep_keys(event.person_id)
