"""A clock that was fast and is put right again holds nothing up until the moment that it showed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from lms.accounts.rules import is_over, touch_is_due
from lms.foundation import clock
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.web import throttle
from lms.retention import Doubt
from tests.builders.mail import Box, at_noon, outbox
from tests.conftest import Site

Make = Callable[..., Site]
FAR = timedelta(days=400)
WINDOW = timedelta(minutes=15)


def move(by: timedelta) -> None:
    clock.shift(clock.now() + by - datetime.now(UTC))


def test_an_email_that_was_written_or_tried_while_the_clock_was_fast_leaves_once_it_is_right(
    make_sqlite_site: Make, box: Box
) -> None:
    at_noon()
    away = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    away.do(queue_mail, away.settings, "lena@example.org", "Hello", "Written before.")
    move(FAR)
    away.do(queue_mail, away.settings, "sam@example.org", "Hello", "Written meanwhile.")
    with away.inside():
        mail_outbox.sweep(away.settings)
    move(-FAR)
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    with back.inside():
        mail_outbox.sweep(back.settings)
    assert len(box.letters) == 2 and all(row.sent_at for row in outbox(back))


def test_a_mail_server_that_was_away_while_the_clock_was_fast_is_called_once_it_is_right(
    make_sqlite_site: Make,
) -> None:
    at_noon()
    site = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    site.do(queue_mail, site.settings, "lena@example.org", "Hello", "Text.")
    move(FAR)
    with site.inside():
        mail_outbox.sweep(site.settings)
    move(-FAR)
    with site.inside():
        mail_outbox.sweep(site.settings)
    assert outbox(site)[0].tries == 2


@pytest.mark.parametrize("by", [FAR, -FAR])
def test_a_limit_that_was_reached_while_the_clock_was_off_ends_with_that(sqlite_site: Site, by: timedelta) -> None:
    growing = throttle.Growing(0, timedelta(minutes=1), timedelta(hours=1), WINDOW)

    def waits() -> tuple[bool, bool]:
        with sqlite_site.inside():
            return throttle.too_many("a", 1, WINDOW), throttle.wait_after_last("b", growing) is not None

    move(by)
    sqlite_site.do(throttle.count_miss, "a", WINDOW)
    sqlite_site.do(throttle.count_in_a_row, "b", growing)
    assert waits() == (True, True)
    move(-by)
    assert waits() == (False, False)
    sqlite_site.do(throttle.count_miss, "a", WINDOW)
    assert waits() == (True, False)


@pytest.mark.parametrize("own_device", [True, False])
def test_a_session_that_began_or_was_used_while_the_clock_was_fast_ends_and_one_of_now_goes_on(
    own_device: bool,
) -> None:
    now = clock.now()
    assert not is_over(own_device, False, now, now, now)
    assert is_over(own_device, False, now, now + FAR, now) and is_over(own_device, False, now + FAR, now, now)
    assert touch_is_due(own_device, now + FAR, now) and not touch_is_due(own_device, now, now)


def test_a_clock_that_jumps_ahead_deletes_nothing_for_an_hour() -> None:
    now, doubt = clock.now(), Doubt()
    assert doubt.is_over(now, 100.0, now - timedelta(days=20))
    assert doubt.is_over(now + timedelta(hours=5), 100.0 + 5 * 3600, None)
    assert not doubt.is_over(now + FAR, 18_160.0, None)
    assert not doubt.is_over(now + FAR + timedelta(minutes=59), 21_700.0, None)
    assert doubt.is_over(now + FAR + timedelta(minutes=61), 21_820.0, None)
    # It's put right: nothing that goes back deletes anything.
    assert doubt.is_over(now + timedelta(hours=6), 21_900.0, None)


def test_a_process_that_starts_with_a_clock_far_after_the_last_record_deletes_nothing_for_an_hour() -> None:
    now = clock.now()
    assert not Doubt().is_over(now + FAR, 5.0, now)
    assert Doubt().is_over(now, 5.0, None), "a new site has no record"
