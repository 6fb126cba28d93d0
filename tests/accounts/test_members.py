"""The row of each member: every way by which somebody joins, leaves or is called otherwise keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lms.accounts.actions import change_names, give_role
from lms.accounts.invitations import actions as invitations
from lms.accounts.invitations.actions import NewAccount
from lms.accounts.leaving import disable, end_membership, take_role
from lms.accounts.members import records
from lms.accounts.members.records import Member, keys_of
from lms.accounts.members.word_records import PersonWord, find_everywhere, having_words, words_of
from lms.accounts.records import Membership, Person, find_programme
from lms.all_rooms import delete_person
from lms.cli import main
from lms.foundation import clock
from lms.foundation.db import db
from tests.conftest import Site

NEW = "noor@example.org"


def harbour(site: Site) -> str:
    with site.inside():
        found = find_programme("harbour")
        assert found is not None
        return found.id


def person_id(site: Site, name: str) -> str:
    with site.inside():
        return str(site.person(name).id)


def assert_kept(site: Site) -> None:
    """Every person with a role has an open row, nobody else has one, and its keys and words are those of their name."""
    with site.inside():
        roles = {(row[0], row[1]) for row in db.session.execute(select(Membership.programme_id, Membership.person_id))}
        rows = db.session.execute(select(Member, Person).join(Person, Person.id == Member.person_id)).all()
        assert {(row.programme_id, row.person_id) for row, _person in rows if row.left_at is None} == roles
        for row, person in rows:
            assert (row.search_key, row.sort_key) == keys_of(person.display_name, person.email, row.staff_number)
        words = select(PersonWord.programme_id, PersonWord.person_id, PersonWord.sort_key, PersonWord.word)
        assert {tuple(row) for row in db.session.execute(words)} == {
            (row.programme_id, row.person_id, row.sort_key, word)
            for row, _person in rows
            for word in words_of(row.search_key)
        }


def lms(*words: str) -> Callable[[Site], None]:
    """Return a way that goes through a command."""

    def run(site: Site) -> None:
        done = CliRunner().invoke(main, ["people", *words], env={"LMS_DATA": str(site.settings.data)})
        assert done.exit_code == 0, done.output

    return run


def invited(site: Site) -> None:
    token = site.do(invitations.invite, harbour(site), "learner", NEW)
    assert isinstance(site.do(invitations.accept, token, NewAccount(NEW, "Noor Haas", "x"), proven=True), Person)


def invited_again(site: Site) -> None:
    token = site.do(invitations.invite, harbour(site), "trainer", None)
    site.do(invitations.accept, token, person_id(site, "mina"), proven=True)


def on_the_account_page(site: Site) -> None:
    page = site.visitor("sam").get("/account")
    page.form("/account").submit(display_name="Zoë O’Sei")


WAYS: dict[str, Callable[[Site], object]] = {
    "an invitation with a new account": invited,
    "an invitation to somebody known": invited_again,
    "a role beside another": lambda site: site.do(give_role, person_id(site, "sam"), harbour(site), "observer"),
    "a role by command": lms("add", "mina@example.org", "--role", "learner", "--programme", "harbour"),
    "roles changed by command": lms("role", "tara@example.org", "--add", "observer", "--programme", "harbour"),
    "the only role is taken": lambda site: site.do(take_role, person_id(site, "sam"), harbour(site), "learner"),
    "a membership ends": lambda site: site.do(end_membership, person_id(site, "cora"), harbour(site)),
    "a membership ends by command": lms("remove", "sam@example.org", "--programme", "harbour"),
    "a closed account": lambda site: site.do(disable, person_id(site, "sam")),
    "a deleted account": lambda site: site.do(delete_person, person_id(site, "sam"), None),
    "another name": lambda site: site.do(change_names, person_id(site, "sam"), "Łucja Nguyễn", "Łucja"),
    "another name on the account page": on_the_account_page,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_row_of_a_member_is_kept(sqlite_site: Site, way: str) -> None:
    assert_kept(sqlite_site)
    WAYS[way](sqlite_site)
    assert_kept(sqlite_site)


def test_who_comes_back_has_one_row_with_the_new_day_and_their_number(sqlite_site: Site) -> None:
    sam, programme = person_id(sqlite_site, "sam"), harbour(sqlite_site)

    def row() -> Member:
        return records.get_member(programme, sam)

    def number() -> None:
        row().staff_number = "A-7"

    sqlite_site.do(number)
    sqlite_site.do(end_membership, sam, programme)
    with sqlite_site.inside():
        left = row().left_at
        assert left is not None
    clock.shift(timedelta(days=3))
    sqlite_site.do(give_role, sam, programme, "learner")
    with sqlite_site.inside():
        assert row().left_at is None and row().joined_at > left and row().staff_number == "A-7"


def test_a_search_finds_words_in_any_order_without_accents_and_nothing_else(site: Site) -> None:
    sam, programme = person_id(site, "sam"), harbour(site)
    site.do(change_names, sam, "Zoë Álvarez_O’Neil", "Zoë")
    found = {}
    with site.inside():
        for search in ("alvarez ZOE", "sam@example", "oneil", "z%z", "e_a", "cora"):
            query = select(Member.person_id).where(Member.programme_id == programme, *having_words(programme, search))
            found[search] = list(db.session.scalars(query))
            assert find_everywhere(search, 5) == found[search]
        cora = site.person("cora").id
    assert found == {
        "alvarez ZOE": [sam], "sam@example": [sam], "oneil": [sam], "z%z": [], "e_a": [], "cora": [cora]
    }  # fmt: skip
