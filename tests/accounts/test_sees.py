"""Who sees what: the table says what the MAY table says, and the pages keep to it."""

from __future__ import annotations

from lms.accounts.personal_data.data_visibility import VIEWERS, can_see, visible_data
from lms.accounts.rules import MAY, ROLES
from tests.builders.learning import COURSE, begin, earn, open_check, take_check
from tests.conftest import Site
from tests.inspector import Page, squeezed


def table_of(page: Page) -> dict[str, list[bool]]:
    found = {}
    for row in page.find("table.sees tbody tr"):
        cells = [squeezed("".join(cell.itertext())) for cell in row.iter("td")]
        found[squeezed(row[0].text or "")] = [cell == "Yes" for cell in cells]
    return found


def test_the_page_shows_each_cell_as_the_may_table_decides_it(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        due = {sight.what: [can_see(viewer, sight) for viewer in VIEWERS] for sight in visible_data()}
    assert table_of(sqlite_site.stranger().get("/who-sees-what")) == due


def test_every_action_that_shows_somebody_something_of_a_learner_stands_in_the_table(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        told = {action for sight in visible_data() for action in sight.actions}
    assert {action for action in MAY if action.startswith("see ")} <= told <= MAY.keys()
    assert set(VIEWERS) - {"you", "verifier"} == set(ROLES) - {"learner"}


def test_nobody_but_sam_sees_her_lessons_and_answers(sqlite_site: Site) -> None:
    begin(sqlite_site.visitor("sam")).form("/done").submit()
    result = take_check(sqlite_site, "sam", lambda _q: False)
    for name in ("tara", "cora", "ada", "lena"):
        visitor = sqlite_site.visitor(name)
        visitor.get(result.path, expect=404)
        assert "1 of 15 lessons" not in visitor.get("/courses").main
    assert "1 of 15 lessons" in sqlite_site.visitor("sam").get("/courses").main


def test_training_states_and_certificates_are_for_the_coordinator_alone(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    assert code in sqlite_site.visitor("cora").get("/programmes/harbour/people").html
    for name in ("sam", "tara", "ada", "mina"):
        for path in ("people", "people.csv"):
            sqlite_site.visitor(name).get(f"/programmes/harbour/{path}", expect=404)
        if name != "sam":
            sqlite_site.visitor(name).get(f"/certificates/{code}", expect=404)


def test_sams_address_and_sign_ins_stand_on_no_page_but_her_own(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    assert "sam@example.org" in sqlite_site.visitor("sam").get("/account").main
    pages = [
        sqlite_site.visitor("cora").get("/programmes/harbour/people"),
        sqlite_site.stranger().get(f"/verify/{code}"),
    ]
    assert not [page.path for page in pages if "sam@example.org" in page.html]


def test_the_course_page_carries_the_same_table(sqlite_site: Site) -> None:
    with sqlite_site.inside():
        due = [[can_see(viewer, sight) for viewer in VIEWERS] for sight in visible_data()]
    page = sqlite_site.stranger().get(COURSE)
    tables = [
        [[squeezed("".join(cell.itertext())) == "Yes" for cell in row.iter("td")] for row in table.iter("tr")][1:]
        for table in page.find("table")
    ]
    assert due in tables


def test_nothing_private_that_sam_writes_has_a_name_to_be_sent_under(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    for path in (f"{COURSE}/lessons/prepare", f"{COURSE}/lessons/listen-without-pressing", open_check(sam).path):
        assert not sam.get(path).find("textarea[name]")
