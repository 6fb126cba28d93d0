"""Units: a tree of two levels that coordinators change, and what becomes of the people in it."""

from __future__ import annotations

import pytest

from lms.accounts import leaving
from lms.accounts.actions import give_role
from lms.accounts.members import records
from lms.accounts.records import find_programme
from tests.builders.units import add, harbour, join
from tests.conftest import Site
from tests.inspector import Inspector, Page

UNITS = "/programmes/harbour/units"


def tree(page: Page) -> list[str]:
    """Return the names of the units as the page lists them, those below another with its name before theirs."""
    found = []
    for top in page.find("main .rows > li"):
        names = [node.text for node in top.iter("a") if "/units/" in node.get("href")]
        found += [names[0], *(f"{names[0]} / {name}" for name in names[1:])]
    return found


def test_cora_adds_renames_and_moves_units(site: Site, cora: Inspector) -> None:
    page = cora.get(UNITS).form("/units").submit(name="Ward 4")
    page = page.form("/units").submit(name="Surgery")
    with site.inside():
        ids = {unit.name: unit.public_id for unit in records.list_units(harbour(site))}
    page = page.form("/units").submit(name="Night team", above=ids["Ward 4"])
    assert tree(page) == ["Surgery", "Ward 4", "Ward 4 / Night team"]
    form = page.follow("Night team").form(page.follow("Night team").path)
    page = form.submit(name="Nights", above=ids["Surgery"])
    assert tree(page) == ["Surgery", "Surgery / Nights", "Ward 4"]


@pytest.mark.parametrize(
    ("name", "above", "words"),
    [
        ("", "", "Please enter a name"),
        ("wárd  4", "", "There’s already a unit with this name here"),
        ("x" * 81, "", "can be 80 at most"),
        ("Ward\u200b5", "", "hidden character"),
        ("Beds", "nights", "isn’t below another one"),
        ("Beds", "of meadow", "Somebody else has removed this unit in the meantime"),
    ],
)
def test_what_cannot_be_a_unit_is_said_beside_the_field(sqlite_site: Site, name: str, above: str, words: str) -> None:
    site = sqlite_site
    with site.inside():
        meadow = find_programme("meadow")
        assert meadow is not None
    ward = add(site, "Ward 4")
    places = {"": "", "nights": add(site, "Nights", ward), "of meadow": add(site, "Ward 9", "", meadow.id)}
    form = site.visitor("cora").get(UNITS).form("/units")
    form.choices.pop("above", None)
    page = form.submit(name=name, above=places[above], expect=422)
    assert words in page.main and "What you typed is still here." in page.main
    assert tree(page) == ["Ward 4", "Ward 4 / Nights"]


def test_who_was_in_a_removed_unit_is_in_none_and_units_below_it_are_at_the_top(site: Site, cora: Inspector) -> None:
    ward = add(site, "Ward 4")
    add(site, "Nights", ward)
    join(site, "sam", ward)
    join(site, "lena", ward)
    with site.inside():
        lena = site.person("lena").id
    site.do(leaving.disable, lena)
    page = cora.get(f"{UNITS}/{ward}").follow("Remove this unit")
    assert "One person is in this unit" in page.main and "move to the top: Nights" in page.main
    again = page.form("/remove")
    page = again.submit("Remove this unit")
    assert tree(page) == ["Nights"]
    with site.inside():
        assert records.get_member(harbour(site), site.person("sam").id).unit_id is None
    again.submit("Remove this unit", expect=404)


def test_a_unit_with_an_employer_in_it_stays(site: Site, cora: Inspector) -> None:
    ward = add(site, "Ward 4")
    open_page = cora.get(f"{UNITS}/{ward}").follow("Remove this unit")
    join(site, "tara", ward)
    with site.inside():
        tara = site.person("tara").id
    site.do(give_role, tara, harbour(site), "employer")
    page = open_page.form("/remove").submit("Remove this unit", expect=422)
    assert "An employer is in this unit: Tara" in page.main and "Nothing has changed." in page.main
    assert not page.find("form[action$='/remove']") and tree(cora.get(UNITS)) == ["Ward 4"]


def test_a_unit_with_others_below_it_stays_at_the_top(sqlite_site: Site) -> None:
    ward, surgery = add(sqlite_site, "Ward 4"), add(sqlite_site, "Surgery")
    add(sqlite_site, "Nights", ward)
    page = sqlite_site.visitor("cora").get(f"{UNITS}/{ward}")
    form = page.form(f"/units/{ward}")
    assert form.choices["above"] == [""]
    form.choices.pop("above")
    assert "stays at the top" in form.submit(above=surgery, expect=422).main
