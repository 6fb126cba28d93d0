"""Day one: Ada sets a site up, Cora opens a programme of 300 without a shell, and an employer sees status only."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page

from lms.accounts import actions as accounts
from lms.accounts.records import Person, find_programme
from lms.foundation import clock
from lms.foundation.db import db, write
from lms.library import actions as library
from lms.wellbeing import actions as care
from lms.wellbeing.lines import in_reach
from lms.wellbeing.support_cache import current
from tests.builders.learning import PFA, earn
from tests.builders.mail import text_of
from tests.conftest import PASSWORD
from tests.conftest import PFA as PFA_FOLDER
from tests.journeys import walks
from tests.journeys.conftest import Opens
from tests.journeys.hands import Mouse
from tests.journeys.people import add, secret
from tests.journeys.served import Served, run_lms, serve, without_settings

pytestmark = pytest.mark.browser
PEOPLE, CLICKS_MOST = 300, 25
NAMES = ("Noor", "Björn", "Zoë", "Łukasz", "أمل", "Siân", "Đorđe", "Mei", "Ìfé", "Ana")
# Rows that can't be used, by number: what is there instead of the address.
SLIPS = {17: "noor17@@example.org", 42: "zoe42", 128: "ana128@example", 201: "mei201@example..org", 300: ""}
# Staff pages of a programme that open for no employer.
STAFF_PAGES = ("people", "people.csv", "people.xlsx", "invitations", "invitations/new", "imports", "units")
STAFF_PAGES += ("assignments", "assignments/new", "settings", "settings/contacts", "settings/courses")
STAFF_PAGES += ("support-lines", "practice-to-confirm", "certificates/look", "coordinator")
REMINDER = "The room on the third floor is free on Thursdays, if you’d like a quiet hour for it."


class Clicks(Mouse):
    """Somebody whose every click counts: fields, boxes, lists and files too."""

    def type(self, label: str, text: str) -> None:
        self.clicks += 1
        super().type(label, text)

    def choose(self, field: Locator) -> None:
        self.clicks += 1
        super().choose(field)

    def pick(self, field: Locator, value: str) -> None:
        self.clicks += 1
        super().pick(field, value)

    def give_file(self, label: str, file: Path) -> None:
        """Choose a file: one click for the field, one for the file."""
        self.clicks += 2
        self.page.get_by_label(label, exact=True).set_input_files(file)


def daytime() -> str:
    """Return a time zone in which it's noon now, because emails wait at night."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@contextmanager
def site_of_its_own(request: pytest.FixtureRequest, kind: str, data: Path) -> Iterator[Served]:
    """Serve a site on either database, at noon."""
    url = ""
    shutil.copytree(request.getfixturevalue("filled_sqlite"), data)
    if kind == "postgres":
        server = request.getfixturevalue("postgres")
        url = server.clone(request.getfixturevalue("filled_postgres"))
    with serve(data, url=url, LMS_TIMEZONE=daytime()) as running:
        yield running
        with running.site.inside():
            db.engine.dispose()
    if url:
        server.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A site of its own on either database."""
    with site_of_its_own(request, request.param, tmp_path / "data") as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The site that journeys share, and one on PostgreSQL with ./dev test --all."""
    if request.param == "sqlite":
        yield request.getfixturevalue("served")
        return
    with site_of_its_own(request, request.param, tmp_path / "data") as running:
        yield running


# On PostgreSQL, the same way takes as long again: it runs with ./dev test --all.
@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of a site that isn't there yet: an empty folder, and on PostgreSQL an empty database."""
    url, server = "", None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        url = server.create(f"nowhere_{tmp_path.name}".lower()[:40])
    yield {**without_settings(), "LMS_DATA": str(tmp_path / "data"), "LMS_MAIL_URL": "file:", "LMS_DATABASE_URL": url}
    if server is not None:
        server.drop(url)


def staff_list(file: Path, slips: dict[int, str]) -> Path:
    """Write 300 people as they come out of a personnel system, with an address that went astray here and there."""
    rows = ["Staff no.;Full name;E-mail;Department;Role"]
    for number in range(1, PEOPLE + 1):
        name, ward = NAMES[number % len(NAMES)], f"Surgery / Ward {number % 6 + 1}"
        address = slips.get(number, f"person{number}@example.org")
        role = "Employer" if number == PEOPLE else ""
        rows.append(f"{number:05};{name} {number};{address};{ward};{role}")
    file.write_text("\n".join(rows), "utf-8-sig")
    return file


def import_people(cora: Clicks, file: Path, expected: str) -> None:
    """Send a file, look at what will happen, start, and wait until it's done."""
    cora.give_file("CSV or Excel file (XLSX)", file)
    cora.press("Check the file")
    cora.press(expected)
    for _moment in range(240):
        if "Import another file" in cora.page.request.get(cora.page.url).text():
            break
        cora.page.wait_for_timeout(250)
    if cora.sees("Refresh"):
        cora.press("Refresh")


