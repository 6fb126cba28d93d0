"""Practice conversations over HTTP: every end is reached without a script, and feedback comes when asked for."""

from __future__ import annotations

import gzip
import re

import pytest

from lms.accounts.records import find_programme
from lms.content.model.bundle import from_folder
from lms.content.model.conversation import End
from lms.library import actions as library
from tests.builders.content import course_of, shipped
from tests.builders.conversations import SINK, begin, enrol, offered, play_on, say, ways
from tests.conftest import PFA, ROOT, Site

COURSES = ("psychological-first-aid", "active-listening", "confidentiality-and-boundaries")


def conversations() -> list[tuple[str, str]]:
    found = []
    for name in COURSES:
        course = shipped(name).course
        assert course is not None
        found += [(name, conversation.id) for conversation in course.conversations]
    return found


def publish(site: Site, name: str) -> None:
    bundle = from_folder(ROOT / "courses" / name)
    course = course_of(bundle, name)
    assert course is not None
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
    site.do(library.publish, bundle, course)
    site.do(library.offer, harbour.id, name, True, 1)


@pytest.mark.parametrize("course", COURSES)
def test_every_end_of_every_conversation_is_reached_without_a_script(sqlite_site: Site, course: str) -> None:
    if course != PFA.name:
        publish(sqlite_site, course)
    content = shipped(course).course
    assert content is not None and content.conversations
    for conversation in content.conversations:
        for number, (end, way) in enumerate(ways(conversation).items()):
            page = begin(sqlite_site.stranger(), f"/courses/{course}/conversations/{conversation.id}")
            # One way is walked turn by turn; on the others the visitor comes back with all turns but the last.
            for index in way if number == 0 else ():
                assert len(offered(page)) > 1
                page = say(page, index)
            if number:
                page = say(page, way[-1], path=".".join(map(str, way[:-1])))
            place = conversation.places[end]
            assert isinstance(place, End)
            assert page.h1 == place.title
            assert len(page.find(".said")) == len(way)
            assert ("help is on its way" in page.main) == (conversation.must_reach == "good" and not place.good)


def test_the_content_note_and_what_is_kept_stand_on_the_page_before_it_begins(sqlite_site: Site) -> None:
    sam = enrol(sqlite_site)
    page = sam.get(SINK)
    main = page.main
    assert main.index("In this conversation") < main.index("Start")
    assert "Only you can see your choices." in main
    assert "We don’t store any of this." in sqlite_site.stranger().get(SINK).main


def test_feedback_comes_at_the_end_unless_it_was_asked_for(sqlite_site: Site) -> None:
    course = shipped(PFA.name).course
    assert course is not None
    conversation = course.conversation_by_id[SINK.rpartition("/")[2]]
    replies = next(turn for turn in conversation.turns if turn.id == conversation.start).replies
    detour = next(index for index, reply in enumerate(replies) if reply.fit == "detour")
    told = f"{replies[detour].label.capitalize()}: a detour"
    page = say(begin(enrol(sqlite_site)), detour)
    assert not page.find(".kind")
    page = page.form_with("Show feedback on each reply as I go").submit("Show feedback on each reply as I go")
    assert told in page.main and "You could also say:" in page.main
    page = page.form_with("Show feedback at the end instead").submit("Show feedback at the end instead")
    assert not page.find(".kind")
    assert told in say(begin(sqlite_site.stranger(), tell="yes"), detour).main


def test_replies_stand_in_an_order_that_says_nothing_and_stays(sqlite_site: Site) -> None:
    orders = [offered(begin(sqlite_site.stranger())) for _visit in range(2)]
    assert orders[0] == orders[1]
    shuffled = 0
    for _course, conversation_id in conversations()[:2]:
        path = f"/courses/psychological-first-aid/conversations/{conversation_id}"
        page = begin(sqlite_site.stranger(), path)
        while offered(page):
            shuffled += offered(page) != sorted(offered(page))
            page = say(page, offered(page)[0])
    assert shuffled > 2


