"""Files are read and PDFs laid out two at a time, and whoever comes beside them is told when to come back."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.foundation import clock
from lms.foundation.turns import CHILDREN_MOST, Busy, one_child
from tests.builders.learning import earn
from tests.conftest import Site
from tests.inspector import BASE

BADGE = '{"type": ["VerifiableCredential"]}'


def post_badge(site: Site) -> Any:
    page = site.stranger()
    form = page.get("/verify/file").form("/verify/file")
    return page.browser.post("/verify/file", base_url=BASE, data={**dict(form.fields), "badge": BADGE})


def all_places(data: Path) -> ExitStack:
    taken = ExitStack()
    for _ in range(CHILDREN_MOST):
        taken.enter_context(one_child(data))
    return taken


def test_while_two_are_at_work_others_are_told_calmly_when_to_come_back(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    code, lena = earn(sqlite_site, "lena"), sqlite_site.visitor("lena").browser
    clock.shift(timedelta(minutes=6))
    token = dict(sqlite_site.visitor("lena").get(f"/certificates/{code}").form("/pdf").fields)
    with all_places(sqlite_site.settings.data):
        for reply in (
            post_badge(sqlite_site),
            lena.post(f"/certificates/{code}/pdf", base_url=BASE, data=token),
        ):
            assert (reply.status_code, reply.headers.get("Retry-After")) == (503, "5"), reply.request.path
            assert "We’re busy just now" in reply.text
        assert lena.get("/verify", base_url=BASE).status_code == 200
    assert post_badge(sqlite_site).status_code == 422


def test_of_many_files_at_once_no_more_than_two_are_read(sqlite_site: Site) -> None:
    earn(sqlite_site, document=True)
    with ThreadPoolExecutor(3) as pool:
        seen = Counter(reply.status_code for reply in pool.map(lambda _n: post_badge(sqlite_site), range(9)))
    assert set(seen) == {422, 503} and seen[422] >= CHILDREN_MOST


def _hold(data: Path, ready: Any) -> None:
    with one_child(data):
        ready.set()
        signal.pause()


def test_a_worker_that_is_killed_leaves_its_place_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    holders = []
    for _ in range(CHILDREN_MOST):
        ready = context.Event()
        holders.append(context.Process(target=_hold, args=(tmp_path, ready)))
        holders[-1].start()
        assert ready.wait(20)
    with pytest.raises(Busy), one_child(tmp_path):
        pass
    for holder in holders:
        os.kill(holder.pid or 0, signal.SIGKILL)
        holder.join()
    with one_child(tmp_path), one_child(tmp_path):
        pass