def emails_to(served: Served, address: str, words: str) -> str:
    """Return the text of the email to an address that holds these words, once the job process has written it."""
    for _moment in range(600):
        for file in (served.site.settings.data / "mail").glob("*.eml"):
            content = file.read_bytes()
            if address.encode() not in content:
                continue
            message = message_from_bytes(content, policy=policy.default)
            if message["To"] == address and words in (text := text_of(message)):
                return text
        time.sleep(0.1)
    raise AssertionError(f"no email to {address} says {words!r}")


def link_in(text: str) -> str:
    """Return the link to an invitation."""
    found = re.search(r"http://\S+/invitation/\S+", text)
    assert found, text
    return found[0]


def join(hands: Mouse, link: str, name: str) -> None:
    """Open the link of an invitation and make an account."""
    hands.page.goto(link)
    fill_in_account(hands, name)


def fill_in_account(hands: Mouse, name: str) -> None:
    """Choose a name and a password."""
    hands.type("Your name, as others see it here", name)
    hands.type("Password", PASSWORD)
    hands.press("Create account")


def main(page: Page) -> str:
    """Return what a page says, white space folded."""
    return " ".join(page.locator("main").inner_text().split())


def open_programme(cora: Clicks, served: Served, folder: Path) -> None:
    """Invite 300 people from a file with slips in it, and the rest from the corrected file."""
    walks.sign_in(cora, served, "cora")
    cora.press("People")
    cora.press("Invite people")
    import_people(cora, staff_list(folder / "first.csv", SLIPS), f"Import {PEOPLE - len(SLIPS)} people")
    cora.press("Import another file")
    import_people(cora, staff_list(folder / "second.csv", {}), f"Import {len(SLIPS)} people")
    cora.press("Invited, not yet joined")
    assert cora.page.get_by_role("heading", name=f"{PEOPLE} people").count() == 1
    assert "person300@example.org Employer" in main(cora.page)


def assign_to_ward(cora: Clicks) -> None:
    """Ask everybody in a ward to take a course, with a date."""
    cora.press("Assignments")
    cora.press("Assign a course")
    cora.pick(cora.page.get_by_label("Course", exact=True), PFA)
    cora.choose(cora.page.locator("[name=audience][value=unit]"))
    unit = cora.page.get_by_label("Unit", exact=True)
    ward = unit.locator("option", has_text="Ward 2").get_attribute("value")
    assert ward
    cora.pick(unit, ward)
    cora.type("By which date? (optional)", (datetime.now(UTC) + timedelta(days=60)).date().isoformat())
    cora.press("Assign")
    assert "Ward 2" in main(cora.page)


def test_cora_opens_a_programme_of_300_and_looks_after_it(desk: Served, opens: Opens, tmp_path: Path) -> None:
    add(desk, "lev", "Lev Adler")
    code = earn(desk.site, "lev")
    cora, noor, stranger = (hands(opens().new_page()) for hands in (Clicks, Mouse, Mouse))
    open_programme(cora, desk, tmp_path)
    assign_to_ward(cora)
    assert cora.clicks < CLICKS_MOST, cora.clicks

    # Who joins with a unit is asked at once, by a date that nobody has to fear.
    invited = emails_to(desk, "person1@example.org", "/invitation/")
    join(noor, link_in(invited), "Noor One")
    noor.press("Courses")
    asked = main(noor.page)
    assert "You’ve been asked to take" in asked and "late" not in asked and "overdue" not in asked
    noor.press("Ask for more time (Psychological first aid for colleagues)")
    cora.press("Assignments")
    cora.press_this(cora.page.locator("button[name=go][value=month]"))
    assert "Saved. They’ll see your answer" in main(cora.page)
    noor.page.reload()
    assert "this is your new date" in main(noor.page)

    # A reminder in her own words goes to whom she ticked, once.
    cora.press("Psychological first aid for colleagues (Surgery / Ward 2)")
    cora.press("Remind some of them")
    cora.choose(cora.page.get_by_label("Noor One"))
    cora.press("Write a reminder")
    cora.page.locator("textarea").fill(REMINDER)
    cora.press("Preview")
    cora.press("Send")
    assert REMINDER in emails_to(desk, "person1@example.org", REMINDER).replace("\n", " ")
    assert not cora.sees("Send a reminder")

    # Somebody leaves: off the list, and the certificate is as valid as before.
    cora.press("People")
    cora.press("Lev Adler")
    cora.press("End membership")
    cora.press("End membership")
    assert "Their certificates stay valid" in main(cora.page)
    cora.press("Back to the list")
    assert not cora.sees("Lev Adler")
    assert "valid" in walks.look_up(stranger, desk, code)


