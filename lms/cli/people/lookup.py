"""Addresses that commands name, and whose they are."""

from __future__ import annotations

import click

from lms.accounts import records
from lms.accounts.addresses import NotDeliverable, normal_email, read_address
from lms.accounts.records import Person


def get_address(email: str) -> str:
    """Return an address as it is stored; one that mail cannot reach is refused with the reason."""
    found = read_address(email)
    if isinstance(found, NotDeliverable):
        raise click.ClickException(f"{found.reason} Nothing was changed.")
    return found


def get_person(email: str) -> Person:
    """Return the person with an address, also one that an earlier version stored and mail cannot reach."""
    person = records.find_person_by_email(normal_email(email))
    if person is None:
        address = get_address(email)
        raise click.ClickException(f"There’s no account with the address {address}. Nothing was changed.")
    return person
