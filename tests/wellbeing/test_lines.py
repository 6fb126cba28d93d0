"""Support lines: files read whole or not at all, the last good one in use, and notes that count the same minute."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts.records import find_programme, list_programmes
from lms.all_rooms import list_lines, remove_line, restore_line
from lms.app import create_app
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.checkup.findings import SHOWN_MOST
from lms.foundation.db import db
from lms.foundation.hooks import hooks
from lms.wellbeing import support_cache
from lms.wellbeing.actions import withdraw_line
from lms.wellbeing.lines import LineProblem, Lines, is_old, put_together, read_lines
from lms.wellbeing.pages import problem_words
from tests.conftest import Site

OWN = """
[GB]
lines = [
  { id = "harbour", label = "Harbour night desk", number = "020 7946 0042", hours = "Nights", languages = ["en"] },
  { id = "gb-shout", label = "Shout", number = "85258", ways = ["text"], send = "SHOUT", verified_on = "2026-05-03" },
]

[programme.harbour]
lines = [ { id = "harbour-chaplain", label = "Chaplaincy", number = "020 7946 0099" } ]
"""


def write_own(site: Site, text: str) -> None:
    (site.settings.data / "lines.toml").write_text(text, "utf-8")


def in_britain(site: Site, **more: str) -> None:
    site.do(accounts.set_programme, "harbour", None, {"country": "GB", **more})


def test_the_shipped_lines_read_whole_and_nobody_claims_to_have_rung_them() -> None:
    shipped = support_cache.shipped_lines()
    assert len(shipped.all()) > 15 and {line.verified_on for line in shipped.all()} == {None}
    assert all(line.links and place.emergency for place in shipped.places.values() for line in place.lines)


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("[GB]\nlines = [", 2, "toml"),
        ('[GB]\nlines = [\n  { id = "a", label = "A" } ]', 3, "missing"),
        ('[GB]\nlines = [\n  { id = "a", label = "A", number = "ring us" } ]', 3, "number"),
        ('[GB]\nlines = [\n  { id = "a", label = "A", number = "1", fax = "2" } ]', 3, "unknown"),
        ('[GB]\nlines = [\n  { id = "a", label = "A", number = "1", ways = ["drum"] } ]', 3, "way"),
        ('[GB]\nlines = [\n  { id = "a", label = "A", number = "1", verified_on = "3 May" } ]', 3, "day"),
        (
            '[GB]\nlines = [\n{ id = "a", label = "A", number = "1" },\n{ id = "a", label = "B", number = "1" } ]',
            3,
            "twice",
        ),
        ('[GB]\nlines = [\n  { id = "A b", label = "A", number = "1" } ]', 3, "id"),
        ('[Britain]\nname = "Britain"', 1, "place"),
        ('[directory]\nlabel = "x"\nurl = "http://example.org"', 3, "url"),
        ("GB = 7", 1, "place"),
        ("[GB]\nlines = 7", 1, "not-list"),
        ("[programme]\nharbour = 7", 1, "programme"),
    ],
)
def test_a_file_with_an_error_names_its_line_and_says_how_to_mend_it(text: str, line: int, kind: str) -> None:
    found = read_lines(text)
    assert isinstance(found, tuple) and (found[0].line, found[0].kind) == (line, kind)
    assert problem_words(found[0]).startswith(f"Line {line}: ")


@given(st.text(max_size=200))
def test_any_text_is_read_or_told_apart(text: str) -> None:
    found = read_lines(text)
    assert isinstance(found, Lines) or all(isinstance(one, LineProblem) and problem_words(one) for one in found)


# As docs/settings.md showed it before the rebuild.
WRITTEN_BEFORE = """
[GB]
lines = [
  { id = "night-desk", label = "Night desk", number = "020 7946 0042", hours = "always", \
languages = ["en"], verified_on = "2026-05-03" },
]

