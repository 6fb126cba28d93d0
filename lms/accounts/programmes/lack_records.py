"""Queries for what programmes lack: a person to talk to, a coordinator, support lines of their country."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnExpressionArgument, func, select, update

from lms.accounts.records import Membership, Person, Programme
from lms.foundation.db import db, run

_PROGRAMME: Any = Programme.__table__


def has_programme() -> bool:
    """Decide whether there's a programme."""
    return db.session.scalar(select(Programme.id).limit(1)) is not None


def list_without_contact(most: int) -> tuple[list[str], int]:
    """Return the short names of the first programmes that don't say who people can talk to, and how many there are."""
    return _first_slugs(Programme.lacks_contact, most)


def list_without_coordinator(most: int) -> tuple[list[str], int]:
    """Return the short names of the first programmes that nobody coordinates who can sign in, and how many they are."""
    return _first_slugs(Programme.lacks_coordinator, most)


def list_in_countries(countries: Collection[str], but: Collection[str], most: int) -> tuple[list[str], int]:
    """Return the short names of the first programmes of some countries, but for some, and how many there are."""
    return _first_slugs(Programme.country.in_(countries) & Programme.slug.not_in(but), most)


def _first_slugs(condition: ColumnExpressionArgument[bool], most: int) -> tuple[list[str], int]:
    """Return the short names of the first programmes that meet a condition, the oldest first, and how many do."""
    count = select(func.count()).select_from(Programme).where(condition).correlate(None).scalar_subquery()
    rows = db.session.execute(select(Programme.slug, count).where(condition).order_by(Programme.id).limit(most)).all()
    return [slug for slug, _count in rows], rows[0][1] if rows else 0


def list_countries(but: Collection[str]) -> list[str]:
    """Return the countries of all programmes but some, each once, and "" where one has none."""
    return list(db.session.scalars(select(Programme.country).where(Programme.slug.not_in(but)).distinct()))


def list_countries_of(slugs: Collection[str]) -> list[tuple[str, str]]:
    """Return the short name and the country of some programmes, the oldest first."""
    query = select(Programme.slug, Programme.country).where(Programme.slug.in_(slugs)).order_by(Programme.id)
    return [(slug, country) for slug, country in db.session.execute(query)]


def list_coordinated(person_id: str) -> list[str]:
    """Return the ids of the programmes that somebody coordinates."""
    here = (Membership.person_id == person_id, Membership.role == "coordinator")
    return list(db.session.scalars(select(Membership.programme_id).where(*here)))


def follow_coordinators(programme_ids: Collection[str]) -> None:
    """Note of some programmes, inside the present write, whether somebody coordinates them who can sign in."""
    if not programme_ids:
        return
    db.session.flush()
    theirs = select(Membership.id).join(Person, Person.id == Membership.person_id)
    theirs = theirs.where(Membership.programme_id == _PROGRAMME.c.id, Membership.role == "coordinator")
    lacks = ~theirs.where(Person.disabled_at.is_(None)).exists()
    query = update(_PROGRAMME).where(_PROGRAMME.c.id.in_(programme_ids), _PROGRAMME.c.lacks_coordinator != lacks)
    run(query.values(lacks_coordinator=lacks), {})
