"""Names in the scripts that people write: stored whole, shown whole, and never made into something else."""

from __future__ import annotations

from markupsafe import escape

from lms.accounts.records import find_person_by_email
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
        assert "Your names are saved." in page.main
        assert dict(page.form("/account").fields)["display_name"] == name
        assert str(escape(name)) in cora.get("/programmes/harbour/people").html
        with sqlite_site.inside():
            person = find_person_by_email("sam@example.org")
        assert person is not None and person.display_name == name


def test_a_name_for_certificates_is_kept_whole_or_told_that_it_cannot_be_printed(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    for name in NAMES.values():
        with sqlite_site.inside():
            can_print = not sqlite_site.app.extensions["lms_unprintable"](name)
        page = sam.get("/account").form("/account").submit(certificate_name=name, expect=200 if can_print else 422)
        assert dict(page.form("/account").fields)["certificate_name"] == name
        assert can_print or "Your account is as it was." in page.main
