"""The drills themselves: what they count, that they hold, and that each catches the fault that is planted for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from lms.certification.awards.document_records import Document, RenderRequest
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.db import db
from lms.foundation.mail.outbox import OutboxMail
from lms.learning.progress.attempt_records import Attempt, Result
from tests.bench.walk import right_choices
from tests.builders.learning import earn, the_course
from tests.conftest import ROOT, Site
from tests.drills.ground import Ground
from tests.drills.judge import judge_checks, judge_documents
from tests.drills.kills import killed_in_submits
from tests.drills.registry import DRILLS
from tests.drills.report import Drill, Outcome, Row, Scale, Skip, as_table

PLAYED = [
    pytest.param(
        drill, database, id=f"{drill.name}-{database}", marks=[pytest.mark.postgres] * (database == "postgres")
    )
    for drill in DRILLS
    for database in drill.databases
]


def of(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.lost, outcome.torn, outcome.doubled


def enrolment_of(site: Site) -> str:
    with site.inside():
        return db.session.scalars(select(Attempt.enrolment_id)).one()


def test_what_is_lost_torn_or_doubled_is_counted(sqlite_site: Site) -> None:
    site = sqlite_site
    earn(site)
    mine = enrolment_of(site)
    assert judge_checks(site, [mine]).holds
    site.do(lambda: db.session.execute(delete(RenderRequest)))
    assert of(judge_checks(site, [mine])) == (0, 1, 0), "an award without its request"
    assert of(judge_checks(site, [mine, "somebody else"])) == (1, 1, 0)
    site.do(lambda: db.session.execute(update(Result).values(passed=False)))
    assert of(judge_checks(site, [mine])) == (1, 2, 1), "an award without a pass, which the trail has"
    site.do(lambda: db.session.execute(delete(AuditEntry).where(AuditEntry.event == "CertificateIssued")))
    assert of(judge_checks(site, [])) == (0, 3, 1)


def test_a_certificate_without_pdf_or_email_is_counted(sqlite_site: Site) -> None:
    site = sqlite_site
    earn(site, document=True)
    with site.inside():
        message = db.session.scalars(select(OutboxMail.message_id)).one()
    letter = f"Message-ID: {message}\n\nHello\n".encode()
    assert of(judge_documents(site, [letter])) == (0, 0, 0)
    assert of(judge_documents(site, [])) == (1, 0, 0)
    twice = judge_documents(site, [letter, letter])
    assert of(twice) == (0, 0, 0) and "1 emails handed over again" in twice.notes[0]
    assert of(judge_documents(site, [letter, b"Message-ID: <another@example.org>\n\nHello\n"])) == (0, 0, 1)
    site.do(lambda: db.session.execute(delete(Document)))
    assert of(judge_documents(site, [letter])) == (1, 2, 0)


def test_the_table_says_what_was_lost_and_whether_the_fault_was_caught() -> None:
    drill = DRILLS[0]
    good, bad = Outcome("30 kills", slowest=1.5), Outcome("3 kills", torn=2)
    assert Row(drill, "sqlite", good, bad).cells()[1:] == (
        "30 kills",
        "0 / 0 / 0",
        "1.50 s for an answer",
        "yes: 2 torn",
    )
    assert Row(drill, "sqlite", good, bad).holds and not Row(drill, "sqlite", bad, None).holds
    overlooked = Row(drill, "postgres", good, good)
    assert not overlooked.holds and overlooked.cells()[4] == "NO"
    assert "SQLite didn’t hold:\n- it broke" in as_table([Row(drill, "sqlite", Outcome(amiss=["it broke"]), None)])


def test_the_page_about_drills_has_each_of_them() -> None:
    page = (ROOT / "docs" / "drills.md").read_text("utf-8")
    assert [drill.name for drill in DRILLS if f"| {drill.name} |" not in page] == []


def test_workers_that_are_killed_lose_tear_and_double_no_check(sqlite_site: Site, tmp_path: Path) -> None:
    with sqlite_site.inside():
        course = the_course()
    site = Ground(tmp_path, sqlite_site, course, right=right_choices(course))
    outcome = killed_in_submits(site, Scale(3, 24, 0))
    assert outcome.holds, outcome.says()


def play(drill: Drill, database: str, fault: str, folder: Path) -> Outcome:
    try:
        return drill.play(folder, database, fault, drill.brief)
    except Skip as lacking:
        pytest.skip(str(lacking))


@pytest.mark.slow
@pytest.mark.parametrize(("drill", "database"), PLAYED)
def test_each_drill_holds(drill: Drill, database: str, tmp_path: Path) -> None:
    outcome = play(drill, database, "", tmp_path)
    assert outcome.holds, outcome


@pytest.mark.slow
@pytest.mark.parametrize(("drill", "database"), PLAYED)
def test_each_drill_catches_its_fault(drill: Drill, database: str, tmp_path: Path) -> None:
    if drill.name in {"many-clients", "slow-connections"}:
        pytest.skip("what it catches is a time, which ./dev drill judges on a quiet machine")
    outcome = play(drill, database, drill.fault, tmp_path)
    assert not outcome.holds, outcome
