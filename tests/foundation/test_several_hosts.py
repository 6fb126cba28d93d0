"""Two hosts on one PostgreSQL: what one does, the other one sees, and nothing is done twice."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from lms.accounts import actions as accounts
from lms.certification.awards import actions as certification
from lms.certification.awards.document_records import document_is_stored
from lms.certification.awards.records import find_award
from lms.certification.pdf.jobs import make_document
from lms.cli import main
from lms.foundation import clock
from lms.foundation.audit.entries import AuditEntry
from lms.foundation.audit.seals import AuditSeal
from lms.foundation.background.jobs import Jobs
from lms.foundation.background.leading import REPLACED, TRY_LOCK, is_served, unserved
from lms.foundation.background.own_connection import OwnConnection
from lms.foundation.backup.archive import unpack
from lms.foundation.backup.databases import load_postgres
from lms.foundation.backup.last_backup import find_last_backup
from lms.foundation.config.shipped import shipped
from lms.foundation.db import StillServed, db, write
from lms.foundation.hosts.joining import CannotJoin, check_clock, check_keys, check_tables, check_whole
from lms.foundation.hosts.key_fingerprints import fingerprints_of
from lms.foundation.hosts.key_marks import note_marks
from lms.foundation.hosts.serving import count_as_serving, say_so_at_once
from lms.foundation.keys import secret_key
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.migrations import POSTGRES_LOCK, list_revisions, upgrade
from lms.foundation.per_app import provided
from lms.foundation.turns import PATIENCE_SECONDS
from lms.wellbeing import actions as care
from tests.builders.commands import Run
from tests.builders.learning import earn
from tests.builders.mail import Box, at_noon, read
from tests.builders.serving import until
from tests.conftest import Site, app_of, settings_for
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres
LETTERS = 40


@pytest.fixture
def hosts(
    filled_sqlite: Path, filled_postgres: str, postgres: Cluster, tmp_path: Path, box: Box
) -> Iterator[tuple[Site, Site]]:
    """Two hosts with folders of their own, of which the keys and the files are the same, as the docs say."""
    url, sites = postgres.clone(filled_postgres), []
    for name in ("harbour", "meadow"):
        folder = tmp_path / name
        shutil.copytree(filled_sqlite / "files", folder / "files")
        if sites:
            shutil.copytree(sites[0].settings.data / "keys", folder / "keys")
        secret_key(folder)
        settings = settings_for(folder, url, LMS_MAIL_URL=box.url)
        sites.append(Site(app_of(settings), settings))
        with sites[-1].inside():
            check_keys(settings, fingerprints_of)
    yield sites[0], sites[1]
    clock.shift(timedelta(0))
    for site in sites:
        provided(Jobs, site.app).close()
        with site.app.app_context():
            db.session.remove()
            db.engine.dispose()
    postgres.drop(url)


@contextmanager
def at_work(*sites: Site) -> Iterator[None]:
    """Run the workers of each host's job process as they run in it."""
    stop, threads = threading.Event(), []
    for site in sites:
        jobs = provided(Jobs, site.app)
        threads += [threading.Thread(target=jobs._work_on, args=(lane, stop), daemon=True) for lane in jobs._lanes]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)


def award_of(site: Site, code: str) -> str:
    with site.inside():
        award = find_award(code)
        assert award is not None
        return award.id


def count(site: Site, kind: str) -> int:
    with site.inside():
        return db.session.scalar(select(func.count()).where(AuditEntry.event == kind)) or 0


def test_a_push_waits_once_and_one_of_two_hosts_takes_it(hosts: tuple[Site, Site]) -> None:
    queues = [provided(Jobs, site.app)._queue for site in hosts]
    for _time in range(2):
        for number in range(LETTERS):
            queues[0].push("work", "certification.render", str(number))
    taken: list[str] = []

    def take_all(number: int) -> None:
        while found := queues[number].take("work"):
            taken.append(found[1])

    threads = [threading.Thread(target=take_all, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(taken, key=int) == [str(number) for number in range(LETTERS)]
    queues[0].push("work", "coordination.batch", "1 0")
    assert queues[1].take("work", ["certification.render"]) is None and queues[1].count() == {"work": 1}


def test_one_host_leads_until_its_connection_is_gone(hosts: tuple[Site, Site]) -> None:
    first, second = (provided(Jobs, site.app)._leading for site in hosts)
    assert first.leads("mail") and not second.leads("mail") and second.leads("work")
    assert is_served(hosts[0].settings.database_url)
    with hosts[0].inside():
        db.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND mode = 'ExclusiveLock'"
            )
        )
    until(lambda: second.leads("mail"), 5)
    assert not first.leads("mail")
    for site in hosts:
        provided(Jobs, site.app).close()
    assert not is_served(hosts[0].settings.database_url)


