"""Many emails at once ask for one pass over the outbox, and old ones are found by an index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from lms.foundation.background.queue import JobQueue
from lms.foundation.db import db
from lms.foundation.mail import outbox as mail_outbox
from lms.foundation.mail.deletion import forget_old
from lms.foundation.mail.outbox import queue_mail
from tests.builders.mail import at_noon, outbox
from tests.conftest import Site


def test_many_emails_ask_for_one_pass_and_it_sends_them_all(sqlite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    at_noon()
    monkeypatch.setattr(mail_outbox, "AT_ONCE", 4)
    queue = JobQueue(sqlite_site.settings.data / "jobs.db")

    def import_some(number: int) -> None:
        for one in range(5):
            queue_mail(sqlite_site.settings, f"nils{number}-{one}@example.org", "You’re invited", "Hello")

    for number in range(3):
        sqlite_site.do(import_some, number)
    assert queue.count() == {"mail": 1} and queue.take("mail") == ("mail.send", "")
    with sqlite_site.inside():
        mail_outbox.sweep(sqlite_site.settings)
    assert len(outbox(sqlite_site)) == 15 and all(row.sent_at for row in outbox(sqlite_site))
    sqlite_site.do(import_some, 3)
    assert queue.count() == {"mail": 1}, "what comes after a pass began asks for one more"


def test_a_push_with_a_key_is_added_each_time(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path / "jobs.db")
    for key in ("1", "1", "", "", "2"):
        queue.push("work", "coordination.batch", key)
    assert [queue.take("work") for _ in range(5)][:4] == [("coordination.batch", key) for key in ("1", "1", "", "2")]


def test_old_emails_and_troubles_are_found_by_an_index(site: Site) -> None:
    with site.statements() as asked, site.inside():
        forget_old(site.settings)
    # Nothing is old, so nothing is written: it is looked for, by the same index.
    searches = [statement for statement in asked if re.match(r"SELECT .* WHERE", " ".join(statement.split()))]
    assert len(searches) == 2
    with site.inside():
        is_sqlite = db.engine.dialect.name == "sqlite"
        for statement in searches:
            if not is_sqlite:
                # A table with few rows is read whole, unless that's forbidden.
                db.session.execute(text("SET LOCAL enable_seqscan = off"))
            plain = re.sub(r"LIMIT \S+( OFFSET \S+)?", "LIMIT 1", " ".join(statement.split()))
            plain = re.sub(r"\?|%\(\w+\)s(::TIMESTAMP WITH TIME ZONE)?", "'2026-11-30'", plain)
            plan = " ".join(
                str(row) for row in db.session.execute(text(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {plain}"))
            )
            assert re.search(r"ix_outbox_mail_created_at|ix_mail_trouble_noted_at", plan), plan
