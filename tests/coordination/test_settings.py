"""A programme's settings in the browser: saved, refused calmly, and never over what somebody else saved meanwhile."""

from __future__ import annotations

import json
import re
from typing import Any

from lms.accounts.actions import set_programme
from lms.accounts.programmes.colour_rules import DARK, LIGHT, PALETTE, RATIO, contrast, in_dark, nearest, passes
from lms.accounts.programmes.facts import settings_of
from lms.accounts.records import find_programme, get_programme
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.library.actions import offer, offering_state
from tests.builders.learning import PFA, begin, earn
from tests.conftest import ROOT, Site
from tests.inspector import Page

SETTINGS = "/programmes/harbour/settings"
OFFERED = f"{SETTINGS}/courses/{PFA}"
FILLED = {
    "name": {"name": "Harbour peers", "country": "IE", "timezone": "Europe/Dublin"},
    "contacts": {
        "lead": "Noor Haddad",
        "contact": "peer@harbour.example",
        "hours": "9 to 5",
        "reply_time": "in a day",
        "emergency": "112",
        "limits_statement": "I stop if somebody is in danger.",
    },
    "registration": {"registration": "closed"},
    "reviews": {"hold_unreviewed": "yes", "second_approval": "yes", "prior_months": "12"},
    "colour": {"colour": "#6d2146"},
}


def settings_now(site: Site, slug: str = "harbour") -> dict[str, str]:
    """Return all settings of a programme as they are stored."""
    with site.inside():
        programme = find_programme(slug)
        assert programme is not None
        return settings_of(programme)


def fields_of(page: Page, address: str) -> dict[str, Any]:
    """Return the fields of the form on a page of settings, as a browser would send them."""
    return dict(page.form(address).fields)


def save(site: Site, section: str, expect: int = 200, who: str = "cora", **sent: str) -> Page:
    """Let somebody open a page of settings, change some fields and save."""
    address = f"{SETTINGS}/{section}"
    fields = fields_of(site.visitor(who).get(address), address)
    return site.visitor(who).send(address, {**fields, **sent}, expect)


def test_cora_saves_each_page_of_settings_and_finds_them_in_the_list_and_the_audit_trail(sqlite_site: Site) -> None:
    for section, values in FILLED.items():
        page = save(sqlite_site, section, **values)
        assert "Saved." in page.html
    now = settings_now(sqlite_site)
    assert {key: now[key] for values in FILLED.values() for key in values} == {
        key: value for values in FILLED.values() for key, value in values.items()
    }
    shown = ("Harbour peers", "Ireland", "Noor Haddad", "Only people you invite", "Wait until", "12", "Plum")
    assert [words for words in shown if words not in page.main] == []
    with sqlite_site.inside():
        rows = db.session.query(AuditEntry).filter_by(event="ProgrammeSet").order_by(AuditEntry.id).all()
        told = [row.facts["settings"] for row in rows[-5:]]
    assert told == [sorted(values) for values in FILLED.values()]
    assert "Noor" not in json.dumps(told)


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("name", {"name": ""}, "Please enter a name for the programme"),
    ("name", {"name": "Harbour 😀"}, "We can’t print these characters yet: 😀"),
    ("name", {"name": "x" * 121}, "up to 120 characters"),
    ("name", {"country": "EU"}, "isn’t a country code"),
    ("name", {"timezone": "dublin"}, "Enter it like this: Europe/Dublin"),
    ("contacts", {"lead": "\u3164"}, "as plain text in one line"),
    ("contacts", {"lead": ""}, "Your programme offers courses"),
    ("contacts", {"emergency": "call me"}, "For example: 999"),
    ("contacts", {"limits_statement": "x" * 1001}, "can be 1000 at most"),
    ("registration", {"registration": "later"}, "either open or closed"),
    ("reviews", {"prior_months": "0"}, "from 1 to 120"),
    ("reviews", {"hold_unreviewed": "perhaps"}, "Choose one of these"),
    ("keeping", {"keep_answers_months": "25"}, "Enter 24 or less"),
    ("keeping", {"keep_details_months": "soon"}, "from 1 to 120"),
    ("colour", {"colour": "own", "own": "#ffcc00"}, "The nearest colour that everyone can read is #"),
    ("colour", {"colour": "own", "own": "sea"}, "Enter a hex code"),
    ("colour", {"colour": "own", "own": ""}, "Enter a hex code"),
]