def test_no_email_leaves_twice_and_a_certificate_is_made_once(hosts: tuple[Site, Site], box: Box) -> None:
    at_noon()
    first, second = hosts
    code = earn(first)
    for number in range(LETTERS):
        first.do(queue_mail, first.settings, f"lena{number}@example.org", "A letter", "Text.", any_hour=True)
    with at_work(first, second):
        until(lambda: count(first, "DocumentStored") == 1, 30)
        until(lambda: len(box.letters) >= LETTERS + 1, 30)
    ids = [read(letter)["Message-ID"] for letter in box.letters]
    assert len(ids) == len(set(ids)) and count(second, "DocumentStored") == 1
    second.visitor("sam").get(f"/certificates/{code}/pdf")


def test_what_one_host_makes_the_other_one_leaves_alone(hosts: tuple[Site, Site]) -> None:
    first, second = hosts
    code = earn(first)
    award_id = award_of(first, code)
    with provided(Jobs, second.app).only_one("certification.render", award_id) as ours, first.inside():
        assert ours
        make_document(award_id, first.settings, shipped("certificates"))
        assert document_is_stored(award_id) is None
    with first.inside():
        make_document(award_id, first.settings, shipped("certificates"))
        assert document_is_stored(award_id)


def test_what_one_host_changes_the_other_one_shows_at_its_next_request(hosts: tuple[Site, Site]) -> None:
    first, second = hosts
    code = earn(first)
    sam, lena = second.visitor("sam"), second.visitor("lena")
    assert "is valid" in second.stranger().get(f"/verify/{code}").main
    assert "116 123" in second.stranger().get("/support?place=GB").main
    sam.get("/programmes/harbour/people", expect=404)
    assert "Ingrid Okafor" in lena.get("/support").main
    award_id = award_of(first, code)
    with first.inside():
        sam_id = first.person("sam").id
        harbour_id = next(iter(first.roles(sam_id)))
    first.do(certification.withdraw, award_id, "It was issued by mistake.")
    first.do(accounts.give_role, sam_id, harbour_id, "coordinator")
    first.do(accounts.set_programme, "harbour", None, {"lead": "Bea Marsh", "colour": "#004d40"})
    first.do(care.withdraw_line, "gb-samaritans", first.settings.data)
    assert "withdrawn" in second.stranger().get(f"/verify/{code}").main
    sam.get("/programmes/harbour/people")
    assert "Bea Marsh" in lena.get("/support").main
    assert "116 123" not in second.stranger().get("/support?place=GB").main


def other_secret(site: Site) -> None:
    (site.settings.data / "keys" / "secret").write_bytes(bytes(range(32)))


def no_audit_key(site: Site) -> None:
    (site.settings.data / "keys" / "audit").unlink()


@pytest.mark.parametrize(("spoil", "name"), [(other_secret, "secret"), (no_audit_key, "audit")])
def test_a_host_with_other_keys_is_refused_and_told_what_to_copy(
    hosts: tuple[Site, Site], spoil: Callable[[Site], None], name: str
) -> None:
    second = hosts[1]
    spoil(second)
    with second.inside(), pytest.raises(CannotJoin, match=rf"of this site: {name}\. .*Copy the folder keys"):
        check_keys(second.settings, fingerprints_of)


def test_a_host_whose_clock_is_minutes_away_is_refused(hosts: tuple[Site, Site]) -> None:
    with hosts[0].inside():
        check_clock()
        for minutes, way in ((12, "12 minutes ahead of"), (-7, "7 minutes behind")):
            clock.shift(timedelta(minutes=minutes))
            with pytest.raises(CannotJoin, match=way):
                check_clock()


def test_a_database_is_not_migrated_while_another_host_serves_its_site(hosts: tuple[Site, Site]) -> None:
    assert provided(Jobs, hosts[1].app)._leading.leads("mail")
    with hosts[0].inside():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    with pytest.raises(StillServed):
        upgrade(hosts[0].app)


def test_a_half_migrated_database_is_refused(hosts: tuple[Site, Site]) -> None:
    with hosts[0].inside():
        check_tables()
        for statement in ("DROP TABLE key_mark", "ALTER TABLE outbox_mail DROP COLUMN about"):
            db.session.execute(text(statement))
        db.session.commit()
        with pytest.raises(CannotJoin, match=r"these are missing: the table key_mark, the column outbox_mail\.about\."):
            check_tables()


