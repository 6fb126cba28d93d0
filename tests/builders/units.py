"""Units of harbour, and the people in them."""

from __future__ import annotations

from lms.accounts.members import unit_actions
from lms.accounts.members.actions import Details, change_details
from lms.accounts.records import find_programme
from tests.conftest import Site


def harbour(site: Site) -> str:
    with site.inside():
        found = find_programme("harbour")
        assert found is not None
        return found.id


def add(site: Site, name: str, above: str = "", programme_id: str = "") -> str:
    """Add a unit and return its public id."""
    made = site.do(unit_actions.add_unit, programme_id or harbour(site), name, above)
    return str(made.public_id)


def join(site: Site, name: str, unit: str) -> None:
    """Put somebody in a unit."""
    with site.inside():
        person_id = site.person(name).id
    assert site.do(change_details, harbour(site), person_id, Details("", "", ""), Details("", unit, "")) is None