def test_what_cannot_be_set_is_said_beside_its_field_and_nothing_is_changed(sqlite_site: Site) -> None:
    before = settings_now(sqlite_site)
    for section, sent, said in REFUSED:
        page = save(sqlite_site, section, 422, **sent)
        assert page.main.count(said) >= 2, f"{sent}: in the summary and beside the field"
        typed = next(iter(sent.values()))
        assert section in {"registration", "reviews"} or typed in page.html, f"{sent}: what was typed is still there"
        assert settings_now(sqlite_site) == before, sent


def test_of_two_coordinators_at_once_the_second_is_told_and_nothing_is_overwritten(site: Site) -> None:
    address = f"{SETTINGS}/contacts"
    fields = fields_of(site.visitor("cora").get(address), address)
    site.do(set_programme, "harbour", None, {"lead": "Asa Holm"})
    page = site.visitor("cora").send(address, {**fields, "hours": "9 to 5", "lead": "Noor Haddad"}, 422)
    assert "Who to talk to is now: Asa Holm" in page.main and "Nothing of theirs was overwritten" in page.main
    assert settings_now(site)["lead"] == "Asa Holm" and settings_now(site)["hours"] == ""
    again = fields_of(page, address)
    assert (again["lead"], again["hours"]) == ("Noor Haddad", "9 to 5")
    site.visitor("cora").send(address, again)
    assert settings_now(site)["lead"] == "Noor Haddad"
    site.visitor("cora").send(address, {**again, "was": "nonsense"}, 422)


def test_certificate_design_is_held_against_what_it_was_opened_with_too(sqlite_site: Site) -> None:
    look = "/programmes/harbour/certificates/look"
    fields = {**fields_of(sqlite_site.visitor("cora").get(look), look), "design": ""}
    sqlite_site.do(set_programme, "harbour", None, {"signatory": "Asa Holm, lead"})
    page = sqlite_site.visitor("cora").send(look, {**fields, "signatory": "Noor Haddad, lead"}, 422)
    assert "Who signs is now: Asa Holm, lead" in page.main
    assert settings_now(sqlite_site)["signatory"] == "Asa Holm, lead"


def test_certificates_that_wait_are_issued_when_they_need_not_wait_any_more(sqlite_site: Site) -> None:
    save(sqlite_site, "reviews", hold_unreviewed="yes")
    code = earn(sqlite_site, "sam")
    assert "1 certificate is waiting" in sqlite_site.visitor("cora").get(f"{SETTINGS}/reviews").main
    assert "1 certificate of your programme is waiting" in sqlite_site.visitor("cora").get(OFFERED).main
    save(sqlite_site, "reviews", hold_unreviewed="no")
    assert sqlite_site.stranger().get(f"/verify/{code}").h1 == "This certificate is valid"


def test_who_started_a_course_can_finish_it_when_it_is_offered_no_longer_and_nobody_else_starts(
    sqlite_site: Site,
) -> None:
    begin(sqlite_site.visitor("sam"))
    page = sqlite_site.visitor("cora").get(OFFERED)
    assert "1 person is in the middle of this course." in page.main
    fields = fields_of(page, OFFERED)
    page = sqlite_site.visitor("cora").send(OFFERED, {**fields, "offer": "none"})
    assert "Saved." in page.html and "Not offered" in page.main
    assert "Continue" in sqlite_site.visitor("sam").get("/courses").main
    assert f"/courses/{PFA}" in sqlite_site.visitor("sam").get("/courses").html
    assert earn(sqlite_site, "sam")
    sqlite_site.visitor("lena").get(f"/courses/{PFA}", expect=404)
    page = sqlite_site.visitor("cora").send(OFFERED, {**fields, "offer": "members"}, 422)
    assert "It’s now set to: Nobody new" in page.main, "the form was made when it was offered"
    sqlite_site.visitor("cora").send(OFFERED, {**fields_of(page, OFFERED), "offer": "members"})
    sqlite_site.visitor("lena").get(f"/courses/{PFA}")
    sqlite_site.stranger().get(f"/courses/{PFA}", expect=404)


