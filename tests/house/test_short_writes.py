"""Nothing slow stands inside a write: no password hash, no rendering, no file of ours is read while others wait."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from lms.accounts.passwords import hash_password
from lms.content.model.course import Course
from lms.coordination.batches.records import KINDS
from lms.foundation.db import writing
from lms.library import course_cache
from tests.builders.learning import (
    CONVERSATIONS,
    COURSE,
    PFA,
    begin,
    earn,
    make_account,
    play,
    prepare,
    publish_next,
    take_check,
)
from tests.builders.rows import list_awards
from tests.conftest import PASSWORD, Site
from tests.house.ledger import LEDGER

# Hashes are made in a thread of their own, so what asks for one counts.
SLOW = (
    "accounts/passwords",
    "weasyprint",
    "fontTools",
    "zxcvbn",
    "markdown",
    "pydantic",
    "yaml",
    "jinja2/compiler",
    "subprocess",
)
DATABASE = (".db", "-wal", "-shm", "-journal", "write.lock")

_found: list[str] | None = None


def _watch_files(event: str, args: tuple[Any, ...]) -> None:
    if _found is None or event != "open" or not isinstance(args[0], str) or not writing():
        return
    if not args[0].endswith((*DATABASE, ".py", ".pyc")):
        _found.append(f"opens {args[0]}")


sys.addaudithook(_watch_files)


def _watch_calls(frame: FrameType, event: str, _arg: object) -> None:
    if event == "call" and _found is not None:
        path = frame.f_code.co_filename
        if any(part in path for part in SLOW) and writing():
            _found.append(f"calls {frame.f_code.co_name} of {path}")


@contextmanager
def watched() -> Iterator[list[str]]:
    """List what is slow and happens inside a write."""
    global _found
    _found = found = []
    sys.setprofile(_watch_calls)
    try:
        yield found
    finally:
        sys.setprofile(None)
        _found = None


def test_everything_that_sam_does_keeps_its_writes_short(site: Site) -> None:
    with watched() as found:
        sam = site.visitor("sam")
        begin(sam).form("/done").submit()
        for name in CONVERSATIONS:
            play(sam.get(f"{COURSE}/conversations/{name}"))
        take_check(site, "sam")
        sam.get("/account").form("/account").submit(display_name="Sam O.", certificate_name="Sam Osei")
        site.work()
        sam.get("/courses").form("/sign-out").submit()
    assert found == []


def test_registering_and_slipping_keep_their_writes_short(site: Site) -> None:
    with watched() as found:
        make_account(site, "Noor")
        site.stranger().get("/sign-in").form("/sign-in").submit(
            email="sam@example.org", password="not this one", expect=422
        )
        site.stranger().get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=PASSWORD)
    assert found == []


def test_withdrawing_looking_up_and_showing_a_name_keep_their_writes_short(site: Site) -> None:
    code = earn(site)
    with watched() as found:
        site.visitor("sam").get(f"/certificates/{code}").form("/show-name").submit(show="yes")
        site.stranger().get("/verify/0123456789ABCDEF", expect=404)
        page = site.visitor("cora").get(f"/programmes/harbour/certificates/{code}/withdraw")
        page.form_with("Withdraw this certificate").submit("Withdraw this certificate", reason="other")
    assert found == []


def test_passwords_own_data_and_what_was_met_in_another_way_keep_their_writes_short(site: Site) -> None:
    new, code = "seven green kettles sing", earn(site)
    with site.inside():
        public_id = site.person("sam").public_id
    with watched() as found:
        site.stranger().get("/forgotten").form("/forgotten").submit(email="sam@example.org")
        page = site.visitor("cora").get(f"/programmes/harbour/people/{public_id}/equivalents").form("/equivalents")
        page.submit(item=f"{PFA}/practice/{CONVERSATIONS[0]}", way="talked", reason="Her wish.")
        sam = site.visitor("sam")
        sam.get("/account/password").form("/account/password").submit(old=PASSWORD, new=new)
        sam.get("/account/delete").form("/account/delete").submit(password=new, seal="yes")
        site.stranger().get(f"/verify/{code}").form(f"/verify/{code}").submit(name="Sam Osei")
    assert found == []


def test_renewing_and_going_on_read_no_course_inside_a_write(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No version is on the shelf of this process when a step begins, as after a new start of the site."""
    site, within, read = sqlite_site, list[str](), course_cache._read

    def noting(digest: str) -> Course:
        within.extend([digest] if writing() else [])
        return read(digest)

    code = earn(site)
    prepare(site, "lena")
    publish_next(site, "2.0.0", "2-arrive/2-look.md")
    sam, lena = site.visitor("sam"), site.visitor("lena")
    monkeypatch.setattr(course_cache, "_read", noting)
    for step in (
        lambda: sam.get(f"/certificates/{code}").form("/renew").submit(),
        lambda: take_check(site, "sam"),
        lambda: sam.get(f"{COURSE}/lessons/look").form("/done").submit(),
        lambda: lena.get(COURSE).form("/newest").submit(),
    ):
        monkeypatch.setattr(course_cache, "_courses", {})
        step()
    with site.inside():
        assert [award.version for award in list_awards()] == ["1.1.0", "2.0.0"]
    assert within == []


@pytest.mark.parametrize("kind", KINDS)
def test_work_for_many_keeps_its_writes_short(site: Site, kind: str) -> None:
    earn(site)
    cora = site.visitor("cora")
    with watched() as found:
        cora.get("/programmes/harbour/people?choose=yes").form("/batches").submit(all="yes", kind=kind)
        site.work()
    assert found == []


@pytest.mark.parametrize("slow", ["hash", "file"])
def test_the_watch_itself_sees_what_is_slow(sqlite_site: Site, slow: str) -> None:
    def action() -> object:
        return hash_password("a password") if slow == "hash" else LEDGER.read_text("utf-8")

    with watched() as found:
        sqlite_site.do(action)
    assert found != []
