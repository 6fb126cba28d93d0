"""The end of a certificate: each chosen letter once through a year of days, none that is not due, none that is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from lms import reminders
from lms.accounts.actions import set_programme
from lms.accounts.notifications import preferences
from lms.accounts.notifications.preferences import WaitingLine
from lms.accounts.records import Person
from lms.certification.awards import actions, reissue
from lms.certification.awards.records import Award, find_award
from lms.certification.awards.validity import NOTICES, Validity, days_before, notice_due
from lms.certification.renewal import actions as renewal_actions
from lms.certification.renewal.expiry_notices import EndNotice
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.per_app import provided
from tests.builders.learning import PFA, earn, pass_check
from tests.builders.mail import Box, at_noon, outbox, read, text_of
from tests.builders.rows import count_events as count
from tests.conftest import Site
from tests.inspector import BASE

Make = Callable[..., Site]
ALL = list(NOTICES)
D = date.fromisoformat


def to(day: date, hour: int = 12, minute: int = 0, zone: str = "UTC") -> None:
    clock.shift(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)) - datetime.now(UTC))


def end_of(site: Site, code: str) -> date:
    with site.inside():
        award = find_award(code)
        assert award is not None and award.valid_until is not None
        return award.valid_until


def to_days_before(site: Site, code: str, days: int, hour: int = 12) -> None:
    to(end_of(site, code) - timedelta(days=days), hour)


def choose(site: Site, name: str, *wanted: str) -> None:
    with site.inside():
        person_id = site.person(name).id
    site.do(preferences.save_email_preferences, person_id, set(wanted), weekly=True, snoozed_until=None)


def a_year(site: Site, months: int = 12) -> None:
    """Let certificates stand for a year."""
    with site.inside():
        programme_id = next(iter(site.roles(site.person("sam").id)))
    site.do(renewal_actions.set_validity, programme_id, PFA, Validity("completion", months))


def about_ends(site: Site) -> int:
    """Return how many letters on ends were ever written, also those that are forgotten since."""
    return count(site, "EndTold")


def told(site: Site) -> list[str]:
    site.work()
    site.work()
    return [row.subject for row in outbox(site) if "certificate expires on" in row.subject and row.sent_at]


def sweep(site: Site) -> None:
    """Do the part of the job process's minute that tells of ends, and send what is due."""
    with site.inside():
        for part in (
            reminders.send_expiry_reminders,
            reminders.queue_expiry_updates,
            reminders.send_lines,
            mail_outbox.sweep,
        ):
            part(site.settings)


def rows(site: Site) -> dict[str, set[str]]:
    """Return which notices were given, by the name of their reader."""
    found: dict[str, set[str]] = {}
    with site.inside():
        query = select(Person.email, EndNotice.notice).join(Person, Person.id == EndNotice.person_id)
        for email, notice in db.session.execute(query):
            found.setdefault(email.split("@")[0], set()).add(notice)
    return found


def test_a_holder_is_told_once_two_months_before_the_end(site: Site) -> None:
    at_noon()
    code = earn(site)
    to_days_before(site, code, 61)
    assert told(site) == []
    to_days_before(site, code, 60, hour=5)
    assert told(site) == []
    to_days_before(site, code, 60)
    assert len(told(site)) == 1
    for days in (59, 55, 10):
        to_days_before(site, code, days)
        assert len(told(site)) <= 1
    assert "We sent you an expiry reminder" in site.visitor("sam").get("/account").main


