"""What programmes lack is noted with each change, so that the site's page needn't look at every programme."""

from __future__ import annotations

from typing import Any

from lms.accounts.actions import give_role, register, set_programme
from lms.accounts.leaving import disable, enable, take_role
from lms.accounts.programmes.lack_records import list_countries, list_without_contact, list_without_coordinator
from lms.accounts.records import Person, has_coordinator, list_programmes
from lms.accounts.rules import missing_contact
from lms.all_rooms import delete_person
from lms.coordination.merging import actions as merging
from lms.coordination.merging.rules import Decider
from lms.foundation.db import db
from tests.conftest import Site

CONTACT = {"lead": "Cora", "contact": "by phone", "reply_time": "within two days"}


def lacking(site: Site) -> list[str]:
    """Return which programmes nobody coordinates, as they are noted, which has to be as they are."""
    with site.inside():
        db.session.expire_all()
        for row in list_programmes():
            assert row.lacks_coordinator is not has_coordinator(row.id), row.slug
            assert row.lacks_contact is bool(missing_contact(row.facts)), row.slug
            assert row.country == row.facts.get("country", ""), row.slug
        return list_without_coordinator(9)[0]


def test_a_programme_without_a_coordinator_is_noted_whatever_ends_the_role(site: Site) -> None:
    """A role that's given or ends, an account that's closed, opened, merged, taken apart or deleted."""
    before = lacking(site)
    quay = site.do(set_programme, "quay", "Quay", {}).id
    people = [site.do(_account, f"{name}@example.org") for name in ("mara", "mara.home")]
    mara, home = people
    assert lacking(site) == [*before, "quay"]

    def lacks_after(action: Any, *args: Any) -> bool:
        site.do(action, *args)
        return "quay" in lacking(site)

    assert not lacks_after(give_role, home, quay, "coordinator")
    assert lacks_after(disable, home) and not lacks_after(enable, home)
    assert lacks_after(take_role, home, quay, "coordinator")
    assert not lacks_after(give_role, home, quay, "coordinator")
    merge = site.do(merging.merge, quay, mara, home, Decider(None, operator=True))
    assert "quay" not in lacking(site)
    assert lacks_after(disable, mara)
    site.do(enable, mara)
    assert not lacks_after(merging.undo, merge.id, Decider(None, operator=True))
    assert not lacks_after(delete_person, mara, None)
    assert lacks_after(delete_person, home, None)


def _account(email: str) -> str:
    person = register(email, email.partition("@")[0].title(), "none")
    assert isinstance(person, Person)
    return person.id


def test_facts_are_followed_and_only_the_first_of_many_are_named(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        before = list_without_contact(99)[0]
    for number in range(7):
        sqlite_site.do(set_programme, f"quay-{number}", "Quay", {})
    sqlite_site.do(set_programme, "quay-3", None, {**CONTACT, "country": "NZ"})
    sqlite_site.do(set_programme, "quay-4", None, CONTACT)
    sqlite_site.do(set_programme, "quay-4", None, {"lead": ""})
    lacking(sqlite_site)
    with sqlite_site.inside():
        missing = [*before, *(f"quay-{number}" for number in range(7) if number != 3)]
        assert list_without_contact(5) == (missing[:5], len(missing))
        assert "NZ" in list_countries(()) and "NZ" not in list_countries(("quay-3",))
