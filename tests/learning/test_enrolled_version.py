"""The list of courses shows each learner the version they started."""

from __future__ import annotations

from tests.builders.learning import begin, publish_next
from tests.conftest import Site

TITLE = 'title: "Psychological first aid for colleagues"'


def test_the_list_names_the_course_as_it_was_when_somebody_started_it(sqlite_site: Site) -> None:
    sam, lena = sqlite_site.visitor("sam"), sqlite_site.visitor("lena")
    begin(sam)
    publish_next(sqlite_site, "9.0.0", head=(TITLE, 'title: "First Aid for the Mind"'))
    assert "First Aid for the Mind" not in sam.get("/courses").main
    assert "First Aid for the Mind" in lena.get("/courses").main
