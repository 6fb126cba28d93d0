""" "Leave this page": where it stands, where it leads, and what it does not promise."""

from __future__ import annotations

import pytest

from lms.content.model.content_note import TOPICS, ContentNote
from lms.foundation.config.settings import BadSetting, read_settings
from tests.builders.learning import COURSE
from tests.conftest import Site

PLAIN = f"{COURSE}/lessons/what-pfa-is"


def links_away(page: object) -> list[str]:
    return [node.get("href") for node in page.find("a[data-leave]")]  # type: ignore[attr-defined]


def better_unseen(site: Site) -> str:
    """Return the address of a lesson that somebody may not want to be seen reading."""
    from tests.builders.learning import the_course

    with site.inside():
        found = next(lesson for lesson in the_course().lessons if lesson.content_note.better_unseen)
    return f"{COURSE}/lessons/{found.id}"


def test_it_stands_on_lessons_that_are_better_unseen_and_on_no_other_page(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    page = stranger.get(better_unseen(sqlite_site))
    assert links_away(page) == ["https://www.wikipedia.org/"] * 2
    assert page.find("nav.care li.out a[rel=noreferrer]") and page.find("nav.care > a.skip[data-leave]")
    for other in (PLAIN, COURSE, "/", "/sign-in"):
        assert links_away(stranger.get(other)) == [], other


def test_by_preference_it_stands_on_every_page_beside_pause_and_is_not_it(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    stranger.get("/display").form("/display").submit(leave="yes")
    for path in (PLAIN, COURSE, "/", "/sign-in", "/pause", "/support"):
        page = stranger.get(path)
        assert len(links_away(page)) == 2, path
        assert [node.get("data-pause") for node in page.find("a[data-leave]")] == [None, None]
    assert links_away(sqlite_site.stranger().get(PLAIN)) == []


def test_beside_it_a_page_says_honestly_what_it_cannot_do(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get(better_unseen(sqlite_site)).follow("?What “Leave this page” does")
    for words in ("doesn’t erase your browser’s history", "doesn’t sign you out", "An employer", "wikipedia.org"):
        assert words in page.main, words
    assert page.links()["Back to where I was"] == better_unseen(sqlite_site)


def test_the_address_can_be_set_to_another_site_and_to_no_page_of_ours(make_sqlite_site) -> None:
    site = make_sqlite_site(LMS_LEAVE_URL="https://www.example.org/weather")
    assert links_away(site.stranger().get("/leaving")) == ["https://www.example.org/weather"] * 2
    for bad in ("weather", "javascript:alert(1)", "http://127.0.0.1:9000/"):
        with pytest.raises(BadSetting, match="LMS_LEAVE_URL"):
            read_settings({"LMS_LEAVE_URL": bad})


def test_topics_that_are_better_unseen_are_topics_of_the_list() -> None:
    marked = {topic for topic in TOPICS if ContentNote((topic,)).better_unseen}
    assert marked == {"abuse", "violence", "sexual violence", "suicide", "self-harm", "whistleblowing"}
