"""Names that a programme confirms: what certificates say of it, titles that are asked about, certificates that wait."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from pypdf import PdfReader

from lms.accounts import actions as accounts
from lms.accounts.notifications import preferences
from lms.all_rooms import delete_person
from lms.certification.awards import reissue
from lms.certification.awards.naming.confirming import confirm_name, mark_of
from lms.certification.awards.naming.titles import titles_in, without_titles
from lms.certification.awards.records import Award, find_award, list_awards_of_person
from lms.certification.awards.rules import name_fits, plain_name
from lms.coordination.merging.actions import merge
from lms.coordination.merging.rules import Decider
from lms.coordination.names import pages
from lms.foundation import clock
from lms.foundation.db import write
from lms.foundation.text.graphemes import whole_letters
from lms.foundation.text.names import as_shown, tidy_name
from lms.foundation.web.fields import name_trouble
from tests.builders.certificates import pdf
from tests.builders.learning import earn, prepare, take_check
from tests.builders.mail import at_noon, outbox
from tests.builders.rows import count_events
from tests.conftest import Site

HARBOUR = "/programmes/harbour"
NAMES = f"{HARBOUR}/names-to-confirm"


def call(site: Site, name: str, shown: str, printed: str | None = None) -> None:
    """Give somebody another name on certificates to come."""
    with site.inside():
        person = site.person(name)
    site.do(accounts.change_names, person.id, shown, printed or shown)


def award_of(site: Site, code: str) -> Award:
    with site.inside():
        found = find_award(code)
    assert found is not None
    return found


def newest(site: Site, name: str = "sam") -> Award:
    with site.inside():
        return list_awards_of_person(site.person(name).id)[0]


def set_confirming(site: Site, on: bool) -> None:
    """Let Cora change the setting on its page."""
    form = site.visitor("cora").get(f"{HARBOUR}/settings/reviews").form("/settings/reviews")
    form.submit(confirm_names="yes" if on else "no")


def evidence(site: Site, code: str, name: str = "sam") -> tuple[bytes, dict[str, str]]:
    """Return somebody's badge, and what it says of each thing it rests on."""
    badge = site.visitor(name).get(f"/certificates/{code}/badge").response.data
    return badge, {each["name"]: each["narrative"] for each in json.loads(badge)["evidence"]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200eSam\u200f Osei\u061c", "Sam Osei"),
        ("\u202eSam\u202c \u2066Osei\u2069", "Sam Osei"),
        ("Wolfe\u00adschlegel", "Wolfeschlegel"),
        ("\ufeffSam", "Sam"),
        ("Sam\ufe00", "Sam"),
        ("Sam\U000e0101", "Sam"),
        ("渡邉\U000e0101", "渡邉\U000e0101"),
        ("神\ufe00田", "神\ufe00田"),
        ("က\ufe00", "က\ufe00"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("Sam ❤\ufe0f", "Sam ❤\ufe0f"),
        ("Sam \ue000", "Sam \ue000"),
        ("\U000323b0\U00032400", "\U000323b0\U00032400"),
        ("Sam 王 Анна سمر", "Sam 王 Анна سمر"),
    ],
)
def test_what_nobody_sees_is_taken_out_of_names_and_what_belongs_to_a_letter_stays(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept
    assert name_trouble(kept) is None


@pytest.mark.parametrize(
    ("typed", "name", "same"),
    [
        ("कमल", "कमला", False),
        ("राम", "रमा", False),
        ("สิน", "สัน", False),
        ("はる", "ばる", False),
        ("கண்ணன்", "கணணன", False),
        ("शर्मा\u200c", "शर्मा", True),
        ("JOSE", "José", True),
        ("محمد", "مُحَمَّد", True),
        ("שרה", "שָׂרָה", True),
        ("渡邉\U000e0101", "渡邉", True),
    ],
)
def test_names_of_two_people_are_never_one_and_accents_make_no_difference(typed: str, name: str, same: bool) -> None:
    assert name_fits(typed, name) is same and (plain_name(typed) == plain_name(name)) is same


def test_letters_are_named_whole_and_those_that_no_font_shows_by_their_codes() -> None:
    assert whole_letters("渡邉\U000e0101กำ") == ["渡", "邉\U000e0101", "กำ"]
    assert [as_shown(letter) for letter in ("\ue000", "\U000323b0", "ꦗ")] == ["U+E000", "U+323B0", "ꦗ"]


@pytest.mark.parametrize(
    ("name", "titles", "alone"),
    [
        ("Dr Sam Osei, licensed clinical psychologist", ("Dr", "licensed clinical psychologist"), "Sam Osei"),
        ("Sam Osei, Ph.D., RN", ("Ph.D. RN",), "Sam Osei"),
        ("Sam Osei LCSW", ("LCSW",), "Sam Osei"),
        ("Dr – Sam Osei-Bonsu · LCSW", ("Dr", "LCSW"), "Sam Osei-Bonsu"),
        ("Prof.Dr. Anna Müller (Dipl.-Psych.)", ("Prof.Dr.", "Dipl.-Psych."), "Anna Müller"),
        ("Dott.ssa Maria Rossi", ("Dott.ssa",), "Maria Rossi"),
        ("д-р Ольга Ґудзь", ("д-р",), "Ольга Ґудзь"),
        ("د. فاطمة الزهراء", ("د.",), "فاطمة الزهراء"),
        ("ד״ר שרה כהן", ("ד״ר",), "שרה כהן"),
        ("डॉ. श्रीलक्ष्मी", ("डॉ.",), "श्रीलक्ष्मी"),
        ("王小明医生", ("医生",), "王小明"),
        ("김하은 박사", ("박사",), "김하은"),
        *((name, (), name) for name in ("Md Rahim Uddin", "Paul Nurse", "박사랑", "Drew Profumo", "Doctor", "Ha Ng")),
    ],
)
def test_titles_are_found_in_many_languages_and_names_that_look_like_one_are_left_alone(
    name: str, titles: tuple[str, ...], alone: str
) -> None:
    assert titles_in(name) == titles and without_titles(name) == alone


def test_a_name_that_cannot_be_printed_is_saved_and_a_title_is_asked_about(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    page = sam.get("/account").form("/account").submit(certificate_name="Dr Sam \ue000, RN")
    assert "Saved." in page.main and "U+E000" in page.main
    assert "Is “Dr, RN” part of your name?" in page.main
    page = page.form_with("Use “Sam \ue000” instead").submit("Use “Sam \ue000” instead")
    assert dict(page.form("/account").fields)["certificate_name"] == "Sam \ue000"
    assert "part of your name" not in page.main and "part of your name" not in sam.get("/account").main


def test_a_coordinator_sees_beside_an_invitation_what_cannot_be_printed_yet(sqlite_site: Site) -> None:
    cora, people = sqlite_site.visitor("cora"), "\u202eJati ꦗꦮ\u00ad <jati@example.org>, Ben Ode <ben@example.org>"
    form = cora.get(f"{HARBOUR}/invitations/new").form("/invitations/new")
    page = form.submit("Continue", people=people)
    assert "2 people will get an invitation" in page.main and "We can’t print yet: ꦗ ꦮ" in page.main
    assert page.main.count("We can’t print yet") == 1 and "every character of 1 name" in page.main
    page = cora.get(f"{HARBOUR}/slips").form_with("Add people").submit("Add people", names="Jati ꦗꦮ")
    assert "We can’t print yet: ꦗ ꦮ" in page.main


def test_what_is_issued_after_a_name_is_confirmed_says_so_and_what_was_before_stays(sqlite_site: Site) -> None:
    call(sqlite_site, "sam", "Sammy Grand")
    code, stranger = earn(sqlite_site, document=True), sqlite_site.stranger()
    paper, (badge, told) = pdf(sqlite_site, code), evidence(sqlite_site, code)
    assert "Name" not in told and "Not by the programme" in stranger.get(f"/verify/{code}").main
    award = award_of(sqlite_site, code)
    sqlite_site.do(confirm_name, award.id, award.person_id)
    assert award_of(sqlite_site, code).name_confirmed_at is None
    with sqlite_site.inside():
        cora, sam = sqlite_site.person("cora").id, sqlite_site.person("sam").public_id
    page = sqlite_site.visitor("cora").get(f"{HARBOUR}/people/{sam}").form_with("Confirm this name")
    page.submit("Confirm this name")
    assert "By the programme, on" in stranger.get(f"/verify/{code}").main
    assert award_of(sqlite_site, code).name_attested is None
    assert stranger.get(f"/verify/{code}?format=json").response.json["name_confirmed_on"]
    assert "Your programme confirmed this name" in sqlite_site.visitor("sam").get(f"/certificates/{code}").main
    assert pdf(sqlite_site, code) == paper and evidence(sqlite_site, code)[0] == badge
    assert award_of(sqlite_site, code).record_sha256() == award.record_sha256()
    again = sqlite_site.do(reissue.reissue_certificate, award.id, "fault", cora)
    sqlite_site.work()
    assert evidence(sqlite_site, again.code)[1]["Name"].startswith("The programme confirmed the name on")
    words = " ".join(PdfReader(BytesIO(pdf(sqlite_site, again.code))).pages[0].extract_text().split())
    assert "The programme confirmed the name on" in words
    call(sqlite_site, "sam", "Sammy Grander")
    other = sqlite_site.do(reissue.reissue_certificate, again.id, "fault", cora)
    assert other.name == "Sammy Grander" and other.name_confirmed_at is None


def test_certificates_wait_for_their_names_where_a_programme_asks_for_that_and_cora_confirms_many(site: Site) -> None:
    set_confirming(site, on=True)
    prepare(site, "sam")
    call(site, "sam", "Sam Osei", "Dr Sam Osei")
    assert "once a coordinator has confirmed your name" in take_check(site, "sam").main
    award, sam, cora = newest(site), site.visitor("sam"), site.visitor("cora")
    assert award.waiting and award.issued_at is None
    assert "waiting for your name to be confirmed" in sam.get(f"/certificates/{award.code}").main
    assert site.stranger().get(f"/verify/{award.code}", expect=404)
    earn(site, "tara")
    code = earn(site, "cora")
    people = cora.get(f"{HARBOUR}/people").follow("3 certificates are waiting for their names to be confirmed")
    assert "Title in the name: Dr" in people.main and "This is you." in people.main
    assert not people.find("input[name=pick][checked]")
    known = people.follow("Select everybody whose name your programme knows")
    assert len(known.find("input[name=pick][checked]")) == 1
    assert "Select at least one name." in people.form(NAMES).submit(expect=422).main
    # Sam changes the name after Cora has opened the page, and sends along a certificate that she cannot confirm.
    call(site, "sam", "Sam Osei", "Sam Grand")
    sent = {**dict(people.form(NAMES).fields), f"seen-{code}": mark_of("Cora Haddad")}
    page = cora.send(NAMES, {**sent, "pick": [award.code, code, newest(site, "tara").code]})
    assert "You’ve confirmed 1 name." in page.main and "2 names changed after you opened the page" in page.main
    assert not newest(site, "tara").waiting and newest(site).waiting and newest(site).name == "Sam Grand"
    page.form(NAMES).submit(pick=[award.code])
    site.work()
    issued = newest(site)
    assert not issued.waiting and issued.issued_at and issued.passed_on == award.passed_on
    assert "Name" in evidence(site, issued.code)[1] and site.stranger().get(f"/verify/{issued.code}")
    set_confirming(site, on=False)
    site.work()
    assert not newest(site, "cora").waiting and newest(site, "cora").name_confirmed_at is None
    assert "No names are waiting" in cora.get(NAMES).main


def test_a_coordinator_is_told_once_that_names_wait_if_they_asked_for_it(sqlite_site: Site) -> None:
    site = sqlite_site
    at_noon()
    set_confirming(site, on=True)
    for name in ("cora", "mina"):
        with site.inside():
            person_id = site.person(name).id
        site.do(preferences.consent, person_id, "programme-names", given=True)
    earn(site, "cora")
    site.work()
    assert not [row for row in outbox(site) if "waiting for" in row.subject], "nobody confirms their own"
    codes = [earn(site), earn(site, "lena")]
    site.work()
    site.work()
    (email,) = [row for row in outbox(site) if "waiting for" in row.subject]
    assert email.recipient == "cora@example.org" and email.off_url
    assert "2 certificates are waiting for their names" in email.subject
    clock.shift(timedelta(days=10))
    earn(site, "tara")
    for code in (*codes, newest(site, "tara").code):
        site.do(confirm_name, award_of(site, code).id, None)
    site.work()
    assert len([row for row in outbox(site) if "waiting for" in row.subject]) == 1, "no longer true when it would leave"


def test_a_name_whose_account_is_deleted_while_it_waits_is_on_no_list_of_things_to_do(sqlite_site: Site) -> None:
    site = sqlite_site
    set_confirming(site, on=True)
    code, cora = earn(site), site.visitor("cora")
    page = cora.get(NAMES)
    with site.inside():
        sam = site.person("sam").id
    site.do(delete_person, sam, None)
    assert "1 certificate is waiting" not in cora.get(f"{HARBOUR}/people").main
    sent = {**dict(page.form(NAMES).fields), "pick": [code]}
    assert "No names are waiting" in cora.send(NAMES, sent).main
    assert award_of(site, code).waiting and count_events(site, "NameConfirmed") == 0
    set_confirming(site, on=False)
    site.work()
    assert award_of(site, code).name == "" and site.stranger().get(f"/verify/{code}", expect=404)


def test_a_page_that_a_colleague_has_emptied_shows_the_names_that_still_wait(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = sqlite_site
    set_confirming(site, on=True)
    monkeypatch.setattr(pages, "PAGE", 1)
    first, second = earn(site), earn(site, "lena")
    cora = site.visitor("cora")
    page = cora.get(f"{NAMES}?after={first}")
    call(site, "lena", "Lena Grand")
    page = page.form(NAMES).submit(pick=[second])
    assert "1 name changed after you opened the page" in page.main and "Lena Grand" in page.main
    page = page.form(NAMES).submit(pick=[second])
    assert "You’ve confirmed 1 name." in page.main and "Sam" in page.main
    assert "No names are waiting" in page.form(NAMES).submit(pick=[first]).main


def test_a_certificate_that_came_with_a_merge_is_issued_once_its_name_is_confirmed_again(sqlite_site: Site) -> None:
    """The name was confirmed for the account that is kept, while the certificate of the other one waited under it."""
    site = sqlite_site
    set_confirming(site, on=True)
    for name in ("sam", "lena"):
        call(site, name, "Sam Osei")
    first, second = award_of(site, earn(site)), award_of(site, earn(site, "lena"))
    site.do(confirm_name, first.id, None)
    assert not award_of(site, first.code).waiting and award_of(site, second.code).waiting
    with site.inside():
        accounts_of = [site.person(name).id for name in ("sam", "lena")]
    site.do(merge, first.programme_id, *accounts_of, Decider(None, operator=True))
    assert award_of(site, second.code).person_id == first.person_id
    page = site.visitor("cora").get(NAMES)
    if award_of(site, second.code).waiting:
        page = page.form(NAMES).submit(pick=[second.code])
    assert "No names are waiting" in page.main and not award_of(site, second.code).waiting


def test_two_coordinators_confirm_a_name_at_once_and_it_is_confirmed_once(site: Site) -> None:
    award = award_of(site, earn(site))
    with site.inside():
        by = [site.person("cora").id, site.person("tara").id]
    gate = Barrier(2)

    def confirm(person_id: str) -> Any:
        with site.inside():
            gate.wait()
            return write(confirm_name, award.id, person_id)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(confirm, by)) == [None, None]
    assert count_events(site, "NameConfirmed") == 1
    assert award_of(site, award.code).name_confirmed_at


def test_a_coordinator_of_another_programme_confirms_nothing_here(sqlite_site: Site) -> None:
    set_confirming(sqlite_site, on=True)
    code, mina = earn(sqlite_site), sqlite_site.visitor("mina")
    page = mina.get("/programmes/meadow/names-to-confirm")
    assert "No names are waiting" in page.main
    sent = {**dict(page.form("/sign-out").fields), "pick": [code], f"seen-{code}": mark_of("Sam Osei")}
    mina.send(NAMES, sent, expect=404)
    mina.send("/programmes/meadow/names-to-confirm", sent)
    assert award_of(sqlite_site, code).waiting
