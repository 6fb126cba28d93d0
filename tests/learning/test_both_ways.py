"""Two ways through a hard lesson count the same and nobody else sees which, and the order is everybody's own."""

from __future__ import annotations

import csv
import io

from sqlalchemy import select

from lms.certification.awards.records import Award
from lms.foundation.db import db
from tests.builders.learning import COURSE, begin, open_check, pass_check, plan, prepare, the_course
from tests.conftest import Site
from tests.inspector import Inspector

PEOPLE = "/programmes/harbour/people"
KEPT_OF_ONE = {"id", "code", "person_id", "enrolment_id", "current_for", "name", "issued_at"}


def test_a_note_stands_on_the_path_and_at_the_top_of_its_lesson_with_its_ways_on(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    with sqlite_site.inside():
        noted = [lesson for lesson in the_course().lessons if lesson.content_note.topics]
    path = stranger.get(COURSE).main
    assert noted
    for lesson in noted:
        page = stranger.get(f"{COURSE}/lessons/{lesson.id}")
        note = page.find("section[aria-labelledby=in-it]")[0]
        links = ["".join(link.itertext()) for link in note.iter("a")]
        assert lesson.content_note.note in path and lesson.content_note.note in page.main
        gentler = ["Read the gentler version"] if lesson.gentle_html else []
        assert links == [*gentler, "Come back to it later", "Read on"], lesson.id
        assert gentler or not lesson.content_note.heavy, lesson.id
        assert page.html.index("in-it") < page.html.index('id="text"')


def test_both_ways_through_a_lesson_lead_to_the_same_certificate(site: Site) -> None:
    with site.inside():
        lessons = the_course().lessons
    for name, gentle in (("sam", True), ("lena", False)):
        enrolment, visitor = prepare(site, name, read=False), site.visitor(name)
        for lesson in lessons:
            plain = f"{COURSE}/lessons/{lesson.id}"
            page = visitor.get(f"{plain}/gentler" if gentle and lesson.gentle_html else plain)
            page.form("/done").submit()
        pass_check(site, enrolment)
    with site.inside():
        one, other = db.session.scalars(select(Award))
        columns = [column.name for column in Award.__table__.columns if column.name not in KEPT_OF_ONE]
        assert [getattr(one, name) for name in columns] == [getattr(other, name) for name in columns]


def test_nothing_that_is_kept_or_handed_out_says_which_way_was_taken(site: Site, cora: Inspector) -> None:
    words = ("gentl", "version_read", "way_taken")
    columns = [f"{table.name}.{column.name}" for table in db.metadata.sorted_tables for column in table.columns]
    assert [name for name in columns if any(word in name for word in words)] == []
    page = cora.get(PEOPLE)
    address = page.links()["Download as CSV"]
    head = next(csv.reader(io.StringIO(cora.browser.get(address, base_url="http://127.0.0.1:8000").text)))
    assert "gentl" not in page.html.lower() and not [cell for cell in head if "gentl" in cell.lower()]


def test_sam_begins_with_the_last_lesson_and_every_lesson_is_open_to_her(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    begin(sam)
    with sqlite_site.inside():
        lessons = the_course().lessons
    assert "The order is a suggestion." in sam.get(COURSE).text
    sam.get(f"{COURSE}/lessons/{lessons[-1].id}").form("/done").submit()
    for lesson in lessons:
        assert sam.get(f"{COURSE}/lessons/{lesson.id}").h1 == lesson.title
    assert sam.get(f"{COURSE}/check").form("/check").submit().path.endswith("/1")


def test_an_answer_can_be_looked_over_and_changed_until_it_is_sent(site: Site, sam: Inspector) -> None:
    begin(sam)
    page = open_check(sam)
    right, other = plan(site, "sam")[0], plan(site, "sam", lambda _q: False)[0]
    first = page.path
    page.form_with("Save and continue").submit("Save and continue", **other)
    changed = sam.get(first).form_with("Save and continue").submit("Save and continue", **right)
    back = changed.form_with("Save and go back one question").submit("Save and go back one question")
    chosen = [node.get("value") for node in back.find("fieldset.ask input[checked], fieldset.ask option[selected]")]
    wanted = [str(one) for value in right.values() for one in (value if isinstance(value, list) else [value])]
    assert sorted(filter(None, chosen)) == sorted(wanted)
    over = sam.get(first.rsplit("/", 1)[0] + "/look-over")
    assert any(address.endswith("/1") for address in over.links().values())
