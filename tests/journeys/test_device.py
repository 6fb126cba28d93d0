"""A device that keeps a course: without room nothing stays behind, and a site that cannot answer is as no network."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lms.foundation.db import db
from tests.journeys.conftest import Opens
from tests.journeys.offline import KEEP, LESSON, NOTHING, keep, left, sign_in
from tests.journeys.people import add
from tests.journeys.served import Served
from tests.journeys.states import CONVERSATION, COURSE

pytestmark = pytest.mark.browser
ROOM_FOR = """
const put = Cache.prototype.put;
let left = %d;
Cache.prototype.put = function (...what) {
  left -= 1;
  if (left < 0) throw new DOMException("", "QuotaExceededError");
  return put.apply(this, what);
};
"""


def test_a_device_that_fills_up_half_way_keeps_nothing_at_all(served: Served, opens: Opens) -> None:
    add(served, "hedda-of-the-full-device", "Hedda")
    context = opens()
    context.add_init_script(ROOM_FOR % 20)
    hands = sign_in(served, context, "hedda-of-the-full-device")
    hands.page.goto(served.url + COURSE)
    hands.named(KEEP).click()
    hands.page.get_by_text("This device has no room for the course, so nothing was saved.").wait_for(timeout=60_000)
    assert left(hands.page) == NOTHING


def test_a_kept_lesson_opens_while_the_site_cannot_reach_its_records(own_served: Served, opens: Opens) -> None:
    hands = sign_in(own_served, opens(), "sam")
    keep(own_served, hands)
    with own_served.site.inside():
        db.session.execute(text("drop table lesson_done"))
        db.session.commit()
    hands.page.goto(own_served.url + LESSON)
    assert hands.page.locator("h1").inner_text() == "When it is more than PFA"
    hands.page.goto(own_served.url + CONVERSATION)
    assert hands.page.locator("h1").inner_text() == "We can’t reach our records just now"
