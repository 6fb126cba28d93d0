"""A conversation remembers what was said: colleagues come back to it, and replies appear once they make sense."""

from __future__ import annotations

import re

import pytest

from lms.accounts.records import find_programme
from lms.authoring.exchange.scorm_pages import make_package
from lms.content.conversations.graph_layout import draw, steps_of, survey
from lms.content.conversations.measures import every_path
from lms.content.conversations.roads import unfold
from lms.content.lint.check import check
from lms.content.model.bundle import Bundle
from lms.content.model.conversation import Conversation, End
from lms.foundation import clock
from lms.interop.scorm.course_data import describe
from lms.learning.practice.rules import another_way, play
from lms.library import actions as library
from tests.builders.conversations import begin, offered, say
from tests.builders.drafts import add_draft
from tests.conftest import Site
from tests.content.small_course import BUS, bundle

PATH = "practice/at-the-bus.md"
PAGE = "/courses/small-course/conversations/at-the-bus"


def bus() -> Conversation:
    course = check(bundle(**{PATH: BUS}), "small-course").course
    assert course is not None
    return course.conversation_by_id["at-the-bus"]


@pytest.mark.parametrize(
    ("path", "place", "says", "offers", "known"),
    [
        ("", "stop", "only waiting", [0, 1], set()),
        ("1.1", "plan", "I might walk.", [0, 2], set()),
        ("1.0", "plan", "My sister could", [1, 2], {"asked-home"}),
        ("1.1.0", "plan", "My sister could", [1, 2], {"asked-home"}),
        ("1.0.1", "home", "because you asked", [], {"asked-home"}),
        ("1.0.2", "away", "ring her tomorrow", [], {"asked-home"}),
        ("1.1.2", "away", "You didn’t ask", [], set()),
        ("1.1.1", "plan", "I might walk.", [0, 2], set()),
    ],
)
def test_a_path_is_its_own_memory(path: str, place: str, says: str, offers: list[int], known: set[str]) -> None:
    played = play(bus(), path)
    assert (played.place.id, played.memory) == (place, known)
    words = played.place.html if isinstance(played.place, End) else played.place.says
    assert says in words
    assert isinstance(played.place, End) or [index for index, _reply in played.place.offered(played.memory)] == offers
    assert ("You didn’t ask" in words) == (played.path == "1.1.2")


def test_another_way_is_one_that_was_offered() -> None:
    plan = bus().turns[2]
    others = [another_way(plan, 2, frozenset(known)) for known in ([], ["asked-home"])]
    assert [other.label for other in others if other] == ["open question", "summary"]


def test_unfolded_it_needs_no_memory_and_ends_where_it_did() -> None:
    written, plain = bus(), unfold(bus())
    assert [turn.id for turn in plain.turns] == ["stop", "waiting", "plan", "plan_2"]
    assert all(
        not turn.variants and all(reply.when.holds(frozenset()) for reply in turn.replies) for turn in plain.turns
    )
    for path in every_path(plain):
        last = steps_of(plain, path)[-1][1].goes_to
        assert last.partition("_")[0] in {end.id for end in written.ends}
    assert survey(plain).best == (1, 0, 0)
    assert {(box.id, box.sets, box.asks) for box in draw(written).boxes} >= {
        ("plan", True, True),
        ("home", False, True),
    }


def publish(site: Site) -> None:
    whole = bundle(**{PATH: BUS})
    course = check(whole, "small-course").course
    with site.inside():
        harbour = find_programme("harbour")
    assert course is not None and harbour is not None
    site.do(library.publish, whole, course)
    site.do(library.offer, harbour.id, "small-course", True, 1)


def test_memory_is_played_resumed_undone_and_read_back(sqlite_site: Site) -> None:
    publish(sqlite_site)
    sam = sqlite_site.visitor("sam")
    sam.get("/courses/small-course").form("/enrol").submit()
    page = begin(sam, PAGE)
    assert "On the phone." in page.main
    page = say(say(page, 1), 0)
    assert "My sister could come for me." in page.main and set(offered(page)) == {"1", "2"}
    elsewhere = sqlite_site.visitor("sam").get(PAGE)
    assert "My sister could come for me." in elsewhere.main and set(offered(elsewhere)) == {"1", "2"}
    back = elsewhere.form_with("Go back one turn").submit("Go back one turn")
    page = say(back, 1)
    assert "I might walk." in page.main and set(offered(page)) == {"0", "2"}
    ended = say(page, 2)
    assert "You didn’t ask how she gets home." in ended.main and "It comes back to tonight." not in ended.main
    assert "How far is it?" in ended.main and "So your sister comes" not in ended.main
    again = ended.form_with("Try again from here (turn 2)").submit("Try again from here (turn 2)")
    ended = say(say(again, 0), 1)
    assert ended.h1 == "She’s on her way" and "because you asked" in ended.main


def test_without_an_account_memory_travels_with_the_page(sqlite_site: Site) -> None:
    publish(sqlite_site)
    page = say(say(begin(sqlite_site.stranger(), PAGE), 1), 0)
    assert "My sister could come for me." in page.main
    forged = page.form_with("“So your sister comes for you.”").submit("“So your sister comes for you.”", path="1.1")
    assert "I might walk." in forged.main and set(offered(forged)) == {"0", "2"}


def test_trainers_see_what_is_remembered(sqlite_site: Site) -> None:
    publish(sqlite_site)
    page = sqlite_site.visitor("tara").get(f"{PAGE}/graph")
    assert "Remembered: You asked how she gets home." in page.main
    assert page.main.count("Only if: You asked how she gets home.") == 3
    assert '<circle class="g-sets" cx="' in page.html and '<circle class="g-asks" cx="' in page.html
    tara = sqlite_site.visitor("tara")
    draft = add_draft(sqlite_site, bundle(**{PATH: BUS}))
    preview = tara.get(f"/programmes/harbour/drafts/{draft}/preview/conversation/at-the-bus")
    assert "I might walk." in preview.follow("Play from here (Plan)").main
    later = preview.follow("You asked how she gets home (Plan)")
    assert "My sister could come for me." in later.main
    assert "because you asked" in say(later, 1).main


def test_a_package_has_a_page_for_each_memory(sqlite_site: Site) -> None:
    course = check(bundle(**{PATH: BUS}), "small-course").course
    assert course is not None
    facts = {"slug": "harbour", "name": "Harbour", "country": "GB", "lead": "Cora", "contact": "cora@example.org"}
    with sqlite_site.inside():
        page = dict(make_package(course, Bundle({}), facts, clock.now().date()))["index.html"].decode()
    talk = describe(course, 1, str)["conversations"][0]
    for place in (*talk["turns"], *talk["ends"]):
        assert f'id="c-{talk["id"]}-{place}"' in page
    assert page.count("My sister could come for me.") == 1
    assert all(f'id="{place}"' in page for place in re.findall(r'href="#(c-at-the-bus-[^"]*)"', page))
