"""People are invited from a file: a preview, a job that can be killed, no duplicates, and details noted on joining."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from lms.accounts import actions as accounts
from lms.accounts import leaving, limits
from lms.accounts.invitations.records import Invitation
from lms.accounts.members.details import index_units, name_of_unit
from lms.accounts.members.records import Member, Unit, name_of_line_manager
from lms.accounts.records import find_person_by_email, find_programme
from lms.accounts.rules import IMPORTED_PER_DAY
from lms.coordination.merging.actions import merge
from lms.coordination.merging.rules import Decider
from lms.coordination.roster import jobs as roster_jobs
from lms.coordination.roster.records import RosterImport, RosterRow
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.learning import link_in_newest_email
from tests.builders.mail import at_night
from tests.builders.rows import count_events, count_rows
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page, squeezed

IMPORTS, LIST = "/programmes/harbour/imports", "/programmes/harbour/invitations"
PEOPLE = """Email,Name,Role,Unit,Staff number,Line manager,Phone
amal@example.org,Amal Haddad,,Surgery / Ward 4,00123,cora@example.org,1
zoe@example.org,Zoë,observer,Ward 5,7,Ingrid Okafor,2
sam@example.org,Sam,learner,ward 5,00124,,3
lena@example.org,,,,,,4
new@@example.org,No,,,,,5
amal@example.org,Amal Haddad,,Surgery / Ward 4,00123,cora@example.org,6
cora@example.org,Cora,trainer,,,,7
"""


def send(cora: Inspector, content: str | bytes, expect: int = 200) -> Page:
    """Send a file on its page, with the form's own token."""
    form = cora.get(IMPORTS).form("/imports")
    data = content.encode() if isinstance(content, str) else content
    upload = FileStorage(io.BytesIO(data), "people.csv", content_type="text/csv")
    return cora.send(form.action, {**dict(form.fields), "file": upload}, expect=expect)


def results(page: Page) -> dict[str, int]:
    found = {}
    for node in page.find("main section.row > .col > ul > li"):
        words, _bracket, count = squeezed(" ".join(node.itertext())).rpartition(" (")
        found[words] = int(count.rstrip(")"))
    return found


def rows(page: Page) -> list[str]:
    return [squeezed(" ".join(node.itertext())) for node in page.find("main tbody tr")]


def emails(site: Site) -> Counter[str]:
    with site.inside():
        return Counter(db.session.scalars(select(OutboxMail.recipient)))


def noted(site: Site, email: str) -> tuple[str, str, str]:
    with site.inside():
        person, harbour = find_person_by_email(email), find_programme("harbour")
        assert person and harbour
        member = db.session.get_one(Member, (harbour.id, person.id))
        return name_of_unit(member.unit_id), member.staff_number or "", name_of_line_manager(member)


def test_a_file_is_looked_through_then_people_are_invited_once_and_their_details_are_noted_when_they_join(
    site: Site,
) -> None:
    at_night()
    cora = site.visitor("cora")
    page = send(cora, PEOPLE)
    assert results(page) == {
        "Can’t be used": 2, "Will be invited": 2, "Details change": 1, "Already a member": 1, "Listed twice": 1,
    }  # fmt: skip
    assert rows(page)[0].startswith("Row 6 No Email An email address needs one @") and "This is you." in rows(page)[1]
    assert "2 people will get an invitation. Nothing has been sent or changed yet." in page.main
    assert "columns: Phone." in page.main and "added: Surgery / Ward 4, Ward 5." in page.main
    assert emails(site) == {} and count_rows(site, Invitation) == count_rows(site, Unit) == 0
    start = page.form("/start")
    assert "0 of 7 rows done" not in start.submit().main
    start.submit()
    site.work()
    page = cora.get(page.path)
    assert "all 7 rows" in page.main and results(page)["Invited"] == 2 and results(page)["Details changed"] == 1
    assert emails(site) == {"amal@example.org": 1, "zoe@example.org": 1}
    assert noted(site, "sam@example.org") == ("Ward 5", "00124", "")
    assert noted(site, "lena@example.org") == ("", "", "")
    assert count_rows(site, Unit) == 3 and count_events(site, "RosterImportStarted") == 1

    again = send(cora, PEOPLE)
    assert results(again) == {
        "Can’t be used": 2, "Invited already, not yet joined": 2, "Already a member": 2, "Listed twice": 1,
    }  # fmt: skip
    assert not [form for form in again.forms if form.action.endswith("/start")]
    assert {row.split()[0] for row in rows(cora.get(LIST))} == {"amal@example.org", "zoe@example.org"}
    form = site.stranger().get(link_in_newest_email(site)).form_with("Create account")
    joined = dict(form.fields)["display_name"]
    form.submit("Create account", password=PASSWORD)
    expected = {"Amal Haddad": ("Surgery / Ward 4", "00123", "Cora Haddad"), "Zoë": ("Ward 5", "7", "Ingrid Okafor")}
    assert noted(site, {"Amal Haddad": "amal", "Zoë": "zoe"}[joined] + "@example.org") == expected[joined]


