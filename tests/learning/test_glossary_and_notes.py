"""The glossary is for all who may read; the notes are for those who run a course, and are never sent to learners."""

from __future__ import annotations

import pytest

from lms.accounts import actions as accounts
from lms.content.lint.check import check
from lms.library import actions as library
from tests.conftest import Site, find_programme
from tests.content.small_course import bundle

COURSE = "/courses/small-course"
NOTES = "Hang the sheets by the window.[^WANG24]"
FILES = {
    "glossary.md": (
        "---\nkind: glossary\n---\n| Term | Meaning |\n| --- | --- |\n| Zeal | Too *much* of it. |\n"
        "| Élan | Ask {{lead}}. |\n| ally | Somebody near. |\n"
    ),
    "1-begin/facilitator.md": f"---\ntitle: Running it\n---\n{NOTES}\n\n## Begin\n\nAsk {{{{lead}}}}.\n",
    "2-go/1-on.md": "---\nid: on\ntitle: On\nobjectives: [sml-o2]\ncontent_notes: none\n---\nOn we go.\n",
    "2-go/facilitator.md": f"{NOTES}\n",
}


@pytest.fixture
def lit(sqlite_site: Site) -> Site:
    offer(sqlite_site, "harbour", open_reading=True)
    return sqlite_site


def offer(site: Site, programme: str, open_reading: bool, **changed: str | None) -> None:
    read = bundle(**{**FILES, **changed})
    course = check(read, "small-course").course
    assert course is not None
    with site.inside():
        found = find_programme(programme)
        assert found is not None
    site.do(library.publish, read, course)
    site.do(library.offer, found.id, course.id, open_reading, 1)


def test_anybody_reads_the_glossary_by_the_alphabet(lit: Site) -> None:
    page = lit.stranger().get(COURSE).follow("Glossary")
    assert page.path == f"{COURSE}/glossary"
    assert [row.text for row in page.find("tbody th strong")] == ["ally", "Élan", "Zeal"]
    assert "Too much of it." in page.main
    assert "Ask your programme’s lead." in page.main


def test_a_lesson_leads_quietly_to_the_glossary(lit: Site) -> None:
    page = lit.stranger().get(f"{COURSE}/lessons/hello")
    assert page.find("nav.side a[href$='/glossary']")
    assert page.follow("Glossary").h1 == "Glossary"


def test_a_course_without_a_glossary_says_so_and_offers_no_link(sqlite_site: Site) -> None:
    offer(sqlite_site, "harbour", True, **{"glossary.md": None})
    somebody = sqlite_site.stranger()
    for path in (COURSE, f"{COURSE}/lessons/hello"):
        assert "Glossary" not in somebody.get(path).links()
    assert "no glossary" in somebody.get(f"{COURSE}/glossary").main
    somebody.get("/courses/nowhere/glossary", expect=404)


def test_the_glossary_of_a_members_course_is_for_members(sqlite_site: Site) -> None:
    offer(sqlite_site, "meadow", open_reading=False)
    sqlite_site.stranger().get(f"{COURSE}/glossary", expect=404)
    sqlite_site.visitor("sam").get(f"{COURSE}/glossary", expect=404)
    assert "Zeal" in sqlite_site.visitor("mina").get(f"{COURSE}/glossary").main


@pytest.mark.parametrize("name", ["tara", "cora"])
def test_trainers_and_coordinators_find_the_notes_from_the_course_page(lit: Site, name: str) -> None:
    page = lit.visitor(name).get(COURSE).follow("Facilitator notes")
    assert page.path == f"{COURSE}/facilitator"
    assert page.main.count("Hang the sheets by the window.") == 2
    assert [node.text for node in page.find("main section.row > .gloss h2")] == ["1. Begin", "2. Go"]
    assert page.find("[id='begin-n-WANG24']") and page.find("a[href='#go-n-WANG24']")
    assert "Ask Ingrid Okafor." in page.main


def test_an_observer_reads_the_notes_too(lit: Site) -> None:
    with lit.inside():
        person, programme = lit.person("lena"), find_programme("harbour")
        assert programme is not None
    lit.visitor("lena").get(f"{COURSE}/facilitator", expect=404)
    lit.do(accounts.give_role, person.id, programme.id, "observer")
    del lit.visitors["lena"]  # a new role ends old sign-ins
    assert "Hang the sheets" in lit.visitor("lena").get(f"{COURSE}/facilitator").main


@pytest.mark.parametrize("name", ["sam", "mina", "ada"])
def test_learners_other_programmes_and_operators_meet_no_page(lit: Site, name: str) -> None:
    visitor = lit.visitor(name)
    assert "Facilitator notes" not in visitor.get(COURSE).links()
    visitor.get(f"{COURSE}/facilitator", expect=404)


def test_no_page_of_a_learner_holds_a_word_of_the_notes(lit: Site) -> None:
    for visitor in (lit.visitor("sam"), lit.stranger()):
        for path in ("", "/lessons/hello", "/lessons/hello/gentler", "/lessons/on", "/glossary"):
            assert "Hang the sheets" not in visitor.get(COURSE + path).html


def test_a_stranger_is_asked_to_sign_in_first(lit: Site) -> None:
    assert lit.stranger().get(f"{COURSE}/facilitator").path.startswith("/sign-in")


def test_a_course_without_notes_says_so_and_offers_no_link(sqlite_site: Site) -> None:
    offer(sqlite_site, "harbour", True, **{"1-begin/facilitator.md": None, "2-go/facilitator.md": None})
    tara = sqlite_site.visitor("tara")
    assert "Facilitator notes" not in tara.get(COURSE).links()
    assert "no facilitator notes" in tara.get(f"{COURSE}/facilitator").main
