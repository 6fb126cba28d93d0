"""Refreshers: only for those who ask, spaced by days, without a score, and without effect when left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select

from lms.accounts.notifications.preferences import list_consents
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.learning.check.refreshers import AT_A_TIME, Refresher, RefresherShown, pick
from tests.builders.learning import earn, the_course
from tests.builders.mail import at_noon
from tests.conftest import Site
from tests.inspector import Page


def choose(site: Site, **fields: str | None) -> Page:
    return site.visitor("sam").get("/refreshers").form("/pace").submit(**fields)


def kept(site: Site) -> list[str]:
    with site.inside():
        return sorted(db.session.scalars(select(RefresherShown.question)))


def letters(site: Site) -> int:
    site.work()
    with site.inside():
        return db.session.scalar(select(func.count()).where(OutboxMail.off_url.is_not(None))) or 0


def test_the_page_is_there_before_anything_is_finished_and_asks_nothing(sqlite_site: Site) -> None:
    page = sqlite_site.visitor("sam").get("/refreshers")
    assert not page.find(".moment") and "once you’ve passed the check" in page.main


def test_questions_come_from_what_was_finished_with_a_reason_for_each_answer(sqlite_site: Site) -> None:
    earn(sqlite_site)
    page = sqlite_site.visitor("sam").get("/courses").follow("Refreshers: a few questions from courses you’ve finished")
    assert len(page.find(".moment")) == AT_A_TIME
    assert all(len(part.findall(".//details")) >= 2 for part in page.find(".moment"))
    assert not page.find(".moment input, .moment form")


def test_hard_questions_are_announced_above_them_and_can_be_left(sqlite_site: Site) -> None:
    earn(sqlite_site)
    with sqlite_site.inside():
        lessons = the_course().lesson_by_id
    sam, seen = sqlite_site.visitor("sam"), set()
    for lot in range(12):
        page = sam.get(f"/refreshers?lot={lot}")
        asked = [value.split("/")[1] for name, value in page.form("/others").fields if name == "name"]
        hard = any(lessons[name].content_note.announced for name in asked)
        assert ("They may touch on" in page.main) == hard
        assert bool(page.find("a[data-leave]")) == any(lessons[name].content_note.better_unseen for name in asked)
        seen.add(hard)
    assert seen == {True, False}


def test_without_a_pace_nothing_is_kept_however_often_one_looks(site: Site) -> None:
    earn(site)
    page = site.visitor("sam").get("/refreshers")
    with site.inside():
        before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for _time in range(3):
        page = page.form("/others").submit()
    assert kept(site) == []
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before
        assert db.session.scalar(select(func.count()).select_from(Refresher)) == 0


def test_with_a_pace_a_question_rests_until_the_others_were_there(site: Site) -> None:
    earn(site)
    choose(site, pace="weekly")
    page = site.visitor("sam").get("/refreshers")
    seen: list[str] = []
    for _time in range(4):
        seen += [value for name, value in page.form("/others").fields if name == "name"]
        page = page.form("/others").submit()
    assert len(set(seen)) == 4 * AT_A_TIME and kept(site) == sorted(seen)
    with site.inside():
        columns = {column["name"] for column in inspect(db.engine).get_columns("refresher_shown")}
    assert columns == {"person_id", "question", "shown_on"}


def test_wanting_no_more_erases_what_spaced_them(site: Site) -> None:
    earn(site)
    choose(site, pace="monthly", by_letter="yes").form("/others").submit()
    assert len(kept(site)) == AT_A_TIME
    choose(site, pace="none")
    assert kept(site) == []
    with site.inside():
        assert db.session.scalar(select(func.count()).select_from(Refresher)) == 0
        assert "refreshers" not in list_consents(site.person("sam").id)


def test_a_letter_comes_only_when_asked_for_and_never_two_for_what_was_left_out(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    earn(site)
    choose(site, pace="weekly")
    later = clock.now() + timedelta(days=8)
    _to(later)
    assert letters(site) == 0
    site.visitors.clear()
    choose(site, pace="weekly", by_letter="yes")
    assert letters(site) == 0
    _to(later + timedelta(days=30))
    assert letters(site) == letters(site) == 1
    _to(later + timedelta(days=38))
    assert letters(site) == 2


def _to(moment: datetime) -> None:
    clock.shift(moment - datetime.now(UTC))


def test_a_name_that_is_no_question_is_not_kept(sqlite_site: Site) -> None:
    earn(sqlite_site)
    form = choose(sqlite_site, pace="weekly").form("/others")
    form.submit(name=["no/such/question", "x" * 5000])
    assert kept(sqlite_site) == []


NAMES = st.sets(st.text(min_size=1, max_size=4), min_size=1, max_size=12)


@given(
    names=NAMES, shown=st.dictionaries(st.text(max_size=2), st.dates(date(2026, 1, 1), date(2027, 1, 1))), lot=st.text()
)
def test_a_set_is_what_was_shown_longest_ago(names: set[str], shown: dict[str, date], lot: str) -> None:
    picked = pick(names, shown, lot)
    assert len(picked) == min(AT_A_TIME, len(names)) == len(set(picked)) and set(picked) <= names
    rest = names - set(picked)
    latest = max(shown.get(name, date.min) for name in picked)
    assert all(shown.get(name, date.min) >= latest for name in rest)