def test_what_changes_between_preview_and_import_is_done_as_it_stands_then(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    page = send(
        cora, "Email,Unit,Staff number\nlena@example.org,Ward 9,5\namal@example.org,Ward 9,6\nsam@example.org,,6"
    )
    assert "This staff number is in row 3 too" in page.main
    with site.inside():
        harbour = find_programme("harbour")
        assert harbour is not None
    page.form("/start").submit()
    site.do(_rename_units)
    site.do(accounts.register, "amal@example.org", "Amal", "x")
    with site.inside():
        amal = site.person("amal").id
    site.do(accounts.give_role, amal, harbour.id, "learner")
    site.work()
    assert results(cora.get(page.path)) == {"Can’t be used": 1, "Details changed": 2} and emails(site) == {}
    assert noted(site, "lena@example.org") == ("Night", "5", "") and noted(site, "amal@example.org")[:2] == (
        "Night",
        "6",
    )
    with site.inside():
        assert index_units(harbour.id).find("ward 9") is None
    own = send(cora, "Email,Line manager\nlena@example.org,Lena@Example.org\n")
    assert results(own) == {"Already a member": 1}, "nobody is their own line manager"
    shown = send(cora, "Email,Staff number\nmina@example.org,5\n")
    assert rows(shown) == ["Row 2 mina@example.org Staff number Somebody else in this programme has this staff number."]


def test_of_a_closed_account_a_file_changes_nothing(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    with site.inside():
        harbour, sam, lena, tara = (
            find_programme("harbour"),
            *(site.person(name).id for name in ("sam", "lena", "tara")),
        )
        assert harbour is not None
    site.do(merge, harbour.id, sam, lena, Decider(None, operator=True))
    site.do(leaving.disable, tara)
    page = send(cora, "Email,Staff number,Role\nlena@example.org,5,\ntara@example.org,6,trainer\nsam@example.org,7,\n")
    assert results(page) == {"Can’t be used": 2, "Details change": 1}
    said = ("This account was merged into sam@example.org. Please use that address.", "This account is closed, so")
    assert all(words in row for words, row in zip(said, rows(page), strict=True))


def _rename_units() -> None:
    for unit in db.session.scalars(select(Unit)):
        unit.name, unit.name_key = "Night", "night"


def test_an_expired_invitation_is_sent_again_and_one_that_still_works_gets_other_details(
    make_sqlite_site: Callable[..., Site],
) -> None:
    at_night()
    site = make_sqlite_site(LMS_SECOND_FACTOR_DAYS="never")
    cora = site.visitor("cora")
    for content, result in (
        ("Email,Name\namal@example.org,Amal", "Will be invited"),
        ("Email,Name,Unit\namal@example.org,Amal,Ward 1", "Details change"),
        ("Email,Name,Unit\namal@example.org,,ward 1", "Invited already, not yet joined"),
    ):
        page = send(cora, content)
        assert results(page) == {result: 1}
        if result != "Invited already, not yet joined":
            page.form("/start").submit()
            site.work()
    assert emails(site) == {"amal@example.org": 1}
    first = link_in_newest_email(site)
    clock.shift(timedelta(days=16))
    site.visitors.clear()
    page = send(site.visitor("cora"), "Email\namal@example.org")
    assert results(page) == {"Invited before, but the link has expired": 1}
    page.form("/start").submit()
    site.work()
    site.stranger().get(first, expect=404)
    with site.inside():
        (row,) = db.session.scalars(select(Invitation))
        assert (row.name, name_of_unit(row.unit_id)) == ("Amal", "Ward 1")


@pytest.mark.parametrize(("count", "killed_at"), [(300, 100), pytest.param(10_000, 5_000, marks=pytest.mark.slow)])
def test_a_job_that_is_killed_on_the_way_goes_on_and_invites_nobody_twice(
    site: Site, count: int, killed_at: int
) -> None:
    people = "Email,Name,Staff number\n" + "".join(f"p{n}@example.org,Person {n},{n:05}\n" for n in range(count))
    page = send(site.visitor("cora"), people)
    page.form("/start").submit()
    worker = _start_worker(site)
    try:
        _wait_for_rows(site, killed_at)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    done = _count_done(site)
    assert killed_at <= done < count, "it was over before it was killed"
    assert count_rows(site, Invitation) == emails(site).total() == done, "half of a step was kept"
    for _step in range(-(-count // roster_jobs.STEP)):
        site.work()
    assert set(emails(site).values()) == {1} and emails(site).total() == count
    assert count_events(site, "InvitationMade") == count
    assert f"all {count} rows" in site.visitor("cora").get(page.path).main


def _count_done(site: Site) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).where(RosterRow.done)) or 0


def _start_worker(site: Site) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        "LMS_DATA": str(site.settings.data),
        "LMS_BASE_URL": site.settings.base_url,
        "LMS_DATABASE_URL": site.settings.database_url,
    }
    code = "from lms.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", code, "work"], env=env, stderr=subprocess.DEVNULL)


