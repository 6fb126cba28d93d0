"""Verification: five answers in five texts for anybody, a name only when it is typed or shown, and a calm limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import pytest
from flask import template_rendered

from lms.accounts.actions import set_programme
from lms.accounts.records import Programme
from lms.certification.awards.actions import withdraw
from lms.certification.awards.records import Award, find_award
from lms.certification.awards.reissue import reissue_certificate
from lms.certification.awards.rules import State
from lms.certification.awards.texts.text import plain
from lms.certification.keys.did import multikey
from lms.certification.keys.records import note_keys
from lms.foundation import clock
from lms.foundation.db import db
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import BASE, Inspector

NOBODYS = "0123456789ABCDEF"
JSON = {"Accept": "application/json"}


def put_into(site: Site, code: str, state: str) -> None:
    """Bring a certificate into a state."""
    with site.inside():
        award = find_award(code)
        assert award is not None
    if state == "expired":
        clock.shift(timedelta(days=800))
    elif state == "revoked":
        site.do(withdraw, award.id, "holder asked")
    elif state == "replaced":
        assert isinstance(site.do(reissue_certificate, award.id, "fault"), Award)
    elif state == "waiting":
        site.do(lambda: setattr(db.session.merge(award), "waiting", True))


WORDS = {
    "valid": "This certificate is valid",
    "expired": "This certificate was valid until",
    "revoked": "This certificate was withdrawn by the programme",
    "replaced": "This certificate was replaced by a new one",
    "unknown": "No certificate has this code",
}


@pytest.mark.parametrize("state", WORDS)
def test_a_stranger_reads_a_text_of_its_own_for_each_state(sqlite_site: Site, state: str) -> None:
    code = earn(sqlite_site) if state != "unknown" else NOBODYS
    if state != "unknown":
        put_into(sqlite_site, code, state)
    stranger = sqlite_site.stranger()
    page = stranger.get(f"/verify/{code}", expect=404 if state == "unknown" else 200)
    assert page.h1.startswith(WORDS[state])
    assert "Sam Osei" not in page.html and "holder asked" not in page.html
    told = stranger.browser.get(f"/verify/{code}", base_url=BASE, headers=JSON)
    assert told.json is not None and told.json["state"] == state and told.json["heading"] == page.h1
    assert "Sam Osei" not in told.text and "holder asked" not in told.text
    assert "Accept" in told.headers["Vary"]


def test_the_last_day_ends_where_the_programme_is(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site)
    with site.inside():
        award = find_award(code)
    assert award is not None and award.valid_until is not None
    # Noon in Greenwich on the day after: at sea in the far west the last day lasts for some minutes more.
    noon = datetime.combine(award.valid_until + timedelta(days=1), time(11, 45), UTC)
    clock.shift(noon - datetime.now(UTC))
    where = {"Etc/GMT+12": "valid", "Europe/London": "expired"}
    for zone, state in where.items():
        site.do(set_programme, "harbour", None, {"timezone": zone})
        assert site.stranger().get(f"/verify/{code}?format=json").response.json["state"] == state
        answer = site.stranger().get("/verify/list").form("/verify/list").submit(codes=code)
        assert ("Was valid until" in answer.main) is (state == "expired")


def test_every_state_has_its_text_and_a_waiting_one_has_none() -> None:
    assert {*WORDS, "waiting"} == set(get_args(State))


def test_a_certificate_that_waits_answers_as_one_that_nobody_has(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    put_into(sqlite_site, code, "waiting")
    stranger = sqlite_site.stranger()
    pages = [stranger.get(f"/verify/{tried}", expect=404).html.replace(tried, "CODE") for tried in (code, NOBODYS)]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    told = [stranger.browser.get(f"/verify/{tried}", base_url=BASE, headers=JSON).json for tried in (code, NOBODYS)]
    assert [sorted(each or {}) for each in told] == [["code", "heading", "state", "text"]] * 2


def test_neighbouring_codes_get_the_same_json_from_the_same_statements(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    put_into(sqlite_site, code, "waiting")
    stranger = sqlite_site.stranger()
    neighbour = code[:-1] + ("0" if code[-1] != "0" else "1")
    told, asked = [], []
    statements(sqlite_site, stranger, NOBODYS)
    for tried in (code, neighbour):
        asked.append(statements(sqlite_site, stranger, f"{tried}?format=json"))
        reply = stranger.browser.get(f"/verify/{tried}", base_url=BASE, headers=JSON)
        headers = {
            name: value for name, value in reply.headers if name not in {"Date", "Content-Length", "X-Request-ID"}
        }
        told.append((reply.status_code, headers, reply.text.replace(" ".join(groups_of(tried)), "CODE")))
    assert told[0] == told[1] and asked[0] == asked[1]


def groups_of(code: str) -> list[str]:
    return [code[start : start + 4] for start in range(0, 16, 4)]


@pytest.mark.parametrize("state", ["valid", "unknown"])
def test_no_search_engine_keeps_what_the_register_says(sqlite_site: Site, state: str) -> None:
    code = earn(sqlite_site) if state == "valid" else NOBODYS
    stranger = sqlite_site.stranger()
    for headers in ({}, JSON):
        reply = stranger.browser.get(f"/verify/{code}", base_url=BASE, headers=headers)
        assert reply.headers["X-Robots-Tag"] == "noindex, nofollow"


def without_tokens(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "form_token" not in line)


def test_a_waiting_code_and_nobodys_cost_the_same_statements(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    put_into(sqlite_site, code, "waiting")
    stranger = sqlite_site.stranger()
    stranger.get(f"/verify/{NOBODYS}", expect=404)
    assert statements(sqlite_site, stranger, code) == statements(sqlite_site, stranger, NOBODYS)


def statements(site: Site, visitor: Inspector, code: str) -> list[str]:
    with site.statements() as asked:
        visitor.get(f"/verify/{code}", expect=404)
    return asked


def as_others_see_it(visitor: Inspector, code: str, address: str) -> str:
    """Return a certificate's page under an address of its code, without what the address itself puts on it."""
    return without_tokens(visitor.get(f"/verify/{address}").html).replace(f"verify/{address}", f"verify/{code}")


