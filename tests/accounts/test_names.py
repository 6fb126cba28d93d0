"""Names in the scripts that people write: stored whole, shown whole, and never made into something else."""

from __future__ import annotations

import pytest
from markupsafe import escape

from lms.accounts.records import find_person_by_email
from lms.foundation.hooks import Hooks
from lms.foundation.per_app import provided
from lms.foundation.web.fields import DIRECTION_MARKS, hides_something, name_trouble
from tests.builders.learning import make_account
from tests.conftest import Site

NAMES = {
    "Latin with marks": "Łucja Nuñez-Đặng",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Олександра Ґудзь",
    "Arabic": "فاطمة الزهراء",
    "Hebrew": "שרה כהן",
    "Devanagari": "श्रीलक्ष्मी क्षत्रिय",
    "Bengali": "অনন্যা দাশগুপ্ত",
    "Thai": "สมหญิง ใจดี",
    "Han": "王小明",
    "Hangul": "김하은",
    "Ethiopic": "ሰላማዊት",
    "Armenian": "Արմինե Սարգսյան",
    "One name": "Sukarno",
    "An apostrophe and a long one": "N’Golo O’Brien-" + "Wolfeschlegelstein" * 3,
}


def test_a_name_is_kept_and_shown_whole_to_its_person_and_to_the_coordinator(sqlite_site: Site) -> None:
    sam, cora = sqlite_site.visitor("sam"), sqlite_site.visitor("cora")
    for name in NAMES.values():
        page = sam.get("/account").form("/account").submit(display_name=name, certificate_name="Sam Osei")
        assert "Saved." in page.main
        assert dict(page.form("/account").fields)["display_name"] == name
        assert str(escape(name)) in cora.get("/programmes/harbour/people").html
        with sqlite_site.inside():
            person = find_person_by_email("sam@example.org")
        assert person is not None and person.display_name == name


def test_a_name_for_certificates_is_kept_whole_or_told_that_it_cannot_be_printed(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    for name in NAMES.values():
        with sqlite_site.inside():
            can_print = not provided(Hooks, sqlite_site.app).missing_letters(name)
        page = sam.get("/account").form("/account").submit(certificate_name=name)
        assert dict(page.form("/account").fields)["certificate_name"] == name
        assert "Saved." in page.main and can_print is ("can’t print these characters yet" not in page.main)


HIDDEN = {
    "a joiner alone": "\u200d",
    "a joiner at the end": "Sam\u200d",
    "joiners between spaces": "Sam \u200d Osei",
    "a grapheme joiner": "\u034f",
    "a grapheme joiner within": "Sa\u034fm",
    "a word joiner": "\u2060",
    "a soft hyphen": "Sa\u00adm",
    "a direction mark": "\u202eSam",
    "a Hangul filler": "\u3164",
    "a half-width Hangul filler": "\uffa0",
    "a blank Braille pattern": "\u2800",
    "a variation selector": "Sam\ufe0f",
    "a line separator": "Sam\u2028Osei",
    "a paragraph separator": "Sam\u2029Osei",
    "a line break": "Sam\nOsei",
    "a tag letter": "Sam\U000e0061",
    "what is left of a picture": "Sam\ufffc",
    "what is left of a letter": "S\ufffdm",
    "a form of no character": "Sam\U000e0100",
}
WITHOUT_A_LETTER = ["\u0301", "◌\u0301", "123", "-", "★", "👩", "\u0e47"]


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_a_name_that_hides_something_is_refused(name: str) -> None:
    assert "hidden character" in (name_trouble(name) or "")


@pytest.mark.parametrize("name", WITHOUT_A_LETTER)
def test_a_name_needs_a_letter(name: str) -> None:
    assert name_trouble(name) == "This needs at least one letter."


@pytest.mark.parametrize("name", [*NAMES.values(), "می‌خواهم", "ශ්‍රී ලංකා", "Jean-Luc 2", "Ñ", "X Æ A-12", "Dr. O’Neil"])
def test_names_that_people_have_are_welcome(name: str) -> None:
    assert name_trouble(name) is None


@pytest.mark.parametrize("name", ["葛\U000e0100城", "渡邉\U000e0101", "Thị\u0302", "שָׁרָה", "ประภัสสร", "མཚོ་སྐྱིད"])
def test_forms_and_marks_that_names_have_are_welcome(name: str) -> None:
    assert name_trouble(name) is None


def test_pictures_that_phones_type_hide_nothing_and_marks_of_direction_stand_in_running_text_alone() -> None:
    for text in (
        "Thank you \u2764\ufe0f",
        "\U0001f469\u200d\u2695\ufe0f",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f44d\U0001f3fd",
    ):
        assert not hides_something(text), text
    for text in ("Sam \ufe0f\ufe0f", "\u2764\ufe0f\ufe0f", "\u2764\u200dSam", "Sam\u200d\u2764", "\u2764\u200b"):
        assert hides_something(text, DIRECTION_MARKS), text
    assert hides_something("أمل\u200f") and not hides_something("أمل\u200f", DIRECTION_MARKS)


@pytest.mark.parametrize(
    "name", ["a" + "\u0301" * 7, "Za" + "\u0334\u0316\u0311" * 20 + "lgo", "S\u20dd\u20dd" * 1 + "\u20dd" * 9]
)
def test_marks_heaped_on_one_letter_are_refused(name: str) -> None:
    assert "more marks on one character" in (name_trouble(name) or "")


def test_every_name_field_refuses_a_name_that_cannot_be_seen(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    for field in ("display_name", "certificate_name"):
        page = sam.get("/account").form("/account").submit(expect=422, **{field: "\u2060\u034f"})
        assert "hidden character" in page.main
    assert "hidden character" in make_account(sqlite_site, "Noor\u2028Haddad", expect=422).main
    assert "one letter" in sam.get("/account/ways").form("/account/ways").submit(pronouns="\u0301", expect=422).main