def test_own_words_have_no_name_so_they_cannot_be_sent(sqlite_site: Site) -> None:
    page = begin(sqlite_site.stranger(), own="yes")
    box = page.find("textarea")
    assert len(box) == 1 and box[0].get("name") is None
    assert page.find("details.own-first button[name=reply]")
    at_once = page.form_with("Show me the replies straight away").submit("Show me the replies straight away")
    assert not at_once.find("details.own-first") and at_once.find("textarea")[0].get("name") is None


def test_one_can_go_back_at_any_time_even_from_the_end(sqlite_site: Site) -> None:
    for browser in (sqlite_site.stranger(), enrol(sqlite_site)):
        first = begin(browser)
        page = say(first, 1).form_with("Go back one turn").submit("Go back one turn")
        assert offered(page) == offered(first)
        ended = play_on(page)
        back = ended.form_with("Go back one turn").submit("Go back one turn")
        assert offered(back)


def test_the_debrief_says_it_in_the_words_that_are_honest(sqlite_site: Site) -> None:
    course = shipped(PFA.name).course
    assert course is not None
    conversation = course.conversation_by_id["after-the-resuscitation-room"]
    way = max(ways(conversation).values(), key=len)
    page = begin(sqlite_site.stranger())
    for index in way:
        page = say(page, index)
    assert "In this practice you used " in page.main
    assert re.search(r"Paths through this conversation range from \d+% to \d+%\.", page.main)
    assert "It doesn’t measure how well you listen." in page.main
    short = begin(sqlite_site.stranger())
    for index in ways(conversation)[next(iter(conversation.ends)).id][:3]:
        short = say(short, index)
    assert "the words were theirs" not in short.main


def test_try_again_from_any_turn(sqlite_site: Site) -> None:
    for browser in (sqlite_site.stranger(), enrol(sqlite_site)):
        ended = play_on(begin(browser))
        words = [text for form in ended.forms for _name, _value, text in form.buttons if text.startswith("Try again")]
        assert len(words) == len(ended.find(".said"))
        again = ended.form_with(words[1]).submit(words[1])
        assert len(again.find(".script .you")) == 1


def test_the_pages_are_light(sqlite_site: Site) -> None:
    sam = enrol(sqlite_site)
    page = begin(sam)
    ended = play_on(page)
    files = ("css/site.css", "css/practice.css", "js/site.js", "js/offline.js", "icons/sidelight.svg")
    fonts = ("fonts/atkinson-next.woff2", "fonts/literata.woff2")
    static = ROOT / "lms" / "static"
    packed = sum(len(gzip.compress((static / name).read_bytes(), 9)) for name in files)
    whole = packed + sum((static / name).stat().st_size for name in fonts)
    for sheet in ("site", "practice"):
        assert len(gzip.compress((static / f"css/{sheet}.css").read_bytes(), 9)) <= 8192
    for one in (page, ended):
        assert whole + len(gzip.compress(one.html.encode(), 9)) <= 60_000


def test_an_arc_stands_on_the_course_page_as_one_thing_and_leads_from_contact_to_contact(sqlite_site: Site) -> None:
    publish(sqlite_site, "active-listening")
    settings = "/programmes/harbour/settings/contacts"
    form = sqlite_site.visitor("cora").get(settings).form(settings)
    form.submit(lead="Ingrid Okafor", emergency="999", limits_statement="It stays with me, with three limits.")
    lena = sqlite_site.visitor("lena")
    lena.get("/courses/active-listening").form("/enrol").submit()
    course = lena.get("/courses/active-listening")
    assert "3 contacts with one colleague" in course.main
    contacts = [node.get("href") for node in course.find(".path [role=listitem] a")]
    assert [path.rsplit("/", 1)[1] for path in contacts] == ["forty-one-families", "two-weeks-on", "the-last-of-three"]
    ended = play_on(begin(lena, contacts[0]))
    assert "Contact 1 of 3" in ended.main
    assert ended.follow("Two weeks on").h1 == "Two weeks on"
    third = play_on(begin(lena, contacts[2]))
    assert "The next contact" not in third.main