def test_through_a_year_each_gets_each_chosen_letter_once(make_sqlite_site: Make, box: Box) -> None:
    """Sam wants them all, Lena what comes by default; Tara renews, Mina's is withdrawn, Cora leads."""
    site = make_sqlite_site(LMS_MAIL_URL=box.url)
    to(D("2027-03-01"))
    a_year(site)
    codes = {name: earn(site, name) for name in ("sam", "lena", "tara", "cora", "mina")}
    choose(site, "sam", *ALL)
    choose(site, "tara", *ALL)
    choose(site, "mina", *ALL)
    choose(site, "cora", "programme-ends")
    site.do(actions.withdraw, _id(site, codes["mina"]), "other")
    for days in range(1, 400):
        day = D("2027-03-01") + timedelta(days=days)
        to(day)
        if day == D("2028-01-15"):
            pass_check(site, _enrolment(site, codes["tara"]))
        sweep(site) if day.day % 4 else site.work()
        if day.day % 3 == 0:
            sweep(site)
    assert rows(site)["sam"] == set(ALL) and rows(site)["lena"] == {"ends-60"}
    assert rows(site)["tara"] == {"ends-90", "ends-60"} and "mina" not in rows(site)
    by_reader = Counter((read(letter)["To"], read(letter)["Subject"]) for letter in box.letters)
    own = {reader: count for (reader, subject), count in by_reader.items() if "Your certificate expires" in subject}
    assert own == {"sam@example.org": 4, "lena@example.org": 1, "tara@example.org": 2}
    assert [to for (to, subject) in by_reader if "expired on 1 March 2028" in subject] == ["sam@example.org"]
    _look_at_digests(box)


def _look_at_digests(box: Box) -> None:
    digests = [text_of(read(one)) for one in box.letters if "Here’s what you asked" in text_of(read(one))]
    assert len(digests) == 5 and all("Sam Osei" in text and "Lena Brandt" in text for text in digests)
    assert not any("Tara" in text or "Mina" in text or "Cora H" in text.split("\n", 2)[2] for text in digests)
    assert all("1 March 2028" in text and "%" not in text and "lessons" not in text for text in digests)


def _id(site: Site, code: str) -> str:
    with site.inside():
        award = find_award(code)
        assert award is not None
        return award.id


def _enrolment(site: Site, code: str) -> str:
    with site.inside():
        award = find_award(code)
        assert award is not None
        return award.enrolment_id


def test_two_sweeps_at_the_same_moment_tell_once(site: Site) -> None:
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    files: dict[str, EmailMessage] = {}
    for number, days in enumerate((90, 60, 30, 7, -1), 1):
        to_days_before(site, code, days)
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(site.work) for _sweep in range(4)]:
                done.result()
        assert about_ends(site) == number
        files |= {file.name: read(file.read_bytes()) for file in (site.settings.data / "mail").iterdir()}
    assert len([one for one in files.values() if "certificate expire" in one["Subject"]]) == 5


def test_a_mail_server_that_is_away_for_a_day_loses_none_and_doubles_none(make_sqlite_site: Make, box: Box) -> None:
    away = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    to(D("2027-03-01"))
    a_year(away)
    codes = [earn(away, name) for name in ("sam", "lena", "tara")]
    start = end_of(away, codes[0]) - timedelta(days=60)
    for name in ("sam", "lena", "tara"):
        with away.inside():
            person_id = away.person(name).id
        away.do(preferences.choose, person_id, quiet_from=_NEVER, quiet_until=_NEVER)
    for quarter in range(24 * 4 + 4):
        to(start, 0)
        clock.shift(clock.now() + timedelta(minutes=15 * quarter) - datetime.now(UTC))
        away.work()
    assert box.letters == [] and about_ends(away) == 3
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    for hour in range(5):
        to(start + timedelta(days=1), 2 + hour)
        back.work()
    ends = [read(one) for one in box.letters if "certificate expires on" in str(read(one)["Subject"])]
    assert Counter(one["To"] for one in ends) == dict.fromkeys(
        ("sam@example.org", "lena@example.org", "tara@example.org"), 1
    )
    assert len({read(one)["Message-ID"] for one in box.letters}) == len(box.letters)


def _letter_waits(away: Site) -> str:
    """Let the mail server be away on the day on which Sam is to be told; return the code."""
    to(D("2027-03-01"))
    code = earn(away)
    away.work()
    to_days_before(away, code, 60)
    away.work()
    assert about_ends(away) == 1 and rows(away)["sam"] == {"ends-60"}
    return code


