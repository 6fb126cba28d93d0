"""Work for many certificates at once: chosen on the list, done in steps, never twice, stopped when asked, had a day."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.accounts import actions as accounts
from lms.accounts.passwords import hash_password
from lms.accounts.records import Person, find_programme
from lms.certification.awards import actions as certification
from lms.certification.awards.document_records import Document, RenderRequest
from lms.certification.awards.records import Award, find_award
from lms.certification.pdf.zip_archive import file_name
from lms.coordination.batches import actions
from lms.coordination.batches import jobs as batch_jobs
from lms.coordination.batches.records import BATCH_KEPT, Batch, BatchItem
from lms.foundation import clock
from lms.foundation.config.shipped import shipped
from lms.foundation.db import db
from lms.foundation.hooks import Hooks
from lms.foundation.mail.outbox import OutboxMail
from lms.foundation.per_app import provided
from lms.foundation.storage.elsewhere import MountedFolder, Sharing
from lms.learning.progress.records import list_enrolments_of_programme
from tests.builders.learning import earn, pass_check, prepare
from tests.builders.rows import count_events, count_rows
from tests.conftest import Site
from tests.inspector import Inspector, Page

PEOPLE = "/programmes/harbour/people"
TOGETHER = f"{PEOPLE}?choose=yes"
# Machines that run tests are busy.
BUSY_SECONDS = 300.0


def begin(visitor: Inspector, kind: str, address: str = TOGETHER, **chosen: object) -> Page:
    return visitor.get(address).form("/batches").submit(kind=kind, **(chosen or {"all": "yes"}))


def add(site: Site, names: list[str]) -> None:
    """Give the programme learners with a certificate of whom no PDF is made yet."""
    secret = hash_password("a password for nobody")
    with site.inside():
        harbour = find_programme("harbour")
    assert harbour is not None
    for number, name in enumerate(names):
        person = site.do(accounts.register, f"person{number}@example.org", name, secret)
        assert isinstance(person, Person)
        site.do(accounts.give_role, person.id, harbour.id, "learner")
        earn(site, f"person{number}")


def ask_for_all(site: Site, kind: str) -> str:
    with site.inside():
        harbour, cora = find_programme("harbour"), site.person("cora")
        assert harbour is not None
        enrolments = [row.id for row in list_enrolments_of_programme(harbour.id)]
    asked: str = site.do(actions.ask, harbour.id, cora.id, kind, enrolments).id
    return asked


def unpacked(page: Page) -> dict[str, bytes]:
    reply = page.client.get(page.links()["Download the file"], buffered=True).response
    assert reply.mimetype == "application/zip" and "attachment" in reply.headers["Content-Disposition"]
    assert reply.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(BytesIO(reply.data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def documents(site: Site) -> dict[str, str]:
    with site.inside():
        query = select(Award.code, Document.sha256).join(Document, Document.award_id == Award.id)
        return {row[0]: row[1] for row in db.session.execute(query)}


def test_cora_chooses_two_and_has_their_certificates_as_one_file_byte_for_byte(site: Site, cora: Inspector) -> None:
    codes = [earn(site, name) for name in ("sam", "lena")]
    page = cora.get(PEOPLE).follow("Select several")
    picks = page.form("/batches").choices["pick"]
    assert len(picks) == 2 and not any(part in "".join(picks) for part in ("@", *codes))
    page = page.form("/batches").submit(kind="file", pick=picks)
    assert page.h1 == "Download certificates: 2 selected" and "0 of 2 done" in page.main
    site.work()
    page = page.follow("Refresh")
    assert "All 2 done" in page.main and "2 certificates are in the file" in page.main
    held = unpacked(page)
    assert sorted(held) == sorted(
        f"{code} {name}.pdf" for code, name in zip(codes, ("Sam Osei", "Lena Brandt"), strict=True)
    )
    kept = documents(site)
    assert {name.split()[0]: hashlib.sha256(content).hexdigest() for name, content in held.items()} == kept
    assert "downloaded your certificate" in site.visitor("sam").get("/account").main
    assert (
        count_events(site, "DocumentHandedOut") == 2
        and count_events(site, "BatchAsked") == count_events(site, "BatchEnded") == 1
    )
    assert "Download certificates: 2 selected" in cora.get(PEOPLE).links()


def test_while_a_newer_certificate_waits_the_file_holds_the_one_that_was_issued(sqlite_site: Site) -> None:
    site = sqlite_site
    code = earn(site, document=True)
    site.do(accounts.set_programme, "harbour", None, {}, True, touch_hold=True)
    clock.shift(timedelta(days=700))
    with site.inside():
        award = find_award(code)
        assert award is not None
    pass_check(site, award.enrolment_id)
    page = begin(site.visitor("cora"), "file")
    site.work()
    page = page.follow("Refresh")
    assert "waiting for its course’s review" not in page.main
    assert list(unpacked(page)) == [f"{code} Sam Osei.pdf"]


def test_while_cora_chooses_no_name_leads_away_from_what_is_chosen(sqlite_site: Site) -> None:
    earn(sqlite_site, "sam")
    page = sqlite_site.visitor("cora").get(TOGETHER)
    assert "Sam Osei" in page.main and "Lena Brandt" in page.main and not page.find(".choose tbody a")


def test_all_who_fit_the_search_are_taken_and_nobody_else(sqlite_site: Site) -> None:
    for name in ("sam", "lena"):
        earn(sqlite_site, name)
    cora = sqlite_site.visitor("cora")
    page = begin(cora, "file", f"{TOGETHER}&q=osei")
    sqlite_site.work()
    assert [name.split(" ", 1)[1] for name in unpacked(page.follow("Refresh"))] == ["Sam Osei.pdf"]


def test_nobody_chosen_and_nothing_to_do_are_said_kindly(sqlite_site: Site) -> None:
    earn(sqlite_site)
    cora = sqlite_site.visitor("cora")
    page = cora.get(TOGETHER).form("/batches").submit(expect=422)
    assert "at least one person" in page.main and count_rows(sqlite_site, Batch) == 0
    fields = [one for one in page.form("/batches").fields if one[0] != "kind"]
    for kind, pick, said in (
        ("burn", "", "Choose what you’d like to do"),
        ("file", "somebody/else", "at least one person"),
    ):
        sent = [*fields, ("kind", kind), ("pick", pick)]
        assert said in cora.post("/programmes/harbour/batches", sent, expect=422).main


def test_pressing_twice_asks_once_and_the_file_is_gone_after_a_day(sqlite_site: Site) -> None:
    earn(sqlite_site)
    cora = sqlite_site.visitor("cora", own_device=True)
    form = cora.get(TOGETHER).form("/batches")
    page, again = (form.submit(kind="file", all="yes") for _press in range(2))
    assert page.path == again.path and count_rows(sqlite_site, Batch) == 1
    sqlite_site.work()
    page = page.follow("Refresh")
    file_url = page.links()["Download the file"]
    assert len(list(batch_jobs.folder_of(sqlite_site.settings).iterdir())) == 1
    clock.shift(timedelta(hours=25))
    sqlite_site.work()
    assert list(batch_jobs.folder_of(sqlite_site.settings).iterdir()) == []
    sqlite_site.visitors.clear()
    page = sqlite_site.visitor("cora").get(file_url)
    assert "There’s no file to download" in page.main and "Download the file" not in page.links()
    clock.shift(timedelta(days=31))
    sqlite_site.work()
    assert count_rows(sqlite_site, Batch) == count_rows(sqlite_site, BatchItem) == 0


def test_a_document_that_is_kept_stays_and_one_that_could_not_be_made_is_made(site: Site, cora: Inspector) -> None:
    earn(site, "lena", document=True)
    code = earn(site, "sam")
    before = documents(site)
    with site.inside():
        award = find_award(code)
    assert award is not None
    for _time in range(25):
        site.do(certification.note_render_trouble, award.id, "the disk was full")
    site.work()
    assert documents(site) == before
    assert "1 certificate yet" in cora.get(PEOPLE).main
    page = begin(cora, "documents")
    site.work()
    page = page.follow("Refresh")
    assert "We made 1 PDF" in page.main and "1 already existed" in page.main
    assert documents(site).items() > before.items() and code in documents(site)
    assert "couldn’t make" not in cora.get(PEOPLE).main


def test_what_is_earned_is_issued_and_what_waits_goes_on_waiting_by_name(site: Site, cora: Inspector) -> None:
    site.do(accounts.set_programme, "harbour", None, {}, True, touch_hold=True)
    code = earn(site, "sam")
    prepare(site, "lena")
    page = begin(cora, "issue")
    site.work()
    page = page.follow("Refresh")
    assert "1 is still waiting for its course’s review, or for its name to be confirmed: Sam Osei" in page.main
    assert "1 person has no certificate yet: Lena Brandt" in page.main and count_events(site, "CertificateIssued") == 0
    site.do(accounts.set_programme, "harbour", None, {}, False, touch_hold=True)
    for number in range(2):
        page = begin(cora, "issue")
        site.work()
        assert ("We issued 1." if number == 0 else "1 already existed") in page.follow("Refresh").main
    assert count_events(site, "CertificateIssued") == 1 and count_rows(site, OutboxMail) == 1
    with site.inside():
        award = find_award(code)
        assert award is not None and not award.waiting


def test_withdrawn_and_nameless_ones_are_left_out_and_named(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    codes = {name: earn(site, name) for name in ("sam", "lena")}
    with site.inside():
        sam, lena = (find_award(codes[name]) for name in ("sam", "lena"))
    assert sam and lena
    site.do(certification.withdraw, sam.id, "other")
    site.do(_unname, lena.id)
    page = begin(cora, "file")
    site.work()
    page = page.follow("Refresh")
    assert "1 was withdrawn, so we left it out: Sam Osei" in page.main
    assert "1 has no name to print yet: Lena Brandt" in page.main and "There’s no file to download" in page.main


def _unname(award_id: str) -> None:
    db.session.get_one(Award, award_id).name = ""


def test_cora_stops_it_between_two_steps_and_it_goes_no_further(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "STEP", 1)
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    for name in ("sam", "lena"):
        earn(site, name, document=True)
    page = begin(cora, "file")
    site.work()
    page = page.follow("Refresh")
    assert "1 of 2 done" in page.main
    page = page.form("/stop").submit()
    assert "You stopped this after 1 of 2" in page.main
    for _minute in range(3):
        site.work()
    assert "1 of 2" in cora.get(page.path).main and not list(batch_jobs.folder_of(site.settings).glob("*"))


def test_steps_that_are_pushed_twice_are_done_once(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_jobs, "STEP", 1)
    for name in ("sam", "lena"):
        earn(sqlite_site, name, document=True)
    asked = ask_for_all(sqlite_site, "file")
    designs = shipped("certificates")
    with sqlite_site.inside():
        for _time in range(3):
            batch_jobs.work(f"{asked} 0", sqlite_site.settings, designs)
        assert db.session.scalar(select(func.count()).where(BatchItem.outcome == "in")) == 1
        batch_jobs.work(f"{asked} 1", sqlite_site.settings, designs)
    assert count_events(sqlite_site, "DocumentHandedOut") == 2


def at_the_same_time(site: Site, times: int) -> None:
    """Let so many job processes have their minute at once."""
    with ThreadPoolExecutor(times) as pool:
        for done in [pool.submit(site.work) for _sweep in range(times)]:
            done.result()


def test_sweeps_at_the_same_moment_hand_out_and_issue_everything_once(site: Site) -> None:
    site.do(accounts.set_programme, "harbour", None, {}, True, touch_hold=True)
    names = ("sam", "lena", "tara", "cora")
    for name in names:
        earn(site, name)
    site.do(accounts.set_programme, "harbour", None, {}, False, touch_hold=True)
    first = ask_for_all(site, "issue")
    site.do(actions.end, first, "stopped")
    second = ask_for_all(site, "issue")
    assert first != second
    for _minute in range(2):
        at_the_same_time(site, 4)
    assert (
        count_events(site, "CertificateIssued")
        == count_events(site, "DocumentStored")
        == count_rows(site, OutboxMail)
        == len(names)
    )
    ask_for_all(site, "file")
    at_the_same_time(site, 4)
    assert count_events(site, "DocumentHandedOut") == len(names) and count_events(site, "BatchEnded") == 3


def test_while_the_shared_files_are_away_a_file_waits_and_old_work_is_still_forgotten(
    sqlite_site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site, folder = sqlite_site, tmp_path / "mounted"
    earn(site, "sam", document=True)
    with site.inside():
        object.__setattr__(provided(Sharing), "elsewhere", MountedFolder(folder))
    page = begin(site.visitor("cora"), "file")
    site.work()
    assert "We’re putting the file together" in page.follow("Refresh").main
    assert "can't be stored yet" in caplog.text
    folder.mkdir()
    site.work()
    assert "All 1 done" in page.follow("Refresh").main and len(list(folder.glob("batches/*.zip"))) == 1
    folder.rename(tmp_path / "away")
    clock.shift(BATCH_KEPT + timedelta(hours=1))
    site.work()
    clock.shift(timedelta(0))
    assert count_rows(site, Batch) == 0 and not any(record.exc_info for record in caplog.records)


def test_somebody_who_deletes_their_account_is_in_no_file_and_on_no_list(sqlite_site: Site) -> None:
    site, cora = sqlite_site, sqlite_site.visitor("cora")
    for name in ("sam", "lena"):
        earn(site, name)
    page = begin(cora, "file")
    site.work()
    with site.inside():
        sam = site.person("sam").id
    site.do(provided(Hooks, site.app).delete_person, sam, None)
    site.work()
    page = page.follow("Refresh")
    assert "There’s no file to download" in page.main and count_rows(site, BatchItem) == 1
    assert list(batch_jobs.folder_of(site.settings).glob("*")) == []
    with site.inside():
        cora_id = site.person("cora").id
    site.do(provided(Hooks, site.app).delete_person, cora_id, None)
    assert count_rows(site, Batch) == count_rows(site, BatchItem) == 0


def work_process(site: Site) -> subprocess.Popen[bytes]:
    about = {"LMS_DATA": str(site.settings.data), "LMS_DATABASE_URL": site.settings.database_url}
    command = [sys.executable, "-m", "lms.cli", "work"]
    return subprocess.Popen(command, env={**os.environ, **about}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def outcomes(site: Site) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).where(BatchItem.outcome.is_not(None))) or 0


def until(site: Site, wanted: int) -> int:
    end = time.monotonic() + BUSY_SECONDS
    while outcomes(site) < wanted and time.monotonic() < end:
        time.sleep(0.1)
    return outcomes(site)


def test_a_job_process_that_is_killed_in_the_middle_goes_on_where_it_was(site: Site) -> None:
    add(site, [f"Person {number:02d}" for number in range(10)])
    site.do(_forget_requests)
    asked = ask_for_all(site, "file")
    first = work_process(site)
    try:
        assert until(site, 3) >= 3
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    reached, kept = outcomes(site), documents(site)
    assert 3 <= reached < 10
    second = work_process(site)
    try:
        assert until(site, 10) == 10
        file = _file_when_done(site, asked)
    finally:
        second.terminate()
        second.wait(timeout=BUSY_SECONDS)
    assert documents(site).items() >= kept.items() and len(documents(site)) == 10
    assert [count_events(site, event) for event in ("DocumentStored", "DocumentHandedOut", "BatchEnded")] == [10, 10, 1]
    with zipfile.ZipFile(file) as packed:
        assert len(packed.namelist()) == len(set(packed.namelist())) == 10
    assert [found.suffix for found in file.parent.iterdir()] == [".zip"]


def _forget_requests() -> None:
    """Let nothing but the batch ask for PDFs."""
    for row in db.session.scalars(select(RenderRequest)):
        db.session.delete(row)


def _file_when_done(site: Site, asked: str) -> Path:
    end = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < end:
        with site.inside():
            batch = db.session.get_one(Batch, asked)
            if batch.state == "done":
                file = batch_jobs.file_of(batch, site.settings)
                assert hashlib.sha256(file.read_bytes()).hexdigest() == batch.sha256
                return file
        time.sleep(0.05)
    raise AssertionError("it did not come to its end")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Sam Osei", "Sam Osei"),
        ("../../etc/passwd", "etc passwd"),
        ("Zoë O’Neill-Brând", "Zoë O’Neill-Brând"),
        ("مریم حداد", "مریم حداد"),
        ("a\x00b\u202egpj.exe", "a b gpj exe"),
        ('C:\\x|y?*<>"', "C x y"),
        ("नूर" * 60, None),
        ("", ""),
    ],
)
def test_names_of_files_are_safe_everywhere(name: str, safe: str | None) -> None:
    made = file_name("7QK4M2XD9RTPC6HV", name)
    assert made.startswith("7QK4M2XD9RTPC6HV") and made.endswith(".pdf") and len(made.encode()) < 200
    if safe is not None:
        assert made == (f"7QK4M2XD9RTPC6HV {safe}.pdf" if safe else "7QK4M2XD9RTPC6HV.pdf")


def test_a_file_that_was_being_made_when_the_power_went_is_cleared_away(sqlite_site: Site) -> None:
    folder = batch_jobs.folder_of(sqlite_site.settings)
    folder.mkdir(parents=True)
    old, new = folder / "old.part", folder / "new.part"
    for file in (old, new):
        file.write_bytes(b"half")
    ago = datetime.now(UTC).timestamp() - 7200
    os.utime(old, (ago, ago))
    sqlite_site.work()
    assert [file.name for file in folder.iterdir()] == ["new.part"]
