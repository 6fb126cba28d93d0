"""The chart of certificates that expire in the coming months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lms.coordination.expiry_pages import expiring_by_month
from lms.coordination.pages import PersonRow
from lms.coordination.rules import TrainingState
from lms.foundation import clock
from tests.builders.learning import earn
from tests.conftest import Site

PEOPLE = "/programmes/harbour/people"
TODAY = date(2026, 11, 30)


def row(until: date | None, training: TrainingState = "completed") -> PersonRow:
    return PersonRow(
        "Sam", "sam@example.org", "p", "c", training, "", until, "ok", "", "", None, False, "code", None, None
    )


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([], []),
        ([row(None), row(date(2027, 11, 1)), row(date(2026, 11, 29)), row(date(2027, 1, 5), "withdrawn")], []),
        (
            [
                row(date(2026, 11, 30)),
                row(date(2027, 2, 28), "renew_by"),
                row(date(2027, 2, 1)),
                row(date(2027, 10, 31)),
            ],
            [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1],
        ),
    ],
)
def test_each_month_counts_the_certificates_that_expire_in_it(rows: list[PersonRow], counts: list[int]) -> None:
    months = expiring_by_month(rows, TODAY)
    assert [month.count for month in months] == counts
    if months:
        assert (months[0].name, months[0].short_name, months[2].year) == ("November 2026", "Nov", "2027")
        assert [month.height for month in months][:4] == [36, 0, 0, 72]


def test_cora_reads_how_many_certificates_expire_in_which_month(sqlite_site: Site) -> None:
    heading = "Certificates that expire in the next twelve months"
    earn(sqlite_site)
    assert heading not in sqlite_site.visitor("cora").get(PEOPLE).main
    clock.shift(timedelta(days=500))
    sqlite_site.visitors.clear()
    page = sqlite_site.visitor("cora").get(PEOPLE)
    months = ["".join(item.itertext()).strip() for item in page.find(".months .vh")]
    assert heading in page.main and len(months) == 12
    assert [text.rpartition(": ")[2] for text in months if "0 cert" not in text] == ["1 certificate"]