[programme.harbour]
lines = [
  { id = "chaplaincy", label = "Chaplaincy", number = "020 7946 0099", ways = ["call", "text"], \
note = "Any faith or none." },
]
"""


def test_a_file_written_before_the_rebuild_is_still_read(sqlite_site: Site) -> None:
    in_britain(sqlite_site)
    write_own(sqlite_site, WRITTEN_BEFORE)
    page = sqlite_site.visitor("sam").get("/support")
    labels = ["".join(node.itertext()) for node in page.find(".lines h3")]
    assert labels.index("Chaplaincy") < labels.index("Night desk") < labels.index("Samaritans")
    assert "Any faith or none." in page.main and "Checked on 3 May 2026" in page.main


def test_own_lines_come_first_and_in_place_of_shipped_ones() -> None:
    own = read_lines(OWN)
    assert isinstance(own, Lines)
    lines = put_together(support_cache.shipped_lines(), own).places["GB"].lines
    assert [line.id for line in lines[:2]] == ["harbour", "gb-shout"]
    assert [line.id for line in lines].count("gb-shout") == 1 and len(lines) > 3


def test_a_line_is_old_after_ninety_days_and_shown_all_the_same() -> None:
    own = read_lines(OWN)
    assert isinstance(own, Lines)
    line = own.find("gb-shout")
    assert line is not None
    assert not is_old(line, date(2026, 8, 1)) and is_old(line, date(2026, 8, 2))


def test_sam_finds_her_programmes_lines_first_with_their_hours_and_last_check(site: Site) -> None:
    in_britain(site, contact="020 7946 0011", reply_time="within two days")
    write_own(site, OWN)
    page = site.visitor("sam").get("/support")
    labels = ["".join(node.itertext()) for node in page.find(".lines h3")]
    assert labels.index("Chaplaincy") < labels.index("Harbour night desk") < labels.index("Samaritans")
    assert "Checked on 3 May 2026" in page.main and page.main.count("If nobody answers, call 999") == 1
    assert page.main.count("We haven’t checked the lines without a date") == 1
    assert "By phone, Nights. Answers in: English." in page.main
    assert {"tel:02079460042", "sms:85258", "tel:02079460011"} <= set(page.links().values())
    assert "Replies within two days." in page.main
    assert "Chaplaincy" not in site.stranger().get("/support?place=GB").main


def test_with_no_country_all_emergency_numbers_stand_at_once_with_a_directory(sqlite_site: Site) -> None:
    for path in ("/support", "/support?place=", "/support?place=nowhere"):
        page = sqlite_site.stranger().get(path)
        assert "Call your local emergency number" in page.main
        shown = {node.get("href") for node in page.find("#emergency a.btn")}
        places = support_cache.shipped_lines().places.values()
        assert shown == {f"tel:{place.emergency}" for place in places} and len(places) > 10
        assert all(place.name in page.main for place in places)
        assert page.links()["Find a helpline near you"] == "https://findahelpline.com"


def test_to_call_is_what_the_page_offers_first_and_one_sentence_says_what_was_not_checked(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/support?place=GB")
    filled = [node.get("href", "") for node in page.find("main a.btn.fill")]
    assert filled == ["tel:999"]
    calls = [node.get("href", "") for node in page.find("main .lines a.btn")]
    assert len(calls) > 3 and all(href.startswith(("tel:", "sms:")) for href in calls)
    assert page.main.count("haven’t checked") == 1 and page.main.count("call 999") == 1


def test_a_file_with_an_error_leaves_the_last_good_one_in_use_also_after_a_restart(sqlite_site: Site) -> None:
    in_britain(sqlite_site)
    write_own(sqlite_site, OWN)
    sam, cora = sqlite_site.visitor("sam"), sqlite_site.visitor("cora")
    assert "Harbour night desk" in sam.get("/support").main
    write_own(sqlite_site, OWN.replace('number = "020 7946 0042"', 'number = "ring"'))
    support_cache._known.clear()
    sqlite_site.app = create_app(sqlite_site.settings)
    assert "Harbour night desk" in sqlite_site.stranger().get("/support?place=GB").main
    told = cora.get("/programmes/harbour/people").main
    assert (
        "the last version that could be read is in use" in told
        and "Line 4: “ring” doesn’t look like a telephone number." in told
    )
    write_own(sqlite_site, OWN.replace("Harbour night desk", "Harbour day desk"))
    assert "Harbour day desk" in sam.get("/support").main
    assert "could not be read" not in cora.get("/programmes/harbour/people").main
    (sqlite_site.settings.data / "lines.toml").unlink()
    assert "Harbour" not in sqlite_site.stranger().get("/support?place=GB").main


def test_the_site_finds_of_all_programmes_what_each_of_them_finds(site: Site) -> None:
    own = OWN.replace("programme.harbour", "programme.own-line")
    write_own(site, f'{own}[programme.own-too]\nlines = [ {{ id = "too", label = "Too", number = "1" }} ]\n')
    facts: dict[str, dict[str, str]] = {f"silent-{number}": {"lead": "Lee"} for number in range(6)}
    facts |= {
        "own-line": {},
        "own-too": {},
        "in-britain": {"country": "gb"},
        "in-spain": {"country": "ES"},
        "nowhere": {"lead": ""},
    }
    facts |= {"shy": {"country": "GB", "lead": "Lee", "contact": "020"}}
    for slug, each in facts.items():
        site.do(accounts.set_programme, slug, None, each)
    for line in ("harbour", "gb-shout", *(line.id for line in support_cache.shipped_lines().places["GB"].lines)):
        with site.inside():
            shy = find_programme("shy")
        site.do(withdraw_line, line, site.settings.data, shy.id)
    with site.inside():
        slugs = [programme.slug for programme in list_programmes()]
        each = {slug: {row.check: row for row in hooks().list_findings(slug)} for slug in slugs}
        whole = {row.check: row.text for row in hooks().list_findings(None)}
    checks = ("lines.country", "programmes.contact", "programmes.coordinator")
    for check in checks:
        found = [slug for slug in slugs if each[slug][check].to_do]
        shown = named_in(whole[check])
        assert len(found) > SHOWN_MOST == len(shown) and shown <= set(found), check
        assert whole[check].endswith(f" and {len(found) - SHOWN_MOST} more."), check
    assert not each["own-line"]["lines.country"].to_do and each["shy"]["lines.country"].to_do
    lines = {name for slug in slugs if (row := each[slug]["lines.age"]).to_do for name in named_in(row.text)}
    assert named_in(whole["lines.age"]) <= lines


def named_in(text: str) -> set[str]:
    """Return what a finding names."""
    return set(text.partition(": ")[2].removesuffix(".").partition(" and ")[0].split(", "))


def test_a_line_that_cora_takes_off_is_gone_from_the_next_page_and_can_come_back(site: Site) -> None:
    in_britain(site)
    cora, sam = site.visitor("cora"), site.visitor("sam")
    page = cora.get("/programmes/harbour/people").follow("Manage support lines")
    page = page.form("/programmes/harbour/support-lines/gb-shout").submit("Hide it (Shout)")
    assert "Shout" not in sam.get("/support").main and "Shout (hidden)" in page.main
    page.form("/programmes/harbour/support-lines/gb-shout").submit("Show it again (Shout)")
    assert "Shout" in sam.get("/support").main


def test_what_one_programme_takes_off_stays_for_all_others(site: Site) -> None:
    in_britain(site)
    site.do(accounts.set_programme, "meadow", None, {"country": "GB"})
    cora, sam, mina = site.visitor("cora"), site.visitor("sam"), site.visitor("mina")
    take_off = cora.get("/programmes/harbour/support-lines").form("/programmes/harbour/support-lines/gb-shout")
    take_off.submit("Hide it (Shout)")
    take_off.submit("Hide it (Shout)")
    assert "Shout" not in sam.get("/support").main
    for who in (mina, site.stranger()):
        assert "Shout" in who.get("/support?place=GB").main
    assert "Shout (hidden)" not in mina.get("/programmes/meadow/support-lines").main
    with site.inside():
        assert remove_line("gb-shout") and list_lines()[0]["id"]
    assert all("Shout" not in who.get("/support?place=GB").main for who in (sam, mina, site.stranger()))
    page = cora.get("/programmes/harbour/support-lines")
    assert "The people who run this site have hidden it for everybody" in page.main
    page.form("/programmes/harbour/support-lines/gb-shout").submit("Show it again (Shout)")
    assert "Shout" not in sam.get("/support").main
    with site.inside():
        assert restore_line("gb-shout") and not restore_line("nobody")
    assert all("Shout" in who.get("/support?place=GB").main for who in (sam, mina, site.stranger()))


def test_a_check_by_cora_stands_beside_the_line_with_its_day_and_in_the_trail_with_her_name(site: Site) -> None:
    in_britain(site)
    page = site.visitor("cora").get("/programmes/harbour/support-lines")
    page.form("/programmes/harbour/support-lines/gb-111").submit("I checked it today (NHS 111)")
    with site.inside():
        cora = site.person("cora").id
        trail = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "LineChecked")).all()
        assert [(row.actor_id, row.facts["line_id"]) for row in trail] == [(cora, "gb-111")]
    main = site.visitor("sam").get("/support").main
    assert main.count("Checked on") == 1
    told = site.visitor("cora").get("/programmes/harbour/people").main
    assert "3 support lines haven’t been checked in the last 90 days" in told
    clock.shift(timedelta(days=91))
    assert main.count("NHS 111") == site.stranger().get("/support?place=GB").main.count("NHS 111")


def test_only_coordinators_of_the_programme_look_after_its_lines(site: Site) -> None:
    in_britain(site)
    form = site.visitor("cora").get("/programmes/harbour/support-lines")
    for name in ("sam", "tara", "ada", "mina"):
        site.visitor(name).get("/programmes/harbour/support-lines", expect=404)
    assert form.form("/programmes/harbour/support-lines/gb-111")


def test_opening_support_lines_or_pausing_leaves_no_trace(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    sam = site.visitor("sam")
    tables = db.metadata.sorted_tables

    def counts() -> list[int]:
        with site.inside():
            return [len(db.session.execute(select(table)).all()) for table in tables]

    before = counts()
    caplog.clear()
    for path in ("/support", "/pause", "/leaving", "/support?place=GB"):
        sam.get(path)
    assert counts() == before
    assert [record for record in caplog.records if record.name.startswith("lms")] == []


def test_the_copies_follow_the_records_each_minute(site: Site) -> None:
    in_britain(site)
    data: Path = site.settings.data
    (data / "care" / "programmes.json").unlink()
    site.work()
    assert "Ingrid Okafor" in (data / "care" / "programmes.json").read_text("utf-8")