CHANGES: dict[str, dict[str, Any]] = {
    "as it was issued": {},
    "another day": {"passed_on": date(2025, 3, 1)},
    "expired, with nothing after it": {"valid_until": date(2025, 9, 1), "current_for": None},
    "expired and renewed": {"renewed_by": "another"},
    "expired and raised": {"renewed_by": None, "raised_to": "another"},
    "no end date": {"raised_to": None, "valid_until": None},
    "another version of the text": {"version": "7.7.7", "digest": "f" * 64},
    "another title": {"title": "Listening & <being> heard"},
    "the name shown": {"name_shown": True, "name": "Zoë <Quill> & Lee"},
    "the holder has gone": {"name_shown": False, "name": "", "name_seal": "0" * 64},
    "no name at all": {"name_seal": None},
}


def test_pages_that_share_a_frame_say_what_each_says_without_one(sqlite_site: Site) -> None:
    codes = [earn(sqlite_site), earn(sqlite_site, "lena")]
    vera = sqlite_site.stranger()
    seen = set()
    for what, change in CHANGES.items():
        for code in codes:
            sqlite_site.do(
                lambda code=code, change=change: [setattr(find_award(code), *each) for each in change.items()]
            )
            kept = as_others_see_it(vera, code, code)
            assert kept == as_others_see_it(vera, code, code.lower()), (what, code)
            assert codes[code == codes[0]] not in kept
            seen.add(kept)
    # Nobody sees that a holder has gone: the page goes on asking whether a name matches.
    assert len(seen) == (len(CHANGES) - 1) * len(codes)


# In text and in attributes: HTML, quotes, marks that steer direction, and what a slot or a catalogue could misread.
ODD_NAMES = (
    "Tea & <b>\"Talk\"</b> ’n’ 'Ease'",
    "\u200fنور\u202e & <ب>\u200e",
    "&amp; &lt;script&gt; %(name)s %s {#",
    "İstanbul 'İlk' <\u2066Y\u2069>",
)


@pytest.mark.parametrize("names_shown", [False, True])
def test_certificates_of_all_programmes_courses_and_names_share_one_frame(sqlite_site: Site, names_shown: bool) -> None:
    code, vera, rendered = earn(sqlite_site), sqlite_site.stranger(), []
    sqlite_site.do(lambda: setattr(find_award(code), "name_shown", names_shown))
    vera.get(f"/verify/{code}")
    with template_rendered.connected_to(
        lambda _app, template, **_context: rendered.append(template.name), sqlite_site.app
    ):
        for name in ODD_NAMES:
            sqlite_site.do(name_everything, code, name)
            kept = vera.get(f"/verify/{code}")
            assert "certification/verify.html" not in rendered
            assert ["".join(cell.itertext()) for cell in kept.find("td")].count(name) == 2 + names_shown
            assert kept.find("[data-course]")[0].get("data-course") == plain(name)
            assert as_others_see_it(vera, code, code) == as_others_see_it(vera, code, code.lower())
            rendered.clear()


def name_everything(code: str, name: str) -> None:
    """Give a certificate's programme, course and holder the same name."""
    award = find_award(code)
    award.title = award.name = name
    db.session.get_one(Programme, award.programme_id).name = name


def test_a_key_that_signs_from_now_on_is_on_the_next_page(sqlite_site: Site) -> None:
    code, vera = earn(sqlite_site), sqlite_site.stranger()
    (before,) = vera.get(f"/verify/{code}").find("[data-keys]")
    key = b"k" * 32
    sqlite_site.do(note_keys, [("another", "badge", multikey(key))])
    (after,) = vera.get(f"/verify/{code}").find("[data-keys]")
    assert set(after.get("data-keys").split()) == {*before.get("data-keys").split(), key.hex()}