def _wait_for_rows(site: Site, least: int) -> None:
    until = time.monotonic() + 900
    while _count_done(site) < least:
        assert time.monotonic() < until, "the job process did nothing"
        time.sleep(0.01)


def test_an_import_is_stopped_or_a_preview_dropped_and_old_ones_are_forgotten(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    page = send(cora, "Email\namal@example.org")
    assert page.form_with("Cancel").submit("Cancel").h1 == "Import people from a file"
    cora.get(page.path, expect=404)
    page = send(cora, "Email\namal@example.org")
    running = page.form("/start").submit()
    assert "You stopped this after 0 of 1 rows" in running.form_with("Stop").submit("Stop").main
    site.work()
    assert emails(site) == {}
    send(cora, "Email\nben@example.org")
    for days, left in ((1, 1), (8, 0)):
        clock.shift(timedelta(days=days, minutes=5))
        site.work()
        assert count_rows(site, RosterImport) == count_rows(site, RosterRow) == left
    clock.shift(timedelta(0))


def test_a_file_is_found_by_nobody_but_whoever_sent_it(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    page = send(cora, "Email\namal@example.org")
    with site.inside():
        harbour, tara = find_programme("harbour"), site.person("tara")
        assert harbour is not None
    site.do(accounts.give_role, tara.id, harbour.id, "coordinator")
    other = site.visitor("tara")
    other.get(page.path, expect=404)
    form = other.get(IMPORTS).form("/imports")
    form.action = f"{page.path}/start"
    form.submit(expect=404)
    assert "not started yet" in cora.get(IMPORTS).main and "not started yet" not in other.get(IMPORTS).main


def test_a_file_is_refused_beside_its_field_and_so_many_are_invited_a_day(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    assert "Choose a CSV or Excel file" in send(cora, "", expect=422).main
    assert "We can’t find a row" in send(cora, "amal@example.org", expect=422).main
    send(cora, b"Email\n" + b"x" * 6_000_000, expect=413)
    page = send(cora, "Email\namal@example.org")
    site.do(_use_up)
    refused = page.form("/start").submit(expect=422)
    assert "Nothing was sent" in refused.main and count_rows(site, Invitation) == 0
    assert cora.get(f"{IMPORTS}/example.csv").response.text.startswith("\ufeffEmail,Name,Role,Unit")


def _use_up() -> None:
    harbour = find_programme("harbour")
    assert harbour is not None
    assert limits.count_imported(harbour.id, IMPORTED_PER_DAY) is None


def test_ten_pages_of_rows_ask_as_often_as_one(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    few, many = (
        send(cora, "Email\n" + "".join(f"p{n}@example.org\n" for n in range(count))).path for count in (2, 120)
    )
    with site.statements() as for_few:
        cora.get(few)
    with site.statements() as for_many:
        page = cora.get(many)
    assert len(for_few) == len(for_many)
    seen = rows(page)
    while "Next page" in page.links():
        page = page.follow("Next page")
        seen += rows(page)
    assert [row.split()[1] for row in seen] == [str(n) for n in range(2, 122)]
