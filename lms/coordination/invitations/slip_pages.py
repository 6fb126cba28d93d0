"""The list of people who get a printed slip, and what each slip says."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lms.accounts.forms import NAME_MOST
from lms.accounts.invitations import records as invitation_records
from lms.accounts.invitations.rules import clean_name
from lms.accounts.invitations.slips import Slip
from lms.coordination.invitations.pages import PAGE, InvitationRow, cursor_of, read_cursor, row_of
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.foundation.text.i18n import gettext as _
from lms.foundation.web.fields import name_trouble
from lms.foundation.web.qr_codes import qr_code


@dataclass(frozen=True)
class PrintedSlip:
    """What a slip says."""

    name: str
    sign_in_name: str
    link: str
    qr_code: Markup
    until: str


def list_page(programme_id: str, zone: str, cursor: str) -> tuple[list[InvitationRow], str | None]:
    """Return a page of those who wait for a slip, the newest first, and the cursor of the page after it."""
    found = invitation_records.list_slips(programme_id, PAGE + 1, read_cursor(cursor))
    rows = [row_of(invitation, zone) for invitation in found[:PAGE]]
    return rows, cursor_of(found[PAGE - 1]) if len(found) > PAGE else None


def printed(slip: Slip, link: str, zone: str) -> PrintedSlip:
    """Return what somebody's slip says."""
    return PrintedSlip(slip.name, slip.sign_in_name, link, qr_code(link), day(clock.day_of(slip.expires_at, zone)))


def read_names(text: str) -> list[str] | str:
    """Return the names on a list, one on each line, or what speaks against a line, in words."""
    names = [unicodedata.normalize("NFC", clean_name(line)) for line in text.splitlines() if line.strip()]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    problem = next(filter(None, map(_name_problem, lines, names)), None)
    return problem or names


def _name_problem(line: str, name: str) -> str | None:
    seen = line if len(line) <= NAME_MOST else f"{line[:NAME_MOST]}…"
    if "@" in line:
        return _("“%(line)s” has an email address. Please invite them by email, above.", line=seen)
    if not name:
        return _("We can’t read “%(line)s” as a name.", line=seen)
    if len(name) > NAME_MOST:
        return _("“%(line)s” is longer than %(most)s characters.", line=seen, most=NAME_MOST)
    return name_trouble(name)


def whom_to_ask(facts: dict[str, object], coordinator: str) -> str:
    """Return whom somebody asks about their slip: the programme's contact, or else whoever prints it."""
    names: Sequence[object] = (facts.get("contact"), facts.get("lead"), coordinator)
    return next(str(name) for name in names if name)
