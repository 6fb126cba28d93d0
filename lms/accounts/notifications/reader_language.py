"""The language of an email: what its reader chose, else that of their programme, else that of the site."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from lms.accounts.records import Membership, Person, Programme
from lms.foundation.db import db

OF_SITE = "en"


def language_of(reader: Person, programme: Programme | None = None) -> str:
    """Return the language of an email to somebody, about a programme or about nothing but their account."""
    return language_in(programme, reader.language) if programme or reader.language else language_at(reader.email)


def language_in(programme: Programme | None, chosen: str | None = None) -> str:
    """Return the language that somebody chose, or else that of a programme."""
    return chosen or _of_programme(programme) or OF_SITE


def language_at(address: str, programme: Programme | None = None) -> str:
    """Return the language of an email to an address, whether or not anybody here has it; always one statement."""
    return languages_at([address], programme)[address]


def languages_at(addresses: Collection[str], programme: Programme | None = None) -> dict[str, str]:
    """Return the language of an email to each of some addresses, in one statement."""
    query = (
        select(Person.email, Person.language, Programme.facts)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Programme, Programme.id == Membership.programme_id)
        .where(Person.email.in_(addresses))
        .order_by(Membership.created_at, Membership.id)
    )
    found = dict.fromkeys(addresses, _of_programme(programme))
    for address, chosen, facts in db.session.execute(query):
        found[address] = chosen or found[address] or str((facts or {}).get("language") or "")
    return {address: language or OF_SITE for address, language in found.items()}


def _of_programme(programme: Programme | None) -> str:
    return str(programme.facts.get("language") or "") if programme else ""