def test_the_employer_finds_status_and_no_other_staff_page_answers(place: Served, opens: Opens) -> None:
    add(place, "ingo", "Ingo Brandt")
    add(place, "uma", "Uma Nair")
    code = earn(place.site, "ingo")
    with place.site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    boss = place.site.do(accounts.register, "boss@example.org", "Bo Steiner", secret(), None)
    assert isinstance(boss, Person)
    place.site.do(accounts.give_role, boss.id, harbour.id, "employer")
    bo = Mouse(opens().new_page())
    walks.sign_in(bo, place, "boss")
    bo.press("Status")
    bo.page.get_by_role("searchbox").fill("ingo")
    bo.press("Search")
    assert bo.page.locator("tbody tr").all_inner_texts()[0].split("\t")[0] == "Ingo Brandt"
    assert code not in bo.page.content()
    bo.press("Show everyone")
    assert "No valid certificate" in main(bo.page)
    links = bo.page.locator("a").evaluate_all("them => them.map(one => one.getAttribute('href'))")
    staff = [link for link in links if link.startswith(("/programmes/", "/operator"))]
    assert {link.partition("?")[0] for link in staff} == {"/programmes/harbour/status"}
    with place.site.inside():
        ingo = place.site.person("ingo").public_id
    for path in (*STAFF_PAGES, f"people/{ingo}", f"people/{ingo}/details", f"certificates/{code}/withdraw"):
        assert bo.page.request.get(f"{place.url}/programmes/harbour/{path}").status == 404, path
    assert bo.page.request.get(f"{place.url}/programmes/meadow/status").status == 404


def fill_in_contacts(ada: Mouse) -> None:
    """Follow the first steps of the only programme to the page for contacts."""
    ada.press("Site")
    ada.press("Programmes")
    ada.press("Harbour Hospitals")
    ada.press("Fill in contacts")
    ada.type("Who to talk to", "Ingrid Okafor")
    ada.type("How to reach them", "ingrid@harbour.example")
    ada.type("How soon they reply", "within two days")
    ada.press("Save")
    assert "People can’t see yet who they can talk to" not in main(ada.page)


def review_and_check(served: Served) -> None:
    """Do what experts do: review the course, and make sure of each support line."""
    with served.site.inside():
        for role in ("clinical", "peer", "legal"):
            write(library.record_review, PFA, None, role, "Dr R. Amari", clock.today("UTC"), None, False)
        for line in in_reach(current(served.site.settings.data).before, "harbour", "GB"):
            write(care.check_line, line.id, clock.today("UTC"), served.site.settings.data)


def test_ada_brings_an_empty_machine_to_a_programme_that_runs(nowhere: dict[str, str], opens: Opens) -> None:
    said = run_lms(nowhere, "init", "--programme", "harbour", "--name", "Harbour Hospitals")
    data, url = Path(nowhere["LMS_DATA"]), nowhere["LMS_DATABASE_URL"]
    with serve(data, url=url, LMS_TIMEZONE=daytime(), LMS_REGISTRATION="invited") as site:
        ada, cora = Mouse(opens().new_page()), Mouse(opens().new_page())
        ada.page.goto(site.url + urlsplit(link_in(said)).path)
        ada.type("Email address", "ada@example.org")
        fill_in_account(ada, "Ada Novak")
        fill_in_contacts(ada)
        assert "published" in site.lms("publish", str(PFA_FOLDER))
        ada.page.reload()
        assert "No course is offered yet." not in main(ada.page)
        ada.press("Add a coordinator")
        ada.type("Their email address", "cora@example.org")
        ada.press("Save")
        join(cora, link_in(emails_to(site, "cora@example.org", "/invitation/")), "Cora Haddad")
        assert cora.sees("People")
        ada.press("Programmes")
        ada.press("Harbour Hospitals")
        assert "Nobody coordinates this programme yet." not in main(ada.page)
        ada.press("Choose the country")
        ada.pick(ada.page.get_by_label("Country", exact=True), "GB")
        ada.press("Save")
        review_and_check(site)
        site.lms("backup", str(data.parent / "backup.tar.gz"))
        # Nothing of the first steps is left, on any of the three pages that show them.
        ada.press("Overview")
        assert "Nothing is missing, and nothing needs attention." in main(ada.page)
        ada.press("Programmes")
        ada.press("Harbour Hospitals")
        cora.press("People")
        assert not any("First steps" in main(page) or "To do" in main(page) for page in (ada.page, cora.page))
        found = json.loads(site.lms("doctor", "--json"))["findings"]
        assert not [finding for finding in found if finding["needs_attention"]]
        with site.site.inside():
            db.engine.dispose()
