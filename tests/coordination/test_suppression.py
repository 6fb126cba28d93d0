"""Usage numbers: no group smaller than five can be read off the page, nor worked out from what stands on it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import actions as accounts
from lms.accounts.records import find_programme
from lms.coordination.suppression import LEAST, suppress
from lms.learning.progress import actions
from tests.builders.learning import prepare, the_course
from tests.conftest import Site
from tests.inspector import Page, squeezed

PARTS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@given(parts=PARTS, least=st.integers(1, 12))
def test_no_number_that_is_shown_is_small_and_every_number_is_true(parts: list[int], least: int) -> None:
    shown = suppress(parts, least)
    assert shown.whole is None or shown.whole == sum(parts) >= least
    assert all(now is None or now == count >= least for now, count in zip(shown.parts, parts, strict=True))


@given(parts=PARTS, least=st.integers(1, 12))
def test_no_small_group_can_be_worked_out_from_the_whole(parts: list[int], least: int) -> None:
    """Whatever sums and differences of shown numbers give is a group of the least size, and never one hidden part."""
    shown = suppress(parts, least)
    hidden = [count for now, count in zip(shown.parts, parts, strict=True) if now is None]
    seen = [now for now in shown.parts if now is not None]
    if shown.whole is None or not hidden:
        return
    assert len(hidden) >= 2 or len(parts) == 1
    for size in range(len(seen) + 1):
        for some in combinations(seen, size):
            assert shown.whole - sum(some) >= least


@given(parts=PARTS, least=st.integers(1, 12))
def test_large_groups_are_shown_as_they_are(parts: list[int], least: int) -> None:
    if all(count >= least for count in parts):
        assert suppress(parts, least).parts == tuple(parts)


def begin_course(site: Site, number: int) -> None:
    """Let so many more people begin the course in the harbour programme."""
    with site.inside():
        harbour, course = find_programme("harbour"), the_course()
    assert harbour is not None

    def join(name: str) -> None:
        person = accounts.register(f"{name}@example.org", name.title(), "x")
        assert not isinstance(person, accounts.FormError)
        accounts.give_role(person.id, harbour.id, "learner")
        actions.enrol(person.id, harbour.id, course)

    for one in range(number):
        site.do(join, f"learner-{one}")


def numbers(page: Page) -> list[str]:
    return [squeezed("".join(cell.itertext())) for cell in page.find("table.usage td")]


def test_a_programme_sees_how_many_began_once_they_are_five_and_never_who_is_few(site: Site) -> None:
    prepare(site, "sam", practised=False)
    page = site.visitor("cora").get("/programmes/harbour/people")
    assert numbers(page) == [f"Fewer than {LEAST}", "Not shown"]
    begin_course(site, LEAST)
    page = site.visitor("cora").get("/programmes/harbour/people")
    assert numbers(page) == [str(LEAST + 1), "Not shown"]
