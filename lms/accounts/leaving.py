"""Taking access back: a role or a whole membership ends, an account is closed and opened again.

Certificates, badges and records stay: they tell what somebody did while they were there.
"""

from __future__ import annotations

from lms.accounts import records
from lms.accounts.actions import FormError
from lms.accounts.events import AccountDisabled, AccountEnabled, MembershipEnded, OperatorRemoved
from lms.accounts.invitations import records as invitation_records
from lms.accounts.invitations.records import Invitation
from lms.accounts.merges.records import find_merge_away
from lms.accounts.session_records import end_sign_ins
from lms.foundation import clock
from lms.foundation.events import announce
from lms.foundation.text.i18n import gettext as _


def take_role(person_id: str, programme_id: str, role: str) -> bool:
    """End one role of somebody in a programme, and their open sign-ins; return whether they had it.

    An invitation to that role ends with it, or it would bring the role back.
    """
    email = records.get_person(person_id).email
    invitation_records.end_invitations(email, Invitation.programme_id == programme_id, Invitation.role == role)
    if not records.delete_membership(person_id, programme_id, role):
        return False
    end_sign_ins(person_id)
    announce(MembershipEnded(person_id, programme_id, role))
    return True


def end_membership(person_id: str, programme_id: str) -> list[str]:
    """End every role of somebody in a programme and every open invitation to it; return the roles they had."""
    end_invitations(records.get_person(person_id).email, programme_id)
    roles = records.roles_of(person_id).get(programme_id, [])
    for role in roles:
        take_role(person_id, programme_id, role)
    return roles


def end_invitations(email: str, programme_id: str) -> int:
    """Take back what an address was invited to in a programme and has not used yet; return how many invitations."""
    return invitation_records.end_invitations(email, Invitation.programme_id == programme_id)


def remove_operator(person_id: str) -> bool | FormError:
    """Take the site out of somebody's hands, unless they are the last; return whether they ran it."""
    if records.is_last_operator(person_id):
        return _last_one()
    person = records.get_person(person_id)
    if not person.operator:
        return False
    person.operator = False
    invitation_records.end_invitations(person.email, Invitation.role == "operator")
    end_sign_ins(person_id)
    announce(OperatorRemoved(person_id))
    return True


def disable(person_id: str) -> bool | FormError:
    """Close an account: sign-ins, links to a new password and open invitations end; return whether it was open."""
    if records.is_last_operator(person_id):
        return _last_one()
    person = records.get_person(person_id)
    if person.disabled_at is not None:
        return False
    person.disabled_at = clock.now()
    end_sign_ins(person_id)
    records.end_password_links(person_id)
    invitation_records.end_invitations(person.email)
    announce(AccountDisabled(person_id))
    return True


def enable(person_id: str) -> bool | FormError:
    """Open a closed account again, with the roles it still has; return whether it was closed and not deleted.

    One that was merged into another is opened by undoing the merge: what was in it is in the other one.
    """
    person = records.get_person(person_id)
    if person.disabled_at is None or not person.password_hash:
        return False
    if find_merge_away(person_id) is not None:
        words = _("This account was merged into another one of the same person, so it stays closed.")
        return FormError("role", words)
    person.disabled_at = None
    announce(AccountEnabled(person_id))
    return True


def _last_one() -> FormError:
    return FormError("role", _("Nobody else runs this site. Please make somebody else an operator first."))
