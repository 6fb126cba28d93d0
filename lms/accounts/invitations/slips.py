"""Slips: invitations of people without email, with a sign-in name and a link that is printed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.accounts.addresses import SIGN_IN_NAME_MOST, is_sign_in_name, suggest_sign_in_name
from lms.accounts.invitations import actions
from lms.accounts.invitations import records as invitation_records
from lms.accounts.invitations.records import Brought, Invitation
from lms.foundation.text.i18n import gettext as _

# rosa.lind, rosa.lind2 … rosa.lind9; after that, four digits by chance.
NUMBERED = 9


@dataclass(frozen=True)
class Newcomer:
    """Somebody without email to invite, and what is noted of them once they join."""

    name: str
    brought: Brought


def free_sign_in_names(names: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return a sign-in name for each of some people's names that nobody else has, nor another of them."""
    wanted = [suggest_sign_in_name(name) for name in names]
    candidates = {text for base in wanted for text in _numbered(base)}
    used = invitation_records.list_sign_in_names_in_use(candidates) | set(taken)
    found = []
    for base in wanted:
        free = next((text for text in _numbered(base) if text not in used), f"{base}{1000 + secrets.randbelow(9000)}")
        used.add(free)
        found.append(free)
    return found


def _numbered(base: str) -> list[str]:
    return [base, *(f"{base}{number}" for number in range(2, NUMBERED + 1))]


def add_newcomers(programme_id: str, newcomers: Sequence[Newcomer]) -> list[str]:
    """Invite people without email as learners; return their sign-in names. They have no link until it is printed."""
    names = free_sign_in_names([newcomer.name for newcomer in newcomers])
    for newcomer, sign_in_name in zip(newcomers, names, strict=True):
        invitation = actions.make_invitation(programme_id, "learner", sign_in_name, None)
        actions.mark_invited(invitation, newcomer.name)
        actions.bring(invitation, newcomer.brought)
    return names


def add_names(programme_id: str, names: Sequence[str]) -> int:
    """Invite people by name; return how many, without those who are waiting for a slip under the same name."""
    known = invitation_records.list_names_of_slips(programme_id, names)
    new = [name for name in dict.fromkeys(names) if name not in known]
    return len(add_newcomers(programme_id, [Newcomer(name, Brought()) for name in new]))


@dataclass(frozen=True)
class ToPrint:
    """A slip to print: whose, the sign-in name that they are to have, and the token of their new link."""

    public_id: str
    sign_in_name: str
    token: str


@dataclass(frozen=True)
class Slip:
    """A slip: what it says of one person. The link is stored nowhere."""

    name: str
    sign_in_name: str
    token: str
    expires_at: datetime


def make_slips(programme_id: str, wanted: Sequence[ToPrint]) -> list[Slip] | dict[str, str]:
    """Make a new link for each person, ending the one before, or return what speaks against a name by public id.

    Who joined meanwhile, or was taken off the list, gets none.
    """
    rows = {
        row.public_id: row for row in invitation_records.find_slips(programme_id, [one.public_id for one in wanted])
    }
    here = [(rows[one.public_id], one) for one in wanted if one.public_id in rows]
    problems = _problems(here)
    return problems or [_renew(row, one) for row, one in here]


def _problems(here: Sequence[tuple[Invitation, ToPrint]]) -> dict[str, str]:
    """Return why a sign-in name can't be used, by public id; the others of the same page count as well."""
    changed = {one.sign_in_name for row, one in here if row.email != one.sign_in_name}
    used = invitation_records.list_sign_in_names_in_use(changed)
    seen, problems = set[str](), dict[str, str]()
    for row, one in here:
        if not is_sign_in_name(one.sign_in_name):
            problems[one.public_id] = _(
                "Please start with a small letter, and use only small letters from a to z, digits and single dots, "
                "as in rosa.lind. A sign-in name can have up to %(most)s characters.",
                most=SIGN_IN_NAME_MOST,
            )
        elif one.sign_in_name in seen or (row.email != one.sign_in_name and one.sign_in_name in used):
            problems[one.public_id] = _(
                "Somebody else has the sign-in name %(name)s. Please choose another one, for example with a number.",
                name=one.sign_in_name,
            )
        seen.add(one.sign_in_name)
    return problems


def _renew(row: Invitation, one: ToPrint) -> Slip:
    invitation = actions.replace_link(row, one.token)
    invitation.email = one.sign_in_name
    invitation.keep_key()
    return Slip(invitation.name, one.sign_in_name, one.token, invitation.expires_at)
