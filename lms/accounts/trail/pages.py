"""The page of the audit trail as plain values: entries with names, and the filter in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.accounts.records import Person, find_person, find_programme, find_programmes, list_programme_names
from lms.accounts.trail.records import PEOPLE_MOST, Filter, find_names, find_people, list_entries
from lms.accounts.trail.wording import PRIVATE, event_words, fact_words
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.text.i18n import gettext as _
from lms.foundation.text.i18n import moment

SEARCH_MOST = 100
# What people do before they're signed in; whatever else nobody did was done by a command or the job process.
BY_VISITORS = {"SignInRefused", "PasswordLinkMade", "PersonRegistered", "AddressConfirmed"}


@dataclass(frozen=True)
class Party:
    """Somebody in an entry: a name, and the id that leads to their entries, if they still have an account."""

    name: str
    person: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry in words."""

    at: str
    what: str
    more: str
    by: Party
    about: Party | None
    programme: str


@dataclass(frozen=True)
class Asked:
    """What the page was asked for, as it stands in the form, with what can't be used of it."""

    event: str = ""
    search: str = ""
    programme: str = ""
    first: str = ""
    last: str = ""
    person: Person | None = None
    candidates: Sequence[Person] = ()
    more_candidates: bool = False
    problems: tuple[tuple[str, str], ...] = ()
    filter: Filter | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.event or self.search or self.programme or self.first or self.last or self.person)

    def address(self) -> dict[str, str]:
        """Return what stands in the address of the same list."""
        person = self.person.public_id if self.person else ""
        found = {
            "event": self.event,
            "person": person,
            "programme": self.programme,
            "first": self.first,
            "last": self.last,
        }
        return {name: value for name, value in found.items() if value}


def read_asked(fields: Mapping[str, str], zone: str) -> Asked:
    """Return what was asked for; where something can't be used or several people fit, there is no filter."""
    event, search = fields.get("event", ""), fields.get("q", "").strip()[:SEARCH_MOST]
    asked = Asked(
        event=event if event in event_words() else "",
        search=search,
        programme=fields.get("programme", ""),
        first=fields.get("first", "").strip()[:SEARCH_MOST],
        last=fields.get("last", "").strip()[:SEARCH_MOST],
        person=find_person(fields.get("person", "")) if not search else None,
    )
    asked = _with_person(asked)
    programme = find_programme(asked.programme) if asked.programme else None
    asked = replace(asked, programme=programme.slug if programme else "")
    since, until = _start_of(asked.first, zone, 0), _start_of(asked.last, zone, 1)
    problems = list(asked.problems)
    for name, typed, read in (("first", asked.first, since), ("last", asked.last, until)):
        if typed and read is None:
            problems.append((f"f-{name}", _("Please enter a date such as 2027-03-14.")))
    if since and until and since >= until:
        problems.append(("f-last", _("The last day is before the first one.")))
    if problems or asked.candidates:
        return replace(asked, problems=tuple(problems))
    person_id, programme_id = asked.person.id if asked.person else "", programme.id if programme else ""
    return replace(asked, filter=Filter(PRIVATE, asked.event, person_id, programme_id, since, until))


def _with_person(asked: Asked) -> Asked:
    """Return what was asked for with the person that a search finds, or those that it may mean."""
    if not asked.search:
        return asked
    found = find_people(asked.search)
    if len(found) == 1:
        return replace(asked, person=found[0], search="")
    if found:
        return replace(asked, candidates=found[:PEOPLE_MOST], more_candidates=len(found) > PEOPLE_MOST)
    words = _("Nobody with an account has that name, email address or staff number.")
    return replace(asked, problems=(("f-q", words),))


def _start_of(typed: str, zone: str, days: int) -> datetime | None:
    """Return when a day begins, or so many days after it; None for what is no day."""
    try:
        day = date.fromisoformat(typed) + timedelta(days=days)
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_moment(typed: str) -> datetime | None:
    """Return the moment before which a page begins, as it stands in an address."""
    try:
        return datetime.fromtimestamp(int(typed[:20]) / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def entries_of(asked: Filter, before: datetime | None, zone: str) -> tuple[list[Entry], str]:
    """Return a page of entries, and what stands in the address of the next; empty after the last."""
    rows, more = list_entries(asked, before)
    people = find_names({key for row in rows for key in (row.actor_id, row.person_id) if key})
    found = find_programmes({row.programme_id for row in rows if row.programme_id})
    programmes = {id_: row.name for id_, row in found.items()}
    words = event_words()
    entries = [_entry(row, people, programmes, words, zone) for row in rows]
    return entries, str(round(rows[-1].at.timestamp() * 1_000_000)) if more else ""


def _entry(
    row: AuditEntry, people: Mapping[str, Person], programmes: Mapping[str, str], words: Mapping[str, str], zone: str
) -> Entry:
    return Entry(
        at=moment(row.at, zone),
        what=words.get(row.event, row.event),
        more=fact_words(row.facts),
        by=_party(row.actor_id, people) or Party(_("A visitor") if row.event in BY_VISITORS else _("The site")),
        about=_party(row.person_id, people) if row.person_id != row.actor_id else None,
        programme=programmes.get(row.programme_id or "", ""),
    )


def _party(person_id: str | None, people: Mapping[str, Person]) -> Party | None:
    if person_id is None:
        return None
    person = people.get(person_id)
    return Party(person.display_name, person.public_id) if person else Party(_("A deleted account"))


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the events and the programmes to choose from, each as (value, words)."""
    events = sorted(event_words().items(), key=lambda row: row[1])
    return [("", _("Everything")), *events], [("", _("All")), *list_programme_names()]
