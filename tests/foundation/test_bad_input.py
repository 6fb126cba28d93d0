"""Bad input: whatever is sent, the answer is a calm page, and nothing breaks."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from sqlalchemy import text

from lms.app import create_app
from lms.foundation import clock
from lms.foundation.db import db
from lms.foundation.web.security import local_path
from tests.builders.learning import CONVERSATIONS, COURSE, begin, make_account, open_check
from tests.conftest import Site, settings_for
from tests.inspector import BASE, Inspector, Page

SAME = {"Origin": BASE}
ODD_NUMBERS = ["²", "٣", "-1", "1e3", "9" * 5000, "", "é", "\0", "0x1"]
quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_calm(page: Page) -> None:
    """The three parts of a page that tells of trouble: what happened, what is safe, what to do; and no trace."""
    assert "Everything you’ve saved is safe." in page.main
    assert any(word in page.main for word in ("Go back", "Please try again", "Please send less", "Please wait"))
    assert page.links().get("Support lines") and page.links().get("Courses")
    assert re.fullmatch(r"[0-9a-f]{10}", "".join(page.find("main .code")[0].itertext()))
    for trace in ("Traceback", "lms/", "sqlalchemy", "Error:", ".py"):
        assert trace not in page.html


def test_a_post_of_ten_megabytes_is_answered_calmly(site: Site, sam: Inspector) -> None:
    form = sam.get("/account").form("/account")
    page = form.submit(display_name="a" * 10_000_000, expect=413)
    assert page.h1 == "That was too large"
    is_calm(page)
    assert sam.get("/account").h1 == "Your account"


def test_ten_megabytes_from_a_stranger_and_as_json_are_answered_calmly_too(site: Site) -> None:
    stranger = site.stranger()
    is_calm(stranger.get("/sign-in").form("/sign-in").submit(email="a" * 10_000_000, expect=413))
    reply = stranger.browser.post(
        "/sign-in", base_url=BASE, data={"email": "a" * 10_000_000}, headers={**SAME, "Accept": "application/json"}
    )
    assert reply.status_code == 413 and set(reply.json or {}) == {"happened", "next", "reference"}


def test_a_form_of_another_site_is_answered_calmly_too(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    form = sam.get("/account").form("/account")
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    reply = sam.browser.post(form.action, data=dict(form.fields), base_url=BASE, headers=elsewhere)
    page = Page(sam, "/account", reply)
    page.tree = html5lib.parse(reply.get_data(), treebuilder="lxml", namespaceHTMLElements=False).getroot()
    assert reply.status_code == 403 and page.h1 == "This came from another site"
    is_calm(page)


def test_a_page_without_a_connection_says_the_same_three_things(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/offline")
    assert page.h1 == "You’re offline" and "nothing is lost" in page.main
    assert "What you’ve saved is safe." in page.main and "send it again later" in page.main
    assert [node.text for node in page.find("main .pair h2")] == ["Your work", "What you can do"]
    assert page.links().get("Support lines")


def test_a_page_that_is_not_there_says_so_in_three_parts(sqlite_site: Site) -> None:
    page = sqlite_site.stranger().get("/no/such/page", expect=404)
    assert page.h1 == "Page not found"
    is_calm(page)


def test_a_page_opened_the_other_way_says_so(sqlite_site: Site) -> None:
    is_calm(sqlite_site.visitor("sam").get("/sign-out", expect=405))


def test_a_page_that_breaks_says_so_with_a_reference_and_no_trace(sqlite_site: Site) -> None:
    app: Flask = sqlite_site.app

    def broken() -> str:
        raise ValueError("a secret of lms/inside.py")

    app.add_url_rule("/broken", "broken", broken)
    page = sqlite_site.stranger().get("/broken", expect=500)
    assert page.h1 == "Something broke on our side" and "secret" not in page.html
    is_calm(page)


def test_a_database_that_does_not_answer_is_a_calm_page(site: Site, sam: Inspector) -> None:
    with site.inside():
        db.session.execute(text("drop table lesson_done"))
        db.session.commit()
    page = sam.get(COURSE, expect=503)
    assert page.h1 == "We can’t reach our records just now"
    is_calm(page)


def test_even_broken_templates_leave_a_page_with_the_same_words(sqlite_site: Site) -> None:
    sqlite_site.app.jinja_env.loader = DictLoader({})
    sqlite_site.app.jinja_env.cache.clear()
    reply = sqlite_site.app.test_client().get("/courses", base_url=BASE)
    assert reply.status_code == 500 and "Everything you’ve saved is safe." in reply.text
    assert "Content-Security-Policy" in reply.headers and "Traceback" not in reply.text


def test_a_last_seen_that_cannot_be_written_does_not_take_the_page_away(sqlite_site: Site) -> None:
    sam = sqlite_site.visitor("sam")
    with sqlite_site.inside():
        db.session.execute(text("create trigger full before update on sign_in begin select raise(abort, 'full'); end"))
        db.session.commit()
    clock.shift(timedelta(minutes=20))
    assert sam.get("/account").h1 == "Your account"


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_odd_numbers_in_forms_and_addresses_break_nothing(sqlite_site: Site, number: str) -> None:
    sam, cora = sqlite_site.visitor("sam"), sqlite_site.visitor("cora")
    begin(sam)
    page = open_check(sam)
    form = page.form_with("Save and continue")
    fields = {**dict(form.fields), "revision": number, "question": page.find("[data-question]")[0].get("data-question")}
    save = page.find("[data-autosave]")[0].get("data-autosave")
    conversation = sam.get(f"{COURSE}/conversations/{CONVERSATIONS[0]}").form_with("Start")
    sent = [
        sam.browser.post(form.action, base_url=BASE, data=fields, headers=SAME),
        sam.browser.post(save, base_url=BASE, data=fields, headers=SAME),
        sam.browser.post(
            conversation.action, base_url=BASE, data={**dict(conversation.fields), "reply": number}, headers=SAME
        ),
        sam.browser.post(
            conversation.action, base_url=BASE, data={**dict(conversation.fields), "path": f"0.{number}"}, headers=SAME
        ),
        cora.browser.get("/programmes/harbour/people", base_url=BASE, query_string={"page": number}),
        sam.browser.get(page.path.rsplit("/", 1)[0] + f"/{number}"[:300], base_url=BASE),
    ]
    assert [reply.status_code for reply in sent if reply.status_code not in {200, 303, 404, 422}] == []


@quiet
@given(
    token=st.one_of(
        st.text(max_size=40), st.from_regex(r"\A[0-9²³٣]{1,6}\.[0-9a-f]{0,64}\Z"), st.just("9" * 5000 + ".a")
    )
)
def test_no_form_token_that_somebody_makes_up_fits_or_breaks_anything(shared: Site, token: str) -> None:
    for browser in (shared.stranger().browser, shared.visitor("sam").browser):
        reply = browser.post("/display", base_url=BASE, data={"form_token": token, "size": "larger"}, headers=SAME)
        assert reply.status_code == 400


@pytest.fixture(scope="module")
def shared(filled_sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One site for all examples of a property, which change nothing in it."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(filled_sqlite, folder)
    site = Site(create_app(settings_for(folder)), settings_for(folder))
    yield site
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


@quiet
@given(
    target=st.one_of(st.text(max_size=40), st.from_regex(r"\A(//|/\\|\\|https?:|/courses|/)[a-z./\\@:?#%\t]{0,20}\Z"))
)
def test_a_local_path_is_a_path_of_this_site_or_the_other_one(shared: Site, target: str) -> None:
    with shared.inside():
        found = local_path(target, "/courses")
    assert found.startswith("/") and not found.startswith(("//", "/\\"))
    assert found == "/courses" or target.startswith(found.partition("?")[0])


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/courses", "/\\evil.example", "/nowhere", "javascript:1"]
)
def test_nobody_is_led_to_another_site_after_signing_in_or_changing_the_display(sqlite_site: Site, target: str) -> None:
    sam = sqlite_site.stranger()
    form = sam.get(f"/sign-in?next={target}").form("/sign-in")
    form.fields = [(name, target if name == "next" else value) for name, value in form.fields]
    assert form.submit(email="sam@example.org", password="lantern-quiet-harbour-42").path == "/courses"
    display = sam.get("/display").form("/display")
    display.fields = [(name, target if name == "next" else value) for name, value in display.fields]
    assert display.submit().path == "/display?display=saved"
    assert target not in sam.get(f"/pause?from={target}").find("main a.btn.fill")[0].get("href")


@pytest.mark.parametrize(
    "path",
    [
        "/courses/%00",
        "/courses/x/lessons/%00",
        "/checks/%00/1",
        "/programmes/%00/people",
        "/verify/%00",
        "/media/%00/%00",
    ],
)
def test_a_nul_in_an_address_is_a_page_that_is_not_there(site: Site, path: str) -> None:
    for visitor in (site.visitor("sam"), site.visitor("cora")):
        assert visitor.browser.get(path, base_url=BASE).status_code == 404


@pytest.mark.parametrize(
    "path", ["/programmes/harbour/assignments?before=", "/operator/audit?q=", "/operator/audit?person="]
)
def test_a_nul_in_a_query_asks_the_database_nothing_that_it_cannot_read(site: Site, path: str) -> None:
    who = "ada" if path.startswith("/operator") else "cora"
    assert site.visitor(who).browser.get(f"{path}%00sam", base_url=BASE).status_code == 200


def test_a_nul_in_what_somebody_chose_or_sent_with_a_file_is_left_out(site: Site) -> None:
    cora, sam = site.visitor("cora"), site.visitor("cora").get("/programmes/harbour/people").links()["Sam Osei"]
    form = cora.get(f"{sam}/details").form("/details")
    fields = {**dict(form.fields), "unit": "\0a"}
    assert "removed this unit" in cora.send(f"{sam}/details", fields, 422).main


def test_a_nul_in_what_somebody_types_is_answered_as_any_other_slip(site: Site) -> None:
    form = site.stranger().get("/sign-in").form("/sign-in")
    assert "don’t match" in form.submit(email="sa\0m@example.org", password="a\0", expect=422).main
    page = make_account(site, "Noor\0 Haddad\x07")
    assert page.h1 == "Welcome, Noor Haddad"