@pytest.fixture
def lms(hosts: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `lms …` on the second host."""
    settings = hosts[1].settings
    monkeypatch.setenv("LMS_DATA", str(settings.data))
    monkeypatch.setenv("LMS_DATABASE_URL", settings.database_url)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


OTHER_KEYS = "aren’t those of this site: secret"


@pytest.mark.parametrize(
    "words", ["work", "audit seal", "people add bea@example.org", "certificates new-keys --yes", "backup {}/backup"]
)
def test_no_command_works_with_other_keys(hosts: tuple[Site, Site], lms: Run, tmp_path: Path, words: str) -> None:
    other_secret(hosts[1])
    said = lms(*words.format(tmp_path).split())
    assert said.exit_code == 1 and OTHER_KEYS in said.output


def test_a_host_makes_its_keys_the_sites_and_the_other_one_is_refused(hosts: tuple[Site, Site], lms: Run) -> None:
    other_secret(hosts[1])
    no_audit_key(hosts[1])
    assert lms("hosts", "adopt-keys", "--yes").exit_code == 0
    with hosts[1].inside():
        check_keys(hosts[1].settings, fingerprints_of)
    with hosts[0].inside(), pytest.raises(CannotJoin, match=OTHER_KEYS):
        check_keys(hosts[0].settings, fingerprints_of)
    # The first one leads, and has no key to seal with any more.
    sealed = [_sweep(host, leads=host is hosts[0]) for host in hosts]
    assert sealed[0] == 0 < sealed[1]


def _sweep(host: Site, *, leads: bool) -> int:
    """Do the sweeps of a host's first lane, and return how many seals the audit trail has then."""
    jobs = provided(Jobs, host.app)
    jobs._sweep(jobs._lanes[0], leads=leads)
    with host.inside():
        return db.session.scalar(select(func.count()).select_from(AuditSeal)) or 0


def test_no_host_starts_while_another_one_replaces_the_site(hosts: tuple[Site, Site]) -> None:
    first, second = hosts
    with second.inside():
        check_whole(second.settings)
        with unserved(first.settings.database_url) as alone:
            assert alone
            with pytest.raises(CannotJoin, match="on another server"):
                check_whole(second.settings)
            with unserved(second.settings.database_url) as also_alone:
                assert not also_alone
        check_whole(second.settings)


def test_a_command_is_not_refused_because_of_the_one_before_it(hosts: tuple[Site, Site]) -> None:
    url = hosts[0].settings.database_url
    before = OwnConnection(url)
    # The server removes these tables when the connection ends, and only then the locks that are left.
    before.ask("DO $$ BEGIN FOR n IN 1..300 LOOP EXECUTE format('CREATE TEMP TABLE t%%s ()', n); END LOOP; END $$")
    assert before.ask(TRY_LOCK, (REPLACED,)) == [(True,)]
    before.close()
    with unserved(url) as alone:
        assert alone


def test_a_host_whose_web_workers_serve_counts_while_its_job_process_restarts(hosts: tuple[Site, Site]) -> None:
    web, other = hosts
    url = web.settings.database_url
    with web.app.app_context():
        db.engine.dispose()
    count_as_serving(web.app)
    say_so_at_once(web.app)
    assert is_served(url)
    with unserved(url) as alone:
        assert not alone
    with other.inside():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
    with pytest.raises(StillServed):
        upgrade(other.app)
    with web.app.app_context():
        db.engine.dispose()
    until(lambda: not is_served(url), 5)


def test_no_host_starts_after_a_restore_that_was_interrupted(
    hosts: tuple[Site, Site], lms: Run, tmp_path: Path
) -> None:
    first, backup = hosts[0], tmp_path / "backup.tar.gz"
    assert lms("backup", backup).exit_code == 0
    with backup.open("rb") as source:
        manifest = unpack(source, tmp_path / "work")
    load_postgres(first.settings.database_url, tmp_path / "work", manifest)
    with first.inside(), pytest.raises(CannotJoin, match="A restore was interrupted"):
        check_whole(first.settings)
    assert lms("restore", backup, "--replace").exit_code == 0
    with first.inside():
        check_whole(first.settings)


def test_a_backup_of_one_host_is_known_to_the_other_and_a_restored_site_has_none(
    hosts: tuple[Site, Site], lms: Run, tmp_path: Path
) -> None:
    backup, other = tmp_path / "backup.tar.gz", hosts[1]
    (other.settings.data / "last-backup").write_text((clock.now() - timedelta(days=2)).isoformat())
    assert lms("backup", backup).exit_code == 0
    with other.inside():
        made_at = find_last_backup(other.settings)
        assert made_at is not None and clock.now() - made_at < timedelta(minutes=1)
        write(note_marks, fingerprints_of(other.settings), instead=True)
        assert find_last_backup(other.settings) == made_at
        db.session.remove()
    (other.settings.data / "last-backup").unlink()
    assert lms("backup", backup, "--force").exit_code == 0
    assert lms("restore", backup, "--replace").exit_code == 0
    with other.inside():
        assert find_last_backup(other.settings) is None


@pytest.mark.slow
def test_a_host_that_starts_while_another_one_migrates_waits_and_finds_it_done(hosts: tuple[Site, Site]) -> None:
    first, second = hosts
    change = text("UPDATE alembic_version SET version_num = :to")
    with ThreadPoolExecutor(1) as pool, first.inside():
        db.session.execute(change, {"to": "0001"})
        db.session.commit()
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        started = pool.submit(upgrade, second.app)
        time.sleep(PATIENCE_SECONDS + 1)
        assert not started.done()
        assert provided(Jobs, first.app)._leading.leads("mail")
        db.session.execute(change, {"to": list_revisions()[0]})
        db.session.commit()
        started.result(timeout=30)
