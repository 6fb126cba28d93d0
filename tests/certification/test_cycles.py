"""How long certificates stand: the three modes, leap days, windows, grace, and renewing without losing what was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.awards.records import Award, find_award
from lms.certification.awards.validity import (
    MODES,
    Validity,
    add_months,
    can_be_renewed,
    dates_for,
    first_end,
    next_end,
    opens_on,
    stage_of,
)
from lms.foundation import clock
from tests.builders.learning import COURSE, PFA, earn, take_check
from tests.builders.rows import count_events, count_rows, list_awards
from tests.conftest import Site
from tests.inspector import Page

D = date.fromisoformat
YEAR = Validity("completion", 12, 60, 0)
ON = Validity("expiry", 12, 60, 30)
FIXED = Validity("fixed", None, 60, 0, 6, (6, 30))
LEAP = Validity("fixed", None, 60, 0, 0, (2, 29))
PLAIN_DAY = Validity("fixed", None, 60, 0, 0, (6, 30))
MONTH = Validity("expiry", 1, 20, 5)
SHORT = Validity("expiry", 6, 30, 10)
FIRST = [
    (YEAR, "2026-11-24", "2027-11-24"),
    (YEAR, "2024-02-29", "2025-02-28"),
    (Validity("completion", 24), "2024-02-29", "2026-02-28"),
    (Validity("completion", 48), "2024-02-29", "2028-02-29"),
    (Validity("completion", 1), "2026-01-31", "2026-02-28"),
    (Validity("completion", None), "2026-01-31", None),
    (ON, "2026-11-24", "2027-11-24"),
    (FIXED, "2026-11-24", "2027-06-30"),
    (FIXED, "2026-12-30", "2027-06-30"),
    (FIXED, "2026-12-31", "2027-06-30"),
    (FIXED, "2027-01-01", "2028-06-30"),
    (LEAP, "2026-11-24", "2027-02-28"),
    (LEAP, "2027-02-28", "2028-02-29"),
    (LEAP, "2027-12-01", "2028-02-29"),
]
NEXT = [
    # completion: the end before does not matter
    (YEAR, "2027-11-24", "2027-10-01", "2028-10-01"),
    (YEAR, "2027-11-24", "2028-10-01", "2029-10-01"),
    # expiry: on from the end before, within the window and the days of grace
    (ON, "2027-11-24", "2027-09-25", "2028-11-24"),
    (ON, "2027-11-24", "2027-09-24", "2028-09-24"),
    (ON, "2027-11-24", "2027-12-24", "2028-11-24"),
    (ON, "2027-11-24", "2027-12-25", "2028-12-25"),
    # fixed: in time it is the next such day after the end before, also where nothing else would ask for a year more
    (FIXED, "2027-06-30", "2027-06-01", "2028-06-30"),
    (PLAIN_DAY, "2027-06-30", "2027-06-01", "2028-06-30"),
    (PLAIN_DAY, "2027-06-30", "2027-04-30", "2027-06-30"),
    (PLAIN_DAY, "2027-06-30", "2027-07-01", "2028-06-30"),
    (LEAP, "2027-02-28", "2027-02-01", "2028-02-29"),
    (LEAP, "2028-02-29", "2028-02-29", "2029-02-28"),
    # month ends: what was first meant is the day of the first pass, or the last day of the month
    (MONTH, "2027-01-31", "2027-01-20", "2027-02-28"),
    (MONTH, "2027-02-28", "2027-02-20", "2027-03-28"),
    # the window and the days of grace: their first and last days, and the days beside them
    (SHORT, "2027-03-31", "2027-03-01", "2027-09-30"),
    (SHORT, "2027-03-31", "2027-02-28", "2027-08-28"),
    (SHORT, "2027-03-31", "2027-04-10", "2027-09-30"),
    (SHORT, "2027-03-31", "2027-04-11", "2027-10-11"),
    # a rule that became shorter, or without an end
    (Validity("completion", 1), "2029-01-31", "2027-01-31", "2029-01-31"),
]
NO_END = Validity("expiry", None)


@pytest.mark.parametrize(("rule", "passed", "end"), FIRST)
def test_the_first_end(rule: Validity, passed: str, end: str | None) -> None:
    assert first_end(rule, D(passed)) == (D(end) if end else None)


@pytest.mark.parametrize(("rule", "before", "passed", "end"), NEXT)
def test_the_end_of_a_renewal(rule: Validity, before: str, passed: str, end: str) -> None:
    assert next_end(rule, D(before), D(passed), D("2026-11-24")) == D(end)


def test_what_has_no_end_is_never_due_and_renewed_it_has_none() -> None:
    assert next_end(NO_END, D("2027-01-31"), D("2027-01-31"), D("2026-01-31")) is None
    assert first_end(NO_END, D("2026-01-31")) is None and dates_for(NO_END, D("2026-01-31")).renewed == ()
    assert not can_be_renewed(NO_END, None, D("2099-01-01"))


def test_the_leap_day_comes_back_when_there_is_one() -> None:
    end, first = D("2025-02-28"), D("2024-02-29")
    ends = [end]
    for _ in range(3):
        following = next_end(ON, ends[-1], ends[-1], first)
        assert following is not None
        ends.append(following)
    assert [str(day) for day in ends] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_the_stages_of_a_cycle() -> None:
    end = D("2027-11-24")
    days = {"2027-09-24": "current", "2027-09-25": "expiring", "2027-11-24": "expiring", "2027-11-25": "in grace"}
    days |= {"2027-12-24": "in grace", "2027-12-25": "lapsed"}
    assert {day: stage_of(ON, end, D(day)) for day in days} == days
    assert stage_of(ON, None, end) == "without end"


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-12-31T23:30", "UTC", "2026-12-31"),
        ("2026-12-31T23:30", "Pacific/Auckland", "2027-01-01"),
        ("2027-01-01T03:30", "America/New_York", "2026-12-31"),
        ("2026-03-29T00:59", "Europe/Paris", "2026-03-29"),
        ("2026-10-24T22:30", "Europe/Paris", "2026-10-25"),
        ("2028-02-29T10:59", "Pacific/Apia", "2028-02-29"),
        ("2028-02-29T11:00", "Pacific/Apia", "2028-03-01"),
        ("2028-03-01T10:59", "Pacific/Pago_Pago", "2028-02-29"),
        ("2028-03-01T11:00", "Pacific/Pago_Pago", "2028-03-01"),
    ],
)
def test_a_day_is_that_of_the_programmes_own_clock(moment: str, zone: str, day: str) -> None:
    assert clock.day_of(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone) == D(day)


RULES = st.builds(
    Validity,
    st.sampled_from(MODES),
    st.integers(1, 60),
    st.integers(0, 365),
    st.integers(0, 365),
    st.integers(0, 36),
    st.tuples(st.integers(1, 12), st.integers(1, 31)),
)


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(RULES, DAYS)
def test_an_end_is_always_after_the_pass_and_the_dates_shown_are_in_order(rule: Validity, passed: date) -> None:
    dates = dates_for(rule, passed)
    assert dates.end is not None and dates.opens is not None and dates.grace_until is not None
    assert passed < dates.opens <= dates.end <= dates.grace_until
    assert can_be_renewed(rule, dates.end, dates.end) and not can_be_renewed(rule, None, passed)
    if rule.mode == "fixed":
        assert dates.end >= add_months(passed, rule.minimum_months)
    ends = [until for _on, until in dates.renewed if until]
    assert len(ends) == 3 and ends == sorted(ends) and ends[0] >= dates.end and ends[1] > dates.end


@given(RULES, DAYS, st.lists(st.integers(-400, 400), min_size=1, max_size=8))
def test_renewing_never_shortens_however_often_and_whenever(rule: Validity, passed: date, steps: list[int]) -> None:
    """Each step renews so many days round the end before, but never on an earlier day than the last renewal."""
    end, on = first_end(rule, passed), passed
    for step in steps:
        assert end is not None
        on, before = max(on, end + timedelta(days=step)), end
        end = next_end(rule, before, on, passed)
        assert end is not None and end >= before
        on_time = opens_on(rule, before) <= on <= before
        if on_time and rule.mode != "completion":
            assert end > before
        if on > before:
            assert end > on or rule.mode == "expiry"


@given(RULES, RULES, DAYS)
def test_a_rule_that_is_shorter_than_the_one_before_takes_no_day_away(
    earlier: Validity, later: Validity, passed: date
) -> None:
    before = first_end(earlier, passed)
    assert before is not None
    after = next_end(later, before, before, passed)
    assert after is not None and after >= before


def day_words(day: date | None) -> str:
    """Return a day as pages write it; call it outside."""
    assert day is not None
    return f"{day.day} {day:%B} {day.year}"


def pass_again(site: Site) -> Page:
    """Take the check once more and pass it."""
    site.visitors.clear()
    return take_check(site, "sam")


def test_a_pass_in_the_window_renews_and_the_earlier_certificate_stays_what_it_is(site: Site) -> None:
    first = earn(site)
    pass_again(site)
    assert count_rows(site, Award) == 1
    clock.shift(timedelta(days=700))
    pass_again(site)
    with site.inside():
        before, after = (award for award in sorted(list_awards(), key=lambda award: award.cycle))
        assert (before.code, before.cycle, after.cycle) == (first, 1, 2) and before.renewed_by == after.id
        assert after.passed_on == before.passed_on + timedelta(days=700)
        second = after.code
    pass_again(site)
    assert count_rows(site, Award) == 2 and count_events(site, "CertificateRenewed") == 1
    stranger = site.stranger()
    assert stranger.get(f"/verify/{first}").h1 == stranger.get(f"/verify/{second}").h1 == "This certificate is valid"
    assert site.visitor("sam").get(f"/certificates/{first}").h1 == "This certificate has been renewed"
    clock.shift(timedelta(days=800))
    page = site.stranger().get(f"/verify/{first}")
    assert page.h1.startswith("This certificate was valid until") and "has since been renewed" in page.main
    assert site.stranger().get(f"/verify/{second}").h1 == "This certificate is valid"


def test_renewing_is_offered_when_the_window_is_open(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    assert "You can renew it now" not in site.visitor("sam").get(f"/certificates/{code}").main
    clock.shift(timedelta(days=650))
    site.visitors.clear()
    page = site.visitor("sam").get(f"/certificates/{code}").form("/renew").submit()
    assert page.path == f"{COURSE}/left" and page.h1 == "What you need to renew"


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Pago_Pago"])
def test_a_certificate_has_the_day_of_its_programme_whatever_day_it_is_elsewhere(
    make_sqlite_site: Callable[..., Site], zone: str
) -> None:
    site = make_sqlite_site(LMS_TIMEZONE=zone)
    code, day = earn(site), clock.today(zone)
    with site.inside():
        award = find_award(code)
        assert award is not None and award.valid_until is not None
        assert award.passed_on == day and award.valid_until == add_months(day, 24)
        last = award.valid_until
    ends = datetime.combine(last, time(23, 59), ZoneInfo(zone))
    clock.shift(ends - datetime.now(UTC))
    assert site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"
    clock.shift(ends + timedelta(minutes=2) - datetime.now(UTC))
    assert site.stranger().get(f"/verify/{code}").h1.startswith("This certificate was valid until")


def test_cora_sees_the_dates_for_sam_before_she_keeps_a_rule(site: Site) -> None:
    code = earn(site)
    address = f"/programmes/harbour/courses/{PFA}/validity"
    cora = site.visitor("cora")
    form = cora.get(address).form_with("Show the dates")
    page = form.submit("Show the dates", mode="fixed", fixed_day="30", fixed_month="6", minimum_months="6", person=code)
    with site.inside():
        award = find_award(code)
        assert award is not None and award.valid_until is not None
        printed, rule = award.valid_until, Validity("fixed", 24, 90, 0, 6, (6, 30))
        renewed = next_end(rule, printed, printed, award.passed_on)
    assert "What this means for Sam Osei" in page.main
    assert day_words(printed) in page.main and "as printed on it" in page.main
    assert day_words(renewed) in page.main
    assert cora.get(address).form_with("Show the dates").page.find("input[value=completion][checked]")
    page = page.form_with("Save").submit("Save")
    assert count_events(site, "ValiditySet") == 1 and "Saved. The rule applies" in page.text
    lena = earn(site, "lena")
    with site.inside():
        award, sams = find_award(lena), find_award(code)
        assert award is not None and sams is not None and award.valid_until is not None
        assert (award.valid_until.day, award.valid_until.month) == (30, 6)
        assert sams.valid_until == printed
    site.visitor("mina").get(address, expect=404)
    site.visitor("tara").get(address, expect=404)


def test_a_rule_whose_dates_cora_has_not_seen_is_shown_before_it_is_kept(sqlite_site: Site) -> None:
    site = sqlite_site
    form = site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/validity").form_with("Save")
    page = form.submit("Save", months="36")
    assert "Please check them here, and then save the rule" in page.main and count_events(site, "ValiditySet") == 0
    page.form_with("Save").submit("Save")
    assert count_events(site, "ValiditySet") == 1


def test_a_number_that_is_none_is_answered_with_its_bounds(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/validity").form_with("Save")
    page = form.submit("Save", expect=422, months="lots", fixed_month="13")
    assert "from 0 to 240" in page.main and "from 1 to 12" in page.main
    assert count_events(sqlite_site, "ValiditySet") == 0
