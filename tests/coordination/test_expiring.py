"""The chart of certificates that expire in the coming months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lms.coordination.board.expiry_pages import expiring_by_month
from lms.coordination.board.rules import Sum, TrainingState
from lms.foundation import clock
from tests.builders.accounts import give_app
from tests.builders.learning import earn
from tests.conftest import Site

PEOPLE = "/programmes/harbour/people"
TODAY = date(2026, 11, 30)


def ends(year: int, month: int, state: TrainingState = "completed", count: int = 1) -> Sum:
    return Sum("pfa", state, (year, month), count)


@pytest.mark.parametrize(
    ("sums", "counts"),
    [
        ([], []),
        ([Sum("pfa", "completed", None, 3), ends(2027, 11), ends(2026, 10), ends(2027, 1, "withdrawn")], []),
        (
            [ends(2026, 11), ends(2027, 2, "renew_by"), ends(2027, 2, "ready"), ends(2027, 10)],
            [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1],
        ),
    ],
)
def test_each_month_counts_the_certificates_that_expire_in_it(sums: list[Sum], counts: list[int]) -> None:
    months = expiring_by_month(sums, TODAY)
    assert [month.count for month in months] == counts
    if months:
        assert (months[0].name, months[0].short_name, months[2].year) == ("November 2026", "Nov", "2027")
        assert [month.height for month in months][:4] == [36, 0, 0, 72]


def test_cora_reads_how_many_certificates_expire_in_which_month(sqlite_site: Site) -> None:
    heading = "Certificates that expire in the next twelve months"
    earn(sqlite_site)
    assert heading not in sqlite_site.visitor("cora").get(PEOPLE).main
    give_app(sqlite_site)
    clock.shift(timedelta(days=500))
    sqlite_site.visitors.clear()
    page = sqlite_site.visitor("cora").get(PEOPLE)
    months = ["".join(item.itertext()).strip() for item in page.find(".months .vh")]
    assert heading in page.main and len(months) == 12
    assert [text.rpartition(": ")[2] for text in months if "0 cert" not in text] == ["1 certificate"]