@pytest.mark.parametrize("held", [False, True])
def test_a_letter_that_waits_for_the_mail_server_is_taken_back_when_its_reader_renews(
    make_sqlite_site: Make, box: Box, held: bool
) -> None:
    away = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    code = _letter_waits(away)
    if held:
        away.do(set_programme, "harbour", None, {}, None, touch_hold=True)
    pass_check(away, _enrolment(away, code))
    to_days_before(away, code, 59)
    make_sqlite_site(LMS_MAIL_URL=box.url).work()
    assert not [one for one in box.letters if "certificate expires on" in read(one)["Subject"]]


def test_what_was_taken_back_with_a_withdrawal_is_told_once_it_stands_again(make_sqlite_site: Make, box: Box) -> None:
    away = make_sqlite_site(LMS_MAIL_URL="smtp://127.0.0.1:9")
    code = _letter_waits(away)
    away.do(actions.withdraw, _id(away, code), "other")
    assert rows(away) == {}
    back = make_sqlite_site(LMS_MAIL_URL=box.url)
    to_days_before(back, code, 59)
    back.work()
    assert not [one for one in box.letters if "certificate expires on" in read(one)["Subject"]]
    back.do(reissue.reinstate, _id(back, code))
    for _minute in range(3):
        back.work()
    assert len([one for one in box.letters if "certificate expires on" in read(one)["Subject"]]) == 1


_NEVER = datetime(2027, 1, 1).time()  # noqa: DTZ001 - the same hour twice: no quiet hours


@pytest.mark.parametrize("ends", ["withdrawn", "renewed", "disabled", "erased"])
def test_nobody_is_told_of_a_certificate_that_is_no_longer_theirs_to_renew(sqlite_site: Site, ends: str) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    to_days_before(site, code, 80)
    if ends == "withdrawn":
        site.do(actions.withdraw, _id(site, code), "other")
    elif ends == "renewed":
        pass_check(site, _enrolment(site, code))
    elif ends == "disabled":
        site.do(_disable, "sam@example.org")
    else:
        with site.inside():
            person_id = site.person("sam").id
        site.do(provided(Hooks, site.app).delete_person, person_id, None)
    for days in (60, 30, 7, -1):
        to_days_before(site, code, days)
        site.work()
    assert about_ends(site) == 0 and rows(site) == {}


def _disable(email: str) -> None:
    db.session.execute(update(Person).where(Person.email == email).values(disabled_at=clock.now()))


