"""The first question of a check, in a browser."""

from __future__ import annotations

from lms.learning.check.actions import open_check
from tests.builders.learning import PFA, plan, prepare, the_course
from tests.journeys import walks
from tests.journeys.hands import Mouse
from tests.journeys.served import Served


def open_first_question(hands: Mouse, served: Served, name: str) -> dict[str, list[str]]:
    """Open somebody's check on its first question of the kind that is clicked; return the answer that fits."""
    enrolment = prepare(served.site, name)
    with served.site.inside():
        course = the_course()
    served.site.do(open_check, enrolment, course)
    walks.sign_in(hands, served, name)
    hands.page.goto(f"{served.url}/courses/{PFA}/check")
    hands.press("Continue the check")
    for fields in plan(served.site, name):
        if all(isinstance(value, list) for value in fields.values()):
            return fields
        hands.press("Save and continue")
    raise AssertionError("no question of this check is clicked")
