"""Passwords: changed, forgotten, and an email when a new kind of device signs in."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from argon2 import Type, extract_parameters
from click.testing import CliRunner
from psutil import Process
from sqlalchemy import select

from lms.accounts import passwords
from lms.accounts.actions import make_password_link
from lms.accounts.leaving import disable
from lms.accounts.limits import note_sign_in_miss
from lms.accounts.passwords import STEPS_BACK, hash_password, matches
from lms.accounts.records import PasswordLink
from lms.cli import main as lms
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.ids import secret_token
from lms.foundation.keys import fingerprint
from lms.foundation.mail.outbox import OutboxMail
from tests.builders.learning import at_once
from tests.builders.mail import Box, read, text_of
from tests.builders.web import network_of
from tests.conftest import PASSWORD, Site
from tests.inspector import Inspector, Page

Make = Callable[..., Site]
NEW = "seven green kettles sing"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def box() -> Iterator[Box]:
    """A real mail server on this machine."""
    with Box() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def at(hour: int) -> None:
    """Move the clock to an hour of tomorrow."""
    now = datetime.now(UTC)
    clock.shift(timedelta(days=1) + now.replace(hour=hour, minute=0) - now)


def signs_in(site: Site, password: str, expect: int = 200, agent: str = "") -> Inspector:
    visitor = site.stranger()
    if agent:
        visitor.browser.environ_base["HTTP_USER_AGENT"] = agent
    visitor.get("/sign-in").form("/sign-in").submit(email="sam@example.org", password=password, expect=expect)
    return visitor


def ask(site: Site, email: str = "sam@example.org", expect: int = 200) -> Page:
    return (
        site.stranger()
        .get("/sign-in")
        .follow("Forgotten your password?")
        .form("/forgotten")
        .submit(email=email, expect=expect)
    )


def letters(site: Site) -> list[OutboxMail]:
    with site.inside():
        return list(db.session.scalars(select(OutboxMail).where(OutboxMail.recipient != "").order_by(OutboxMail.id)))


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/new-password/\S+)", text)
    assert found
    return found[1]


def test_sam_changes_her_password_and_stays_signed_in_here_alone(site: Site, sam: Inspector) -> None:
    phone = signs_in(site, PASSWORD)
    form = sam.get("/account").follow("Change your password").form("/account/password")
    page = form.submit(old=PASSWORD, new=NEW)
    assert "You have a new password" in page.main
    assert phone.get("/account").h1 == "Sign in"
    signs_in(site, PASSWORD, expect=422)
    signs_in(site, NEW)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("not mine", NEW, "not the current password of this account"), (PASSWORD, "password1", "easy to guess")],
)
def test_a_change_that_does_not_fit_is_told_and_changes_nothing(
    sqlite_site: Site, old: str, new: str, said: str
) -> None:
    page = sqlite_site.visitor("sam").get("/account/password").form("/account/password")
    page = page.submit(old=old, new=new, expect=422)
    assert said in page.main and "Your password hasn’t changed." in page.main
    assert new not in page.html and old not in page.html
    signs_in(sqlite_site, PASSWORD)


def test_a_letter_brings_a_link_that_sets_a_new_password_once(make_site: Make, box: Box) -> None:
    site = make_site(LMS_MAIL_URL=box.url)
    sam = site.visitor("sam")
    ask(site)
    site.work()
    letter = read(box.letters[0])
    assert letter["To"] == "sam@example.org" and "Sam" not in text_of(letter)
    visitor, address = site.stranger(), link_in(text_of(letter))
    page = visitor.get(address).form(address).submit(new=NEW)
    assert page.h1 == "Sign in" and "You have a new password" in page.main
    assert sam.get("/account").h1 == "Sign in"
    signs_in(site, PASSWORD, expect=422)
    signs_in(site, NEW)
    assert visitor.get(address, expect=404).h1 == "This link no longer works"


def test_a_link_ends_after_an_hour_and_with_the_next_one(sqlite_site: Site) -> None:
    ask(sqlite_site)
    first = link_in(letters(sqlite_site)[0].body)
    ask(sqlite_site)
    second = link_in(letters(sqlite_site)[1].body)
    assert sqlite_site.stranger().get(first, expect=404).h1 == "This link no longer works"
    page = sqlite_site.stranger().get(second)
    clock.shift(timedelta(minutes=61))
    assert sqlite_site.stranger().get(second, expect=404).h1 == "This link no longer works"
    page.form(second).submit(new=NEW, expect=404)
    signs_in(sqlite_site, PASSWORD)


def test_the_answer_is_the_same_for_an_address_that_nobody_has(sqlite_site: Site) -> None:
    known, unknown = ask(sqlite_site), ask(sqlite_site, "nobody@example.org")
    assert known.main == unknown.main and known.path == unknown.path
    assert [row.recipient for row in letters(sqlite_site)] == ["sam@example.org"]


def test_the_link_stands_nowhere_but_in_the_letter_and_not_there_once_it_has_left(sqlite_site: Site) -> None:
    ask(sqlite_site)
    token = link_in(letters(sqlite_site)[0].body).rpartition("/")[2]
    with sqlite_site.inside():
        assert list(db.session.scalars(select(PasswordLink.token_sha256))) == [fingerprint(token)]
    sqlite_site.work()
    assert letters(sqlite_site)[0].sent_at and letters(sqlite_site)[0].body == ""


def test_a_mailbox_gets_three_emails_an_hour_whoever_asks(sqlite_site: Site) -> None:
    for _time in range(5):
        assert ask(sqlite_site).h1 == "Check your email"
    assert len(letters(sqlite_site)) == 3
    clock.shift(timedelta(minutes=61))
    ask(sqlite_site)
    assert len(letters(sqlite_site)) == 4


def test_many_made_up_addresses_from_a_network_keep_nobody_there_from_a_link(sqlite_site: Site) -> None:
    for number in range(110):
        sqlite_site.do(note_sign_in_miss, f"somebody{number}@example.org", network_of(sqlite_site))
        if number % 3 == 0:
            ask(sqlite_site, f"somebody{number}@example.org")
    for name in ("lena", "sam"):
        form = sqlite_site.stranger().get("/sign-in").form("/sign-in")
        email = f"{name}@example.org"
        assert "Please wait" in form.submit(email=email, password=PASSWORD, expect=422).main
        ask(sqlite_site, email)
        address = link_in(letters(sqlite_site)[-1].body)
        page = sqlite_site.stranger().get(address).form(address).submit(new=NEW)
        assert page.form("/sign-in").submit(email=email, password=NEW).path == "/courses"


def test_of_ten_who_use_one_link_at_once_one_is_told_that_it_worked(site: Site) -> None:
    token = secret_token()
    with site.inside():
        person_id = site.person("sam").id
    site.do(make_password_link, person_id, token)
    form = site.stranger().get(f"/new-password/{token}").form(f"/new-password/{token}")
    form.fields = [(name, NEW if name == "new" else value) for name, value in form.fields]
    replies = at_once(form, 10)
    assert [reply.status_code for reply in replies].count(303) == 1
    assert {reply.status_code for reply in replies} <= {303, 404, 503}
    signs_in(site, NEW)


def test_a_link_leaves_at_any_hour_and_a_notice_waits_for_the_morning(sqlite_site: Site) -> None:
    signs_in(sqlite_site, PASSWORD, agent=FIREFOX)
    at(23)
    signs_in(sqlite_site, PASSWORD, agent=SAFARI)
    ask(sqlite_site)
    sqlite_site.work()
    assert {row.subject: bool(row.sent_at) for row in letters(sqlite_site)} == {
        "Choose a new password for Sidelight": True,
        "New sign-in to your account: Safari, iPhone": False,
    }


def test_a_new_kind_of_device_is_told_of_once(make_sqlite_site: Make, box: Box) -> None:
    site = make_sqlite_site(LMS_MAIL_URL=box.url)
    at(12)
    signs_in(site, PASSWORD, agent=FIREFOX)
    signs_in(site, PASSWORD, agent=FIREFOX.replace("130", "131"))
    site.work()
    assert box.letters == []
    for _time in range(2):
        signs_in(site, PASSWORD, agent=SAFARI)
    site.work()
    assert len(box.letters) == 1
    letter = read(box.letters[0])
    text = text_of(letter)
    assert letter["To"] == "sam@example.org" and "Safari, iPhone" in text and "/account/password" in text


def test_a_link_for_somebody_whom_no_letter_reaches_is_printed(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(sqlite_site.settings.data))
    printed = CliRunner().invoke(lms, ["people", "reset", "Sam@example.org"])
    assert printed.exit_code == 0, printed.output
    address = link_in(printed.output)
    sqlite_site.stranger().get(address).form(address).submit(new=NEW)
    signs_in(sqlite_site, NEW)
    unknown = CliRunner().invoke(lms, ["people", "reset", "nobody@example.org"])
    assert unknown.exit_code == 1 and "Nothing was changed" in unknown.output


def test_every_password_field_can_be_pasted_into_and_names_itself_to_password_managers(sqlite_site: Site) -> None:
    sam, stranger = sqlite_site.visitor("sam"), sqlite_site.stranger()
    ask(sqlite_site)
    link = link_in(letters(sqlite_site)[0].body)
    due = {
        "/sign-in": ["current-password"],
        link: ["new-password"],
        "/account/password": ["current-password", "new-password"],
        "/account/delete": ["current-password"],
    }
    for path, wanted in due.items():
        page = (sam if path.startswith("/account") else stranger).get(path)
        fields = page.find("main input[type=password]")
        assert [field.get("autocomplete") for field in fields] == wanted, path
        assert not [field for field in fields if {"onpaste", "maxlength", "readonly", "pattern"} & set(field.keys())]
        shown = [button.get("data-show") for button in page.find("main button[data-show]")]
        assert shown == [field.get("id") for field in fields], path


def cost(site: Site, email: str) -> tuple[list[str], int]:
    """Return what asking for a link takes: the statements, and how many emails are written down."""
    form = site.stranger().get("/forgotten").form("/forgotten")
    with site.statements() as statements:
        form.submit(email=email)
    with site.inside():
        return statements, len(list(db.session.scalars(select(OutboxMail.id))))


def test_asking_for_a_link_costs_the_same_for_an_address_that_nobody_has_and_a_closed_account(site: Site) -> None:
    site.do(lambda: disable(site.person("lena").id))
    ask(site, "warm@example.org")
    known, unknown, closed = (cost(site, f"{name}@example.org") for name in ("sam", "nobody", "lena"))
    assert known[0] == unknown[0] == closed[0]
    assert (known[1], unknown[1], closed[1]) == (2, 3, 4)
    site.work()
    assert [row.recipient for row in letters(site)] == ["sam@example.org"]
    with site.inside():
        assert set(db.session.scalars(select(OutboxMail.body))) == {""}


@pytest.mark.usefixtures("strong_hashes")
def test_a_hash_costs_what_owasp_asks_for_at_least() -> None:
    cost = extract_parameters(hash_password(NEW))
    assert (cost.type, cost.time_cost, cost.parallelism) == (Type.ID, 2, 1) and cost.memory_cost >= 19 * 1024


def nice_of(thread: str) -> list[int]:
    """Return the priorities of this process's threads with a name, as the kernel has them."""
    tasks = [task.native_id for task in threading.enumerate() if task.name.startswith(thread)]
    return [os.getpriority(os.PRIO_PROCESS, task) for task in tasks if task is not None]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux alone")
@pytest.mark.usefixtures("strong_hashes")
def test_many_who_sign_in_at_once_step_back_for_pages_and_a_fork_can_hash_as_well() -> None:
    with ThreadPoolExecutor(4) as many:
        secret = hash_password(NEW)
        assert list(many.map(lambda _number: matches(secret, NEW), range(4))) == [True] * 4
    assert not matches(secret, PASSWORD)
    assert nice_of("passwords") == [nice_of("MainThread")[0] + STEPS_BACK]
    child = get_context("fork").Process(target=hash_password, args=(NEW,))
    child.start()
    child.join(30)
    ended = child.exitcode
    child.kill()
    assert ended == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory isn't given back")
@pytest.mark.usefixtures("strong_hashes")
def test_the_memory_of_hashes_is_given_back_once_nobody_waits() -> None:
    before = Process().memory_info().rss
    with ThreadPoolExecutor(4) as many:
        list(many.map(hash_password, [NEW] * 8))
    passwords._hashing.submit(int).result()
    assert Process().memory_info().rss - before < 10_000_000
