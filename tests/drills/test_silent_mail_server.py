"""A mail server that takes connections and says nothing holds up no certificate, and is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lms.foundation.background.jobs import Jobs
from lms.foundation.mail import transport
from lms.foundation.mail.outbox import queue_mail
from lms.foundation.per_app import provided
from tests.builders.learning import earn
from tests.builders.mail import at_noon, outbox
from tests.builders.serving import until
from tests.conftest import Site
from tests.foundation.mail_servers import mail_server
from tests.inspector import BASE

Make = Callable[..., Site]


@contextmanager
def at_work(site: Site) -> Iterator[None]:
    """Run the workers of the job process as they run in it, but without its signals."""
    jobs: Jobs = provided(Jobs, site.app)
    stop = threading.Event()
    threads = [threading.Thread(target=jobs._work_on, args=(lane, stop), daemon=True) for lane in jobs._lanes]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(0.5)


@pytest.mark.parametrize("manner", [{"silent": True}, {"silent_at_data": True}])
def test_a_mail_server_that_never_answers_does_not_stop_certificates(
    make_sqlite_site: Make, manner: dict[str, Any]
) -> None:
    at_noon()
    with mail_server(**manner) as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url())
        for number in range(12):
            site.do(queue_mail, site.settings, f"lena{number}@example.org", "A letter", "Text.")
        with at_work(site):
            until(lambda: server.heard.connections > 0)
            code = earn(site)
            sam = site.visitor("sam").browser
            until(lambda: sam.get(f"/certificates/{code}/pdf", base_url=BASE).status_code == 200, 8.0)
            assert {row.tries for row in outbox(site)} == {0}
    assert server.letters == [] and server.heard.connections == 1


def test_the_first_failed_connection_ends_the_pass_for_all_and_the_next_comes_in_a_minute(
    make_sqlite_site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_noon()
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 1.0)
    with mail_server(silent=True) as server:
        site = make_sqlite_site(LMS_MAIL_URL=server.url())
        for number in range(12):
            site.do(queue_mail, site.settings, f"lena{number}@example.org", "A letter", "Text.")
        for _minute in range(3):
            site.work()
        assert server.heard.connections == 1 and sorted(row.tries for row in outbox(site)) == [0] * 11 + [1]