def test_a_course_is_offered_only_where_people_find_somebody_to_talk_to_and_never_another_programmes_own(
    sqlite_site: Site,
) -> None:
    address = f"/programmes/meadow/settings/courses/{PFA}"
    page = sqlite_site.visitor("mina").get(address)
    page = sqlite_site.visitor("mina").send(address, {**fields_of(page, address), "offer": "open"}, 422)
    assert "People need somebody to talk to" in page.main and "Fill in contacts" in page.main
    with sqlite_site.inside():
        harbour = find_programme("harbour")
        meadow = find_programme("meadow")
        assert harbour is not None and meadow is not None
        assert offering_state(meadow.id, PFA) == "none"
    save_for_members = fields_of(sqlite_site.visitor("cora").get(OFFERED), OFFERED)
    sqlite_site.visitor("cora").send(OFFERED, {**save_for_members, "offer": "members"})
    sqlite_site.visitor("mina").get(address, expect=404)
    assert "Psychological" not in sqlite_site.visitor("mina").get("/programmes/meadow/settings/courses").main
    sqlite_site.visitor("ada").get(address)
    sqlite_site.do(offer, meadow.id, PFA, False, 0)
    sqlite_site.visitor("mina").get(address)


def test_a_programme_that_closed_registration_is_joined_by_invitation_only(sqlite_site: Site) -> None:
    save(sqlite_site, "registration", registration="closed")
    page = sqlite_site.stranger().get("/register?programme=harbour")
    assert page.h1 == "You need an invitation to create an account"
    assert "Send the link" in sqlite_site.stranger().get("/register").main, "meadow lets people in"
    assert "/register?programme=harbour" in sqlite_site.visitor("cora").get(f"{SETTINGS}/registration").main


def test_lessons_and_staff_pages_take_the_colour_of_the_programme_and_verification_does_not(sqlite_site: Site) -> None:
    code, sheet = earn(sqlite_site, "sam"), "/colours/6d2146.css"
    lesson = f"/courses/{PFA}/lessons/listen-without-pressing"
    assert sheet not in sqlite_site.visitor("sam").get(lesson).html
    save(sqlite_site, "colour", colour="#6d2146")
    for name, address in (("sam", lesson), ("sam", f"/courses/{PFA}"), ("cora", SETTINGS)):
        assert sheet in sqlite_site.visitor(name).get(address).html, address
    assert sheet not in sqlite_site.stranger().get(lesson).html
    assert sheet not in sqlite_site.visitor("cora").get(f"/verify/{code}").html
    answer = sqlite_site.stranger().browser.get(sheet)
    assert answer.mimetype == "text/css" and "--action:#6d2146" in answer.get_data(as_text=True)
    for other in ("ffcc00", "sea", "6d2146}body{display:none"):
        assert sqlite_site.stranger().browser.get(f"/colours/{other}.css").status_code == 404


def test_every_colour_on_offer_and_every_nearest_one_can_be_read_in_light_and_dark() -> None:
    css = (ROOT / "lms" / "static" / "css" / "site.css").read_text("utf-8")
    tokens = dict(re.findall(r"--(\w+):light-dark\((#[0-9a-f]+,#[0-9a-f]+)\)", css))
    for name, light, dark in zip(("paper", "card", "note", "warm", "wash", "stone"), LIGHT, DARK, strict=True):
        assert tokens[name].replace("#fff,", "#ffffff,") == f"{light},{dark}", name
    for colour in ("#ffcc00", "#ffffff", "#00ff00", "#808080", "#0000ff", "#ff00ff", *PALETTE.values()):
        assert passes(nearest(colour)), colour
        assert min(contrast(in_dark(nearest(colour)), surface) for surface in DARK) >= RATIO, colour
    assert all(passes(colour) and nearest(colour) == colour for colour in PALETTE.values())
    assert not passes("#12808e") and round(contrast("#ffffff", "#000000")) == 21


def test_the_people_who_run_the_site_change_settings_everywhere_and_trainers_nowhere(sqlite_site: Site) -> None:
    save(sqlite_site, "name", who="ada", country="IE")
    page = sqlite_site.visitor("ada").get(SETTINGS)
    assert "Ireland" in page.main and "Manage support lines" not in page.main
    sqlite_site.visitor("cora").get(f"{SETTINGS}/nothing", expect=404)
    with sqlite_site.inside():
        assert get_programme(find_programme("harbour").id).facts["country"] == "IE"  # type: ignore[union-attr]
