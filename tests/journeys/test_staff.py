"""What a trainer and a coordinator do, and what learners and strangers see of it in their browsers."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from lms.learning import actions
from tests import conftest
from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.served import Served
from tests.roads import COURSE, PFA, earn, prepare, the_course

pytestmark = pytest.mark.browser
LESSON = "1-know/1-what-pfa-is.md"
LESSON_PAGE = f"{COURSE}/lessons/what-pfa-is"
NEW = "This sentence is new since this morning."


def edit(path: Path, old: str, new: str, times: int = -1) -> None:
    """Change a file of a course, as in a text editor."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


def test_tara_mends_a_course_in_her_editor_and_lena_goes_on_with_the_check_she_began(
    own_served: Served, opens: Opens, tmp_path: Path
) -> None:
    lena, tara, mine = Mouse(opens().new_page()), Mouse(opens().new_page()), tmp_path / PFA
    enrolment = prepare(own_served.site, "lena")
    with own_served.site.inside():
        course = the_course()
    own_served.site.do(actions.open_check, enrolment, course)
    walks.sign_in(lena, own_served, "lena")
    lena.page.goto(f"{own_served.url}{COURSE}/check")
    lena.press("Go on with the check")
    asked = walks.h1(lena)

    shutil.copytree(conftest.PFA, mine)
    edit(mine / LESSON, "\n## ", f"\n{NEW}\n\n## ", 1)
    edit(mine / "check.md", "\n## ", "\n## Newly put: ")
    own_served.lms("check", str(mine))
    refused = own_served.lms("publish", str(mine), "--programme", "harbour", expect=1)
    assert "published already, with other text" in refused
    edit(mine / "course.md", 'version: "1.0.0"', 'version: "1.0.1"')
    assert "1.0.1 published" in own_served.lms("publish", str(mine), "--programme", "harbour")

    walks.sign_in(tara, own_served, "tara")
    tara.page.goto(f"{own_served.url}{LESSON_PAGE}")
    assert tara.page.get_by_text(NEW).count() == 1
    lena.page.reload()
    assert walks.h1(lena) == asked
    walks.answer_one_by_one(lena, own_served, "lena")
    assert "Newly put" not in lena.page.locator("main").inner_text()
    lena.press("Send my answers")
    assert walks.h1(lena) == "You passed the check"
    lena.page.goto(f"{own_served.url}{LESSON_PAGE}")
    assert lena.page.get_by_text(NEW).count() == 1


def test_a_slip_in_a_course_is_named_with_its_line_and_nothing_is_published(
    own_served: Served, opens: Opens, tmp_path: Path
) -> None:
    mine = tmp_path / PFA
    shutil.copytree(conftest.PFA, mine)
    edit(mine / LESSON, "content_notes: none\n", "")
    edit(mine / "course.md", 'version: "1.0.0"', 'version: "1.0.1"')
    assert f"{LESSON}:2:1" in own_served.lms("check", str(mine), expect=1)
    assert "nothing of it was published" in own_served.lms("publish", str(mine), "--programme", "harbour", expect=1)
    page = opens().new_page()
    page.goto(f"{own_served.url}{LESSON_PAGE}")
    assert page.get_by_role("heading", name="What psychological first aid is").count() == 1


def find_lena(cora: Mouse, served: Served) -> None:
    """Sign in as the coordinator and look for one person."""
    walks.sign_in(cora, served, "cora")
    cora.press("People")
    cora.type("Find a person", "lena")
    cora.press("Show")


def test_cora_finds_lena_takes_the_list_and_withdraws_and_a_stranger_sees_it(own_served: Served, opens: Opens) -> None:
    code = earn(own_served.site, "lena")
    cora, stranger = Mouse(opens().new_page()), Mouse(opens().new_page())
    assert "valid" in walks.look_up(stranger, own_served, code)
    find_lena(cora, own_served)
    names = cora.page.locator("tbody th").all_inner_texts()
    assert names == ["Lena Brandt"]
    rows = list(csv.DictReader(cora.download("This list as CSV").read_text("utf-8-sig").splitlines()))
    assert [row["Name"] for row in rows] == names

    cora.press("Withdraw (certificate of Lena Brandt)")
    cora.choose(cora.page.get_by_label("Issued in error"))
    cora.press("Withdraw this certificate")
    find_lena_again = cora.page.locator("tr", has_text="Lena Brandt").inner_text()
    assert "withdrawn" in find_lena_again.lower()
    stranger.page.reload()
    assert "withdrawn" in walks.h1(stranger)
    assert "issued in error" not in stranger.page.locator("main").inner_text().lower()
