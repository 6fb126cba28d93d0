"""The preview of a pasted list, and a page of the list of people who haven't joined yet."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from lms.accounts.actions import FormError, check_addresses
from lms.accounts.addresses import as_people_write
from lms.accounts.forms import NAME_MOST
from lms.accounts.invitations import records as invitation_records
from lms.accounts.invitations.records import Invitation
from lms.accounts.invitations.rules import Entry, read_pasted
from lms.accounts.records import list_member_addresses
from lms.coordination.unreached import trouble_words
from lms.foundation import clock
from lms.foundation.mail.trouble import MailTrouble, find_troubles
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import name_trouble, show_hidden

PAGE = 50
SEEN_MOST = 120
SEARCH_MOST = 80


@dataclass(frozen=True)
class Invitee:
    """Somebody on a pasted list whose address can be used; `shown` is the address as people write it."""

    address: str
    name: str
    shown: str


@dataclass(frozen=True)
class Unread:
    """Something on a pasted list that can't be used: its line, the pieces of what was read there, and why."""

    line: int
    seen: list[tuple[str, bool]]
    reason: str


@dataclass(frozen=True)
class Preview:
    """A pasted list sorted into what will happen with each entry; `repeated` says how many addresses came again."""

    new: tuple[Invitee, ...] = ()
    again: tuple[Invitee, ...] = ()
    members: tuple[Invitee, ...] = ()
    unread: tuple[Unread, ...] = ()
    repeated: int = 0

    @property
    def to_send(self) -> tuple[Invitee, ...]:
        """Everybody who gets an email."""
        return (*self.new, *self.again)

    @property
    def total(self) -> int:
        """How many people and unreadable entries there are."""
        return len(self.new) + len(self.again) + len(self.members) + len(self.unread)


def read_list(text: str) -> tuple[list[Invitee], list[Unread], int]:
    """Return the people on a pasted list, each address once, what can't be read, and how many addresses came again."""
    entries = read_pasted(text)
    checked = check_addresses([entry.address for entry in entries if entry.address])
    found, unread, repeated = dict[str, Invitee](), list[Unread](), 0
    for entry in entries:
        name = unicodedata.normalize("NFC", entry.name)
        address = checked[entry.address] if entry.address else FormError("email", _("There’s no email address here."))
        problem = address.message if isinstance(address, FormError) else _name_problem(name)
        if problem or isinstance(address, FormError):
            unread.append(Unread(entry.line, _shortened(entry), problem or ""))
        elif address in found:
            repeated += 1
            found[address] = Invitee(address, found[address].name or name, found[address].shown)
        else:
            found[address] = Invitee(address, name, as_people_write(address))
    return list(found.values()), unread, repeated


def _name_problem(name: str) -> str | None:
    if len(name) > NAME_MOST:
        return _("The name is longer than %(most)s characters.", most=NAME_MOST)
    return name_trouble(name) if name else None


def _shortened(entry: Entry) -> list[tuple[str, bool]]:
    """Return what was read, cut to what a table can show, with characters that can't be seen as their codes."""
    seen = entry.seen if len(entry.seen) <= SEEN_MOST else f"{entry.seen[:SEEN_MOST]}…"
    return show_hidden(seen)


def preview_of(programme_id: str, text: str) -> Preview:
    """Sort a pasted list by what will happen with each person."""
    people, unread, repeated = read_list(text)
    addresses = [person.address for person in people]
    members = list_member_addresses(programme_id, addresses)
    waiting = {row.email for row in invitation_records.list_open(programme_id, "learner", addresses) if row.invited_at}
    others = [person for person in people if person.address not in members]
    return Preview(
        tuple(person for person in others if person.address not in waiting),
        tuple(person for person in others if person.address in waiting),
        tuple(person for person in people if person.address in members),
        tuple(unread),
        repeated,
    )


@dataclass(frozen=True)
class InvitationRow:
    """One invitation on the list of people who haven't joined yet."""

    public_id: str
    address: str
    name: str
    role: str
    sent_on: str
    expires_on: str
    ended: bool
    # For somebody without email, whose address is a sign-in name; and whether their slip was printed.
    needs_slip: bool
    has_link: bool
    # Why the email about it didn't arrive, where it didn't.
    trouble: str = ""


def list_page(programme_id: str, zone: str, cursor: str, search: str) -> tuple[list[InvitationRow], str | None]:
    """Return a page of invitations, the newest first, and the cursor of the page after it."""
    found = invitation_records.list_not_joined(programme_id, PAGE + 1, read_cursor(cursor), search)
    troubles = find_troubles([invitation.email or "" for invitation in found[:PAGE]])
    rows = [row_of(invitation, zone, troubles.get(invitation.email or "")) for invitation in found[:PAGE]]
    return rows, cursor_of(found[PAGE - 1]) if len(found) > PAGE else None


def row_of(invitation: Invitation, zone: str, trouble: MailTrouble | None = None) -> InvitationRow:
    """Return an invitation as a coordinator sees it, with its days in the time zone of the programme."""
    invited_at = invitation.invited_at or clock.now()
    return InvitationRow(
        invitation.public_id or "",
        as_people_write(invitation.email or ""),
        invitation.name,
        invitation.role,
        day(clock.day_of(invited_at, zone)),
        day(clock.day_of(invitation.expires_at, zone)),
        invitation.expires_at <= clock.now(),
        invitation.needs_slip,
        invitation.has_link,
        trouble_words(trouble, zone),
    )


def cursor_of(invitation: Invitation) -> str:
    """Return what stands for the place of an invitation in a list."""
    return f"{int(invitation.invited_at.timestamp())}.{invitation.public_id}" if invitation.invited_at else ""


def read_cursor(text: str) -> tuple[datetime, str] | None:
    """Return the place in the list that a cursor stands for; anything else stands for its beginning."""
    seconds, _dot, public_id = text.partition(".")
    moment = read_moment(seconds)
    return (moment, public_id) if moment and public_id else None


def read_moment(text: str) -> datetime | None:
    """Return the moment that a page sent as whole seconds since 1970, or None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
