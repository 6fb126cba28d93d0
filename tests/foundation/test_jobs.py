"""The job process: what it takes from its queue, and what it does about a damaged file."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lms.foundation.background import jobs as jobs_module
from lms.foundation.background.jobs import Jobs, Lane
from lms.foundation.background.queue import JobQueue
from lms.foundation.storage.elsewhere import FilesAway
from lms.foundation.turns import Busy, OnlyRead


class Trap:
    """Opens a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def rows(file: Path) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return [data for (data,) in connection.execute("select data from task order by id")]


def plant(file: Path, data: object, lane: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("insert into task (queue, data) values (?, ?)", (lane, data))


def test_the_queue_holds_json_and_acts_on_nothing_else(tmp_path: Path) -> None:
    file, trap = tmp_path / "jobs.db", tmp_path / "sprung"
    queue = JobQueue(file)
    queue.push("mail", "mail.send", "1")
    assert [json.loads(row) for row in rows(file)] == [{"kind": "mail.send", "key": "1"}]
    bad = [pickle.dumps(Trap(trap)), b"", "[", "null", "[1]", '{"kind": 1, "key": "x"}', "[" * 100_000, b"\xff\xfe"]
    for data in [*bad, json.dumps({"kind": "x" * 5000, "key": "1"})]:
        plant(file, data, "mail")
    taken = [queue.take("mail") for _row in range(len(bad) + 3)]
    assert taken[0] == ("mail.send", "1") and set(taken[1:]) == {None}
    assert rows(file) == [] and not trap.exists()
    plant(file, pickle.dumps(Trap(trap)), "sidelight")
    queue.forget_others(["mail"])
    assert rows(file) == [] and not trap.exists()
    assert file.stat().st_mode & 0o077 == 0


def damage_header(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 400)


def damage_pages(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100:] = b"\xa5" * (len(content) - 100)
    file.write_bytes(bytes(content))


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def take_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("alter table task rename column data to other")


@pytest.mark.parametrize("damage", [damage_header, damage_pages, cut_short, take_table])
@pytest.mark.parametrize("open_before", [True, False])
def test_a_damaged_queue_is_put_aside_and_made_again(
    tmp_path: Path, damage: Callable[[Path], None], open_before: bool
) -> None:
    file = tmp_path / "jobs.db"
    queue, other = JobQueue(file), JobQueue(file)
    for number in range(200):
        queue.push("work", "certification.render", str(number))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    if not open_before:
        queue.close()
    damage(file)
    # The damage may lie where nothing is read; nobody waits longer than until it is met.
    for _push in range(3):
        queue.push("work", "certification.render", "after")
        other.push("work", "certification.render", "after")
        while (found := queue.take("work")) is not None:
            assert found[0] == "certification.render"
    assert queue.take("work") is None and other.take("work") is None
    if damage in {damage_header, take_table} or not open_before:
        assert len(list(tmp_path.glob("jobs.db.damaged-*[0-9]"))) == 1


def test_a_queue_without_room_is_not_taken_for_damaged(tmp_path: Path) -> None:
    file = tmp_path / "jobs.db"
    queue = JobQueue(file)
    queue.push("work", "certification.render", "1")
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("begin exclusive")
        queue._connection.execute("pragma busy_timeout=10")  # type: ignore[union-attr]
        with pytest.raises(sqlite3.OperationalError):
            queue.push("work", "certification.render", "2")
        holder.execute("commit")
    assert queue.take("work") == ("certification.render", "1") and not list(tmp_path.glob("*damaged*"))


def test_one_job_that_fails_stops_neither_its_lane_nor_another(tmp_path: Path) -> None:
    done: list[str] = []

    def stumble(_key: str) -> None:
        raise ValueError("no")

    lane = Lane("work", {"stumble": stumble, "walk": done.append}, [lambda: done.append("sweep")])
    jobs = Jobs(tmp_path, [lane], lambda: nullcontext())
    for kind in ("stumble", "walk"):
        jobs.push(kind, kind)
    stop = threading.Event()
    worker = threading.Thread(target=jobs._work_on, args=(lane, stop), daemon=True)
    worker.start()
    wait_until(lambda: done == ["sweep", "walk"])
    stop.set()
    worker.join(5)


def test_what_only_has_to_wait_is_told_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def wait_for(trouble: Exception) -> None:
        raise trouble

    waits = [FilesAway("no answer"), Busy("others write"), OnlyRead("only read")]
    lanes = [Lane(str(trouble), {}, [partial(wait_for, trouble)]) for trouble in waits]
    jobs = Jobs(tmp_path, lanes, lambda: nullcontext())
    jobs.sweep()
    assert len(caplog.records) == len(waits) and not any(record.exc_info for record in caplog.records)


def test_a_second_job_process_on_one_folder_leaves_the_work_to_the_first(tmp_path: Path) -> None:
    done: list[str] = []
    lanes = [Lane("work", {"walk": done.append}, [partial(done.append, name)]) for name in ("first", "second")]
    first, second = (Jobs(tmp_path, [lane], lambda: nullcontext()) for lane in lanes)
    assert first._look_who_leads(lanes[0])
    stop = threading.Event()
    worker = threading.Thread(target=second._work_on, args=(lanes[1], stop), daemon=True)
    worker.start()
    first.push("walk", "pushed")
    time.sleep(0.3)
    assert done == []
    first.close()
    wait_until(lambda: done == ["second", "pushed"])
    stop.set()
    worker.join(5)


def wait_until(true: Callable[[], bool], most: float = 20.0) -> None:
    until = time.monotonic() + most
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_job_process_with_nothing_to_do_starts_over_to_give_memory_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "REST_SECONDS", 0.5)
    held: list[bytearray] = []
    lane = Lane("work", {"load": lambda size: held.append(bytearray(b"x" * int(size)))}, [])

    def work(size: int, stop_after: float | None = None) -> bool:
        jobs = Jobs(tmp_path, [lane], enter=nullcontext)
        jobs.push("load", str(size))
        if stop_after is not None:
            threading.Timer(stop_after, os.kill, (os.getpid(), signal.SIGTERM)).start()
        return jobs.consume()

    assert work(jobs_module.REST_BYTES * 2) is True
    assert work(1024, stop_after=2.5) is False
