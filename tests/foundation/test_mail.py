"""Email: a folder by default, a real conversation with a mail server, quiet hours, and trying again after trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lms.foundation import clock
from lms.foundation.mail.outbox import QUIET_FROM, QUIET_UNTIL, Quiet, after_quiet_hours, queue_mail
from tests.builders.learning import earn
from tests.builders.mail import NOON, Box, at_noon, outbox, read, text_of
from tests.conftest import Site

Make = Callable[..., Site]


def test_the_letter_with_the_certificate_lies_in_the_mail_folder_by_default(sqlite_site: Site) -> None:
    at_noon()
    code = earn(sqlite_site, document=True)
    sqlite_site.work()
    sqlite_site.work()
    files = list((sqlite_site.settings.data / "mail").iterdir())
    assert len(files) == 1
    letter = read(files[0].read_bytes())
    assert letter["To"] == "sam@example.org" and "is ready" in letter["Subject"]
    text = text_of(letter)
    assert f"http://127.0.0.1:8000/certificates/{code}" in text and "Sam Osei" in text
    assert not any(word in text for word in ("10 of 10", "passed with", "answers"))


def test_a_mail_server_gets_the_letter_once_under_its_one_id(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL=box.url)
    at_noon()
    earn(site, document=True)
    for _minute in range(3):
        site.work()
    assert [read(letter)["Message-ID"] for letter in box.letters] == [row.message_id for row in outbox(site)]
    assert len(box.letters) == 1 and outbox(site)[0].sent_at is not None


def test_a_server_that_is_away_gets_the_letter_later_under_the_same_id(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    at_noon()
    earn(site, document=True)
    site.work()
    kept = outbox(site)[0]
    assert kept.sent_at is None and kept.tries == 1 and kept.not_before > clock.now()
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    back.work()
    assert box.letters == []
    clock.shift(clock.now() + timedelta(minutes=5) - datetime.now(UTC))
    back.work()
    assert [read(letter)["Message-ID"] for letter in box.letters] == [kept.message_id]


def test_a_letter_of_the_night_waits_for_the_morning(sqlite_site: Site) -> None:
    now = datetime.now(UTC)
    clock.shift(timedelta(days=1) + now.replace(hour=23, minute=0) - now)
    earn(sqlite_site, document=True)
    sqlite_site.work()
    assert not (sqlite_site.settings.data / "mail").exists()
    clock.shift(timedelta(days=2) + now.replace(hour=8, minute=1) - now)
    sqlite_site.work()
    assert len(list((sqlite_site.settings.data / "mail").iterdir())) == 1


@given(
    moment=st.datetimes(NOON.replace(tzinfo=None), NOON.replace(year=2040, tzinfo=None), timezones=st.just(UTC)),
    zone=st.sampled_from(
        ["Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
    ),
)
def test_no_letter_leaves_at_night_and_none_waits_a_whole_day(moment: datetime, zone: str) -> None:
    leaves = after_quiet_hours(moment, "UTC", Quiet(zone=zone))
    assert QUIET_UNTIL <= leaves.astimezone(ZoneInfo(zone)).time() < QUIET_FROM
    assert timedelta(0) <= leaves - moment < timedelta(hours=13)
    assert leaves == moment or leaves.astimezone(ZoneInfo(zone)).time() == QUIET_UNTIL


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(sqlite_site: Site) -> None:
    at_noon()
    for recipient, subject in (
        ("a\nb@example.org", "One"),
        ("lena@example.org", "Two"),
        ("sam@example.org", "Th\nree"),
    ):
        sqlite_site.do(queue_mail, sqlite_site.settings, recipient, subject, "Hello.")
    sqlite_site.work()
    assert [row.recipient for row in outbox(sqlite_site) if row.sent_at] == ["lena@example.org"]
