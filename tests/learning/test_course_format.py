"""The format on a learner's pages: links between lessons, practice of every kind, titles of turns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from lms.app import at_work
from lms.authoring.exchange.scorm_pages import make_package
from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.foundation import clock
from lms.library import actions as library
from tests.builders.learning import play
from tests.conftest import Site, find_programme
from tests.content.small_course import CHECK, CONVERSATION, FILES, GENTLE, LESSON, codes, spoiled

LESSON_PATH = "1-begin/1-hello.md"
PRACTICE = (
    CHECK.split("---\n", 2)[2].replace("sml-q0", "sml-l1").replace(" .critical", "").replace(' group="danger"', "")
)
LINKED = LESSON.replace("## How to begin", "## How to begin {#how}\n\nSee [the other lesson](2-second.md#there).")
SECOND = """---
id: second
title: Second
objectives: [sml-o2]
content_notes: none
---
Back to [how to begin](1-hello.md#how), to [its gentler version](1-hello.gentle.md) or to [the course](../course.md).
Or play [at the sink](../practice/at-the-sink.md).

## Here {#there}

Words.
"""
GROWN = {
    **FILES,
    LESSON_PATH: LINKED + PRACTICE,
    "1-begin/1-hello.gentle.md": GENTLE + "\nSee [the other lesson](2-second.md#there).\n",
    "1-begin/2-second.md": SECOND,
    "practice/at-the-sink.md": CONVERSATION.replace("## sink\n", "## sink\n\n**Dana washes her hands.**\n"),
}


def publish(site: Site, dates: str = "draw: 3") -> None:
    files = {**GROWN, "course.md": GROWN["course.md"].replace("draw: 3", dates)}
    bundle = Bundle({path: text.encode() for path, text in files.items()})
    reading = check(bundle, "small-course")
    assert codes(reading) == {"THIN_GROUP"} and reading.course is not None
    with site.inside():
        programme = find_programme("harbour")
        assert programme is not None
    site.do(library.publish, bundle, reading.course)
    site.do(library.offer, programme.id, "small-course", True, 1)


def words(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())


def test_lessons_link_to_each_other_in_both_versions(sqlite_site: Site) -> None:
    publish(sqlite_site)
    sam = sqlite_site.visitor("sam")
    for path in ("/courses/small-course/lessons/hello", "/courses/small-course/lessons/hello/gentler"):
        assert sam.get(path).links()["the other lesson"] == "/courses/small-course/lessons/second#there"
    links = sam.get("/courses/small-course/lessons/second").links()
    assert links["how to begin"] == "/courses/small-course/lessons/hello#how"
    assert links["its gentler version"] == "/courses/small-course/lessons/hello/gentler"
    assert links["the course"] == "/courses/small-course"
    assert links["at the sink"] == "/courses/small-course/conversations/at-the-sink"
    assert sam.get("/courses/small-course/lessons/second").follow("at the sink").h1 == "At the sink"


def test_links_lead_to_the_same_places_in_a_scorm_package(sqlite_site: Site) -> None:
    course = check(Bundle({path: text.encode() for path, text in GROWN.items()}), "small-course").course
    assert course is not None
    with at_work(sqlite_site.app):
        page = str(
            make_package(course, Bundle({}), {"slug": "harbour", "name": "Harbour"}, date(2026, 11, 30))["index.html"]
        )
    for place, words in (
        ("p-second", "the other lesson"),
        ("p-hello-gentler", "its gentler version"),
        ("p-c-at-the-sink", "at the sink"),
    ):
        assert f'<a href="#{place}">{words}</a>' in page and f'id="{place}"' in page


def test_a_broken_link_is_named_with_the_nearest_page_or_heading() -> None:
    for href, said in (
        ("1-helo.md", "Did you mean “1-hello.md”?"),
        ("1-hello.gentle.md#how", "has no heading that ends in {#how}."),
        ("../check.md", "“check.md” has no page of its own."),
        ("../practice/at-the-snik.md", "Did you mean “../practice/at-the-sink.md”?"),
        ("../practice/at-the-sink.md#nod", "Link to “practice/at-the-sink.md” without “#nod”."),
        ("../practice/at-the-sink.gentle.md", "isn’t in this course."),
        ("../../other/course.md", "isn’t in this course."),
    ):
        found = spoiled(LESSON_PATH, "How to begin\n", f"How to begin\n\n[the other lesson]({href})\n").findings
        [finding] = [one for one in found if one.code == "BAD_LINK"]
        assert said in finding.message, finding.message
    asked = spoiled("check.md", "> Leaving tells them nothing.", "> Read [the first lesson](1-begin/1-hello.md).")
    assert "BAD_LINK" in codes(asked)


def test_every_kind_of_practice_opens_on_the_page_and_sends_nothing(sqlite_site: Site) -> None:
    publish(sqlite_site)
    for path in ("hello", "hello/gentler"):
        page = sqlite_site.visitor("sam").get(f"/courses/small-course/lessons/{path}")
        asked = {node.find(".//h3").get("id"): node for node in page.find(".moment")}
        assert [*asked] == ["sml-l1", *(f"sml-l1{number}" for number in range(1, 7))]
        several, order, match, short = (asked[f"sml-l1{number}"] for number in (2, 3, 4, 5))
        assert "More than one may be right." in words(several)
        assert [words(step) for step in order.findall(".//ol/li")] == [
            "Look First one has to see.", "Listen Then one can hear.", "Link",
        ]  # fmt: skip
        assert [words(step) for step in order.findall("./ul/li")] != ["Look", "Listen", "Link"]
        assert "A name Beginning One says it first." in words(match) and "Never" in words(match)
        assert "“Hi, I’m Noor.” Look for A name Not enough “You look bad.”" in words(short)
        for node in asked.values():
            assert not [field for field in node.iter("input", "select", "textarea", "form") if field.get("name")]


def test_the_title_of_a_turn_is_shown_in_play_debrief_and_graph(sqlite_site: Site) -> None:
    publish(sqlite_site)
    sam = sqlite_site.visitor("sam")
    sam.get("/courses/small-course").form("/enrol").submit()
    talk = "/courses/small-course/conversations/at-the-sink"
    assert "Dana washes her hands" in sam.get(talk).form_with("Start").submit("Start").main
    assert "Dana washes her hands" in play(sqlite_site.visitor("lena").get(talk)).main
    graph = sqlite_site.visitor("tara").get(f"{talk}/graph").main
    assert "1. Dana washes her hands" in graph and "2. Shrug" in graph


def test_a_review_that_was_due_is_told_on_lessons_and_the_course_in_calm_words(sqlite_site: Site) -> None:
    law = "{place: Norway, text: An example., next_check: 2027-02-01}"
    publish(sqlite_site, f"draw: 3\nreview_due: 2027-03-14\njurisdiction_notes: [{law}]")
    said = "This course was due for a review in March 2027. A reviewer will look at it."
    pages = ("/courses/small-course", "/courses/small-course/lessons/hello")
    law_said = "It’s due to be checked again."
    for passed in (False, True):
        if passed:
            clock.shift(datetime(2027, 3, 15, 12, tzinfo=UTC) - datetime.now(UTC))
        for path in pages:
            main = sqlite_site.stranger().get(path).main
            assert (said in main, law_said in main) == (passed, passed and path == pages[0])
