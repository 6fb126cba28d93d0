"""Letters one asked for: off by default, each kind for itself, never in quiet hours, and off again with one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lms.accounts.actions import set_programme
from lms.accounts.notifications import preferences
from lms.accounts.notifications.preferences import Consent, WaitingLine
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.outbox import OutboxMail, Quiet, after_quiet_hours
from tests.builders.learning import COURSE, begin
from tests.builders.mail import Box, at_noon, outbox, read, text_of
from tests.conftest import Site
from tests.inspector import BASE

Make = Callable[..., Site]


def to_the_hour(hour: int, minute: int = 0, days: int = 1) -> None:
    now = datetime.now(UTC)
    clock.shift(timedelta(days=days) + now.replace(hour=hour, minute=minute, second=0) - now)


def choose(site: Site, **fields: object) -> None:
    page = site.visitor("sam").get("/account/letters").form("/account/letters").submit(**fields)
    assert "Saved." in page.main


def _wanted(site: Site, name: str) -> set[str]:
    with site.inside():
        return preferences.list_consents(site.person(name).id)


def tell(site: Site, path: str = f"{COURSE}/lessons/what-pfa-is/remarks", purpose: str = "answers") -> None:
    with site.inside():
        person_id = site.person("sam").id
    site.do(preferences.queue_update, [person_id], purpose, path)


def test_nothing_is_asked_for_until_somebody_asks(site: Site) -> None:
    at_noon()
    page = site.visitor("sam").get("/account/letters")
    for_some = {"cora": ("programme-ends", "programme-names"), "tara": ("approvals",)}
    asked = [purpose for purpose in preferences.PURPOSES if purpose not in sum(for_some.values(), ())]
    by_default = [purpose for purpose in preferences.BY_DEFAULT if purpose in asked]
    assert page.form("/account/letters").choices["purpose"] == asked
    assert [box.get("value") for box in page.find("input[name=purpose][checked]")] == by_default
    page.form("/account/letters").submit(purpose=[])
    assert _wanted(site, "sam") == {"approvals"}
    for name, purposes in for_some.items():
        offered = site.visitor(name).get("/account/letters").form("/account/letters").choices["purpose"]
        assert set(purposes) <= set(offered)
    choose(site, purpose=by_default)
    tell(site)
    site.work()
    with site.inside():
        assert list(db.session.scalars(select(Consent))) == list(db.session.scalars(select(WaitingLine))) == []
        assert list(db.session.scalars(select(OutboxMail))) == []
    assert Consent.__table__.c.given.default.arg is False  # type: ignore[union-attr]


def test_an_answer_of_the_authors_comes_by_letter_to_those_who_asked(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL=box.url)
    at_noon()
    for name in ("sam", "lena"):
        begin(site.visitor(name)).form("/done").submit()
    choose(site, purpose=["answers"])
    page = site.visitor("tara").get("/programmes/harbour/courses/psychological-first-aid/remarks")
    with site.inside():
        lesson = next(iter(page.form("/remarks").choices["lesson"]))
    page.form("/remarks").submit(lesson=lesson, heard="Dense.", changed="Shorter.")
    site.work()
    site.work()
    assert len(box.letters) == 1
    letter = read(box.letters[0])
    assert letter["To"] == "sam@example.org" and "/remarks" in text_of(letter)
    off = str(letter["List-Unsubscribe"]).strip("<>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert off in text_of(letter) and "Dense" not in text_of(letter)


def test_one_press_of_a_mail_program_turns_a_kind_off_without_a_cookie_or_a_token(site: Site) -> None:
    at_noon()
    choose(site, purpose=["answers", "refreshers"])
    tell(site)
    site.work()
    off = urlsplit(outbox(site)[0].off_url or "").path
    looked = site.stranger().get(off)
    assert "Replies from the authors" in looked.main and "sam" not in looked.html.casefold()
    with site.inside():
        # Two months before is taken off; what the page doesn't ask Sam about stays.
        assert preferences.list_consents(site.person("sam").id) == {"answers", "refreshers", "approvals"}
    headers = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    for _time in range(2):
        answer = site.app.test_client().post(
            off, base_url=BASE, data={"List-Unsubscribe": "One-Click"}, headers=headers
        )
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    with site.inside():
        assert preferences.list_consents(site.person("sam").id) == {"refreshers", "approvals"}
    site.stranger().get(f"{off}x", expect=404)
    assert "are off" in looked.form("/" + off.rsplit("/", 1)[1]).submit().h1


def test_taking_a_consent_back_is_one_step_and_nothing_of_it_waits_any_more(site: Site) -> None:
    at_noon()
    choose(site, purpose=["answers", "refreshers"], rest_until="2099-01-01")
    tell(site)
    tell(site, "/refreshers", "refreshers")
    choose(site, purpose=["refreshers"])
    with site.inside():
        assert [row.purpose for row in db.session.scalars(select(WaitingLine))] == ["refreshers"]
        assert [row.purpose for row in db.session.scalars(select(Consent).where(Consent.given))] == ["refreshers"]


def test_letters_are_gathered_for_a_week_unless_each_is_wanted_by_itself(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    choose(site, purpose=["answers"])
    for number in range(3):
        tell(site, f"/courses?{number}")
        site.work()
    assert len(outbox(site)) == 1
    to_the_hour(12, days=9)
    site.visitors.clear()
    site.work()
    assert len(outbox(site)) == 2
    choose(site, purpose=["answers"], pace="at-once")
    for number in range(2):
        tell(site, f"/courses?again-{number}")
    site.work()
    assert len(outbox(site)) == 4


def test_a_rest_holds_what_was_asked_for_until_its_day(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    choose(site, purpose=["answers"], rest_until=(clock.now() + timedelta(days=3)).date().isoformat())
    tell(site)
    site.work()
    assert outbox(site) == []
    to_the_hour(12, days=4)
    site.work()
    assert len(outbox(site)) == 1


def test_ones_own_quiet_hours_hold_every_letter_but_the_link_to_a_new_password(sqlite_site: Site) -> None:
    site = sqlite_site
    to_the_hour(12)
    choose(site, purpose=["answers"], quiet_from="11:00", quiet_until="13:30")
    tell(site)
    form = site.stranger().get("/forgotten").form("/forgotten")
    form.submit(email="sam@example.org")
    site.work()
    site.work()
    assert [bool(row.sent_at) for row in sorted(outbox(site), key=lambda row: bool(row.off_url))] == [True, False]
    to_the_hour(13, 31)
    site.work()
    assert all(row.sent_at for row in outbox(site))


def test_a_letter_that_could_not_leave_by_day_does_not_leave_at_night(make_sqlite_site: Make, box: Box) -> None:
    to_the_hour(19, 50)
    site = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    site.do(mail_outbox.queue_mail, site.settings, "sam@example.org", "Hello", "Hello.")
    site.work()
    to_the_hour(20, 30)
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    back.work()
    assert box.letters == []
    to_the_hour(8, 0, days=2)
    back.work()
    assert len(box.letters) == 1


def test_quiet_hours_of_a_day_end_the_same_day_and_equal_ones_hold_nothing() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert after_quiet_hours(noon, "UTC", Quiet(time(11), time(14))) == noon.replace(hour=14)
    assert after_quiet_hours(noon, "UTC", Quiet(time(13), time(14))) == noon
    assert after_quiet_hours(noon, "UTC", Quiet(time(9), time(9))) == noon
    assert after_quiet_hours(noon, "UTC", Quiet(time(11), time(6))) == noon.replace(day=25, hour=6)


@pytest.mark.parametrize(
    ("zone", "begun", "until", "ends"),
    [
        # The same moment is Tuesday evening east of the date line, and Monday evening west of it.
        ("Pacific/Kiritimati", "2026-11-24T07:00+00:00", time(8), "2026-11-24T18:00+00:00"),
        ("Pacific/Pago_Pago", "2026-11-24T07:00+00:00", time(8), "2026-11-24T19:00+00:00"),
        # A night of eleven hours in which clocks are put forward, and one of thirteen in which they are put back.
        ("Europe/London", "2027-03-27T20:00+00:00", time(8), "2027-03-28T07:00+00:00"),
        ("Europe/London", "2026-10-24T19:00+00:00", time(8), "2026-10-25T08:00+00:00"),
        # Half past one comes twice that night, and half past one in March never.
        ("Europe/London", "2026-10-25T00:15+00:00", time(1, 30), "2026-10-25T00:30+00:00"),
        ("Europe/London", "2026-10-25T01:15+00:00", time(1, 30), "2026-10-25T01:30+00:00"),
        ("Europe/London", "2027-03-28T00:15+00:00", time(1, 30), "2027-03-28T01:30+00:00"),
        # A zone that a newer list has dropped goes by the site's clock.
        ("Mars/Olympus", "2026-11-24T21:00+00:00", time(8), "2026-11-25T08:00+00:00"),
    ],
)
def test_quiet_hours_follow_the_clock_of_a_place(zone: str, begun: str, until: time, ends: str) -> None:
    quiet = Quiet(time(20), until, zone)
    assert after_quiet_hours(datetime.fromisoformat(begun), "UTC", quiet).isoformat(timespec="minutes") == ends


def test_an_email_waits_for_the_morning_where_its_reader_is(sqlite_site: Site) -> None:
    site, hours = sqlite_site, []
    at_noon()
    # Noon is late in the evening in Auckland and early in the morning in Los Angeles.
    for chosen, of_programme in (("", "UTC"), ("", "Pacific/Auckland"), ("America/Los_Angeles", "Pacific/Auckland")):
        site.do(set_programme, "harbour", None, {"timezone": of_programme})
        choose(site, zone=chosen)
        with site.inside():
            hours.append(preferences.quiet_hours(site.person("sam").id))
            site.do(mail_outbox.queue_mail, site.settings, "sam@example.org", "Hello", "Hello.", quiet=hours[-1])
    assert [quiet.zone for quiet in hours] == ["UTC", "Pacific/Auckland", "America/Los_Angeles"]
    site.work()
    assert [bool(row.sent_at) for row in outbox(site)] == [True, False, False]
    page = site.visitor("sam").get("/account/letters")
    assert "it’s 04:0" in page.main and "Same as my programme: Auckland" in page.main
    form = page.form("/account/letters")
    fields = [(name, "Mars/Olympus" if name == "zone" else value) for name, value in form.fields]
    again = site.visitor("sam").post("/account/letters", fields, expect=422)
    assert "choose a time zone from the list" in again.main


def test_a_time_that_is_none_is_asked_for_again(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("sam").get("/account/letters").form("/account/letters")
    again = page.submit(quiet_from="late", rest_until="soon", expect=422)
    assert "enter a time such as 20:00." in again.main and "enter a date such as" in again.main