def test_a_certificate_made_anew_goes_on_where_the_earlier_one_was(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    to_days_before(site, code, 60)
    assert len(told(site)) == 1
    site.do(reissue.reissue_certificate, _id(site, code), "fault")
    assert len(told(site)) == 1
    to_days_before(site, code, 30)
    assert len(told(site)) == 2


def test_after_the_site_was_away_the_latest_letter_comes_and_no_pile_of_them(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    to_days_before(site, code, 5)
    assert len(told(site)) == 1 and rows(site)["sam"] == {"ends-7"}


def test_who_rests_from_letters_is_told_once_afterwards(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    with site.inside():
        person_id = site.person("sam").id
    site.do(preferences.choose, person_id, snoozed_until=end_of(site, code) - timedelta(days=20))
    for days in (90, 60, 30, 21):
        to_days_before(site, code, days)
        assert told(site) == []
    to_days_before(site, code, 20)
    assert len(told(site)) == 1 and rows(site)["sam"] == {"ends-30"}


def test_a_clock_that_jumps_makes_no_storm(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    end = end_of(site, code)
    day = end - timedelta(days=60)
    for hours in (12, 14, 12, 10, 12, 14):
        to(day, hours)
        site.work()
    assert about_ends(site) == 1
    to(end + timedelta(days=340))
    site.work()
    assert about_ends(site) == 1
    to(end + timedelta(days=40))
    site.work()
    site.work()
    assert about_ends(site) == 2
    to(end - timedelta(days=30))
    site.work()
    assert about_ends(site) == 3 and rows(site)["sam"] == {"ends-60", "ends-30", "ended"}


def test_a_clock_that_goes_back_over_midnight_brings_back_no_earlier_letter(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "sam", *ALL)
    with site.inside():
        person_id = site.person("sam").id
    site.do(preferences.choose, person_id, quiet_from=_NEVER, quiet_until=_NEVER)
    day = end_of(site, code) - timedelta(days=60)
    for moment in ((day, 0, 30), (day - timedelta(days=1), 22, 30), (day, 0, 31)):
        to(*moment)
        site.work()
        assert about_ends(site) == 1


def test_the_days_are_those_of_the_sites_own_zone(make_sqlite_site: Make) -> None:
    site = make_sqlite_site(LMS_TIMEZONE="Pacific/Auckland")
    at_noon()
    code = earn(site)
    day = end_of(site, code) - timedelta(days=60)
    to(day - timedelta(days=1), 19, zone="Pacific/Auckland")
    assert told(site) == []
    to(day, 8, 1, zone="Pacific/Auckland")
    assert clock.now().date() == day - timedelta(days=1)
    assert len(told(site)) == 1


def test_one_press_ends_letters_of_one_kind_and_the_page_says_which(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    to_days_before(site, code, 60)
    told(site)
    off = next(row.off_url for row in outbox(site) if row.off_url)
    assert "Two months before" in site.stranger().get(urlsplit(off).path).main
    answer = site.app.test_client().post(urlsplit(off).path, base_url=BASE, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    page = site.visitor("sam").get("/account/letters")
    checked = {box.get("value") for box in page.find("input[name=purpose][checked]")}
    assert checked == set(preferences.ASSIGNED), "of those about certificates, none"
    page.form("/account/letters").submit(purpose=["ends-60", "ends-7"])
    with site.inside():
        # What only trainers are asked about stays as it was.
        assert preferences.list_consents(site.person("sam").id) - {"approvals"} == {"ends-60", "ends-7"}


def test_a_coordinator_is_told_of_their_own_programme_only_and_only_when_asked(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    code = earn(site)
    choose(site, "mina", "programme-ends")
    to_days_before(site, code, 30)
    site.work()
    assert {row.recipient for row in outbox(site) if "soon or" in row.subject} == set()
    choose(site, "cora", "programme-ends")
    site.work()
    site.work()
    found = [row for row in outbox(site) if "soon or" in row.subject]
    assert [row.recipient for row in found] == ["cora@example.org"] and found[0].off_url
    assert rows(site)["cora"] == {"ends-30"}


def test_who_is_not_on_a_coordinators_list_is_in_no_letter_either(sqlite_site: Site) -> None:
    at_noon()
    code = earn(sqlite_site, "tara")
    choose(sqlite_site, "cora", "programme-ends")
    to_days_before(sqlite_site, code, 30)
    for _minute in range(3):
        sqlite_site.work()
    with sqlite_site.inside():
        assert db.session.scalars(select(WaitingLine)).all() == []
    assert "cora" not in rows(sqlite_site)


def test_a_closed_account_gets_no_digest(sqlite_site: Site) -> None:
    at_noon()
    code = earn(sqlite_site)
    choose(sqlite_site, "cora", "programme-ends")
    to_days_before(sqlite_site, code, 30)
    sqlite_site.do(_disable, "cora@example.org")
    sqlite_site.work()
    assert "cora" not in rows(sqlite_site)


def test_what_was_renewed_while_the_digest_waited_is_not_in_it(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    codes = [earn(site, name) for name in ("sam", "lena")]
    choose(site, "cora", "programme-ends")
    with site.inside():
        cora = site.person("cora").id
    to_days_before(site, codes[0], 60)
    site.do(preferences.choose, cora, told_on=clock.now().date() - timedelta(days=2))
    site.work()
    pass_check(site, _enrolment(site, codes[0]))
    to_days_before(site, codes[0], 54)
    site.work()
    with site.inside():
        found = list(db.session.scalars(select(EndNotice).where(EndNotice.person_id == cora)))
        assert [db.session.get_one(Award, row.award_id).code for row in found] == [codes[1]]


@given(
    begun=st.dates(D("2023-01-01"), D("2025-01-01")),
    stands=st.integers(0, 900),
    wanted=st.sets(st.sampled_from(ALL)),
    gaps=st.lists(st.integers(0, 40), max_size=120),
)
def test_through_any_days_each_notice_is_due_once_and_in_its_order(
    begun: date, stands: int, wanted: set[str], gaps: list[int]
) -> None:
    end, today, given_out = begun + timedelta(days=stands), begun, {}
    for gap in gaps:
        today += timedelta(days=gap)
        due = notice_due(begun, end, today, wanted, given_out)
        assert due is None or (due in wanted and due not in given_out)
        assert due is None or end - timedelta(days=days_before(due, begun, end)) <= today
        if due:
            given_out[due] = today
    in_order = [end - timedelta(days=days_before(name, begun, end)) for name in given_out]
    assert in_order == sorted(set(in_order))


@pytest.mark.parametrize(
    ("stands", "wanted", "before"),
    [
        (31, {"ends-60"}, 7),
        (28, {"ends-60"}, 7),
        (31, {"ends-90", "ends-60"}, 7),
        (59, {"ends-60"}, 7),
        (60, {"ends-60"}, 30),
        (61, {"ends-60"}, 30),
        (66, {"ends-60"}, 30),
        (67, {"ends-60"}, 60),
        (92, {"ends-90"}, 30),
        (97, {"ends-90"}, 90),
        (89, {"ends-90"}, 30),
        (14, {"ends-60"}, 7),
        (31, {"ends-30"}, 7),
        (37, {"ends-30"}, 30),
    ],
)
def test_a_short_certificate_is_told_of_before_its_end_once(stands: int, wanted: set[str], before: int) -> None:
    begun, given_out = D("2026-01-31"), {}
    end = begun + timedelta(days=stands)
    for passed in range(stands + 1):
        today = begun + timedelta(days=passed)
        due = notice_due(begun, end, today, wanted, given_out)
        if due:
            given_out[due] = today
    assert list(given_out.values()) == [end - timedelta(days=before)]


def test_a_certificate_of_a_month_brings_sam_one_email_a_week_before_its_end(sqlite_site: Site, box: Box) -> None:
    a_year(sqlite_site, months=1)
    code = earn(sqlite_site)
    to_days_before(sqlite_site, code, 8)
    assert told(sqlite_site) == []
    to_days_before(sqlite_site, code, 7)
    assert len(told(sqlite_site)) == 1
    to_days_before(sqlite_site, code, 1)
    assert len(told(sqlite_site)) == 1
    with sqlite_site.inside():
        assert {row.notice for row in db.session.scalars(select(EndNotice))} == {"ends-60"}


@pytest.mark.parametrize(
    ("end", "day", "due"),
    [
        ("2028-02-29", "2027-12-31", "ends-60"),
        ("2028-04-29", "2028-02-29", "ends-60"),
        ("2027-04-29", "2027-02-28", "ends-60"),
        ("2028-02-29", "2028-02-29", "ends-7"),
        ("2028-02-29", "2028-03-01", "ended"),
        ("2028-02-29", "2028-04-29", "ended"),
        ("2028-02-29", "2028-04-30", None),
        ("2028-03-07", "2028-02-29", "ends-7"),
    ],
)
def test_leap_days_are_days(end: str, day: str, due: str | None) -> None:
    assert notice_due(D("2026-02-28"), D(end), D(day), set(ALL), {}) == due


def test_letters_and_cycles_know_the_same_notices() -> None:
    assert tuple(NOTICES) == preferences.ENDS and "ends-60" in preferences.BY_DEFAULT
