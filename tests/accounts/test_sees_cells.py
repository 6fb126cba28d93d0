"""Each cell of "who can see what", tried over HTTP: everybody opens every address, and the table told the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from lms.accounts import actions
from lms.accounts.members import actions as members
from lms.accounts.members import unit_actions
from lms.accounts.passwords import hash_password
from lms.accounts.personal_data.data_visibility import VIEWERS, can_see, visible_data
from lms.accounts.records import Person, find_programme
from lms.certification.awards.records import find_award_of_enrolment
from lms.certification.readiness import actions as readiness_actions
from lms.certification.readiness.actions import ObservationInput
from lms.foundation import clock
from lms.foundation.text.i18n import day
from lms.learning.feedback.records import add_feedback
from lms.learning.progress import actions as learning
from lms.learning.progress.records import get_enrolment
from tests.builders.learning import CONVERSATIONS, COURSE, PFA, begin, pass_check, play, prepare, take_check, the_course
from tests.conftest import PASSWORD, Site
from tests.inspector import BASE, Page

NAMES = {
    "you": "sam",
    "trainer": "tara",
    "observer": "omar",
    "coordinator": "cora",
    "employer": "erin",
    "operator": "ada",
}
HER_NAME = "Samira Osei-Quartey"


def _add_observer_and_employer(site: Site) -> None:
    with site.inside():
        harbour, sam = find_programme("harbour"), site.person("sam")
    assert harbour is not None
    for name, shown, role in (("omar", "Omar Haim", "observer"), ("erin", "Erin Walsh", "employer")):
        person = site.do(actions.register, f"{name}@example.org", shown, hash_password(PASSWORD))
        assert isinstance(person, Person)
        site.do(actions.give_role, person.id, harbour.id, role)
    ward = site.do(unit_actions.add_unit, harbour.id, "Ward Seven", "")
    wanted = members.Details("N-4711", ward.public_id, "Ruth Amadi")
    assert site.do(members.change_details, harbour.id, sam.id, members.Details("", "", ""), wanted) is None


def _leave_feedback(site: Site, enrolment: str) -> None:
    """Say something of a lesson that five people finished, in a week that is over."""
    with site.inside():
        lesson, second = (lesson.id for lesson in the_course().lessons[:2])
        programme_id = get_enrolment(enrolment).programme_id
        before = clock.today("UTC") - timedelta(days=14)
    for name in ("sam", "lena", "tara", "cora", "omar"):
        site.do(learning.finish_lesson, prepare(site, name, practised=False, read=False), lesson)
    site.do(learning.finish_lesson, enrolment, second)
    site.do(add_feedback, "a-slip", programme_id, PFA, lesson, "unclear", "The second table puzzled me.", before)


@dataclass(frozen=True)
class World:
    """What of Sam's there is to be seen."""

    code: str
    result: Page
    conversation: Page


@pytest.fixture
def world(sqlite_site: Site) -> World:
    """Sam has finished a lesson, talked, been not quite there once, and holds a certificate in a name of its own."""
    _add_observer_and_employer(sqlite_site)
    sam = sqlite_site.visitor("sam", own_device=True)
    sam.get("/account").form("/account").submit(display_name="Sam Osei", certificate_name=HER_NAME)
    begin(sam).form("/done").submit()
    conversation = play(sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}"))
    result = take_check(sqlite_site, "sam", lambda _q: False)
    enrolment = prepare(sqlite_site, "sam", practised=False)
    with sqlite_site.inside():
        cora, asked = sqlite_site.person("cora").id, the_course().conversations
    for one in asked:
        sqlite_site.do(learning.record_equivalent, enrolment, ("practice", one.id), "talked", "Her wish.", None, cora)
    _leave_feedback(sqlite_site, enrolment)
    seen = ObservationInput("Omar Haim", "observer", clock.today("UTC"), "skilled")
    sqlite_site.do(readiness_actions.record_observation, enrolment, seen, cora)
    outside = ObservationInput("Vera Sandoval", "supervisor", clock.today("UTC"), "basic")
    sqlite_site.do(readiness_actions.record_observation, enrolment, outside, None)
    pass_check(sqlite_site, enrolment)
    sqlite_site.work()
    with sqlite_site.inside():
        award = find_award_of_enrolment(enrolment)
    assert award is not None
    return World(award.code, result, conversation)


