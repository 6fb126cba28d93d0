"""How long a programme keeps what it may decide about: as long as the site, or a shorter time of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.accounts.members.records import Member
from lms.accounts.records import Programme, list_programmes
from lms.foundation.config.settings import Settings
from lms.foundation.db import db

# The settings of a programme: months for answers to checks, and for unit, staff number and line manager of who left.
ANSWERS, DETAILS = "keep_answers_months", "keep_details_months"
KEEPS = (ANSWERS, DETAILS)


def months_of_site(settings: Settings, key: str) -> int | None:
    """Return for how many months the site keeps something; None for as long as the account."""
    return settings.keep_answers_months if key == ANSWERS else None


def months_kept(facts: Mapping[str, Any], key: str, settings: Settings) -> int | None:
    """Return for how many months a programme keeps something; None for as long as the account."""
    own = str(facts.get(key) or "")
    chosen = int(own) if own.isascii() and own.isdigit() else None
    return min(filter(None, (months_of_site(settings, key), chosen)), default=None)


def list_shorter(settings: Settings, key: str, person_id: str | None = None) -> list[tuple[Programme, int]]:
    """Return the programmes that keep something for a shorter time than the site, each with its months.

    With a person, only those in which they are or were.
    """
    if person_id is None:
        programmes = list_programmes()
    else:
        query = select(Programme).join(Member, Member.programme_id == Programme.id)
        programmes = list(db.session.scalars(query.where(Member.person_id == person_id).order_by(Programme.id)))
    of_site = months_of_site(settings, key)
    found = [(programme, months_kept(programme.facts, key, settings)) for programme in programmes]
    return [(programme, months) for programme, months in found if months is not None and months != of_site]
