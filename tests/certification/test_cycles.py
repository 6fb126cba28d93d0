"""How long certificates stand: the three modes, leap days, windows, grace, and renewing without losing what was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.certification.cycles import (
    MODES,
    Validity,
    add_months,
    can_be_renewed,
    dates_for,
    first_end,
    next_end,
    stage_of,
)
from lms.certification.records import Award, find_award, list_awards
from lms.foundation import clock
from tests.conftest import Site
from tests.inspector import Page
from tests.learning.test_once import count, told
from tests.roads import COURSE, PFA, earn, take_check

D = date.fromisoformat
YEAR = Validity("completion", 12, 60, 0)
ON = Validity("expiry", 12, 60, 30)
FIXED = Validity("fixed", None, 60, 0, 6, (6, 30))
LEAP = Validity("fixed", None, 60, 0, 0, (2, 29))
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
    (FIXED, "2027-06-30", "2027-06-01", "2028-06-30"),
]


@pytest.mark.parametrize(("rule", "passed", "end"), FIRST)
def test_the_first_end(rule: Validity, passed: str, end: str | None) -> None:
    assert first_end(rule, D(passed)) == (D(end) if end else None)


@pytest.mark.parametrize(("rule", "before", "passed", "end"), NEXT)
def test_the_end_of_a_renewal(rule: Validity, before: str, passed: str, end: str) -> None:
    assert next_end(rule, D(before), D(passed), D("2026-11-24")) == D(end)


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


@given(RULES, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_an_end_is_always_after_the_pass_and_renewing_never_shortens(rule: Validity, passed: date) -> None:
    dates = dates_for(rule, passed)
    assert dates.end is not None and dates.next_end is not None and dates.opens is not None
    assert dates.end > passed and dates.next_end > dates.end and dates.opens <= dates.end
    assert can_be_renewed(rule, dates.end, dates.end) and not can_be_renewed(rule, None, passed)
    if rule.mode == "fixed":
        assert dates.end >= add_months(passed, rule.minimum_months)


def pass_again(site: Site) -> Page:
    """Take the check once more and pass it."""
    site.visitors.clear()
    return take_check(site, "sam")


def test_a_pass_in_the_window_renews_and_the_earlier_certificate_stays_what_it_is(site: Site) -> None:
    first = earn(site)
    pass_again(site)
    assert count(site, Award) == 1
    clock.shift(timedelta(days=700))
    pass_again(site)
    with site.inside():
        before, after = (award for award in sorted(list_awards(), key=lambda award: award.cycle))
        assert (before.code, before.cycle, after.cycle) == (first, 1, 2) and before.renewed_by == after.id
        assert after.passed_on == before.passed_on + timedelta(days=700)
        second = after.code
    pass_again(site)
    assert count(site, Award) == 2 and told(site, "CertificateRenewed") == 1
    stranger = site.stranger()
    assert stranger.get(f"/verify/{first}").h1 == stranger.get(f"/verify/{second}").h1 == "This certificate is valid"
    assert site.visitor("sam").get(f"/certificates/{first}").h1 == "This certificate was renewed"
    clock.shift(timedelta(days=800))
    page = site.stranger().get(f"/verify/{first}")
    assert page.h1.startswith("This certificate was valid until") and "It was renewed since" in page.main
    assert site.stranger().get(f"/verify/{second}").h1 == "This certificate is valid"


def test_renewing_is_offered_when_the_window_is_open(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    assert "You can renew it now" not in site.visitor("sam").get(f"/certificates/{code}").main
    clock.shift(timedelta(days=650))
    site.visitors.clear()
    page = site.visitor("sam").get(f"/certificates/{code}").form("/renew").submit()
    assert page.path == f"{COURSE}/left" and page.h1 == "What renewing asks for"


def test_cora_sees_the_dates_for_sam_before_she_keeps_a_rule(site: Site) -> None:
    code = earn(site)
    address = f"/programmes/harbour/courses/{PFA}/validity"
    cora = site.visitor("cora")
    form = cora.get(address).form_with("Show the dates")
    page = form.submit("Show the dates", mode="fixed", fixed_day="30", fixed_month="6", minimum_months="6", person=code)
    assert "What this comes to for Sam Osei" in page.main and "Valid until 30 June" in page.main
    assert cora.get(address).form_with("Show the dates").page.find("input[value=completion][checked]")
    page.form_with("Keep this rule").submit("Keep this rule")
    assert told(site, "ValiditySet") == 1
    lena = earn(site, "lena")
    with site.inside():
        award, sams = find_award(lena), find_award(code)
        assert award is not None and sams is not None and award.valid_until is not None
        assert (award.valid_until.day, award.valid_until.month) == (30, 6)
        assert sams.valid_until == add_months(sams.passed_on, 24)
    site.visitor("mina").get(address, expect=404)
    site.visitor("tara").get(address, expect=404)


def test_a_number_that_is_none_is_answered_with_its_bounds(sqlite_site: Site) -> None:
    form = sqlite_site.visitor("cora").get(f"/programmes/harbour/courses/{PFA}/validity").form_with("Keep this rule")
    page = form.submit("Keep this rule", expect=422, months="lots", fixed_month="13")
    assert "from 0 to 240" in page.main and "from 1 to 12" in page.main
    assert told(sqlite_site, "ValiditySet") == 0