STATES = "Your status: not started, in training, waiting for a review, completed with its date, renewal due, withdrawn"


def marks(result: Page) -> dict[str, dict[str, str]]:
    """Return by which words each kind of knowledge is known where it is seen; `all` stands for everybody."""
    with_date = clock.today("UTC")
    until = day(with_date.replace(year=with_date.year + 2))
    return {
        "Which lessons you’ve finished, and where you are": {"all": "15 of 15 lessons done"},
        "Your answers, your results and your number of attempts": {"all": result.h1},
        "What you choose in a practice conversation": {"all": "Turn by turn"},
        "Your feedback on a lesson, without your name": {"all": "The second table puzzled me."},
        "What you write under “For you, privately”": {"all": "sam wrote this"},
        STATES: {
            "you": "You’ve done everything",
            "all": f"Completed {day(with_date)}",
        },
        "That recognised prior learning was recorded for you": {
            "you": "You talked it through with a trainer.",
            "coordinator": "Recorded on",
            "all": "The programme recognised prior learning",
        },
        "How your observed practice went: one of four ratings": {"all": "Omar Haim (observer): Skilled."},
        "An observer without an account here, and the day, until that’s confirmed": {"all": "Vera Sandoval"},
        "Whether you hold a certificate, and until when": {"all": until},
        "The name on your certificate": {"all": HER_NAME},
        "The unit you’re in": {"all": "Ward Seven"},
        "Your staff number and your line manager": {"all": "Ruth Amadi"},
        "Your email address": {"all": "sam@example.org"},
        "Your account activity, such as signing in, starting a course or passing its check": {
            "you": "You passed a course’s check.",
            "all": "Course passed",
        },
    }


def places(viewer: str, world: World, public_id: str) -> list[str]:
    """Return every address at which something of Sam could be seen; only who verifies was given her code."""
    people, own = "/programmes/harbour/people", f"/certificates/{world.code}"
    given = (f"/verify/{world.code}", f"/verify/{world.code}?format=json") if viewer == "verifier" else ()
    return [
        *("/", "/courses", COURSE, f"{COURSE}/left", f"{COURSE}/check", f"{COURSE}/facilitator"),
        *(world.result.path, world.conversation.path, *given),
        *("/account", "/account/data", "/certificates", own, f"{own}/pdf"),
        *(
            people,
            f"{people}.csv",
            f"{people}/{public_id}",
            f"{people}/{public_id}/account",
            f"{people}/{public_id}/details",
            f"{people}/{public_id}/equivalents",
            f"{people}/{public_id}/practice",
            f"/programmes/harbour/certificates/{world.code}/withdraw",
        ),
        f"/programmes/harbour/courses/{PFA}/remarks",
        "/programmes/harbour/practice-to-confirm",
        "/programmes/harbour/status",
        f"/operator/audit?person={public_id}&event=CoursePassed",
    ]


def seen_by(site: Site, viewer: str, addresses: list[str]) -> str:
    """Return all that somebody can read at the addresses."""
    visitor = site.visitor(NAMES[viewer]) if viewer in NAMES else site.stranger()
    answers = [visitor.browser.get(path, base_url=BASE) for path in addresses]
    return "\n".join(
        answer.get_data(as_text=True)
        for answer in answers
        if answer.status_code == 200 and answer.mimetype != "application/pdf"
    )


def test_every_cell_of_the_table_is_what_the_pages_show(sqlite_site: Site, world: World) -> None:
    known_by = marks(world.result)
    with sqlite_site.inside():
        public_id = sqlite_site.person("sam").public_id
        table = {sight.what: {viewer: can_see(viewer, sight) for viewer in VIEWERS} for sight in visible_data()}
    assert table.keys() == known_by.keys()
    shown = {viewer: seen_by(sqlite_site, viewer, places(viewer, world, public_id)) for viewer in VIEWERS}
    found = {
        what: {viewer: words.get(viewer, words["all"]) in shown[viewer] for viewer in VIEWERS}
        for what, words in known_by.items()
    }
    assert found == table
