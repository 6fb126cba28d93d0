"""One learner takes all that is taught: each lesson and question of five courses, each conversation to all its ends."""

from __future__ import annotations

import pytest

from lms.content.model.conversation import Conversation
from lms.content.model.course import Course
from lms.content.model.question import Question
from lms.content.questions.match import Match
from lms.content.questions.one_answer import OneAnswer
from lms.content.questions.several_answers import SeveralAnswers
from lms.library.course_cache import get_course
from lms.library.records import find_newest_digest
from tests.builders.conversations import ways
from tests.builders.learning import attempt_of, plan
from tests.conftest import ROOT
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.served import Served
from tests.journeys.walks import fetch_certificate, fill_in, h1, register, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CORE = (ROOT / "courses" / "order.txt").read_text("utf-8").split()[:5]
FOLDED = ":is(summary:text-is('Show the order'), summary:text-is('Compare with a model answer'))"
PRACTICE = f".replies details, details.fold:has(> {FOLDED})"
FACTS = ("lead=Ingrid Okafor", "emergency=999", "limits_statement=What you tell me stays with me, with three limits.")


def course_of(served: Served, name: str) -> Course:
    """Return a published course."""
    with served.site.inside():
        digest = find_newest_digest(name)
        assert digest is not None
        return get_course(digest)


def count_folds(question: Question) -> int:
    """Return how many things a practice question opens on its page: each option, or one answer for all."""
    match question.body:
        case Match(pairs=pairs):
            return len(pairs)
        case OneAnswer(options=options) | SeveralAnswers(options=options):
            return len(options)
        case _:
            return 1


def read_everything(hands: Mouse, served: Served, course: Course) -> None:
    """Begin a course, open every practice answer and every gentler version, and finish each lesson."""
    hands.page.goto(f"{served.url}/courses/{course.id}")
    hands.press("Start this course")
    for lesson in course.lessons:
        assert h1(hands) == lesson.title.replace("'", "’")
        answers = hands.page.locator(PRACTICE)
        assert answers.count() == sum(map(count_folds, lesson.practice)), lesson.id
        for answer in answers.all():
            answer.locator("> summary").click()
            assert answer.get_attribute("open") is not None
        if lesson.gentle_html:
            hands.press("Read the gentler version")
            hands.press("Read the full version")
        hands.press("Mark as done and continue" if hands.sees("Mark as done and continue") else "Mark as done")


def play_conversation(hands: Mouse, served: Served, conversation: Conversation, address: str) -> None:
    """Play a conversation to each of its ends, back and forth, to a good one last, and read the debrief."""
    hands.page.goto(f"{served.url}{address}")
    hands.press("Start")
    here: list[int] = []
    good = {end.id for end in conversation.ends if end.good}
    for _last, way in sorted((end in good, way) for end, way in ways(conversation).items()):
        while here != way[: len(here)]:
            hands.press("Go back one turn")
            here.pop()
        for index in way[len(here) :]:
            hands.press_this(hands.page.locator(f"button[name=reply][value='{index}']"))
            here.append(index)
        assert hands.page.get_by_role("heading", name="Turn by turn").count() == 1


def answer_every_question(hands: Mouse, served: Served, course: Course) -> None:
    """Take the check until each question was met, not right at first; then pass it."""
    met: set[str] = set()
    every = {question.id for question in course.questions if question.drawable and question.everywhere}
    for _go in range(12):
        hands.page.goto(f"{served.url}/courses/{course.id}/check")
        hands.press_this(hands.page.locator("form[action$='/check'] button"))
        with served.site.inside():
            met |= {question.id for question in attempt_of(served.site, "mira", course.id).questions}
        last = met == every
        hands.page.goto(f"{hands.page.url.rsplit('/', 1)[0]}/all")
        for fields in plan(served.site, "mira", lambda _question, last=last: last, course=course.id):
            fill_in(hands, fields)
        hands.press("Review my answers")
        hands.press("Send my answers")
        if last:
            return
        assert "Not" in h1(hands)
    raise AssertionError(f"{course.id}: {sorted(every - met)} never came")


@pytest.mark.parametrize("name", CORE)
def test_mira_takes_a_core_course_to_its_certificate(own_served: Served, opens: Opens, name: str) -> None:
    own_served.lms("programme", "set", "harbour", *FACTS)
    own_served.lms("publish", f"courses/{name}", "--programme", "harbour")
    hands = Mouse(opens().new_page())
    register(hands, own_served, "mira", "Mira Al-Khatib")
    course = course_of(own_served, name)
    read_everything(hands, own_served, course)
    for conversation in course.conversations:
        play_conversation(hands, own_served, conversation, f"/courses/{name}/conversations/{conversation.id}")
    answer_every_question(hands, own_served, course)
    code, pdf = fetch_certificate(hands, own_served)
    assert len(code) == 16
    assert "Mira Al-Khatib" in text_of(pdf)
    assert course.title in text_of(pdf)