@pytest.mark.parametrize("form", ["{}", "{} ", "lower", "spaced", "dashed", "alike"])
def test_vera_types_the_code_as_she_likes(sqlite_site: Site, form: str) -> None:
    code = earn(sqlite_site)
    groups = [code[i : i + 4] for i in range(0, 16, 4)]
    typed = {
        "lower": code.lower(),
        "spaced": " ".join(groups),
        "dashed": "-".join(groups),
        "alike": code.replace("0", "O").replace("1", "l"),
    }.get(form, form.format(code))
    page = sqlite_site.stranger().get("/verify").form("/verify").submit(code=typed)
    assert (page.path, page.h1) == (f"/verify/{code}", "This certificate is valid")


def test_a_code_that_cannot_be_one_is_answered_beside_its_field(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/verify").form("/verify").submit(code="7QK4 M2XD", expect=422)
    assert "four groups of four" in page.main


def test_the_square_on_paper_leads_to_the_same_page(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    for path in (f"/V/{code}", f"/v/{code.lower()}"):
        assert sqlite_site.stranger().get(path).path == f"/verify/{code}"


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("Sam Osei", True),
        ("sam  OSEI", True),
        ("SamOsei", True),
        ("Sám Ösei", True),
        ("Ｓａｍ Osei", True),
        ("Osei Sam", False),
        ("Sam", False),
        ("S. Osei", False),
    ],
)
def test_a_typed_name_is_compared_without_case_marks_and_spaces(sqlite_site: Site, typed: str, fits: bool) -> None:
    code = earn(sqlite_site)
    page = sqlite_site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name=typed)
    assert ("The name matches." in page.main) is fits
    assert ("The name doesn’t match." in page.main) is not fits
    assert fits or "Sam Osei" not in page.html


def test_a_name_is_compared_ten_times_an_hour_and_then_kindly_not(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    page = sqlite_site.stranger().get(f"/verify/{code}")
    for _try in range(10):
        page = page.form(f"/verify/{code}").submit(name="Sam Ose")
        assert "doesn’t match" in page.main
    page = page.form(f"/verify/{code}").submit(name="Sam Osei")
    assert "matches" not in page.main.replace("whether it matches", "") and "many names" in page.main
    assert "try again in 60 minutes" in page.main
    elsewhere = sqlite_site.stranger()
    elsewhere.browser.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    page_there = elsewhere.get(f"/verify/{code}").form(f"/verify/{code}").submit(name="Sam Osei")
    assert "The name matches." in page_there.main, "one network does not close a certificate for another"
    clock.shift(timedelta(minutes=61))
    page = page.form(f"/verify/{code}").submit(name="Sam Osei")
    assert "The name matches." in page.main


def test_no_name_and_a_name_too_long_are_answered_beside_the_field(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    for typed in ("", "...", "a" * 300):
        page = sqlite_site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name=typed, expect=422)
        assert page.find("[aria-invalid=true]")


def test_the_name_shows_once_sam_switches_it_on_and_goes_when_she_switches_it_off(sqlite_site: Site) -> None:
    code = earn(sqlite_site)
    sam, stranger = sqlite_site.visitor("sam"), sqlite_site.stranger()
    form = sam.get(f"/certificates/{code}").form("/show-name")
    form.submit(show="yes")
    assert "Sam Osei" in stranger.get(f"/verify/{code}").main
    assert (stranger.browser.get(f"/verify/{code}", base_url=BASE, headers=JSON).json or {})["name"] == "Sam Osei"
    form.submit(show="no")
    assert "Sam Osei" not in stranger.get(f"/verify/{code}").html


def test_many_unknown_codes_meet_a_calm_limit_that_passes(sqlite_site: Site) -> None:
    stranger = sqlite_site.stranger()
    for number in range(30):
        stranger.get(f"/verify/{number:016d}", expect=404)
    page = stranger.get(f"/verify/{NOBODYS}", expect=429)
    assert page.h1 == "Too many attempts from your network" and "wait ten minutes" in page.main
    told = stranger.browser.get(f"/verify/{NOBODYS}", base_url=BASE, headers=JSON)
    assert told.status_code == 429 and set(told.json or {}) == {"happened", "next", "reference"}
    clock.shift(timedelta(minutes=11))
    stranger.get(f"/verify/{NOBODYS}", expect=404)


def test_codes_that_somebody_has_are_never_counted(sqlite_site: Site) -> None:
    """A hospital is one address: a hundred certificates looked up in a morning are not an attack."""
    code = earn(sqlite_site)
    stranger = sqlite_site.stranger()
    for _look in range(100):
        assert stranger.browser.get(f"/verify/{code}", base_url=BASE).status_code == 200
