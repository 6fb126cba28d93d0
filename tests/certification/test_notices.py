"""The end of a certificate: told once, two months before, by day, and not of one that stands no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lms.certification.records import find_award
from lms.foundation import clock
from tests.conftest import Site
from tests.foundation.test_mail import at_noon, outbox
from tests.roads import earn


def to_days_before(site: Site, code: str, days: int, hour: int = 12) -> None:
    with site.inside():
        award = find_award(code)
        assert award is not None and award.valid_until is not None
        day = award.valid_until - timedelta(days=days)
    clock.shift(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - datetime.now(UTC))


def told(site: Site) -> list[str]:
    site.work()
    site.work()
    return [row.subject for row in outbox(site) if "stands until" in row.subject and row.sent_at]


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
    assert "A letter told you until when" in site.visitor("sam").get("/account").main


def test_nobody_is_told_of_a_certificate_that_was_withdrawn(sqlite_site: Site) -> None:
    at_noon()
    code = earn(sqlite_site)
    page = sqlite_site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/withdraw")
    form = page.form("/withdraw")
    reasons = form.choices.get("reason")
    form.submit(reason=reasons[0] if reasons else "Issued by mistake.")
    to_days_before(sqlite_site, code, 60)
    assert told(sqlite_site) == []
