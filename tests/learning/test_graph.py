"""The graph of a conversation is for those who run the course; it holds every turn, and counts in tens at most."""

from __future__ import annotations

import re

import pytest

from lms.content.conversations import graph_layout
from lms.content.model.conversation import Conversation, Turn
from lms.learning.practice import records as practice_records
from tests.builders.content import COURSES, shipped
from tests.builders.learning import COURSE, the_course
from tests.conftest import Site
from tests.content.small_course import course as small_course

CONVERSATION = "after-the-resuscitation-room"
GRAPH = f"{COURSE}/conversations/{CONVERSATION}/graph"


NAMES = ("psychological-first-aid", "active-listening", "confidentiality-and-boundaries")
# By their files: a course is read by the tests that need it, and not by each process that collects them.
OURS = [(name, path.stem) for name in NAMES for path in sorted((COURSES / name / "practice").glob("*.md"))]


@pytest.fixture(params=OURS, ids=[stem for _name, stem in OURS])
def conversation(request: pytest.FixtureRequest) -> Conversation:
    """Each conversation of our own."""
    name, stem = request.param
    course = shipped(name).course
    assert course is not None
    return course.conversation_by_id[stem]


def comes_back(conversation: Conversation, start: str, goal: str) -> bool:
    """True when some way leads from one place to another, so that a line between them must lead up."""
    reached, waiting = set(), [start]
    while waiting:
        place = conversation.places[waiting.pop()]
        if isinstance(place, Turn) and place.id not in reached:
            reached.add(place.id)
            waiting += [reply.goes_to for reply in place.replies]
    return goal in reached


@pytest.mark.parametrize("name", ["tara", "cora"])
def test_those_who_run_a_course_find_the_graph_from_both_pages(sqlite_site: Site, name: str) -> None:
    visitor = sqlite_site.visitor(name)
    link = "All paths of “After the resuscitation room”"
    assert visitor.get(COURSE).follow(link).path == GRAPH
    assert visitor.get(f"{COURSE}/facilitator").follow(link).path == GRAPH


@pytest.mark.parametrize("name", ["sam", "mina", "ada"])
def test_learners_other_programmes_and_operators_meet_no_graph(sqlite_site: Site, name: str) -> None:
    visitor = sqlite_site.visitor(name)
    visitor.get(GRAPH, expect=404)
    assert not visitor.get(COURSE).find("a[href$='/graph']")


def test_a_stranger_is_asked_to_sign_in_and_an_unknown_conversation_is_no_page(sqlite_site: Site) -> None:
    assert sqlite_site.stranger().get(GRAPH).path.startswith("/sign-in")
    sqlite_site.visitor("tara").get(f"{COURSE}/conversations/nowhere/graph", expect=404)


def test_drawing_and_list_hold_every_turn_and_every_reply(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("tara").get(GRAPH)
    with sqlite_site.inside():
        conversation = the_course().conversation_by_id[CONVERSATION]
    assert page.html.count("<rect") == len(conversation.places)
    assert len(page.find("[aria-labelledby^='turn-'] > ul > li")) == sum(
        len(turn.replies) for turn in conversation.turns
    )
    assert re.search(r"paths.*longest path \d+ replies", page.main, re.DOTALL)
    assert '<title id="g-title">' in page.html and '<desc id="g-desc">' in page.html
    assert page.find(".graph[tabindex='0'][aria-label]")


def test_no_count_is_shown_before_the_tenth_person_and_then_whole_tens(sqlite_site: Site) -> None:
    tara = sqlite_site.visitor("tara")
    with sqlite_site.inside():
        course = the_course()
        harbour = next(iter(sqlite_site.roles(sqlite_site.person("tara").id)))
    turn = course.conversation_by_id[CONVERSATION].start
    for _run in range(9):
        sqlite_site.do(practice_records.count_finished, harbour, course.digest, CONVERSATION, [(turn, 0)])
    page = tara.get(GRAPH)
    assert "There are no counts yet." in page.main and "Met in" not in page.main
    for _run in range(5):
        sqlite_site.do(practice_records.count_finished, harbour, course.digest, CONVERSATION, [(turn, 0)])
    page = tara.get(GRAPH)
    assert "We count 10 people in your programme" in page.main
    assert page.main.count("Seen by at least 10 people.") == 1
    assert "14 people" not in page.main


def test_each_turn_stands_above_what_it_leads_to_and_no_two_boxes_meet(conversation: Conversation) -> None:
    drawing = graph_layout.draw(conversation)
    boxes = {box.id: box for box in drawing.boxes}
    assert set(boxes) == set(conversation.places)
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(boxes)
    for box in drawing.boxes:
        assert box.x >= 0 and box.x + graph_layout.WIDTH <= drawing.width
        assert box.y >= 0 and box.y + graph_layout.HEIGHT <= drawing.height
    for turn in conversation.turns:
        for reply in turn.replies:
            assert boxes[reply.goes_to].y > boxes[turn.id].y or comes_back(conversation, reply.goes_to, turn.id)


def test_the_best_path_has_no_detour_and_ends_well_and_the_worst_has_the_most(conversation: Conversation) -> None:
    survey = graph_layout.survey(conversation)
    best, worst = (graph_layout.steps_of(conversation, path) for path in (survey.best, survey.worst))
    assert {reply.fit for _turn, reply in best} == {"steady"}
    end = conversation.places[best[-1][1].goes_to]
    assert not isinstance(end, Turn) and end.good
    assert sum(reply.fit == "detour" for _turn, reply in worst) >= 2


def test_the_small_conversation_is_surveyed_by_hand() -> None:
    conversation = small_course().conversation_by_id["at-the-sink"]
    assert graph_layout.survey(conversation) == graph_layout.Survey(
        paths=3, whole=True, longest=2, best=(1,), worst=(0, 1)
    )
