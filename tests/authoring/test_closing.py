"""An older version closes with 90 days' notice: who is told, what they see before and after, and calling it off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from lms.accounts.leaving import take_role
from lms.accounts.records import find_programme
from lms.authoring.drafts.pages import people_words
from lms.authoring.publishing import jobs, records
from lms.certification.awards.records import Award
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.text.i18n import day
from lms.library import actions as library
from lms.library.records import find_closing
from tests.builders.drafts import COURSES
from tests.builders.learning import PFA, earn, prepare, publish_next, the_course
from tests.builders.mail import at_night, at_noon, outbox
from tests.conftest import Site

PATH = f"{COURSES}/{PFA}"
CLOSE, KEEP = f"{PATH}/1.1.0/close", f"{PATH}/1.1.0/keep-open"
FIRST = "1-know/1-what-pfa-is.md"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Start at noon, when email is sent, and put the clock right again."""
    at_noon()
    yield
    clock.shift(timedelta(0))


def start(site: Site) -> None:
    """Sam and Lena are in the middle of 1.1, Mina has its certificate, and Harbour's 1.2 is published."""
    earn(site, "mina")
    for name in ("sam", "lena"):
        prepare(site, name)
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour
    site.do(library.set_owner, PFA, harbour.id)
    publish_next(site, "1.2.0", FIRST)


def told(site: Site) -> list[str]:
    return sorted(row.recipient for row in outbox(site) if row.subject.startswith("Your version of"))


def sweep(site: Site) -> None:
    with site.inside():
        jobs.sweep_closings(site.settings)


def let_issue() -> None:
    """Let no certificate wait for a review."""
    db.session.execute(update(Award).values(waiting=False))


def test_of_very_many_people_those_are_counted_who_started_or_passed_last(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    earn(sqlite_site, "mina")
    for name in ("sam", "lena"):
        prepare(sqlite_site, name)
    sqlite_site.do(let_issue)
    counted = []
    for most in (5, 2, 1):
        monkeypatch.setattr(records, "LOOKED_AT_MOST", most)
        with sqlite_site.inside():
            counted.append((records.count_in_middle(PFA), records.count_holders(PFA, clock.today("UTC"))))
    assert counted == [({"1.1": 2}, 1), ({"1.1": 2}, 1), ({"1.1": 1}, 1)]
    earn(sqlite_site, "sam")
    sqlite_site.do(let_issue)
    monkeypatch.setattr(records, "LOOKED_AT_MOST", 1)
    with sqlite_site.inside():
        assert (records.count_in_middle(PFA), records.count_holders(PFA, clock.today("UTC"))) == ({"1.1": 1}, 1)
        monkeypatch.setattr(records, "LOOKED_AT_MOST", 2)
        assert records.count_holders(PFA, clock.today("UTC")) == 2
    assert people_words(5000) == "at least 5000 people"


def test_whoever_is_in_the_middle_is_told_once_and_switches_after_the_day(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(sqlite_site)
    tara, sam = sqlite_site.visitor("tara"), sqlite_site.visitor("sam")
    with sqlite_site.inside():
        lessons, last = len(the_course().lessons), day(clock.today("UTC") + timedelta(days=90))
    asked = tara.get(PATH).follow("Close version 1.1")
    assert last in asked.main and "In the middle of it: fewer than" in asked.main
    page = asked.form(CLOSE).submit(f"Close after {last}")
    assert f"Version 1.1 closes after {last}." in page.main
    monkeypatch.setattr(jobs, "CLOSING_STEP", 1)
    for count in (1, 2, 2, 2):
        sweep(sqlite_site)
        assert len(told(sqlite_site)) == count
    assert told(sqlite_site) == ["lena@example.org", "sam@example.org"]
    page = sam.get(f"/courses/{PFA}")
    assert f"You can finish version 1.1.0 as it is until {last}" in page.main
    clock.shift(timedelta(days=92))
    sqlite_site.visitors.clear()
    page = sqlite_site.visitor("sam").get(f"/courses/{PFA}")
    assert f"could be finished until {last}" in page.main
    assert page.links()["Continue with version 1.2.0"].endswith("#newer")
    page = page.form(f"/courses/{PFA}/newest").submit()
    assert "could be finished" not in page.main and f"{lessons - 1} of {lessons} lessons done" in page.main
    page = sqlite_site.visitor("tara").get(PATH)
    assert f"Version 1.1 was closed after {last}." in page.main and "Cancel the closing" not in page.main
    tara = sqlite_site.visitor("tara")
    tara.send(KEEP, dict(tara.get(PATH).forms[0].fields), 200)
    with sqlite_site.inside():
        assert find_closing(PFA, "1.1")


def test_it_can_be_called_off_and_the_newest_never_closes(sqlite_site: Site) -> None:
    start(sqlite_site)
    tara = sqlite_site.visitor("tara")
    tara.get(CLOSE).form(CLOSE).submit()
    page = tara.get(PATH).form(KEEP).submit()
    assert "closes after" not in page.main
    sweep(sqlite_site)
    assert told(sqlite_site) == []
    assert "version 1.1.0 as it is, or switch" in sqlite_site.visitor("sam").get(f"/courses/{PFA}").main
    assert tara.get(f"{PATH}/1.2.0/close").h1 == tara.get(PATH).h1
    assert not sqlite_site.do(library.close_version, PFA, "1.2", clock.today("UTC"))
    for line in ("1.1", "1.1"):
        assert sqlite_site.do(library.close_version, PFA, line, clock.today("UTC") + timedelta(days=90))


def test_nobody_is_told_at_night_or_after_they_left(sqlite_site: Site) -> None:
    start(sqlite_site)
    sqlite_site.do(library.close_version, PFA, "1.1", clock.today("UTC") + timedelta(days=90))
    with sqlite_site.inside():
        sam, harbour = sqlite_site.person("sam"), find_programme("harbour")
        assert harbour
    sqlite_site.do(take_role, sam.id, harbour.id, "learner")
    at_night()
    sweep(sqlite_site)
    assert told(sqlite_site) == []
    at_noon()
    sweep(sqlite_site)
    assert told(sqlite_site) == ["lena@example.org"]
