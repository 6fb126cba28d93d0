"""What a trainer and a coordinator do, and what learners and strangers see of it in their browsers."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import pytest

from lms.learning.check.actions import open_check
from tests import conftest
from tests.builders.learning import COURSE, PFA, earn, prepare, the_course
from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Keyboard, Mouse
from tests.journeys.people import add
from tests.journeys.served import Served

pytestmark = pytest.mark.browser
LESSON = "1-know/1-what-pfa-is.md"
LESSON_PAGE = f"{COURSE}/lessons/what-pfa-is"
NEW = "This sentence is new since this morning."


def edit(path: Path, old: str, new: str, times: int = -1) -> None:
    """Change a file of a course, as in a text editor."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


def go_on_with_check(hands: Mouse, served: Served, name: str) -> str:
    """Open somebody's check and let them go on with it; return the question they stand at."""
    enrolment = prepare(served.site, name)
    with served.site.inside():
        course = the_course()
    served.site.do(open_check, enrolment, course)
    walks.sign_in(hands, served, name)
    hands.page.goto(f"{served.url}{COURSE}/check")
    hands.press("Continue the check")
    return walks.h1(hands)


def publish_mended(served: Served, folder: Path) -> None:
    """Copy the course, change a lesson and every question, raise the version, check and publish."""
    shutil.copytree(conftest.PFA, folder)
    edit(folder / LESSON, "\n## ", f"\n{NEW}\n\n## ", 1)
    edit(folder / "check.md", "\n## ", "\n## Newly put: ")
    served.lms("check", str(folder))
    refused = served.lms("publish", str(folder), "--programme", "harbour", expect=1)
    assert "already published, with other text" in refused
    edit(folder / "course.md", 'version: "1.1.0"', 'version: "1.1.1"')
    assert "1.1.1 published" in served.lms("publish", str(folder), "--programme", "harbour")


def test_tara_mends_a_course_in_her_editor_and_lena_goes_on_with_the_check_she_began(
    own_served: Served, opens: Opens, tmp_path: Path
) -> None:
    lena, tara = Mouse(opens().new_page()), Mouse(opens().new_page())
    asked = go_on_with_check(lena, own_served, "lena")
    publish_mended(own_served, tmp_path / PFA)

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
    served: Served, opens: Opens, tmp_path: Path
) -> None:
    mine = tmp_path / PFA
    shutil.copytree(conftest.PFA, mine)
    edit(mine / LESSON, "content_notes: none\n", "")
    edit(mine / "course.md", 'version: "1.1.0"', 'version: "1.1.1"')
    assert f"{LESSON}:2:1" in served.lms("check", str(mine), expect=1)
    assert "so it wasn’t published" in served.lms("publish", str(mine), "--programme", "harbour", expect=1)
    page = opens().new_page()
    page.goto(f"{served.url}{LESSON_PAGE}")
    assert page.get_by_role("heading", name="What psychological first aid is").count() == 1


def find_amina(cora: Mouse, served: Served) -> None:
    """Sign in as the coordinator and look for one person."""
    walks.sign_in(cora, served, "cora")
    cora.press("People")
    cora.type("Find a person", "amina")
    cora.press("Apply")


def test_cora_finds_amina_takes_the_list_and_withdraws_and_a_stranger_sees_it(served: Served, opens: Opens) -> None:
    add(served, "amina", "Amina Yusuf")
    code = earn(served.site, "amina")
    cora, stranger = Mouse(opens().new_page()), Mouse(opens().new_page())
    assert "valid" in walks.look_up(stranger, served, code)
    find_amina(cora, served)
    names = cora.page.locator(".people tbody th").all_inner_texts()
    assert names == ["Amina Yusuf"]
    rows = list(csv.DictReader(cora.download("Download as CSV").read_text("utf-8-sig").splitlines()))
    assert [row["Name"] for row in rows] == names

    cora.press("Amina Yusuf")
    cora.press("Withdraw (Psychological first aid for colleagues)")
    cora.choose(cora.page.get_by_label("Issued in error"))
    cora.press("Withdraw this certificate")
    assert walks.h1(cora) == "Amina Yusuf"
    assert "withdrawn" in cora.page.locator("main table").filter(has_text="Withdrawn").inner_text().lower()
    stranger.page.reload()
    assert "withdrawn" in walks.h1(stranger)
    assert "issued in error" not in stranger.page.locator("main").inner_text().lower()


def test_cora_chooses_people_with_the_keyboard_and_has_their_certificates_as_one_file(
    served: Served, opens: Opens
) -> None:
    add(served, "bruno", "Bruno Lind")
    code = earn(served.site, "bruno")
    cora = Keyboard(opens().new_page())
    walks.sign_in(cora, served, "cora")
    cora.press("People")
    cora.type("Find a person", "bruno")
    cora.press("Apply")
    cora.press("Select several")
    cora.choose(cora.page.get_by_label("Bruno Lind"))
    cora.press("Start")
    for _look in range(100):
        if cora.sees("Download the file"):
            break
        cora._activate(cora.named("Refresh"))
        cora.page.wait_for_timeout(200)
    assert "All 1 done." in cora.page.locator("main [role=status]").inner_text()
    with zipfile.ZipFile(cora.download("Download the file")) as packed:
        assert packed.namelist() == [f"{code} Bruno Lind.pdf"]
